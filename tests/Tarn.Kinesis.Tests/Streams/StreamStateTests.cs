using Tarn.Api.Kinesis;

namespace Tarn.Kinesis.Tests.Streams;

/// <summary>CREATING, UPDATING and DELETING, with a delay of ten seconds.</summary>
public sealed class StreamStateTests
{
    private const string Half = "170141183460469231731687303715884105728";
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(10);

    private static async Task<TestKinesis> OpenActiveAsync(int shards = 1)
    {
        var kinesis = await (await TestKinesis.OpenAsync(Delay)).WithStream(shards: shards);
        kinesis.Time.Advance(Delay);
        return kinesis;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_new_stream_is_CREATING_without_shards_and_then_ACTIVE(bool restarts)
    {
        await using var kinesis = await (await TestKinesis.OpenAsync(Delay)).WithStream(shards: 2);
        kinesis.Time.Advance(Delay - TimeSpan.FromTicks(1));
        Assert.Equal(("CREATING", 0), ((await kinesis.Summary()).StreamStatus, (await kinesis.Summary()).OpenShardCount));
        Assert.Empty(await kinesis.Shards());
        if (restarts)
        {
            await kinesis.RestartAsync();
            Assert.Equal("CREATING", (await kinesis.Summary()).StreamStatus);
        }

        kinesis.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(("ACTIVE", 2), ((await kinesis.Summary()).StreamStatus, (await kinesis.Summary()).OpenShardCount));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_split_shows_UPDATING_first_and_its_children_afterwards(bool restarts)
    {
        await using var kinesis = await OpenActiveAsync();
        var split = new SplitShardInput { StreamName = "s", ShardToSplit = "shardId-0", NewStartingHashKey = Half };
        await kinesis.Call(KinesisModel.SplitShard, split);
        Assert.Equal("UPDATING", (await kinesis.Summary()).StreamStatus);
        Assert.Equal([0], await kinesis.Numbers());
        await kinesis.Fails(KinesisModel.SplitShard, split, "ResourceInUseException", "Stream s under account 123456789012 not ACTIVE, instead in state UPDATING");
        if (restarts)
        {
            await kinesis.RestartAsync();
        }

        kinesis.Time.Advance(Delay);
        Assert.Equal([0, 1, 2], await kinesis.Numbers());
        Assert.Equal([1, 2], kinesis.Memory.Open((await kinesis.Summary()).StreamId!));
        Assert.Equal("ACTIVE", (await kinesis.Summary()).StreamStatus);
    }

    [Fact]
    public async Task A_deleted_stream_is_DELETING_until_its_name_is_free()
    {
        await using var kinesis = await OpenActiveAsync();
        var id = (await kinesis.Summary()).StreamId!;
        await kinesis.Call(KinesisModel.DeleteStream, new DeleteStreamInput { StreamName = "s" });
        await kinesis.Call(KinesisModel.DeleteStream, new DeleteStreamInput { StreamName = "s" });
        Assert.Equal("DELETING", (await kinesis.Summary()).StreamStatus);
        await kinesis.Fails(KinesisModel.CreateStream, new CreateStreamInput { StreamName = "s", ShardCount = 1 }, "ResourceInUseException");
        await kinesis.RestartAsync();
        kinesis.Time.Advance(Delay);
        await kinesis.WithStream();
        Assert.Empty(kinesis.Memory.All(id));
        Assert.Equal("CREATING", (await kinesis.Summary()).StreamStatus);
    }

    [Fact]
    public async Task What_is_due_is_done_when_nobody_asks()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync(Delay)).WithStream();
        kinesis.Time.Advance(Delay);
        for (var i = 0; !kinesis.Memory.Calls.Contains("add 0"); i++)
        {
            Assert.True(i < 2_000, "the loop did not make the shard");
            await Task.Delay(5, TestContext.Current.CancellationToken);
            kinesis.Time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task Five_streams_may_be_CREATING_at_a_time()
    {
        await using var kinesis = await TestKinesis.OpenAsync(Delay);
        for (var i = 0; i < 5; i++)
        {
            await kinesis.WithStream($"s{i}");
        }

        await kinesis.Fails(KinesisModel.CreateStream, new CreateStreamInput { StreamName = "t", ShardCount = 1 }, "LimitExceededException");
        kinesis.Time.Advance(Delay);
        await kinesis.WithStream("t");
    }

    [Fact]
    public async Task Settings_change_when_UPDATING_ends()
    {
        await using var kinesis = await OpenActiveAsync();
        await kinesis.Call(KinesisModel.IncreaseStreamRetentionPeriod, new IncreaseStreamRetentionPeriodInput { StreamName = "s", RetentionPeriodHours = 48 });
        Assert.Equal(("UPDATING", 24), ((await kinesis.Summary()).StreamStatus, (await kinesis.Summary()).RetentionPeriodHours));
        kinesis.Time.Advance(Delay);
        Assert.Equal(("ACTIVE", 48), ((await kinesis.Summary()).StreamStatus, (await kinesis.Summary()).RetentionPeriodHours));
    }

    [Fact]
    public async Task A_consumer_is_CREATING_then_ACTIVE_then_DELETING_then_gone()
    {
        await using var kinesis = await OpenActiveAsync();
        var arn = (await kinesis.Call(KinesisModel.RegisterStreamConsumer, new RegisterStreamConsumerInput { StreamARN = kinesis.Arn(), ConsumerName = "c" })).Consumer!.ConsumerARN!;
        async Task<string?> Status() => (await kinesis.Call(KinesisModel.DescribeStreamConsumer, new DescribeStreamConsumerInput { ConsumerARN = arn })).ConsumerDescription!.ConsumerStatus;
        Assert.Equal("CREATING", await Status());
        kinesis.Time.Advance(Delay);
        Assert.Equal("ACTIVE", await Status());
        await kinesis.Call(KinesisModel.DeregisterStreamConsumer, new DeregisterStreamConsumerInput { ConsumerARN = arn });
        Assert.Equal("DELETING", await Status());
        kinesis.Time.Advance(Delay);
        await kinesis.Fails(KinesisModel.DescribeStreamConsumer, new DescribeStreamConsumerInput { ConsumerARN = arn }, "ResourceNotFoundException", $"Consumer {arn}, account 123456789012 not found.");
        await kinesis.Call(KinesisModel.RegisterStreamConsumer, new RegisterStreamConsumerInput { StreamARN = kinesis.Arn(), ConsumerName = "c" });
    }
}
