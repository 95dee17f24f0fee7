using System.Globalization;

namespace Tarn.Kinesis.Streams;

/// <summary>The names of shards: <c>shardId-000000000007</c> is the shard with index 7 of its stream. Indexes count up from 0 and are never used twice.</summary>
internal static class ShardId
{
    private const string Prefix = "shardId-";

    public static string Format(int index) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{index:D12}");

    /// <summary>Reads a name. As in AWS only the number counts: zeros before it and what stands before a dash may be anything (<c>shardId-7</c>, <c>shard-007</c>, <c>7</c>).</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out int index) =>
        int.TryParse(text[(text.LastIndexOf('-') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out index);
}
