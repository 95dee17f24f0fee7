using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Tarn.Server.Tests.Corpora;

/// <summary>Python's own csv and json modules: what they read of a file is what a query of its table must count.</summary>
internal static class SecondReader
{
    /// <param name="script">Prints one JSON value; <c>rows</c> reads the file as CSV with a header, <c>lines</c> as JSON lines, <c>whole</c> as one JSON value.</param>
    public static async Task<JsonNode> RunAsync(string script, string path)
    {
        const string prelude = """
            import csv, json, sys
            path = sys.argv[1]
            def rows(): return list(csv.DictReader(open(path, encoding='utf-8', newline='')))
            def lines(): return [json.loads(line) for line in open(path, encoding='utf-8') if line.strip()]
            def whole(): return json.load(open(path, encoding='utf-8'))
            def number(text): return float(text) if text.strip() else 0.0
            """;
        using var python = Process.Start(new ProcessStartInfo("python3")
        {
            ArgumentList = { "-c", $"{prelude}\nprint(json.dumps({script}))", path },
            RedirectStandardOutput = true,
        })!;
        var output = await python.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await python.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, python.ExitCode);
        return JsonNode.Parse(output)!;
    }
}
