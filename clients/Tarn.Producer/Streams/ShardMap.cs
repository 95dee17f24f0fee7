using Tarn.Clients.Kinesis;

namespace Tarn.Clients.Producer.Streams;

/// <summary>The shards of a stream as they were at some moment: which one a hash key belongs to, and the hash keys of any of them, also of closed ones.</summary>
internal sealed class ShardMap
{
    private readonly Shard[] open;
    private readonly Dictionary<string, HashKeyRange> ranges;

    public ShardMap(IEnumerable<Shard> shards)
    {
        ranges = [];
        var found = new List<Shard>();
        foreach (var shard in shards)
        {
            ranges[shard.ShardId] = shard.HashKeyRange;
            if (shard.IsOpen)
            {
                found.Add(shard);
            }
        }

        open = [.. found.OrderBy(shard => shard.HashKeyRange.Starting)];
    }

    /// <summary>In the order of their hash keys.</summary>
    public IReadOnlyList<Shard> Open => open;

    /// <summary>Whether every hash key has its shard. A list that was read while the stream was resharded may lack some.</summary>
    public bool IsWhole
    {
        get
        {
            var next = UInt128.Zero;
            foreach (var shard in open)
            {
                if (shard.HashKeyRange.Starting != next)
                {
                    return false;
                }

                next = unchecked(shard.HashKeyRange.Ending + 1);
            }

            // The last one ends with the largest number, after which comes 0.
            return open.Length > 0 && next == UInt128.Zero;
        }
    }

    public bool IsOpen(string shardId) => Array.Exists(open, shard => shard.ShardId == shardId);

    public bool TryGetRange(string shardId, out HashKeyRange range) => ranges.TryGetValue(shardId, out range);

    /// <summary>The index in <see cref="Open"/> of the hash key's shard.</summary>
    public int IndexOf(UInt128 hash)
    {
        int low = 0, high = open.Length - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (open[middle].HashKeyRange.Starting <= hash)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }
}
