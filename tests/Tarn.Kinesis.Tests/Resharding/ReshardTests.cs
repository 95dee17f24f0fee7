using Tarn.Api.Kinesis;

namespace Tarn.Kinesis.Tests.Resharding;

public sealed class ReshardTests
{
    private const string Half = "170141183460469231731687303715884105728";

    [Fact]
    public async Task A_split_closes_the_parent_and_opens_two_children_that_share_its_hash_keys()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream();
        await kinesis.Call(KinesisModel.SplitShard, new SplitShardInput { StreamName = "s", ShardToSplit = "shardId-000000000000", NewStartingHashKey = Half });
        var shards = await kinesis.Shards();
        Assert.Equal([null, "shardId-000000000000", "shardId-000000000000"], shards.Select(shard => shard.ParentShardId));
        Assert.Equal(["0", "0", Half], shards.Select(shard => shard.HashKeyRange!.StartingHashKey));
        Assert.Equal(["340282366920938463463374607431768211455", "170141183460469231731687303715884105727", "340282366920938463463374607431768211455"], shards.Select(shard => shard.HashKeyRange!.EndingHashKey));
        Assert.Equal([false, true, true], shards.Select(shard => shard.SequenceNumberRange!.EndingSequenceNumber is null));
        Assert.All(shards, shard => Assert.Equal(56, shard.SequenceNumberRange!.StartingSequenceNumber!.Length));
        Assert.True(string.CompareOrdinal(shards[0].SequenceNumberRange!.EndingSequenceNumber, shards[1].SequenceNumberRange!.StartingSequenceNumber) < 0);
        var id = (await kinesis.Summary()).StreamId!;
        Assert.Equal([1, 2], kinesis.Memory.Open(id));
        Assert.Equal(["start", "add 0", "close 0", "add 1,2"], kinesis.Memory.Calls);
    }

    [Fact]
    public async Task A_merge_makes_one_shard_of_two_neighbours()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream(shards: 3);
        await kinesis.Call(KinesisModel.MergeShards, new MergeShardsInput { StreamARN = kinesis.Arn(), ShardToMerge = "shardId-1", AdjacentShardToMerge = "2" });
        var child = (await kinesis.Shards())[3];
        Assert.Equal(("shardId-000000000001", "shardId-000000000002"), (child.ParentShardId, child.AdjacentParentShardId));
        Assert.Equal(("113427455640312821154458202477256070485", "340282366920938463463374607431768211455"), (child.HashKeyRange!.StartingHashKey, child.HashKeyRange.EndingHashKey));
        Assert.Equal(2, (await kinesis.Summary()).OpenShardCount);
    }

    [Fact]
    public async Task Neighbours_in_the_wrong_order_and_shards_that_are_no_neighbours_are_not_merged()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream(shards: 3);
        const string Message = "Shards shardId-00000000000{0} and shardId-00000000000{1} in stream s under account 123456789012 are not an adjacent pair of shards eligible for merging";
        foreach (var (lower, upper) in new[] { (1, 0), (0, 2), (1, 1), (2, 0) })
        {
            await kinesis.Fails(
                KinesisModel.MergeShards, new MergeShardsInput { StreamName = "s", ShardToMerge = $"shardId-{lower}", AdjacentShardToMerge = $"shardId-{upper}" },
                "InvalidArgumentException", string.Format(System.Globalization.CultureInfo.InvariantCulture, Message, lower, upper));
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("340282366920938463463374607431768211455")]
    [InlineData("340282366920938463463374607431768211456")]
    public async Task A_hash_key_at_the_edge_of_a_shard_or_outside_does_not_split_it(string key)
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream();
        await kinesis.Fails(
            KinesisModel.SplitShard, new SplitShardInput { StreamName = "s", ShardToSplit = "shardId-0", NewStartingHashKey = key }, "InvalidArgumentException",
            $"NewStartingHashKey {key} used in SplitShard() on shard shardId-000000000000 in stream s under account 123456789012 is not both greater than one plus the shard's StartingHashKey 0 and less than the shard's EndingHashKey 340282366920938463463374607431768211455.");
    }

    [Fact]
    public async Task A_closed_shard_and_one_that_is_not_there_are_neither_split_nor_merged()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream();
        await kinesis.Call(KinesisModel.SplitShard, new SplitShardInput { StreamName = "s", ShardToSplit = "shardId-0", NewStartingHashKey = Half });
        await kinesis.Fails(
            KinesisModel.SplitShard, new SplitShardInput { StreamName = "s", ShardToSplit = "shardId-0", NewStartingHashKey = Half }, "InvalidArgumentException",
            "Shard shardId-000000000000 in stream s under account 123456789012 has already been merged or split, and thus is not eligible for merging or splitting.");
        await kinesis.Fails(
            KinesisModel.MergeShards, new MergeShardsInput { StreamName = "s", ShardToMerge = "shardId-1", AdjacentShardToMerge = "shardId-9" }, "ResourceNotFoundException",
            "Could not find shard shardId-000000000009 in stream s under account 123456789012.");
        await kinesis.Fails(
            KinesisModel.SplitShard, new SplitShardInput { StreamName = "s", ShardToSplit = "first", NewStartingHashKey = Half }, "ResourceNotFoundException",
            "Could not find shard first in stream s under account 123456789012.");
    }

    /// <summary>What AWS was seen to answer.</summary>
    [Theory]
    [InlineData("2147483647", "Stream u under account 123456789012 not found.")]
    [InlineData("a-00002147483647", "Stream u under account 123456789012 not found.")]
    [InlineData("-00002147483647", "Stream u under account 123456789012 not found.")]
    [InlineData("2147483648", "Could not find shard 2147483648 in stream u under account 123456789012.")]
    [InlineData("shardId-002147483648", "Could not find shard shardId-002147483648 in stream u under account 123456789012.")]
    [InlineData("ABKLFD8", "Could not find shard ABKLFD8 in stream u under account 123456789012.")]
    [InlineData("2.14E4", "Could not find shard 2.14E4 in stream u under account 123456789012.")]
    public async Task What_is_no_shards_name_is_missed_before_the_stream_is_looked_for(string shardId, string message)
    {
        await using var kinesis = await TestKinesis.OpenAsync();
        await kinesis.Fails(KinesisModel.SplitShard, new SplitShardInput { StreamName = "u", ShardToSplit = shardId, NewStartingHashKey = "0" }, "ResourceNotFoundException", message);
        await kinesis.Fails(KinesisModel.MergeShards, new MergeShardsInput { StreamARN = kinesis.Arn("u"), ShardToMerge = shardId, AdjacentShardToMerge = "0" }, "ResourceNotFoundException", message);
    }

    [Fact]
    public async Task UpdateShardCount_from_1000_to_2000_is_one_change_of_the_store()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream(shards: 1_000);
        var answer = await kinesis.Call(KinesisModel.UpdateShardCount, new UpdateShardCountInput { StreamName = "s", TargetShardCount = 2_000, ScalingType = "UNIFORM_SCALING" });
        Assert.Equal((1_000, 2_000, "s"), (answer.CurrentShardCount, answer.TargetShardCount, answer.StreamName));
        Assert.Equal(2_000, (await kinesis.Summary()).OpenShardCount);
        Assert.Equal(3_000, (await kinesis.Shards()).Count);
        Assert.Equal(4, kinesis.Memory.Calls.Count);
    }

    [Fact]
    public async Task UpdateShardCount_keeps_to_half_double_and_ten_calls_a_day()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync(configure: options => options.ShardsPerStreamMax = 5)).WithStream(shards: 2);
        UpdateShardCountInput To(int target) => new() { StreamName = "s", TargetShardCount = target, ScalingType = "UNIFORM_SCALING" };
        await kinesis.Fails(KinesisModel.UpdateShardCount, To(6), "LimitExceededException", "Target shard count or number of open shards cannot be greater than 5. Current open shard count: 2, Target shard count: 6");
        await kinesis.Fails(KinesisModel.UpdateShardCount, To(5), "LimitExceededException", "UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: 2, Target shard count: 5");
        await kinesis.Call(KinesisModel.UpdateShardCount, To(4));
        await kinesis.Fails(KinesisModel.UpdateShardCount, To(1), "LimitExceededException", "UpdateShardCount cannot scale down below half your current open shard count. Current open shard count: 4, Target shard count: 1");
        for (var i = 1; i < 10; i++)
        {
            await kinesis.Call(KinesisModel.UpdateShardCount, To(i % 2 == 0 ? 4 : 3));
        }

        await kinesis.Fails(KinesisModel.UpdateShardCount, To(4), "LimitExceededException");
        kinesis.Time.Advance(TimeSpan.FromHours(24));
        await kinesis.Call(KinesisModel.UpdateShardCount, To(4));
    }

    [Fact]
    public async Task The_shards_of_an_account_are_limited_and_split_scaling_and_new_streams_count()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync(configure: options => options.ShardsMax = 3)).WithStream(shards: 2);
        const string Message = "This request would exceed the shard limit for the account 123456789012 in us-east-1. Current shard count for the account: {0}. Limit: 3. Number of additional shards that would have resulted from this request: {1}. Refer to the AWS Service Limits page (http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to request higher limits.";
        string Text(int current, int more) => string.Format(System.Globalization.CultureInfo.InvariantCulture, Message, current, more);
        await kinesis.Fails(KinesisModel.CreateStream, new CreateStreamInput { StreamName = "t", ShardCount = 2 }, "LimitExceededException", Text(2, 2));
        await kinesis.Fails(KinesisModel.UpdateShardCount, new UpdateShardCountInput { StreamName = "s", TargetShardCount = 4, ScalingType = "UNIFORM_SCALING" }, "LimitExceededException", Text(2, 2));
        await kinesis.WithStream("t");
        await kinesis.Fails(KinesisModel.SplitShard, new SplitShardInput { StreamName = "t", ShardToSplit = "shardId-0", NewStartingHashKey = Half }, "LimitExceededException", Text(3, 1));
        var limits = await kinesis.Call(KinesisModel.DescribeLimits, new DescribeLimitsInput());
        Assert.Equal((3, 3, 0, 50), (limits.ShardLimit, limits.OpenShardCount, limits.OnDemandStreamCount, limits.OnDemandStreamCountLimit));
    }

    [Fact]
    public async Task An_on_demand_stream_is_not_resharded_by_hand()
    {
        await using var kinesis = await TestKinesis.OpenAsync();
        await kinesis.Call(KinesisModel.CreateStream, new CreateStreamInput { StreamName = "s", StreamModeDetails = new StreamModeDetails { StreamMode = "ON_DEMAND" } });
        const string Message = "Request is invalid. Stream s under account 123456789012 is in On-Demand mode.";
        await kinesis.Fails(KinesisModel.SplitShard, new SplitShardInput { StreamName = "s", ShardToSplit = "shardId-0", NewStartingHashKey = "9" }, "ValidationException", Message);
        await kinesis.Fails(KinesisModel.MergeShards, new MergeShardsInput { StreamName = "s", ShardToMerge = "shardId-0", AdjacentShardToMerge = "shardId-1" }, "ValidationException", Message);
        await kinesis.Fails(KinesisModel.UpdateShardCount, new UpdateShardCountInput { StreamName = "s", TargetShardCount = 2, ScalingType = "UNIFORM_SCALING" }, "ValidationException", Message);
    }

    [Theory]
    [InlineData("close")]
    [InlineData("add")]
    public async Task A_reshard_that_fails_in_the_log_leaves_the_stream_as_it_was(string at)
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream();
        var split = new SplitShardInput { StreamName = "s", ShardToSplit = "shardId-0", NewStartingHashKey = Half };
        kinesis.Memory.FailsAt = at;
        await Assert.ThrowsAsync<IOException>(() => kinesis.Call(KinesisModel.SplitShard, split));
        var id = (await kinesis.Summary()).StreamId!;
        Assert.Equal([0], await kinesis.Numbers());
        Assert.Equal([0], kinesis.Memory.Open(id));
        await kinesis.Call(KinesisModel.SplitShard, split);
        Assert.Equal([0, 1, 2], await kinesis.Numbers());
        Assert.Equal([1, 2], kinesis.Memory.Open(id));
    }
}
