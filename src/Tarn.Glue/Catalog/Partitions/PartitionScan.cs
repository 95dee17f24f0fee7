using Tarn.Glue.Catalog.Expressions;
using Tarn.Store;

namespace Tarn.Glue.Catalog.Partitions;

/// <summary>
/// Finds the next partitions, in order of key, that a filter and a segment let through. It reads keys only (the index of the table has them whole)
/// and works in one of two ways: along the ranges of keys that the filter allows (<see cref="KeyRangePlan"/>), or, when only a later key is pinned
/// to values, along the index of that key. What the ranges cannot say is checked on each key.
/// </summary>
internal sealed class PartitionScan
{
    private const int ComponentsMax = 64;
    private const int ChunkMax = 2000;

    private readonly IStoreReader store;
    private readonly long tableId;
    private readonly PartitionKeyCodec codec;
    private readonly PartitionExpression? filter;
    private readonly PartitionSegment segment;
    private readonly int countMax;
    private readonly List<byte[]> keys = [];
    private int examined;

    private PartitionScan(IStoreReader store, long tableId, PartitionKeyCodec codec, PartitionExpression? filter, PartitionSegment segment, int countMax)
    {
        this.store = store;
        this.tableId = tableId;
        this.codec = codec;
        this.filter = filter;
        this.segment = segment;
        this.countMax = countMax;
    }

    /// <param name="after">Only keys after this one; null for all.</param>
    /// <param name="countMax">Partitions on the page.</param>
    public static PartitionPage Run(
        IStoreReader store, long tableId, PartitionKeyCodec codec, PartitionExpression? filter, PartitionSegment segment, byte[]? after, int countMax)
    {
        var scan = new PartitionScan(store, tableId, codec, filter, segment, countMax);
        var plan = KeyRangePlan.Of(filter, codec);
        return plan.PinnedKey is { } key ? scan.AlongIndex(key, plan, after ?? []) : scan.AlongRanges(plan.Ranges, after ?? []);
    }

    private PartitionPage AlongRanges(IReadOnlyList<ByteRange> ranges, byte[] after)
    {
        foreach (var range in ranges)
        {
            var position = after;
            if (ByteRanges.Compare(range.High, after) <= 0)
            {
                continue;
            }

            while (true)
            {
                var chunk = filter is null && segment.IsWhole ? countMax + 1 - keys.Count : ChunkMax;
                var seen = 0;
                var full = false;
                var (low, comparison) = Start(range.Low, position);
                store.Scan(
                    $"SELECT partition_key FROM glue_partitions WHERE table_id = @p0 AND partition_key {comparison} @p1 AND partition_key < @p2 ORDER BY partition_key LIMIT @p3",
                    row =>
                    {
                        var key = row.Bytes(0);
                        seen++;
                        if (Matches(key))
                        {
                            full = keys.Count == countMax;
                            if (full)
                            {
                                return false;
                            }

                            keys.Add(key);
                        }

                        position = key;
                        return ++examined < CatalogLimits.PartitionsExaminedMax;
                    },
                    tableId, low, range.High, chunk);
                if (full)
                {
                    return new PartitionPage(keys, keys[^1]);
                }

                if (examined >= CatalogLimits.PartitionsExaminedMax)
                {
                    return new PartitionPage(keys, position);
                }

                if (seen < chunk)
                {
                    break;
                }
            }
        }

        return new PartitionPage(keys, null);
    }

    /// <summary>The keys below each pinned value, in order, merged: a page needs at most a page from each.</summary>
    private PartitionPage AlongIndex(int index, KeyRangePlan plan, byte[] after)
    {
        var column = $"key{index}";
        if (!codec.Type(index).IsText)
        {
            RefuseInvalid(column);
        }

        var examinedMax = Math.Max(1, CatalogLimits.PartitionsExaminedMax / Math.Max(1, plan.PinnedValues.Count));
        byte[]? end = null;
        foreach (var value in plan.PinnedValues)
        {
            // A value that was not looked at to its end: the page ends where the first of them stopped.
            if (AlongValue(column, value, plan.Ranges, after, examinedMax) is { } stop)
            {
                end = end is null || ByteRanges.Compare(stop, end) < 0 ? stop : end;
            }
        }

        keys.Sort((left, right) => ByteRanges.Compare(left, right));
        if (end is not null)
        {
            keys.RemoveAll(key => ByteRanges.Compare(key, end) > 0);
        }

        if (keys.Count <= countMax)
        {
            return new PartitionPage(keys, end);
        }

        keys.RemoveRange(countMax, keys.Count - countMax);
        return new PartitionPage(keys, keys[^1]);
    }

    /// <summary>Adds a page, and one more, of the keys below one value; answers where it stopped when there was too much to look at.</summary>
    private byte[]? AlongValue(string column, byte[] value, IReadOnlyList<ByteRange> ranges, byte[] after, int examinedMax)
    {
        var position = after;
        var limit = Math.Min(ChunkMax, countMax + 1);
        var found = 0;
        examined = 0;
        foreach (var range in ranges)
        {
            for (var seen = limit; seen == limit && ByteRanges.Compare(range.High, position) > 0;)
            {
                seen = 0;
                var (low, comparison) = Start(range.Low, position);
                store.Scan(
                    $"SELECT partition_key FROM glue_partitions WHERE table_id = @p0 AND {column} = @p1 AND partition_key {comparison} @p2 AND partition_key < @p3 ORDER BY partition_key LIMIT @p4",
                    row =>
                    {
                        position = row.Bytes(0);
                        seen++;
                        if (Matches(position))
                        {
                            keys.Add(position);
                            found++;
                        }

                        return ++examined < examinedMax && found <= countMax;
                    },
                    tableId, value, low, range.High, limit);
                if (found > countMax)
                {
                    return null;
                }

                if (examined >= examinedMax)
                {
                    return position;
                }
            }
        }

        return null;
    }

    /// <summary>One bound for the index to begin at: given two, SQLite seeks to the first and checks the other on every key from there.</summary>
    private static (byte[] Low, string Comparison) Start(byte[] rangeLow, byte[] after) =>
        ByteRanges.Compare(after, rangeLow) >= 0 && after.Length > 0 ? (after, ">") : (rangeLow, ">=");

    /// <summary>Values that the key's type cannot read are an error, and not in any range of values.</summary>
    private void RefuseInvalid(string column)
    {
        var key = store.QueryFirst(
            $"SELECT partition_key FROM glue_partitions WHERE table_id = @p0 AND {column} >= @p1 LIMIT 1", row => row.Bytes(0), tableId, new[] { PartitionKeyCodec.InvalidTag });
        if (key is not null)
        {
            Matches(key);
        }
    }

    private bool Matches(byte[] key)
    {
        if (!segment.Holds(key))
        {
            return false;
        }

        if (filter is null)
        {
            return true;
        }

        Span<PartitionKeyComponent> components = new PartitionKeyComponent[Math.Min(codec.Keys.Count, ComponentsMax)];
        var count = codec.Split(key, components);
        return filter.Evaluate(new PartitionKeyValues(key, components[..count])) == true;
    }
}

/// <param name="Keys">In order.</param>
/// <param name="Next">The next page begins after this key; null when this page is the last.</param>
internal sealed record PartitionPage(IReadOnlyList<byte[]> Keys, byte[]? Next);

/// <summary>One of several equal shares of a table's partitions, for readers that work side by side. Each partition is in exactly one, always the same.</summary>
/// <param name="Number">From 0.</param>
/// <param name="Count">1 to 10.</param>
internal readonly record struct PartitionSegment(int Number, int Count)
{
    public static readonly PartitionSegment Whole = new(0, 1);

    public bool IsWhole => Count == 1;

    /// <summary>By FNV-1a over the key: evenly spread, and nothing to keep.</summary>
    public bool Holds(ReadOnlySpan<byte> key)
    {
        if (Count == 1)
        {
            return true;
        }

        var hash = 14695981039346656037UL;
        foreach (var value in key)
        {
            hash = (hash ^ value) * 1099511628211UL;
        }

        // The low bits of FNV are weak: fold the high ones in.
        return (hash ^ (hash >> 32)) % (ulong)Count == (ulong)Number;
    }
}
