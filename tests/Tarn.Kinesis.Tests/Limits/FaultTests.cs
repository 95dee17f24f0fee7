using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tarn.Kinesis.Limits;
using Tarn.Kinesis.Streams;
using Tarn.Testing;

namespace Tarn.Kinesis.Tests.Limits;

public sealed class FaultTests
{
    private const string Throttled = "ProvisionedThroughputExceededException";

    private static async Task<string> OutcomesAsync(WireKinesis kinesis, int puts)
    {
        var outcomes = new List<string>();
        for (var i = 0; i < puts; i++)
        {
            var answer = await kinesis.PutAsync("s", bytes: 10);
            outcomes.Add((string?)answer["__type"] ?? "ok");
        }

        return string.Join(' ', outcomes.Select(outcome => outcome[0]));
    }

    [Fact]
    public async Task The_same_seed_fails_the_same_calls_also_when_another_stream_is_written_between()
    {
        string[] runs = [await RunAsync(7, others: false), await RunAsync(7, others: true), await RunAsync(8, others: false)];
        Assert.Equal(runs[0], runs[1]);
        Assert.NotEqual(runs[0], runs[2]);
        Assert.Contains("P", runs[0], StringComparison.Ordinal);
        Assert.Contains("I", runs[0], StringComparison.Ordinal);
        Assert.Contains("o", runs[0], StringComparison.Ordinal);

        static async Task<string> RunAsync(int seed, bool others)
        {
            await using var kinesis = await WireKinesis.OpenAsync(options => (options.Faults.ThrottleShare, options.Faults.FailShare, options.Faults.Seed) = (0.3, 0.2, seed));
            await kinesis.CreateAsync("s", 1);
            await kinesis.CreateAsync("t", 1);
            var all = new List<string>();
            for (var i = 0; i < 40; i++)
            {
                all.Add(await OutcomesAsync(kinesis, puts: 1));
                if (others)
                {
                    await kinesis.PutAsync("t", bytes: 10);
                }
            }

            return string.Join(' ', all);
        }
    }

    [Fact]
    public async Task What_fails_is_not_in_the_stream_and_what_is_acknowledged_is()
    {
        await using var kinesis = await WireKinesis.OpenAsync(options => options.Faults.Seed = 11);
        await kinesis.CreateAsync("s", 1, "tarn:throttleShare=0.4", "tarn:failShare=0.2");
        var acknowledged = new List<string?>();
        var (failed, throttled) = (0, 0);
        for (var i = 0; i < 60; i++)
        {
            var answer = await kinesis.AnswerAsync("PutRecords", new JsonObject
            {
                ["StreamName"] = "s",
                ["Records"] = new JsonArray(WireKinesis.Record(10), WireKinesis.Record(11), WireKinesis.Record(12)),
            });
            if ((int)answer["status"]! == 500)
            {
                Assert.Equal("InternalFailureException", (string?)answer["__type"]);
                failed++;
                continue;
            }

            var entries = answer["Records"]!.AsArray();
            Assert.Equal((int)answer["FailedRecordCount"]!, entries.Count(entry => (string?)entry!["ErrorCode"] == Throttled));
            throttled += (int)answer["FailedRecordCount"]!;
            acknowledged.AddRange(entries.Where(entry => entry!["ErrorCode"] is null).Select(entry => (string?)entry!["SequenceNumber"]));
        }

        Assert.InRange(failed, 5, 20);
        Assert.InRange(throttled, 40, 100);
        await kinesis.CallAsync("RemoveTagsFromStream", new JsonObject { ["StreamName"] = "s", ["TagKeys"] = new JsonArray("tarn:throttleShare", "tarn:failShare") });
        var read = await kinesis.CallAsync("GetRecords", new JsonObject { ["ShardIterator"] = await kinesis.IteratorAsync("s") });
        Assert.Equal(acknowledged, read["Records"]!.AsArray().Select(record => (string?)record!["SequenceNumber"]));
    }

    [Fact]
    public async Task A_share_of_one_throttles_and_fails_every_call()
    {
        await using var kinesis = await WireKinesis.OpenAsync();
        await kinesis.CreateAsync("s", 1);
        var iterator = new JsonObject { ["ShardIterator"] = await kinesis.IteratorAsync("s") };
        await kinesis.CallAsync("AddTagsToStream", new JsonObject { ["StreamName"] = "s", ["Tags"] = new JsonObject { ["tarn:throttleShare"] = "1" } });
        var message = $"Rate exceeded for shard shardId-000000000000 in stream s under account {WireKinesis.Account}.";
        await kinesis.FailsAsync("PutRecord", WireKinesis.With("s", WireKinesis.Record(10)), Throttled, message);
        await kinesis.FailsAsync("GetShardIterator", WireKinesis.Place("s"), Throttled, message);
        await kinesis.FailsAsync("GetRecords", iterator, Throttled, message);

        await kinesis.CallAsync("AddTagsToStream", new JsonObject { ["StreamName"] = "s", ["Tags"] = new JsonObject { ["tarn:failShare"] = "1" } });
        foreach (var (operation, input) in new[] { ("PutRecord", WireKinesis.With("s", WireKinesis.Record(10))), ("GetShardIterator", WireKinesis.Place("s")), ("GetRecords", iterator) })
        {
            await kinesis.FailsAsync(operation, input, "InternalFailureException", "Internal Service Failure.", status: 500);
        }
    }

    [Fact]
    public async Task A_call_is_delayed_by_the_latency_and_then_goes_on()
    {
        var time = new ManualTime(TestKinesis.Start);
        var record = new StreamRecord { Id = "abc", Number = 1, Name = "s", CreatedAt = TestKinesis.Start, Settings = new StreamSettings() };
        var stream = new StreamSnapshot(default, record, []) { Rules = TrafficTags.Rules(new Dictionary<string, string> { ["tarn:latencyMs"] = "250" }, new KinesisOptions()) };
        var call = new Faults(new FaultOptions(), time, NullLogger.Instance).DisturbAsync(stream, TestContext.Current.CancellationToken).AsTask();
        time.Advance(TimeSpan.FromMilliseconds(249));
        Assert.False(call.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await call;
    }

    [Fact]
    public void The_log_says_at_the_start_which_faults_are_on_and_nothing_when_none_are()
    {
        var record = new StreamRecord { Id = "abc", Number = 1, Name = "s", CreatedAt = TestKinesis.Start, Settings = new StreamSettings() };
        var plain = new StreamSnapshot(default, record, []);
        Assert.Empty(Announced(new FaultOptions { Seed = 5 }, plain));
        var tagged = plain.With(TrafficTags.Rules(new Dictionary<string, string> { ["tarn:failShare"] = "0.1" }, new KinesisOptions()));
        Assert.Equal(["Streams that fail on purpose, by settings or by their tags: 1; seed 5"], Announced(new FaultOptions { Seed = 5 }, plain, tagged));
        Assert.Equal(
            ["Kinesis fails on purpose (kinesis.faults): throttleShare 0.25, failShare 0, latencyMs 3, seed 5"], Announced(new FaultOptions { Seed = 5, ThrottleShare = 0.25, LatencyMs = 3 }, plain));

        static List<string> Announced(FaultOptions options, params StreamSnapshot[] streams)
        {
            var log = new Lines();
            new Faults(options, TimeProvider.System, log).Announce(streams);
            return log.Warnings;
        }
    }

    private sealed class Lines : ILogger
    {
        public List<string> Warnings { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Assert.Equal(LogLevel.Warning, logLevel);
            Warnings.Add(formatter(state, exception));
        }
    }
}
