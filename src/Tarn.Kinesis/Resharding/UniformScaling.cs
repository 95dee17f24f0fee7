using Tarn.Kinesis.Streams;

namespace Tarn.Kinesis.Resharding;

/// <summary>
/// Scaling to a number of shards by splits and merges, as AWS was seen to do it: upwards every shard is split in half first, then neighbours are merged until the
/// number is right (from 4 to 5 shards: 4 splits and 3 merges, which leaves 15 shards in the list). Of all neighbours the two that are smallest together
/// are merged next, so that sizes stay as even as they can.
/// </summary>
internal static class UniformScaling
{
    public static void Apply(ShardChanges changes, IEnumerable<Shard> open, int target)
    {
        var shards = open.OrderBy(shard => shard.StartingHash).ToList();
        while (shards.Count < target)
        {
            var halves = shards.SelectMany(shard => Halve(changes, shard)).ToList();
            if (halves.Count == shards.Count)
            {
                throw new InvalidOperationException("No shard has hash keys enough to be split.");
            }

            shards = halves;
        }

        Merge(changes, shards, target);
    }

    private static IEnumerable<Shard> Halve(ShardChanges changes, Shard shard)
    {
        var half = (shard.EndingHash - shard.StartingHash) / 2;
        if (half < 1)
        {
            return [shard];
        }

        var (lower, upper) = changes.Split(shard, shard.StartingHash + half + 1);
        return [lower, upper];
    }

    /// <summary>Merges neighbours, smallest first, lowest hash keys first among equals; n log n for n shards.</summary>
    private static void Merge(ShardChanges changes, List<Shard> shards, int target)
    {
        var pieces = shards.Select(shard => new Piece(shard)).ToList();
        var pairs = new PriorityQueue<(Piece Lower, Shard LowerShard, Shard UpperShard), (UInt128 Width, UInt128 Start)>();
        for (var i = 0; i + 1 < pieces.Count; i++)
        {
            (pieces[i].Next, pieces[i + 1].Previous) = (pieces[i + 1], pieces[i]);
            Offer(pairs, pieces[i]);
        }

        for (var count = pieces.Count; count > target;)
        {
            var (lower, lowerShard, upperShard) = pairs.Dequeue();
            if (lower.IsGone || lower.Shard != lowerShard || lower.Next?.Shard != upperShard)
            {
                // One of the two was merged with its other neighbour meanwhile.
                continue;
            }

            var upper = lower.Next!;
            lower.Shard = changes.Merge(lowerShard, upperShard);
            (lower.Next, upper.IsGone) = (upper.Next, true);
            if (lower.Next is { } next)
            {
                next.Previous = lower;
            }

            count--;
            Offer(pairs, lower);
            if (lower.Previous is { } previous)
            {
                Offer(pairs, previous);
            }
        }
    }

    private static void Offer(PriorityQueue<(Piece, Shard, Shard), (UInt128, UInt128)> pairs, Piece lower)
    {
        if (lower.Next is { } upper)
        {
            pairs.Enqueue((lower, lower.Shard, upper.Shard), (upper.Shard.EndingHash - lower.Shard.StartingHash, lower.Shard.StartingHash));
        }
    }

    private sealed class Piece(Shard shard)
    {
        public Shard Shard { get; set; } = shard;

        public Piece? Previous { get; set; }

        public Piece? Next { get; set; }

        public bool IsGone { get; set; }
    }
}
