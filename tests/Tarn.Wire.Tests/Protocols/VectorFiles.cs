using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tarn.Wire.Tests.Protocols;

/// <summary>botocore's protocol test vectors in ../shared/data/protocol-vectors, beside the checkout.</summary>
internal static class VectorFiles
{
    private static readonly ConcurrentDictionary<string, Lazy<(JsonArray Suites, VectorAssembly Code)>> Loaded = new();

    private static readonly string? Folder = FindFolder();

    /// <summary>Rows of file, suite and case number, and the case's name. One empty row where the vectors are absent.</summary>
    public static TheoryData<string, int, int, string> Cases(string direction, params string[] protocols)
    {
        var data = new TheoryData<string, int, int, string>();
        foreach (var protocol in protocols)
        {
            if (Folder is null)
            {
                data.Add("", 0, 0, "absent");
                break;
            }

            var file = Path.Combine(Folder, direction, protocol + ".json");
            var suites = Parse(file);
            for (var suite = 0; suite < suites.Count; suite++)
            {
                var cases = suites[suite]!["cases"]!.AsArray();
                for (var index = 0; index < cases.Count; index++)
                {
                    data.Add($"{direction}/{protocol}", suite, index, cases[index]!["id"]!.GetValue<string>());
                }
            }
        }

        return data;
    }

    /// <summary>The suites of a file and the code that was generated for them, made once.</summary>
    public static (JsonArray Suites, VectorAssembly Code) Load(string file)
    {
        if (file.Length == 0)
        {
            Assert.Skip("../shared/data/protocol-vectors is not there");
        }

        return Loaded.GetOrAdd(file, name => new(() =>
        {
            var suites = Parse(Path.Combine(Folder!, name + ".json"));
            return (suites, new VectorAssembly(suites));
        })).Value;
    }

    private static JsonArray Parse(string file) => JsonNode.Parse(File.ReadAllBytes(file), documentOptions: new JsonDocumentOptions { MaxDepth = 256 })!.AsArray();

    private static string? FindFolder()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Tarn.slnx")))
            {
                var folder = Path.Combine(directory.Parent!.FullName, "shared", "data", "protocol-vectors");
                return Directory.Exists(folder) ? folder : null;
            }
        }

        return null;
    }
}
