using Tarn.Clients.Examples;

namespace Tarn.Clients.Tests;

/// <summary>The examples are run, and are in clients/README.md and in the README as they are and with what they print.</summary>
public sealed class ExampleTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_examples_print_what_the_documents_say()
    {
        await using var server = await TestServer.StartAsync();
        await server.CreateStreamAsync("orders", 2);
        using var produced = new StringWriter { NewLine = "\n" };
        await ProducerExample.RunAsync(server.ClientOptions, produced);
        Assert.Contains($"```\n{produced}```\n", await ReadAsync("clients/README.md"));

        using var stop = new CancellationTokenSource();
        await using var consumed = new LineWriter(2);
        var running = ConsumerExample.RunAsync(server.ClientOptions, consumed, stop.Token);
        await consumed.Full.WaitAsync(Limit, Token);
        await stop.CancelAsync();
        await running.WaitAsync(Limit, Token);

        var readme = await ReadAsync("README.md");
        Assert.Contains($"-- produce\n{produced}", readme);
        foreach (var line in consumed.Lines)
        {
            Assert.Contains($"\n{line}\n", readme);
        }
    }

    [Fact]
    public async Task The_code_is_what_the_documents_show()
    {
        Assert.Contains($"```csharp\n{await ReadAsync("clients/ProducerExample.cs")}```\n", await ReadAsync("clients/README.md"));
        var readme = await ReadAsync("README.md");
        Assert.Contains(Body(await ReadAsync("clients/ProducerExample.cs"), "var options", "\n        await producer.FlushAsync();"), readme);
        Assert.Contains(Body(await ReadAsync("clients/ConsumerExample.cs"), "using var client", "\n    }"), readme);
        Assert.Contains(Body(await ReadAsync("clients/ConsumerExample.cs"), "public async Task ProcessRecordsAsync", "\n\n        public Task InitializeAsync"), readme);
    }

    /// <summary>The lines from one that begins with a text up to another text, as far to the left as they go.</summary>
    private static string Body(string code, string begin, string end)
    {
        var start = code.LastIndexOf('\n', code.IndexOf(begin, StringComparison.Ordinal)) + 1;
        var text = code[start..code.IndexOf(end, start, StringComparison.Ordinal)];
        var indent = text.Length - text.TrimStart(' ').Length;
        return string.Join('\n', text.Split('\n').Select(line => line.Length > indent ? line[indent..] : line));
    }

    private static Task<string> ReadAsync(string file) => File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, file), Token);

    /// <summary>Takes lines of several writers, and says when there are enough.</summary>
    private sealed class LineWriter(int wanted) : StringWriter
    {
        private readonly TaskCompletionSource full = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<string> lines = [];

        public Task Full => full.Task;

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (lines)
                {
                    return [.. lines];
                }
            }
        }

        public override Task WriteLineAsync(string? value)
        {
            lock (lines)
            {
                lines.Add(value!);
                if (lines.Count == wanted)
                {
                    full.TrySetResult();
                }
            }

            return Task.CompletedTask;
        }
    }
}
