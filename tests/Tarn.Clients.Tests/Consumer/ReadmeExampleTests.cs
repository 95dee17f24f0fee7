using System.Text;
using Tarn.Clients.Consumer;
using Tarn.Clients.Consumer.Leases;
using Tarn.Clients.Consumer.Processing;
using Tarn.Clients.Kinesis;

namespace Tarn.Clients.Tests.Consumer;

/// <summary>The example of clients/Tarn.Consumer/README.md runs and prints what it says. Between the two marks this file holds the README's text.</summary>
public sealed class ReadmeExampleTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_example_prints_what_the_README_says()
    {
        await using var server = await TestServer.StartAsync();
        using var client = new KinesisClient(server.ClientOptions);
        await server.CreateStreamAsync("sentences", 1);
        foreach (var word in new[] { "to", "be", "or" })
        {
            await client.PutRecordAsync("sentences", new PutRecordsEntry("k", null, Encoding.UTF8.GetBytes(word)), Token);
        }

        var text = new StringWriter { NewLine = "\n" };
        var output = TextWriter.Synchronized(text);
        using var stop = new CancellationTokenSource();
        var running = Words.RunAsync(server.ClientOptions, output, stop.Token);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (!Written().Contains("3 or", StringComparison.Ordinal))
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(1), Written());
            await Task.Delay(20, Token);
        }

        await stop.CancelAsync();
        await running.WaitAsync(Token);
        Assert.Equal(Block("text"), Written());

        string Written()
        {
            // The synchronised writer locks itself.
            lock (output)
            {
                return text.ToString();
            }
        }
    }

    [Fact]
    public void The_example_is_the_one_in_the_README()
    {
        var source = File.ReadAllText(Path.Combine(Root(), "tests", "Tarn.Clients.Tests", "Consumer", "ReadmeExampleTests.cs"));
        const string Mark = "// The README's text from here on.\n";
        Assert.Equal(Block("csharp"), source[(source.LastIndexOf(Mark, StringComparison.Ordinal) + Mark.Length)..]);
    }

    private static string Block(string language)
    {
        var text = File.ReadAllText(Path.Combine(Root(), "clients", "Tarn.Consumer", "README.md"));
        var start = text.IndexOf($"```{language}\n", StringComparison.Ordinal) + language.Length + 4;
        return text[start..text.IndexOf("```", start, StringComparison.Ordinal)];
    }

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Tarn.slnx")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("The tests run outside a checkout.");
        }

        return directory.FullName;
    }
}

// The README's text from here on.
public sealed class Words : IRecordProcessorFactory
{
    public static async Task RunAsync(KinesisClientOptions options, TextWriter output, CancellationToken stop)
    {
        using var client = new KinesisClient(options);
        using var leases = new TarnLeaseStore(options, "words");
        var settings = new ConsumerSettings { ApplicationName = "words", Stream = "sentences" };
        await new ConsumerWorker(settings, client, leases, new Words(output)).RunAsync(stop);
    }

    private readonly TextWriter output;

    private Words(TextWriter output) => this.output = output;

    public IRecordProcessor Create(string shardId) => new Counter(output);

    private sealed class Counter(TextWriter output) : IRecordProcessor
    {
        private int count;

        public Task InitializeAsync(ShardStart start, CancellationToken cancellationToken) =>
            output.WriteLineAsync($"{start.ShardId} begins at {start.Checkpoint}");

        public async Task ProcessRecordsAsync(RecordBatch batch, ICheckpointer checkpointer, CancellationToken cancellationToken)
        {
            foreach (var record in batch.Records)
            {
                await output.WriteLineAsync($"{++count} {Encoding.UTF8.GetString(record.Data.Span)}");
            }

            await checkpointer.CheckpointAsync(cancellationToken);
        }

        public Task ShardEndedAsync(CancellationToken cancellationToken) => output.WriteLineAsync("the shard has ended");

        public Task LeaseLostAsync() => output.WriteLineAsync("another worker goes on");

        public Task ShutdownRequestedAsync(ICheckpointer checkpointer, CancellationToken cancellationToken) =>
            output.WriteLineAsync($"stopped after {count}");
    }
}
