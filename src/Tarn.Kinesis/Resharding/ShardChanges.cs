using Tarn.Kinesis.Streams;

namespace Tarn.Kinesis.Resharding;

/// <summary>
/// The shards of one stream while they are split and merged: pure, in memory, at one moment. However many steps are taken, what comes out
/// (<see cref="Closed"/>, <see cref="Added"/>) is committed as one change.
/// </summary>
internal sealed class ShardChanges
{
    private readonly DateTimeOffset now;
    private readonly SortedList<int, Shard> closed = [];
    private readonly SortedList<int, Shard> added = [];
    private int next;

    /// <param name="next">The index of the first new shard.</param>
    public ShardChanges(int next, DateTimeOffset now)
    {
        this.next = next;
        this.now = now;
    }

    /// <summary>Shards that were there before and are closed now.</summary>
    public IList<Shard> Closed => closed.Values;

    /// <summary>New shards. Some may have been closed already: what one step made, a later one may have split or merged.</summary>
    public IList<Shard> Added => added.Values;

    public int NextShard => next;

    /// <summary>The shards of a new stream: the hash keys in parts of the same size, the last with what is left over.</summary>
    public void Fill(int count)
    {
        var width = UInt128.MaxValue / (UInt128)count;
        if (UInt128.MaxValue % (UInt128)count == (UInt128)count - 1)
        {
            // 2^128 itself is a multiple of the count.
            width++;
        }

        for (var i = 0; i < count; i++)
        {
            var start = count == 1 ? UInt128.Zero : width * (UInt128)i;
            Add(start, i == count - 1 ? Shard.LastHash : width * (UInt128)(i + 1) - 1, now.ToUnixTimeSeconds(), parent: null, adjacentParent: null);
        }
    }

    /// <summary>Splits a shard; the second child begins at <paramref name="at"/>.</summary>
    public (Shard Lower, Shard Upper) Split(Shard shard, UInt128 at)
    {
        Close(shard);
        var seconds = SecondsAfter(shard.CreateSeconds);
        var lower = Add(shard.StartingHash, at - 1, seconds, shard.Index, adjacentParent: null);
        return (lower, Add(at, shard.EndingHash, seconds, shard.Index, adjacentParent: null));
    }

    /// <summary>Merges two shards whose hash keys follow each other.</summary>
    public Shard Merge(Shard lower, Shard upper)
    {
        Close(lower);
        Close(upper);
        return Add(lower.StartingHash, upper.EndingHash, SecondsAfter(Math.Max(lower.CreateSeconds, upper.CreateSeconds)), lower.Index, upper.Index);
    }

    /// <summary>A child is created in a later second than its parents, as sequence numbers say, so that a key's numbers rise through a reshard.</summary>
    private long SecondsAfter(long parent) => Math.Max(now.ToUnixTimeSeconds(), parent) + 1;

    private void Close(Shard shard)
    {
        var list = added.ContainsKey(shard.Index) ? added : closed;
        list[shard.Index] = shard with { ClosedAt = now };
    }

    private Shard Add(UInt128 start, UInt128 end, long seconds, int? parent, int? adjacentParent)
    {
        var shard = new Shard
        {
            Index = next++,
            Parent = parent,
            AdjacentParent = adjacentParent,
            StartingHash = start,
            EndingHash = end,
            CreatedAt = now,
            CreateSeconds = seconds,
        };
        added.Add(shard.Index, shard);
        return shard;
    }
}
