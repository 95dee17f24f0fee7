using Tarn.Kinesis.Resharding;
using Tarn.Kinesis.Streams;

namespace Tarn.Kinesis.Tests.Resharding;

public sealed class OnDemandPlanTests
{
    private const double KiB = 1_024;

    private static readonly DateTimeOffset Now = TestKinesis.Start;
    private static readonly OnDemandPlan Plan = new(ShardsMin: 4, ShardsMax: 200, TimeSpan.FromHours(24));

    /// <summary>Even shards with these loads in bytes a second, none of them long cold.</summary>
    private static List<ShardLoad> Even(params double[] bytesPerSecond) => Even(bytesPerSecond, coldSince: Now);

    private static List<ShardLoad> Even(double[] bytesPerSecond, DateTimeOffset coldSince)
    {
        var changes = new ShardChanges(next: 0, Now.AddDays(-2));
        changes.Fill(bytesPerSecond.Length);
        return [.. changes.Added.Zip(bytesPerSecond, (shard, bytes) => new ShardLoad(shard, bytes, RecordsPerSecond: 0, coldSince))];
    }

    [Fact]
    public void A_shard_that_takes_no_more_than_half_of_its_bytes_and_records_stays_as_it_is()
    {
        var loads = Even(500 * KiB, 500 * KiB, 0, 0);
        Assert.Null(Plan.Next(loads, Now));
        loads[2] = loads[2] with { RecordsPerSecond = 500 };
        Assert.Null(Plan.Next(loads, Now));
    }

    [Theory]
    [InlineData((500 * KiB) + 1, 0)]
    [InlineData(0, 500.5)]
    public void A_shard_that_takes_more_is_split_in_its_middle(double bytesPerSecond, double recordsPerSecond)
    {
        var loads = Even(0, 0, 0, 0);
        loads[1] = loads[1] with { BytesPerSecond = bytesPerSecond, RecordsPerSecond = recordsPerSecond };
        Assert.Equal(new Reshard { Split = 1, At = ((UInt128)3) << 125, Target = 5 }, Plan.Next(loads, Now));
    }

    [Fact]
    public void The_hottest_is_split_first()
    {
        Assert.Equal(2, Plan.Next(Even(600 * KiB, 0, 900 * KiB, 700 * KiB), Now)!.Split);
    }

    [Fact]
    public void A_shard_is_split_until_its_pieces_have_twice_what_they_need()
    {
        var changes = new ShardChanges(next: 4, Now);
        var loads = Even(0, 1_900 * KiB, 0, 0);
        var open = loads.ConvertAll(load => load.Shard);
        for (var steps = 0; Plan.Next(loads, Now) is { } reshard; steps++)
        {
            Assert.True(steps < 3, "1,900 KiB in four pieces are 475 KiB each");
            var shard = open.Single(shard => shard.Index == reshard.Split);
            var (lower, upper) = changes.Split(shard, reshard.At!.Value);
            open = [.. open.Where(other => other != shard).Append(lower).Append(upper).OrderBy(other => other.StartingHash)];
            loads = OnDemandPlan.AfterSplit(loads, open);
        }

        Assert.Equal([0, 475, 475, 475, 475, 0, 0], loads.Select(load => load.BytesPerSecond / KiB));
    }

    [Fact]
    public void No_stream_is_split_above_its_maximum()
    {
        Assert.Null((Plan with { ShardsMax = 4 }).Next(Even(900 * KiB, 900 * KiB, 900 * KiB, 900 * KiB), Now));
        Assert.NotNull((Plan with { ShardsMax = 5 }).Next(Even(900 * KiB, 900 * KiB, 900 * KiB, 900 * KiB), Now));
    }

    [Fact]
    public void The_load_of_a_single_key_does_not_split_its_shard_for_ever()
    {
        // The key is the first hash key, so the lowest shard always has all of the load.
        var changes = new ShardChanges(next: 4, Now);
        var open = Even(0, 0, 0, 0).ConvertAll(load => load.Shard);
        var splits = 0;
        while (Plan.Next([.. open.Select(shard => new ShardLoad(shard, shard.StartingHash == 0 ? 50_000 * KiB : 0, RecordsPerSecond: 0, Now))], Now) is { } reshard)
        {
            var (lower, upper) = changes.Split(open[0], reshard.At!.Value);
            open = [lower, upper, .. open.Skip(1)];
            splits++;
        }

        Assert.Equal(8, splits);
    }

    [Fact]
    public void Neighbours_that_were_cold_for_a_day_are_merged_the_narrowest_first()
    {
        var loads = Even([0, 0, 0, 0, 0, 0, 0, 0], Now.AddHours(-24));
        Assert.Equal(new Reshard { Lower = 0, Upper = 1, Target = 7 }, Plan.Next(loads, Now));

        var changes = new ShardChanges(next: 8, Now);
        var (lower, upper) = changes.Split(loads[5].Shard, ((UInt128)11) << 124);
        loads = [.. loads[..5], new(lower, 0, 0, Now.AddHours(-24)), new(upper, 0, 0, Now.AddHours(-24)), .. loads[6..]];
        Assert.Equal(new Reshard { Lower = 8, Upper = 9, Target = 8 }, Plan.Next(loads, Now));
    }

    [Fact]
    public void Neighbours_of_which_one_was_warm_within_the_day_are_not_merged()
    {
        var loads = Even([0, 0, 0, 0, 0], Now.AddHours(-24));
        for (var i = 0; i < loads.Count; i += 2)
        {
            loads[i] = loads[i] with { ColdSince = Now.AddHours(-24).AddTicks(1) };
        }

        Assert.Null(Plan.Next(loads, Now));
        loads[0] = loads[0] with { ColdSince = Now.AddHours(-24) };
        Assert.Equal((0, 1), (Plan.Next(loads, Now)!.Lower, Plan.Next(loads, Now)!.Upper));
        loads[1] = loads[1] with { BytesPerSecond = 125 * KiB };
        Assert.Null(Plan.Next(loads, Now));
    }

    [Fact]
    public void No_stream_is_merged_below_the_shards_it_began_with()
    {
        Assert.Null(Plan.Next(Even([0, 0, 0, 0], Now.AddDays(-30)), Now));
        Assert.NotNull(Plan.Next(Even([0, 0, 0, 0, 0], Now.AddDays(-30)), Now));
    }
}
