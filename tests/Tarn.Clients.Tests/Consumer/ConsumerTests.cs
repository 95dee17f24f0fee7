using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;
using Tarn.Clients.Consumer;
using Tarn.Clients.Consumer.Leases;
using Tarn.Clients.Consumer.Processing;
using Tarn.Clients.Kinesis;
using Tarn.Clients.Kinesis.Aggregation;

namespace Tarn.Clients.Tests.Consumer;

/// <summary>Workers against a server, polling and with enhanced fan-out.</summary>
public sealed class ConsumerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Records_of_all_shards_come_in_the_order_of_their_keys_through_splits_and_merges(bool usesFanOut)
    {
        await using var server = await TestServer.StartAsync();
        using var client = new KinesisClient(server.ClientOptions);
        await server.CreateStreamAsync("s", 2);
        var processors = new RecordingProcessors();
        await using var worker = Running.Start(server, client, processors, settings => settings with { UsesFanOut = usesFanOut });
        await PutAsync(client, 0, 100);
        var shards = await client.ListAllShardsAsync("s", filter: null, Token);
        await server.SplitAsync("s", shards[0]);
        await PutAsync(client, 100, 200);
        var open = (await client.ListAllShardsAsync("s", filter: null, Token)).Where(shard => shard.IsOpen).OrderBy(shard => shard.HashKeyRange.Starting).ToList();
        await server.MergeAsync("s", open[1], open[2]);
        await PutAsync(client, 200, 300);
        await UntilAsync(() => processors.Records.Count >= 300);
        Assert.Equal(300, processors.Records.Count);
        Assert.All(processors.Records.GroupBy(record => record.Split(' ')[0]), key => Assert.Equal(key.Order(StringComparer.Ordinal), key));

        // Parents end before their children begin.
        var events = processors.Events.ToList();
        var end = (string shard) => events.IndexOf($"end shardId-00000000000{shard}");
        var begin = (string shard) => events.IndexOf($"begin shardId-00000000000{shard} TRIM_HORIZON");
        Assert.True(end("0") >= 0 && end("0") < begin("2") && end("0") < begin("3") && end("1") < begin("4") && end("3") < begin("4"), string.Join("; ", events));
    }

    [Fact]
    public async Task Workers_share_the_shards_and_those_of_one_that_stops_are_read_on_from_its_checkpoints()
    {
        await using var server = await TestServer.StartAsync();
        using var client = new KinesisClient(server.ClientOptions);
        await server.CreateStreamAsync("s", 4);
        var processors = new RecordingProcessors();
        await using var first = Running.Start(server, client, processors);
        await UntilAsync(() => first.Worker.Shards.Count == 4);
        var second = Running.Start(server, client, processors);
        await UntilAsync(() => first.Worker.Shards.Count == 2 && second.Worker.Shards.Count == 2);
        await PutAsync(client, 0, 200);
        await UntilAsync(() => processors.Records.Count >= 200);
        await second.DisposeAsync();
        await UntilAsync(() => first.Worker.Shards.Count == 4);
        await PutAsync(client, 200, 300);
        await UntilAsync(() => processors.Records.Count >= 300);
        Assert.Equal(300, processors.Records.Count);

        // Handing over is no loss.
        Assert.DoesNotContain(processors.Events, text => text.StartsWith("lost", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_worker_goes_on_within_an_aggregate_behind_the_record_that_was_checkpointed()
    {
        await using var server = await TestServer.StartAsync();
        using var client = new KinesisClient(server.ClientOptions);
        await server.CreateStreamAsync("s", 1);
        var aggregator = new RecordAggregator();
        for (var i = 0; i < 5; i++)
        {
            aggregator.Add("k", null, Encoding.UTF8.GetBytes($"{i}"));
        }

        await client.PutRecordAsync("s", aggregator.ToEntry(), Token);
        await client.PutRecordAsync("s", new PutRecordsEntry("k", null, "5"u8.ToArray()), Token);
        var isCheckpointed = false;
        var first = new RecordingProcessors
        {
            OnBatch = async (batch, checkpointer, token) =>
            {
                if (!isCheckpointed)
                {
                    await checkpointer.CheckpointAsync(batch.Records[2], token);

                    // What was checkpointed already changes nothing.
                    await checkpointer.CheckpointAsync(batch.Records[0], token);
                    isCheckpointed = true;
                }

                throw new InvalidOperationException("It gets no further.");
            },
        };
        var dying = Running.Start(server, client, first, settings => settings with { GracefulHandOverTime = TimeSpan.Zero });
        await UntilAsync(() => isCheckpointed);
        await dying.DisposeAsync();
        var second = new RecordingProcessors();
        await using var worker = Running.Start(server, client, second);
        await UntilAsync(() => second.Records.Count >= 3);
        Assert.Equal(["k 3", "k 4", "k 5"], second.Records);
    }

    [Fact]
    public async Task A_record_that_fails_too_often_is_parked_alone_and_the_others_are_processed()
    {
        var path = Path.GetTempFileName();
        await using var server = await TestServer.StartAsync();
        using var client = new KinesisClient(server.ClientOptions);
        await server.CreateStreamAsync("s", 1);
        await PutTextsAsync(client, "a", "poison", "b");
        var processors = new RecordingProcessors { OnBatch = ThrowAtPoisonAsync };
        using (var parked = new FileParkedRecords(path))
        {
            await using var worker = Running.Start(server, client, processors, settings => settings with { AttemptsMax = 2, ParkedRecords = parked });
            await UntilAsync(() => processors.Records.Count >= 2);
        }

        Assert.Equal(["k a", "k b"], processors.Records);
        var line = JsonDocument.Parse(Assert.Single(await File.ReadAllLinesAsync(path, Token))).RootElement;
        File.Delete(path);
        Assert.Equal(("k", "poison", 2, "shardId-000000000000"), (line.GetProperty("partitionKey").GetString(), Encoding.UTF8.GetString(line.GetProperty("data").GetBytesFromBase64()), line.GetProperty("attempts").GetInt32(), line.GetProperty("shardId").GetString()));
        Assert.Contains("not that one", line.GetProperty("reason").GetString());

        // The checkpoint is behind it: it does not come again.
        var again = new RecordingProcessors { OnBatch = ThrowAtPoisonAsync };
        await PutTextsAsync(client, "c");
        await using var next = Running.Start(server, client, again);
        await UntilAsync(() => !again.Records.IsEmpty);
        Assert.Equal(["k c"], again.Records);
    }

    [Fact]
    public async Task Without_a_place_to_park_a_record_is_tried_for_ever_and_nothing_passes_it()
    {
        await using var server = await TestServer.StartAsync();
        using var client = new KinesisClient(server.ClientOptions);
        await server.CreateStreamAsync("s", 1);
        await PutTextsAsync(client, "a", "poison", "b");
        var attempts = 0;
        var processors = new RecordingProcessors
        {
            OnBatch = (batch, checkpointer, token) =>
            {
                attempts = Math.Max(attempts, batch.Attempt);
                return ThrowAtPoisonAsync(batch, checkpointer, token);
            },
        };
        await using var worker = Running.Start(server, client, processors, settings => settings with { AttemptsMax = 2, RetryDelayMax = TimeSpan.FromMilliseconds(5) });
        await UntilAsync(() => attempts > 20);
        Assert.Equal(["k a"], processors.Records);
    }

    [Fact]
    public async Task A_worker_measures_what_it_does()
    {
        var measured = new System.Collections.Concurrent.ConcurrentDictionary<string, long>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, listener) => { if (instrument.Meter.Name == ConsumerMetrics.MeterName) { listener.EnableMeasurementEvents(instrument); } } };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (tags.Contains(new KeyValuePair<string, object?>("application", "measured")))
            {
                measured.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value);
            }
        });
        listener.Start();
        await using var server = await TestServer.StartAsync();
        using var client = new KinesisClient(server.ClientOptions);
        await server.CreateStreamAsync("s", 1);
        await PutTextsAsync(client, "a", "poison", "b");
        var processors = new RecordingProcessors { OnBatch = ThrowAtPoisonAsync };
        await using var worker = Running.Start(server, client, processors, settings => settings with { ApplicationName = "measured", AttemptsMax = 1, ParkedRecords = new Nowhere() });
        await UntilAsync(() => processors.Records.Count >= 2);
        listener.RecordObservableInstruments();
        Assert.Equal((2L, 2L, 1L, 1L), (measured["tarn.consumer.records"], measured["tarn.consumer.bytes"], measured["tarn.consumer.parked"], measured["tarn.consumer.leases"]));
    }

    [Fact]
    public void Settings_outside_their_range_are_refused()
    {
        var good = new ConsumerSettings { ApplicationName = "a", Stream = "s" };
        good.Check();
        Assert.Throws<ArgumentOutOfRangeException>(() => (good with { FailoverTime = TimeSpan.FromMilliseconds(999) }).Check());
        Assert.Throws<ArgumentOutOfRangeException>(() => (good with { RecordsPerReadMax = 10_001 }).Check());
        Assert.Throws<ArgumentException>(() => (good with { InitialPosition = Checkpoint.AtTimestamp }).Check());
        Assert.Throws<ArgumentException>(() => (good with { InitialPosition = Checkpoint.ShardEnd }).Check());
    }

    private static Task ThrowAtPoisonAsync(RecordBatch batch, ICheckpointer checkpointer, CancellationToken token) =>
        batch.Records.Any(record => RecordingProcessors.Text(record) == "k poison") ? throw new InvalidOperationException("not that one") : checkpointer.CheckpointAsync(token);

    private static async Task PutTextsAsync(KinesisClient client, params string[] texts)
    {
        foreach (var text in texts)
        {
            await client.PutRecordAsync("s", new PutRecordsEntry("k", null, Encoding.UTF8.GetBytes(text)), Token);
        }
    }

    /// <summary>Numbers under ten keys.</summary>
    private static async Task PutAsync(KinesisClient client, int from, int to)
    {
        var entries = Enumerable.Range(from, to - from).Select(i => new PutRecordsEntry($"key{i % 10}", null, Encoding.UTF8.GetBytes($"{i:D6}"))).ToList();
        Assert.Equal(0, (await client.PutRecordsAsync("s", entries, Token)).FailedRecordCount);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < Patience, "The condition was not met in time.");
            await Task.Delay(20, Token);
        }
    }

    private sealed class Nowhere : IParkedRecords
    {
        public Task ParkAsync(ParkedRecord record, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>A worker at work, quicker than by default; stopped at the end.</summary>
    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly TarnLeaseStore leases;
        private readonly Task task;

        private Running(TestServer server, KinesisClient client, RecordingProcessors processors, ConsumerSettings settings)
        {
            leases = new TarnLeaseStore(server.ClientOptions, settings.ApplicationName);
            Worker = new ConsumerWorker(settings, client, leases, processors);
            task = Worker.RunAsync(stop.Token);
        }

        public ConsumerWorker Worker { get; }

        public static Running Start(TestServer server, KinesisClient client, RecordingProcessors processors, Func<ConsumerSettings, ConsumerSettings>? change = null)
        {
            var settings = new ConsumerSettings
            {
                ApplicationName = "app",
                Stream = "s",
                LeaseTakingInterval = TimeSpan.FromMilliseconds(200),
                ShardSyncInterval = TimeSpan.FromSeconds(2),
                IdleTimeBetweenReads = TimeSpan.FromMilliseconds(50),
                ReadIntervalMin = TimeSpan.Zero,
                RetryDelayMax = TimeSpan.FromMilliseconds(200),
            };
            return new Running(server, client, processors, change is null ? settings : change(settings));
        }

        public async ValueTask DisposeAsync()
        {
            stop.Cancel();
            await task;
            leases.Dispose();
            stop.Dispose();
        }
    }
}
