using Tarn.Kinesis.Records;

namespace Tarn.Kinesis.Streams;

/// <summary>
/// The first and the last sequence number of a shard. A shard's creation is the highest part of its numbers, so those of a child compare above those of its parents, which were
/// created in an earlier second.
/// </summary>
internal static class ShardSequence
{
    /// <summary>The index in the last number of a closed shard: above that of every record.</summary>
    private const ulong IndexMax = 0x7fff_ffff_ffff_ffff;

    public static string First(Shard shard) => new SequenceNumber(shard.CreateSeconds, (uint)shard.Index, 0, shard.CreateSeconds).ToString();

    public static string Last(Shard shard, DateTimeOffset closedAt) =>
        new SequenceNumber(shard.CreateSeconds, (uint)shard.Index, IndexMax, Math.Max(shard.CreateSeconds, closedAt.ToUnixTimeSeconds())).ToString();
}
