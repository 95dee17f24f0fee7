using Tarn.Clients.Kinesis;
using Tarn.Clients.Producer;
using static Tarn.Clients.Tests.Producer.ProducerWorld;

namespace Tarn.Clients.Tests.Producer;

public sealed class ReshardingTests
{
    private static readonly UInt128 Half = UInt128.One << 127;
    private static readonly Backoff Short = new(TimeSpan.FromTicks(1), TimeSpan.FromTicks(1));

    [Fact]
    public async Task An_aggregate_that_met_a_split_is_put_again_for_each_child()
    {
        await using var world = new ProducerWorld(options => options);
        await world.WarmUpAsync();
        world.Time.TurnTo(Ms(1000));
        var low = world.Put("a", "low", 0);
        var high = world.Put("a", "high", Half);
        world.Time.TurnTo(Ms(1100));
        var call = await world.Service.NextAsync();
        Assert.Equal(["low", "high"], Assert.Single(call.Records).Users);
        Split(world);
        call.Succeed();
        call = await world.Service.NextAsync();
        Assert.Equal(["low", "high"], call.Records.Select(record => Assert.Single(record.Users)));
        call.Succeed();
        Assert.Equal(("shard-1", "shard-2"), ((await low).ShardId, (await high).ShardId));
        Assert.Equal([PutAttempt.WrongShardCode, null], (await low).Attempts.Select(attempt => attempt.ErrorCode));
        Assert.Equal(2, world.Service.Lists);
    }

    [Fact]
    public async Task An_aggregate_whose_records_all_belong_where_it_landed_is_done()
    {
        await using var world = new ProducerWorld(options => options);
        await world.WarmUpAsync();
        world.Time.TurnTo(Ms(1000));
        var puts = new[] { world.Put("a", "1", 1), world.Put("a", "2", 2) };
        world.Time.TurnTo(Ms(1100));
        var call = await world.Service.NextAsync();
        Split(world);
        call.Succeed();
        Assert.All(await Task.WhenAll(puts), result => Assert.Equal(("shard-1", 1), (result.ShardId, result.Attempts.Count)));
    }

    [Fact]
    public async Task A_record_alone_is_done_wherever_it_landed_and_the_shards_are_read_again()
    {
        await using var world = new ProducerWorld(options => options);
        await world.WarmUpAsync();
        world.Time.TurnTo(Ms(1000));
        var alone = world.Put("a", "alone", Half);
        world.Time.TurnTo(Ms(1100));
        var call = await world.Service.NextAsync();
        Split(world);
        call.Succeed();
        Assert.Equal("shard-2", (await alone).ShardId);
        var puts = new[] { world.Put("a", "low", 0), world.Put("a", "high", Half) };
        await world.Time.TurnToPlannedAsync(Ms(1200));
        call = await world.Service.NextAsync();
        Assert.Equal(2, call.Records.Count);
        call.Succeed();
        await Task.WhenAll(puts);
        Assert.Equal(2, world.Service.Lists);
    }

    [Fact]
    public async Task Order_is_preserved_through_failures()
    {
        // Two user records with a hash key of 39 digits fit into 130 bytes, and three do not.
        await using var world = new ProducerWorld(options => options with { PreserveOrder = true, AggregationMaxSize = 130, RetryBackoff = Short });
        await world.WarmUpAsync();
        var puts = Enumerable.Range(1, 6).Select(index => world.Put("a", $"{index}", UInt128.MaxValue - (UInt128)index)).ToList();
        world.Time.TurnTo(Ms(100));
        var call = await world.Service.NextAsync();
        Assert.Equal(["1", "2"], Assert.Single(call.Records).Users);
        Assert.False(world.Service.HasMore);
        call.FailSome(_ => "ProvisionedThroughputExceededException");
        await world.Time.TurnToPlannedAsync(Ms(101));
        foreach (var users in (string[][])[["1", "2"], ["3", "4"], ["5", "6"]])
        {
            call = await world.Service.NextAsync();
            Assert.Equal(users, Assert.Single(call.Records).Users);
            Assert.False(world.Service.HasMore);
            call.Succeed();
        }

        await Task.WhenAll(puts);
    }

    [Fact]
    public async Task Order_is_preserved_when_the_shards_change_while_a_record_is_on_its_way()
    {
        await using var world = new ProducerWorld(options => options with { PreserveOrder = true, RetryBackoff = Short });
        world.Service.Open[Half] = "shard-h";
        await world.WarmUpAsync();
        world.Time.TurnTo(Ms(1000));

        // Two requests on their way: one of each shard.
        var low = world.Put("low", "low-1", 0);
        world.Time.TurnTo(Ms(1100));
        var lowCall = await world.Service.NextAsync();
        var high = world.Put("high", "high-1", Half);
        await world.Time.TurnToPlannedAsync(Ms(1200));
        var highCall = await world.Service.NextAsync();

        // The shard of the second is split; its record tells, and the shards are read. The first has no answer yet, and nothing is sent before it.
        var quarter = Half + (Half >> 1);
        world.Service.Open[Half] = "shard-h1";
        world.Service.Open[quarter] = "shard-h2";
        world.Service.Closed.Add(("shard-h", new HashKeyRange(Half, UInt128.MaxValue)));
        var later = new[] { world.Put("low", "low-2", 0), world.Put("high", "high-2", quarter) };
        highCall.Succeed();
        await high;
        await world.Time.PlannedAsync(Ms(1200) + TimeSpan.FromSeconds(30));
        world.Time.TurnTo(Ms(1300));
        Assert.False(world.Service.HasMore);
        lowCall.FailAll(System.Net.HttpStatusCode.InternalServerError, "InternalFailure");
        await world.Time.TurnToPlannedAsync(Ms(1301));
        var seen = new List<string>();
        while (seen.Count < 3)
        {
            var call = await world.Service.NextAsync();
            seen.AddRange(call.Users);
            call.Succeed();
        }

        await low;
        await Task.WhenAll(later);
        Assert.True(seen.IndexOf("low-1") < seen.IndexOf("low-2"));
        Assert.Contains("high-2", seen);
    }

    private static void Split(ProducerWorld world)
    {
        world.Service.Open[UInt128.Zero] = "shard-1";
        world.Service.Open[Half] = "shard-2";
        world.Service.Closed.Add(("shard-0", HashKeyRange.All));
    }
}
