using System.Globalization;
using System.Numerics;

namespace Tarn.Kinesis.Streams;

/// <summary>
/// The first and the last sequence number of a shard, in AWS's layout of 47 hexadecimal digits shown in decimal:
/// <c>2 | creation of the shard in seconds:9 | low digit of the shard:1 | index:16 | 00 | time in seconds:9 | shard:8 | 2</c>.
/// The creation comes first, so numbers of a child compare above those of its parents as long as it was created in a later second.
/// </summary>
internal static class ShardSequence
{
    private const ulong IndexMax = 0x7fff_ffff_ffff_ffff;

    public static string First(Shard shard) => Format(shard, 0, shard.CreateSeconds);

    public static string Last(Shard shard, DateTimeOffset closedAt) => Format(shard, IndexMax, Math.Max(shard.CreateSeconds, closedAt.ToUnixTimeSeconds()));

    private static string Format(Shard shard, ulong index, long seconds)
    {
        var digits = string.Create(CultureInfo.InvariantCulture, $"2{shard.CreateSeconds:x9}{shard.Index & 15:x1}{index:x16}00{seconds:x9}{shard.Index:x8}2");
        return BigInteger.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
    }
}
