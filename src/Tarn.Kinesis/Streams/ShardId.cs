using System.Globalization;

namespace Tarn.Kinesis.Streams;

/// <summary>The names of shards: <c>shardId-000000000007</c> is the shard with index 7 of its stream. Indexes count up from 0 and are never used twice.</summary>
internal static class ShardId
{
    private const string Prefix = "shardId-";

    public static string Format(int index) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{index:D12}");

    /// <summary>Reads a name; as in AWS the prefix and leading zeros may be left out (<c>shardId-7</c>, <c>7</c>).</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out int index)
    {
        if (text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            text = text[Prefix.Length..];
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }
}
