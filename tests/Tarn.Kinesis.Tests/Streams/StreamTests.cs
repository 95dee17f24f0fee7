using Tarn.Api.Kinesis;
using Tarn.Contracts;
using Tarn.Store;
using Tarn.Testing;

namespace Tarn.Kinesis.Tests.Streams;

public sealed class StreamTests
{
    [Fact]
    public async Task A_new_stream_is_described_with_AWSs_defaults()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream(shards: 3);
        var summary = await kinesis.Summary();
        Assert.Equal(("s", kinesis.Arn(), "ACTIVE", 24, TestKinesis.Start), (summary.StreamName, summary.StreamARN, summary.StreamStatus, summary.RetentionPeriodHours, summary.StreamCreationTimestamp));
        Assert.Equal(("PROVISIONED", "NONE", null, 3, 0, 1_024), (summary.StreamModeDetails!.StreamMode, summary.EncryptionType, summary.KeyId, summary.OpenShardCount, summary.ConsumerCount, summary.MaxRecordSizeInKiB));
        Assert.Matches("^[a-z0-9]{20}-[a-z0-9]{3}$", summary.StreamId);
        Assert.Empty(Assert.Single(summary.EnhancedMonitoring!).ShardLevelMetrics!);
        Assert.Equal(
            [("0", "113427455640312821154458202477256070484"), ("113427455640312821154458202477256070485", "226854911280625642308916404954512140969"), ("226854911280625642308916404954512140970", "340282366920938463463374607431768211455")],
            (await kinesis.Shards()).Select(shard => (shard.HashKeyRange!.StartingHashKey, shard.HashKeyRange.EndingHashKey)));
    }

    [Fact]
    public async Task A_name_is_taken_once_per_account_and_region()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream();
        await kinesis.Fails(KinesisModel.CreateStream, new CreateStreamInput { StreamName = "s", ShardCount = 1 }, "ResourceInUseException", "Stream s under account 123456789012 already exists.");
        kinesis.Scope = kinesis.Scope with { Region = "eu-west-1" };
        await kinesis.WithStream();
        Assert.Equal("arn:aws:kinesis:eu-west-1:123456789012:stream/s", (await kinesis.Summary()).StreamARN);
    }

    [Fact]
    public async Task Provisioned_streams_need_a_shard_count_and_on_demand_streams_have_four_shards()
    {
        await using var kinesis = await TestKinesis.OpenAsync(configure: options => options.OnDemandStreamsMax = 1);
        var onDemand = new StreamModeDetails { StreamMode = "ON_DEMAND" };
        await kinesis.Fails(KinesisModel.CreateStream, new CreateStreamInput { StreamName = "s" }, "ValidationException");
        await kinesis.Fails(KinesisModel.CreateStream, new CreateStreamInput { StreamName = "s", ShardCount = 1, StreamModeDetails = onDemand }, "ValidationException");
        await kinesis.Call(KinesisModel.CreateStream, new CreateStreamInput { StreamName = "s", StreamModeDetails = onDemand, MaxRecordSizeInKiB = 10_240 });
        var summary = await kinesis.Summary();
        Assert.Equal(("ON_DEMAND", 4, 10_240), (summary.StreamModeDetails!.StreamMode, summary.OpenShardCount, summary.MaxRecordSizeInKiB));
        await kinesis.Fails(KinesisModel.CreateStream, new CreateStreamInput { StreamName = "t", StreamModeDetails = onDemand }, "LimitExceededException");
    }

    [Fact]
    public async Task A_stream_is_found_by_name_by_ARN_and_by_id_and_all_that_is_given_must_agree()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream();
        await kinesis.WithStream("t");
        var id = (await kinesis.Summary()).StreamId;
        foreach (var input in new[]
        {
            new DescribeStreamSummaryInput { StreamName = "s" },
            new DescribeStreamSummaryInput { StreamARN = kinesis.Arn() },
            new DescribeStreamSummaryInput { StreamId = id },
            new DescribeStreamSummaryInput { StreamName = "s", StreamARN = kinesis.Arn(), StreamId = id },
        })
        {
            Assert.Equal(id, (await kinesis.Call(KinesisModel.DescribeStreamSummary, input)).StreamDescriptionSummary!.StreamId);
        }

        const string Differ = "StreamName, StreamARN and StreamId do not name the same stream.";
        await kinesis.Fails(KinesisModel.DescribeStreamSummary, new DescribeStreamSummaryInput { StreamName = "t", StreamARN = kinesis.Arn() }, "InvalidArgumentException", Differ);
        await kinesis.Fails(KinesisModel.DescribeStreamSummary, new DescribeStreamSummaryInput { StreamName = "t", StreamId = id }, "InvalidArgumentException", Differ);
        await kinesis.Fails(KinesisModel.DescribeStreamSummary, new DescribeStreamSummaryInput(), "InvalidArgumentException");
        await kinesis.Fails(KinesisModel.DescribeStreamSummary, new DescribeStreamSummaryInput { StreamName = "u" }, "ResourceNotFoundException", "Stream u under account 123456789012 not found.");
        await kinesis.Fails(KinesisModel.DescribeStreamSummary, new DescribeStreamSummaryInput { StreamARN = kinesis.Arn("u") }, "ResourceNotFoundException", "Stream u under account 123456789012 not found.");
        var arn = kinesis.Arn();
        kinesis.Scope = new AwsScope("999999999999", "us-east-1");
        await kinesis.Fails(KinesisModel.DescribeStreamSummary, new DescribeStreamSummaryInput { StreamARN = arn }, "AccessDeniedException");
        await kinesis.Fails(KinesisModel.DescribeStreamSummary, new DescribeStreamSummaryInput { StreamId = id }, "ResourceNotFoundException");
    }

    [Fact]
    public async Task Streams_are_listed_by_name_page_after_page()
    {
        await using var kinesis = await TestKinesis.OpenAsync();
        foreach (var name in new[] { "c", "a", "B", "d" })
        {
            await kinesis.WithStream(name);
        }

        var first = await kinesis.Call(KinesisModel.ListStreams, new ListStreamsInput { Limit = 2 });
        Assert.Equal(["B", "a"], first.StreamNames!);
        Assert.Equal(["B", "a"], first.StreamSummaries!.Select(stream => stream.StreamName));
        Assert.True(first.HasMoreStreams);
        var last = await kinesis.Call(KinesisModel.ListStreams, new ListStreamsInput { NextToken = first.NextToken });
        Assert.Equal((false, null), (last.HasMoreStreams, last.NextToken));
        Assert.Equal(["c", "d"], last.StreamNames!);
        Assert.Equal(["c", "d"], (await kinesis.Call(KinesisModel.ListStreams, new ListStreamsInput { ExclusiveStartStreamName = "a" })).StreamNames!);
        await kinesis.Fails(KinesisModel.ListStreams, new ListStreamsInput { NextToken = "nonsense" }, "InvalidArgumentException");
        kinesis.Time.Advance(TimeSpan.FromSeconds(300));
        await kinesis.Fails(KinesisModel.ListStreams, new ListStreamsInput { NextToken = first.NextToken }, "ExpiredNextTokenException");
    }

    [Fact]
    public async Task A_stream_with_consumers_is_deleted_only_with_EnforceConsumerDeletion_and_takes_everything_with_it()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream();
        var id = (await kinesis.Summary()).StreamId!;
        await kinesis.Call(KinesisModel.RegisterStreamConsumer, new RegisterStreamConsumerInput { StreamARN = kinesis.Arn(), ConsumerName = "c" });
        await kinesis.Call(KinesisModel.AddTagsToStream, new AddTagsToStreamInput { StreamName = "s", Tags = new Dictionary<string, string> { ["k"] = "v" } });
        await kinesis.Call(KinesisModel.PutResourcePolicy, new PutResourcePolicyInput { ResourceARN = kinesis.Arn(), Policy = """{"Statement":[]}""" });
        await kinesis.Fails(KinesisModel.DeleteStream, new DeleteStreamInput { StreamName = "s" }, "ResourceInUseException");
        await kinesis.Call(KinesisModel.DeleteStream, new DeleteStreamInput { StreamName = "s", EnforceConsumerDeletion = true });
        Assert.Empty(kinesis.Memory.All(id));
        await kinesis.Fails(KinesisModel.DeleteStream, new DeleteStreamInput { StreamName = "s" }, "ResourceNotFoundException", "Stream s under account 123456789012 not found.");
        await kinesis.WithStream();
        Assert.NotEqual(id, (await kinesis.Summary()).StreamId);
        Assert.Equal(0, (await kinesis.Summary()).ConsumerCount);
        Assert.Empty((await kinesis.Call(KinesisModel.ListTagsForStream, new ListTagsForStreamInput { StreamName = "s" })).Tags!);
        await kinesis.Fails(KinesisModel.GetResourcePolicy, new GetResourcePolicyInput { ResourceARN = kinesis.Arn() }, "ResourceNotFoundException");
    }

    [Fact]
    public async Task Everything_is_there_after_a_restart()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream(shards: 2);
        await kinesis.Call(KinesisModel.UpdateShardCount, new UpdateShardCountInput { StreamName = "s", TargetShardCount = 3, ScalingType = "UNIFORM_SCALING" });
        await kinesis.Call(KinesisModel.StartStreamEncryption, new StartStreamEncryptionInput { StreamName = "s", EncryptionType = "KMS", KeyId = "alias/a" });
        await kinesis.Call(KinesisModel.EnableEnhancedMonitoring, new EnableEnhancedMonitoringInput { StreamName = "s", ShardLevelMetrics = ["ALL"] });
        var (summary, shards) = (await kinesis.Summary(), await kinesis.Shards());
        await kinesis.RestartAsync();
        Assert.Equivalent(summary, await kinesis.Summary());
        Assert.Equivalent(shards, await kinesis.Shards());
        Assert.Equal(("KMS", "alias/a", 7), (summary.EncryptionType, summary.KeyId, summary.EnhancedMonitoring![0].ShardLevelMetrics!.Count));
    }

    [Fact]
    public async Task DescribeStream_gives_a_hundred_shards_at_most_and_says_when_there_are_more()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream(shards: 150);
        var first = (await kinesis.Call(KinesisModel.DescribeStream, new DescribeStreamInput { StreamName = "s", Limit = 10_000 })).StreamDescription!;
        Assert.Equal((100, true), (first.Shards!.Count, first.HasMoreShards));
        var rest = (await kinesis.Call(KinesisModel.DescribeStream, new DescribeStreamInput { StreamName = "s", ExclusiveStartShardId = first.Shards[^1].ShardId })).StreamDescription!;
        Assert.Equal((50, false, "shardId-000000000100"), (rest.Shards!.Count, rest.HasMoreShards, rest.Shards[0].ShardId));
    }

    [Fact]
    public async Task PostgreSQL_keeps_streams_as_SQLite_does()
    {
        var place = StoreOptions.Postgresql(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        var delay = TimeSpan.FromSeconds(1);
        await using var kinesis = await (await TestKinesis.OpenAsync(delay, place: place)).WithStream(shards: 2);
        kinesis.Time.Advance(delay);
        await kinesis.Call(KinesisModel.UpdateShardCount, new UpdateShardCountInput { StreamName = "s", TargetShardCount = 3, ScalingType = "UNIFORM_SCALING" });
        await kinesis.RestartAsync();
        kinesis.Time.Advance(delay);
        Assert.Equal(3, (await kinesis.Summary()).OpenShardCount);
        var arn = (await kinesis.Call(KinesisModel.RegisterStreamConsumer, new RegisterStreamConsumerInput { StreamARN = kinesis.Arn(), ConsumerName = "c" })).Consumer!.ConsumerARN!;
        await kinesis.Call(KinesisModel.TagResource, new TagResourceInput { ResourceARN = arn, Tags = new Dictionary<string, string> { ["k"] = "v" } });
        await kinesis.Call(KinesisModel.PutResourcePolicy, new PutResourcePolicyInput { ResourceARN = arn, Policy = """{"Statement":[]}""" });
        await kinesis.Call(KinesisModel.UpdateAccountSettings, new UpdateAccountSettingsInput { MinimumThroughputBillingCommitment = new MinimumThroughputBillingCommitmentInput { Status = "ENABLED" } });
        await kinesis.Call(KinesisModel.DeregisterStreamConsumer, new DeregisterStreamConsumerInput { ConsumerARN = arn });
        kinesis.Time.Advance(delay);
        Assert.Equal(0, (await kinesis.Summary()).ConsumerCount);
        kinesis.Time.Advance(TimeSpan.FromHours(24));
        Assert.Equal(3, (await kinesis.Shards()).Count);
        await kinesis.Call(KinesisModel.DeleteStream, new DeleteStreamInput { StreamName = "s" });
        kinesis.Time.Advance(delay);
        await kinesis.Fails(KinesisModel.DescribeStreamSummary, new DescribeStreamSummaryInput { StreamName = "s" }, "ResourceNotFoundException");
        Assert.Empty((await kinesis.Call(KinesisModel.ListStreams, new ListStreamsInput())).StreamNames!);
    }
}
