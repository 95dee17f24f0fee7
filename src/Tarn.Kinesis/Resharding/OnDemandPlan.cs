using Tarn.Kinesis.Streams;

namespace Tarn.Kinesis.Resharding;

/// <summary>What an open shard was measured to take, averaged over one look.</summary>
/// <param name="ColdSince">Since when each look found it cold (<see cref="OnDemandPlan"/>); the last look when it was not.</param>
internal readonly record struct ShardLoad(Shard Shard, double BytesPerSecond, double RecordsPerSecond, DateTimeOffset ColdSince)
{
    private const double HotBytesPerSecond = 500 * 1_024;
    private const double HotRecordsPerSecond = 500;

    /// <summary>The load in halves of what a shard takes: above 1 there is less than twice the capacity that is needed.</summary>
    public double Heat => Math.Max(BytesPerSecond / HotBytesPerSecond, RecordsPerSecond / HotRecordsPerSecond);

    public bool IsHot => Heat > 1;

    /// <summary>Two cold neighbours together are still far from hot.</summary>
    public bool IsCold => Heat < 0.25;
}

/// <summary>
/// How a stream in on-demand mode follows its load: pure, one step at a time. A shard that takes more than half of what a shard can is split in the middle, so that there is
/// twice the capacity that is used; two neighbours that have long been cold are merged.
/// </summary>
/// <param name="ShardsMin">Shards are never merged below this.</param>
/// <param name="ShardsMax">Shards are never split above this.</param>
/// <param name="ColdTime">How long neighbours must have been cold.</param>
internal sealed record OnDemandPlan(int ShardsMin, int ShardsMax, TimeSpan ColdTime)
{
    /// <summary>How much narrower than an even share of <see cref="ShardsMax"/> a shard may be and still be split. Below, the load is that of single keys, which no split spreads.</summary>
    private const int SkewMax = 4;

    /// <summary>The next step; null when the shards are right.</summary>
    /// <param name="open">All open shards, by hash key.</param>
    public Reshard? Next(IReadOnlyList<ShardLoad> open, DateTimeOffset now) => Split(open) ?? Merge(open, now);

    /// <summary>What is expected of the shards after a split, before anything has been measured: each half takes half.</summary>
    /// <param name="open">The open shards afterwards.</param>
    public static List<ShardLoad> AfterSplit(IReadOnlyList<ShardLoad> before, IEnumerable<Shard> open)
    {
        var known = before.ToDictionary(load => load.Shard.Index);
        return [.. open.Select(shard => known.TryGetValue(shard.Index, out var same) ? same : Half(known[shard.Parent!.Value], shard))];
    }

    private static ShardLoad Half(ShardLoad whole, Shard shard) => new(shard, whole.BytesPerSecond / 2, whole.RecordsPerSecond / 2, shard.CreatedAt);

    private Reshard? Split(IReadOnlyList<ShardLoad> open)
    {
        var hot = open.Where(load => load.IsHot && IsWide(load.Shard)).ToList();
        if (hot.Count == 0 || open.Count >= ShardsMax)
        {
            return null;
        }

        var shard = hot.MaxBy(load => load.Heat).Shard;
        return new Reshard { Split = shard.Index, At = shard.StartingHash + ((shard.EndingHash - shard.StartingHash) / 2) + 1, Target = open.Count + 1 };
    }

    private Reshard? Merge(IReadOnlyList<ShardLoad> open, DateTimeOffset now)
    {
        if (open.Count <= ShardsMin)
        {
            return null;
        }

        // The narrowest pair, so that shards stay as even as they can.
        var pairs = open.Zip(open.Skip(1), (lower, upper) => (Lower: lower, Upper: upper)).Where(pair => IsLongCold(pair.Lower, now) && IsLongCold(pair.Upper, now)).ToList();
        if (pairs.Count == 0)
        {
            return null;
        }

        var (lower, upper) = pairs.MinBy(pair => pair.Upper.Shard.EndingHash - pair.Lower.Shard.StartingHash);
        return new Reshard { Lower = lower.Shard.Index, Upper = upper.Shard.Index, Target = open.Count - 1 };
    }

    private bool IsLongCold(ShardLoad load, DateTimeOffset now) => load.IsCold && now - load.ColdSince >= ColdTime;

    private bool IsWide(Shard shard) => shard.EndingHash - shard.StartingHash > UInt128.MaxValue / ((UInt128)ShardsMax * SkewMax);
}
