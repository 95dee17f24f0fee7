using System.Text.Json.Nodes;
using Tarn.Api.Kinesis;

namespace Tarn.Kinesis.Tests.Fanout;

/// <summary>What a client goes on with: after an event, after an empty one, and at the end of a shard.</summary>
public sealed class ContinuationTests
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("AT_SEQUENCE_NUMBER", 0)]
    [InlineData("AFTER_SEQUENCE_NUMBER", 0)]
    [InlineData("AT_SEQUENCE_NUMBER", 3)]
    [InlineData("AFTER_SEQUENCE_NUMBER", 3)]
    public async Task The_number_of_an_empty_event_goes_on_with_the_next_record(string type, int before)
    {
        await using var kinesis = await FanoutHarness.OpenAsync();
        for (var i = 0; i < before; i++)
        {
            await kinesis.PutAsync($"before {i}");
        }

        var consumer = await kinesis.ConsumerAsync();
        var client = await kinesis.SubscribeAsync(consumer);
        await kinesis.TurnAsync(Heartbeat);
        var number = (await client.NextAsync()).Continuation!;

        // At the tip still, and again when records have come.
        var position = new StartingPosition { Type = type, SequenceNumber = number };
        var atTip = await kinesis.SubscribeAsync(consumer, position);
        await kinesis.PutAsync(["after 0", "after 1"]);
        Assert.Equal(["after 0", "after 1"], (await atTip.NextAsync()).Data);
        kinesis.Time.Advance(Heartbeat);
        var later = await kinesis.SubscribeAsync(consumer, position);
        Assert.Equal(["after 0", "after 1"], (await later.NextAsync()).Data);

        var iterator = await kinesis.Call(KinesisModel.GetShardIterator, new GetShardIteratorInput { StreamName = "s", ShardId = "0", ShardIteratorType = type, StartingSequenceNumber = number });
        Assert.Equal(2, (await kinesis.Door.CallAsync("GetRecords", new JsonObject { ["ShardIterator"] = iterator.ShardIterator }))["Records"]!.AsArray().Count);
    }

    [Fact]
    public async Task The_number_of_an_empty_event_is_good_when_all_records_have_expired()
    {
        await using var kinesis = await FanoutHarness.OpenAsync();
        await kinesis.PutAsync(["old 0", "old 1"]);
        kinesis.Time.Advance(TimeSpan.FromHours(25));
        var consumer = await kinesis.ConsumerAsync();
        var client = await kinesis.SubscribeAsync(consumer, new StartingPosition { Type = "TRIM_HORIZON" });
        await kinesis.TurnAsync(Heartbeat);
        var empty = await client.NextAsync();
        Assert.Empty(empty.Data);
        var next = await kinesis.SubscribeAsync(consumer, new StartingPosition { Type = "AFTER_SEQUENCE_NUMBER", SequenceNumber = empty.Continuation });
        await kinesis.PutAsync("new");
        Assert.Equal(["new"], (await next.NextAsync()).Data);
    }

    [Fact]
    public async Task Going_on_after_each_event_neither_loses_nor_repeats_a_record()
    {
        await using var kinesis = await FanoutHarness.OpenAsync();
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var consumer = await kinesis.ConsumerAsync();
        var position = new StartingPosition { Type = "LATEST" };
        List<string> put = [], got = [];
        for (var round = 0; round < 40; round++)
        {
            var client = await kinesis.SubscribeAsync(consumer, position);
            string[] some = [.. Enumerable.Range(put.Count, random.Next(4)).Select(i => $"{i}")];
            if (some.Length == 0)
            {
                await kinesis.Time.WaiterAsync(kinesis.Time.GetUtcNow() + Heartbeat);
            }
            else
            {
                await kinesis.PutAsync(some);
            }

            put.AddRange(some);
            kinesis.Time.Advance(Heartbeat);
            var next = await client.NextAsync();
            got.AddRange(next.Data);
            position = new StartingPosition { Type = next.Data.Count > 0 || random.Next(2) == 0 ? "AFTER_SEQUENCE_NUMBER" : "AT_SEQUENCE_NUMBER", SequenceNumber = next.Continuation };
        }

        Assert.Equal(put, got);
        Assert.NotEmpty(put);
    }

    [Fact]
    public async Task A_split_ends_the_subscription_with_the_children()
    {
        await using var kinesis = await FanoutHarness.OpenAsync();
        var waiting = await kinesis.SubscribeAsync(await kinesis.ConsumerAsync("waiting"));
        var reading = await kinesis.SubscribeAsync(await kinesis.ConsumerAsync("reading"));
        await kinesis.PutAsync("a");
        await waiting.NextAsync();
        await kinesis.Call(KinesisModel.SplitShard, new SplitShardInput { StreamName = "s", ShardToSplit = "0", NewStartingHashKey = "1000" });
        var end = await waiting.NextAsync();
        Assert.Empty(end.Data);
        Assert.Null(end.Continuation);
        Assert.Equal(["1 of 0", "2 of 0"], end.ChildShards);
        await waiting.Operation;

        // What was put before the split comes before its end, whoever has read it or not.
        Assert.Equal(["a"], await reading.DataAsync(1));
        await reading.Operation;
        var late = await kinesis.SubscribeAsync(await kinesis.ConsumerAsync("late"), new StartingPosition { Type = "TRIM_HORIZON" });
        var all = await late.NextAsync();
        Assert.Equal(["a"], all.Data);
        Assert.Equal(["1 of 0", "2 of 0"], all.ChildShards);
        Assert.Null(all.Continuation);
        await late.Operation;
    }

    [Fact]
    public async Task A_merge_ends_both_subscriptions_with_the_one_child()
    {
        await using var kinesis = await FanoutHarness.OpenAsync(shards: 2);
        var consumer = await kinesis.ConsumerAsync();
        var clients = new[] { await kinesis.SubscribeAsync(consumer), await kinesis.SubscribeAsync(consumer, shard: 1) };
        await kinesis.Call(KinesisModel.MergeShards, new MergeShardsInput { StreamName = "s", ShardToMerge = "0", AdjacentShardToMerge = "1" });
        foreach (var client in clients)
        {
            Assert.Equal(["2 of 0,1"], (await client.NextAsync()).ChildShards);
            await client.Operation;
        }
    }

    [Fact]
    public async Task A_change_that_closes_no_shard_sends_nothing()
    {
        await using var kinesis = await FanoutHarness.OpenAsync();
        var client = await kinesis.SubscribeAsync(await kinesis.ConsumerAsync());
        await kinesis.Call(KinesisModel.IncreaseStreamRetentionPeriod, new IncreaseStreamRetentionPeriodInput { StreamName = "s", RetentionPeriodHours = 48 });
        await kinesis.PutAsync("a");
        Assert.Equal(["a"], (await client.NextAsync()).Data);
    }
}
