using System.Globalization;
using Tarn.Api.Kinesis;

namespace Tarn.Kinesis.Tests.Streams;

public sealed class ShardListTests
{
    private const string Half = "170141183460469231731687303715884105728";

    /// <summary>Shard 0 from hour 0 to 1; its children 1 and 2, of which 2 was split at hour 2 into 3 and 4. It is hour 3.</summary>
    private static async Task<TestKinesis> OpenAsync()
    {
        var kinesis = await (await TestKinesis.OpenAsync()).WithStream();
        kinesis.Time.Advance(TimeSpan.FromHours(1));
        await kinesis.Call(KinesisModel.SplitShard, new SplitShardInput { StreamName = "s", ShardToSplit = "shardId-0", NewStartingHashKey = Half });
        kinesis.Time.Advance(TimeSpan.FromHours(1));
        await kinesis.Call(KinesisModel.SplitShard, new SplitShardInput { StreamName = "s", ShardToSplit = "shardId-2", NewStartingHashKey = "300000000000000000000000000000000000000" });
        kinesis.Time.Advance(TimeSpan.FromHours(1));
        return kinesis;
    }

    [Theory]
    [InlineData("FROM_TRIM_HORIZON", null, null, "0 1 2 3 4")]
    [InlineData("AT_TRIM_HORIZON", null, null, "0")]
    [InlineData("AT_LATEST", null, null, "1 3 4")]
    [InlineData("AT_TIMESTAMP", 0.5, null, "0")]
    [InlineData("AT_TIMESTAMP", 1.5, null, "1 2")]
    [InlineData("AT_TIMESTAMP", 2.5, null, "1 3 4")]
    [InlineData("AT_TIMESTAMP", -100.0, null, "0")]
    [InlineData("FROM_TIMESTAMP", 0.5, null, "0 1 2 3 4")]
    [InlineData("FROM_TIMESTAMP", 1.5, null, "1 2 3 4")]
    [InlineData("FROM_TIMESTAMP", 2.5, null, "1 3 4")]
    [InlineData("AFTER_SHARD_ID", null, "shardId-000000000002", "3 4")]
    [InlineData("AFTER_SHARD_ID", null, "shardId-000000000009", "")]
    public async Task Filters_choose_by_when_shards_were_open(string type, double? hour, string? shardId, string expected)
    {
        await using var kinesis = await OpenAsync();
        var filter = new ShardFilter { Type = type, ShardId = shardId, Timestamp = hour is { } at ? TestKinesis.Start + TimeSpan.FromHours(at) : null };
        Assert.Equal(expected, string.Join(' ', (await kinesis.Numbers(filter)).Select(number => number.ToString(CultureInfo.InvariantCulture))));
    }

    [Theory]
    [InlineData("AT_TIMESTAMP")]
    [InlineData("FROM_TIMESTAMP")]
    [InlineData("AFTER_SHARD_ID")]
    public async Task A_filter_without_what_it_needs_is_refused(string type)
    {
        await using var kinesis = await OpenAsync();
        await kinesis.Fails(KinesisModel.ListShards, new ListShardsInput { StreamName = "s", ShardFilter = new ShardFilter { Type = type } }, "InvalidArgumentException");
    }

    [Fact]
    public async Task A_closed_shard_is_listed_until_its_retention_has_passed_and_then_freed()
    {
        await using var kinesis = await OpenAsync();
        var id = (await kinesis.Summary()).StreamId!;
        kinesis.Time.Advance(TimeSpan.FromHours(22) - TimeSpan.FromTicks(1));
        Assert.Equal([0, 1, 2, 3, 4], await kinesis.Numbers());
        kinesis.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal([1, 2, 3, 4], await kinesis.Numbers());
        Assert.Equal([1, 2], await kinesis.Numbers(new ShardFilter { Type = "AT_TRIM_HORIZON" }));
        Assert.Equal(4, (await kinesis.Call(KinesisModel.DescribeStream, new DescribeStreamInput { StreamName = "s" })).StreamDescription!.Shards!.Count);

        // Longer retention does not bring back what has expired, and the index is not used again.
        await kinesis.Call(KinesisModel.IncreaseStreamRetentionPeriod, new IncreaseStreamRetentionPeriodInput { StreamName = "s", RetentionPeriodHours = 100 });
        Assert.Equal([1, 2, 3, 4], await kinesis.Numbers());
        Assert.Equal([1, 2, 3, 4], kinesis.Memory.All(id));
        await kinesis.RestartAsync();
        await kinesis.Call(KinesisModel.MergeShards, new MergeShardsInput { StreamName = "s", ShardToMerge = "shardId-3", AdjacentShardToMerge = "shardId-4" });
        Assert.Equal([1, 2, 3, 4, 5], await kinesis.Numbers());
    }

    [Fact]
    public async Task Pages_go_on_where_the_last_one_ended_with_its_filter()
    {
        await using var kinesis = await OpenAsync();
        var first = await kinesis.Call(KinesisModel.ListShards, new ListShardsInput { StreamName = "s", MaxResults = 2, ShardFilter = new ShardFilter { Type = "AT_LATEST" } });
        Assert.Equal(["shardId-000000000001", "shardId-000000000003"], first.Shards!.Select(shard => shard.ShardId));
        var second = await kinesis.Call(KinesisModel.ListShards, new ListShardsInput { NextToken = first.NextToken, MaxResults = 2 });
        Assert.Equal(["shardId-000000000004"], second.Shards!.Select(shard => shard.ShardId));
        Assert.Null(second.NextToken);
        Assert.Equal(["shardId-000000000004"], (await kinesis.Call(KinesisModel.ListShards, new ListShardsInput { StreamName = "s", ExclusiveStartShardId = "shardId-000000000003" })).Shards!.Select(shard => shard.ShardId));
    }

    [Fact]
    public async Task A_token_is_good_for_300_seconds_and_stands_alone()
    {
        await using var kinesis = await OpenAsync();
        await kinesis.WithStream("t");
        var token = (await kinesis.Call(KinesisModel.ListShards, new ListShardsInput { StreamName = "s", MaxResults = 1 })).NextToken!;
        await kinesis.Fails(KinesisModel.ListShards, new ListShardsInput { NextToken = token, StreamName = "s" }, "InvalidArgumentException", "NextToken and StreamName cannot be provided together.");
        await kinesis.Fails(KinesisModel.ListShards, new ListShardsInput(), "InvalidArgumentException", "Either NextToken or StreamName should be provided.");
        await kinesis.Fails(KinesisModel.ListShards, new ListShardsInput { NextToken = token, StreamARN = kinesis.Arn() }, "InvalidArgumentException", "NextToken and StreamARN cannot be provided together.");
        await kinesis.Fails(KinesisModel.ListShards, new ListShardsInput { NextToken = token[..^2] + "00" }, "InvalidArgumentException", "NextToken is invalid.");
        kinesis.Time.Advance(TimeSpan.FromSeconds(299));
        await kinesis.Call(KinesisModel.ListShards, new ListShardsInput { NextToken = token });
        kinesis.Time.Advance(TimeSpan.FromSeconds(1));
        await kinesis.Fails(KinesisModel.ListShards, new ListShardsInput { NextToken = token }, "ExpiredNextTokenException");
    }

    [Fact]
    public async Task A_creation_time_tells_a_stream_from_another_that_had_its_name()
    {
        await using var kinesis = await (await TestKinesis.OpenAsync()).WithStream();
        await kinesis.Call(KinesisModel.ListShards, new ListShardsInput { StreamName = "s", StreamCreationTimestamp = TestKinesis.Start });
        await kinesis.Fails(KinesisModel.ListShards, new ListShardsInput { StreamName = "s", StreamCreationTimestamp = TestKinesis.Start.AddSeconds(-1) }, "ResourceNotFoundException");
    }
}
