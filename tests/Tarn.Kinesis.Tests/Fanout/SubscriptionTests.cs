using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Tarn.Api.Kinesis;
using Tarn.Contracts;

namespace Tarn.Kinesis.Tests.Fanout;

/// <summary>Who may subscribe, from where on, and how a subscription ends.</summary>
public sealed class SubscriptionTests
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_record_is_sent_when_it_is_put()
    {
        await using var kinesis = await FanoutHarness.OpenAsync();
        var client = await kinesis.SubscribeAsync(await kinesis.ConsumerAsync());
        var numbers = await kinesis.PutAsync(["a", "b"]);
        var got = await client.NextAsync();
        Assert.Equal(["a", "b"], got.Data);
        Assert.Equal(numbers, got.SequenceNumbers);
        Assert.Equal((numbers[1], 0), (got.Continuation, got.MillisBehindLatest));
        Assert.Null(got.ChildShards);
        await kinesis.PutAsync("c");
        Assert.Equal(["c"], (await client.NextAsync()).Data);
    }

    [Theory]
    [InlineData("TRIM_HORIZON", "0 1 2 3")]
    [InlineData("AT_SEQUENCE_NUMBER", "1 2 3")]
    [InlineData("AFTER_SEQUENCE_NUMBER", "2 3")]
    [InlineData("AT_TIMESTAMP", "2 3")]
    [InlineData("LATEST", "3")]
    public async Task A_subscription_starts_where_its_position_says(string type, string expected)
    {
        await using var kinesis = await FanoutHarness.OpenAsync();
        var numbers = await kinesis.PutAsync(["0", "1"]);
        kinesis.Time.Advance(TimeSpan.FromSeconds(1));
        await kinesis.PutAsync("2");
        var client = await kinesis.SubscribeAsync(await kinesis.ConsumerAsync(), new StartingPosition
        {
            Type = type,
            SequenceNumber = type.EndsWith("NUMBER", StringComparison.Ordinal) ? numbers[1] : null,
            Timestamp = type == "AT_TIMESTAMP" ? TestKinesis.Start.AddMilliseconds(1) : null,
        });
        await kinesis.PutAsync("3");
        var wanted = expected.Split(' ');
        Assert.Equal(wanted, await client.DataAsync(wanted.Length));
    }

    [Fact]
    public async Task What_is_behind_says_how_far()
    {
        await using var kinesis = await FanoutHarness.OpenAsync();
        await kinesis.PutAsync([.. Enumerable.Range(0, 6).Select(_ => new string('x', 500_000))]);
        kinesis.Time.Advance(TimeSpan.FromSeconds(3));
        await kinesis.PutAsync("new");
        var client = await kinesis.SubscribeAsync(await kinesis.ConsumerAsync(), new StartingPosition { Type = "TRIM_HORIZON" });
        var first = await client.NextAsync();
        Assert.Equal((4, 3_000), (first.Data.Count, first.MillisBehindLatest));
        var second = await client.NextAsync();
        Assert.Equal((3, 0), (second.Data.Count, second.MillisBehindLatest));
    }

    [Fact]
    public async Task A_record_that_is_larger_than_an_event_may_be_is_one_of_its_own()
    {
        await using var kinesis = await FanoutHarness.OpenAsync();
        await kinesis.Call(KinesisModel.UpdateMaxRecordSize, new UpdateMaxRecordSizeInput { StreamARN = kinesis.Scope.Arn("kinesis", "stream/s"), MaxRecordSizeInKiB = 10_240 });
        await kinesis.PutAsync(["a", new string('x', 3 << 20), "b"]);
        var client = await kinesis.SubscribeAsync(await kinesis.ConsumerAsync(), new StartingPosition { Type = "TRIM_HORIZON" });
        foreach (var length in new[] { 1, 3 << 20, 1 })
        {
            Assert.Equal(length, Assert.Single((await client.NextAsync()).Data).Length);
        }
    }

    [Fact]
    public async Task An_event_has_ten_thousand_records_at_most()
    {
        await using var kinesis = await FanoutHarness.OpenAsync();
        for (var put = 0; put < 21; put++)
        {
            await kinesis.PutAsync([.. Enumerable.Repeat("x", 500)]);
        }

        var client = await kinesis.SubscribeAsync(await kinesis.ConsumerAsync(), new StartingPosition { Type = "TRIM_HORIZON" });
        Assert.Equal(10_000, (await client.NextAsync()).Data.Count);
        Assert.Equal(500, (await client.NextAsync()).Data.Count);
    }

    [Fact]
    public async Task Positions_are_refused_in_the_words_of_GetShardIterator()
    {
        await using var kinesis = await FanoutHarness.OpenAsync(shards: 2);
        var consumer = await kinesis.ConsumerAsync();
        var other = (await kinesis.PutAsync(["x"], hashKey: "340282366920938463463374607431768211455"))[0];
        const string Needed = "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber. Request specified ";
        Task Refused(StartingPosition position, string message) => kinesis.RefusedAsync("InvalidArgumentException", message, consumer, position);
        await Refused(new StartingPosition { Type = "AT_SEQUENCE_NUMBER" }, Needed + "AT_SEQUENCE_NUMBER and no StartingSequenceNumber.");
        await Refused(new StartingPosition { Type = "AFTER_SEQUENCE_NUMBER" }, Needed + "AFTER_SEQUENCE_NUMBER and no StartingSequenceNumber.");
        await Refused(new StartingPosition { Type = "LATEST", SequenceNumber = "5" }, Needed + "LATEST and also a StartingSequenceNumber.");
        await Refused(
            new StartingPosition { Type = "AT_TIMESTAMP" },
            "Must either specify (1) AT_TIMESTAMP and timestamp or (2) any other type and no timestamp. Request specified AT_TIMESTAMP and no timestamp.");
        await Refused(
            new StartingPosition { Type = "AT_TIMESTAMP", Timestamp = TestKinesis.Start.AddMilliseconds(1) },
            "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: 1772600767001, currentTimestampInMillis: 1772600767000");
        await Refused(
            new StartingPosition { Type = "AT_SEQUENCE_NUMBER", SequenceNumber = "5" },
            "StartingSequenceNumber 5 used in SubscribeToShard on shard shardId-000000000000 in stream s under account 123456789012 is invalid.");
        await Refused(
            new StartingPosition { Type = "AT_SEQUENCE_NUMBER", SequenceNumber = other },
            "Invalid StartingSequenceNumber. It encodes shardId-000000000001, while it was used in a call to a shard with shardId-000000000000");

        // Index and shard beyond what there can be.
        foreach (var number in new[] { "20000000000800000000000000000000000000000000002", "20000000000000000000000000000000000000800000002" }.Select(hex => BigInteger.Parse(hex, NumberStyles.HexNumber)))
        {
            await Refused(
                new StartingPosition { Type = "AT_SEQUENCE_NUMBER", SequenceNumber = $"{number}" },
                $"StartingSequenceNumber {number} used in SubscribeToShard on shard shardId-000000000000 in stream s under account 123456789012 is invalid.");
        }

        var foreign = BigInteger.Parse("20000000010000000000000000000000000000000000002", NumberStyles.HexNumber);
        await Refused(
            new StartingPosition { Type = "AT_SEQUENCE_NUMBER", SequenceNumber = $"{foreign}" },
            $"StartingSequenceNumber {foreign} used in SubscribeToShard on shard shardId-000000000000 in stream s under account 123456789012 is invalid because it did not come from this stream.");

        // A refused call is none that would hold off another.
        await kinesis.SubscribeAsync(consumer);
    }

    [Fact]
    public async Task Only_a_consumer_that_is_there_may_subscribe_to_a_shard_that_is_there()
    {
        await using var kinesis = await FanoutHarness.OpenAsync();
        var consumer = await kinesis.ConsumerAsync();
        await kinesis.RefusedAsync("ResourceNotFoundException", $"Consumer {consumer}0, account 123456789012 not found.", consumer + "0");
        await kinesis.RefusedAsync("ResourceNotFoundException", "Stream t under account 123456789012 not found.", consumer.Replace("stream/s", "stream/t", StringComparison.Ordinal));
        await kinesis.RefusedAsync("ResourceNotFoundException", "Shard shardId-000000000001 in stream s under account 123456789012 does not exist", consumer, shard: 1);
        await kinesis.RefusedAsync("InvalidArgumentException", "StreamName, StreamARN and StreamId do not name the same stream.", consumer, streamId: "aaaaaaaaaaaaaaaaaaaa-aaa");
        kinesis.Scope = new AwsScope("999999999999", "us-east-1");
        await kinesis.RefusedAsync(
            "AccessDeniedException",
            $"User: arn:aws:iam::999999999999:root is not authorized to access resource: {consumer} because no resource-based policy allows it",
            consumer);
        Assert.Equal(0, kinesis.Fanout.Subscriptions.Count);
    }

    [Fact]
    public async Task A_consumer_must_be_active()
    {
        await using var kinesis = await FanoutHarness.OpenAsync(stateDelay: TimeSpan.FromSeconds(2));
        var consumer = await kinesis.ConsumerAsync();
        var message = $"Consumer c with creation timestamp {kinesis.Time.GetUtcNow().ToUnixTimeSeconds()} under stream: s , account 123456789012 is not in ACTIVE status.";
        await kinesis.RefusedAsync("ResourceInUseException", message, consumer);
        kinesis.Time.Advance(TimeSpan.FromSeconds(2));
        var client = await kinesis.SubscribeAsync(consumer);
        await kinesis.Call(KinesisModel.DeregisterStreamConsumer, new DeregisterStreamConsumerInput { ConsumerARN = consumer });
        await client.EndsAsync("ResourceNotFoundException");
        await kinesis.RefusedAsync("ResourceInUseException", message, consumer);
    }

    [Fact]
    public async Task A_second_call_within_five_seconds_is_refused_and_a_later_one_takes_over()
    {
        const string InUse = "Another active subscription exists for this consumer: 123456789012:s:shardId-000000000000:c";
        await using var kinesis = await FanoutHarness.OpenAsync(shards: 2);
        var consumer = await kinesis.ConsumerAsync();
        var first = await kinesis.SubscribeAsync(consumer);
        kinesis.Time.Advance(TimeSpan.FromMilliseconds(4_999));
        await kinesis.RefusedAsync("ResourceInUseException", InUse, consumer);
        var other = await kinesis.SubscribeAsync(consumer, shard: 1);
        var another = await kinesis.SubscribeAsync(await kinesis.ConsumerAsync("d"));
        kinesis.Time.Advance(TimeSpan.FromMilliseconds(1));
        var second = await kinesis.SubscribeAsync(consumer);
        await Assert.ThrowsAsync<AwsException>(() => first.Operation);
        Assert.Equal(InUse, first.Operation.Exception!.InnerException!.Message);
        await kinesis.RefusedAsync("ResourceInUseException", InUse, consumer);
        await kinesis.PutAsync("a");
        Assert.Equal(["a"], (await second.DataAsync(1)));
        Assert.Equal(["a"], (await another.DataAsync(1)));
        Assert.False(other.Operation.IsCompleted);
    }

    [Fact]
    public async Task A_call_within_five_seconds_is_refused_also_when_the_first_has_ended_and_then_nothing_is_kept_of_it()
    {
        await using var kinesis = await FanoutHarness.OpenAsync(shards: 2);
        var consumer = await kinesis.ConsumerAsync();
        var first = await kinesis.SubscribeAsync(consumer);
        await first.Gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Operation);
        await kinesis.RefusedAsync("ResourceInUseException", "Another active subscription exists for this consumer: 123456789012:s:shardId-000000000000:c", consumer);
        kinesis.Time.Advance(TimeSpan.FromSeconds(5));
        await kinesis.SubscribeAsync(consumer, shard: 1);
        Assert.Equal(1, kinesis.Fanout.Subscriptions.Count);
    }

    [Fact]
    public async Task A_quiet_shard_sends_an_empty_event_every_five_seconds_and_the_subscription_ends_well_after_five_minutes()
    {
        await using var kinesis = await FanoutHarness.OpenAsync();
        var client = await kinesis.SubscribeAsync(await kinesis.ConsumerAsync());
        for (var beat = 1; beat < 60; beat++)
        {
            await kinesis.TurnAsync(Heartbeat);
            var got = await client.NextAsync();
            Assert.Empty(got.Data);
            Assert.Equal((TestKinesis.Start + (beat * Heartbeat), 0), (got.At, got.MillisBehindLatest));
        }

        await kinesis.TurnAsync(Heartbeat);
        await client.Operation;
        kinesis.Time.Advance(TimeSpan.FromSeconds(1));
        await kinesis.SubscribeAsync(await kinesis.ConsumerAsync("d"));
        Assert.Equal(1, kinesis.Fanout.Subscriptions.Count);
    }

    [Fact]
    public async Task A_heartbeat_comes_five_seconds_after_the_last_event()
    {
        await using var kinesis = await FanoutHarness.OpenAsync();
        var client = await kinesis.SubscribeAsync(await kinesis.ConsumerAsync());
        await kinesis.TurnAsync(Heartbeat);
        await client.NextAsync();
        kinesis.Time.Advance(TimeSpan.FromSeconds(2));
        var numbers = await kinesis.PutAsync("a");
        Assert.Equal(["a"], (await client.NextAsync()).Data);
        await kinesis.TurnAsync(Heartbeat);
        var beat = await client.NextAsync();
        Assert.Empty(beat.Data);
        Assert.Equal(TestKinesis.Start + TimeSpan.FromSeconds(12), beat.At);
        Assert.True(string.CompareOrdinal(beat.Continuation, numbers[0]) > 0);
    }

    [Fact]
    public async Task Deregistration_of_the_consumer_ends_its_subscriptions_and_no_others()
    {
        await using var kinesis = await FanoutHarness.OpenAsync(shards: 2);
        var consumer = await kinesis.ConsumerAsync();
        var clients = new[] { await kinesis.SubscribeAsync(consumer), await kinesis.SubscribeAsync(consumer, shard: 1) };
        var other = await kinesis.SubscribeAsync(await kinesis.ConsumerAsync("d"));
        await kinesis.Call(KinesisModel.DeregisterStreamConsumer, new DeregisterStreamConsumerInput { ConsumerARN = consumer });
        foreach (var client in clients)
        {
            Assert.Equal($"Consumer {consumer}, account 123456789012 not found.", (await client.EndsAsync("ResourceNotFoundException")).Message);
        }

        await kinesis.PutAsync("a");
        Assert.Equal(["a"], await other.DataAsync(1));
    }

    [Fact]
    public async Task Deletion_of_the_stream_ends_its_subscriptions()
    {
        await using var kinesis = await FanoutHarness.OpenAsync();
        var client = await kinesis.SubscribeAsync(await kinesis.ConsumerAsync());
        await kinesis.PutAsync("a");
        Assert.Equal(["a"], await client.DataAsync(1));
        await kinesis.Call(KinesisModel.DeleteStream, new DeleteStreamInput { StreamName = "s", EnforceConsumerDeletion = true });
        Assert.Equal("Stream s under account 123456789012 not found.", (await client.EndsAsync("ResourceNotFoundException")).Message);
    }

    [Fact]
    public async Task A_log_that_has_failed_ends_subscriptions_when_they_have_sent_what_is_on_disk()
    {
        await using var kinesis = await FanoutHarness.OpenAsync();
        await kinesis.PutAsync(["a", "b"]);
        var waiting = await kinesis.SubscribeAsync(await kinesis.ConsumerAsync());
        kinesis.DiskIsBroken = true;
        var put = await kinesis.Door.AnswerAsync("PutRecord", new JsonObject { ["StreamName"] = "s", ["PartitionKey"] = "k", ["Data"] = "eA==" });
        Assert.Equal(500, (int)put["status"]!);
        await waiting.EndsAsync("InternalFailureException");
        var reading = await kinesis.SubscribeAsync(await kinesis.ConsumerAsync("d"), new StartingPosition { Type = "TRIM_HORIZON" });
        Assert.Equal(["a", "b"], (await reading.NextAsync()).Data);
        await reading.EndsAsync("InternalFailureException");
    }

    [Fact]
    public async Task A_log_that_is_closed_ends_subscriptions_well()
    {
        await using var kinesis = await FanoutHarness.OpenAsync();
        var client = await kinesis.SubscribeAsync(await kinesis.ConsumerAsync());
        await kinesis.Time.WaiterAsync(TestKinesis.Start + Heartbeat);
        await kinesis.Log.DisposeAsync();
        await client.Operation;
    }

    [Fact]
    public async Task Where_limits_are_enforced_a_consumer_gets_two_MiB_a_second()
    {
        await using var kinesis = await FanoutHarness.OpenAsync(configure: options => options.EnforceShardLimits = true);
        for (var i = 0; i < 6; i++)
        {
            await kinesis.PutAsync([new string('x', 1 << 20)[1..]]);
        }

        var client = await kinesis.SubscribeAsync(await kinesis.ConsumerAsync(), new StartingPosition { Type = "TRIM_HORIZON" });
        var began = kinesis.Time.GetUtcNow();
        Assert.Equal((2, began), (await client.NextAsync() is var first ? first.Data.Count : 0, first.At));
        Assert.Equal((2, began), (await client.NextAsync() is var second ? second.Data.Count : 0, second.At));
        await kinesis.TurnAsync(TimeSpan.FromSeconds(1));
        Assert.Equal((2, began.AddSeconds(1)), (await client.NextAsync() is var third ? third.Data.Count : 0, third.At));
    }
}
