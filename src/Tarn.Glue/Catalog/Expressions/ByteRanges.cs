namespace Tarn.Glue.Catalog.Expressions;

/// <summary>From <paramref name="Low"/> up to, not including, <paramref name="High"/>, in byte order.</summary>
internal readonly record struct ByteRange(byte[] Low, byte[] High);

/// <summary>Ranges of byte strings, ascending and apart from each other. Immutable.</summary>
internal sealed class ByteRanges
{
    /// <summary>Above every key: no component begins with this byte.</summary>
    private static readonly byte[] Highest = [0xFF];

    public static readonly ByteRanges All = new([new ByteRange([], Highest)]);

    public static readonly ByteRanges None = new([]);

    private ByteRanges(IReadOnlyList<ByteRange> items)
    {
        Items = items;
    }

    public IReadOnlyList<ByteRange> Items { get; }

    /// <summary>True when nothing is left out.</summary>
    public bool IsAll => Items.Count == 1 && Items[0].Low.Length == 0 && Items[0].High.AsSpan().SequenceEqual(Highest);

    /// <summary>Every byte string that begins with <paramref name="prefix"/>, which is not empty and not all FF.</summary>
    public static ByteRanges Prefix(byte[] prefix) => Between(prefix, After(prefix));

    /// <summary>From low up to, not including, high; none when low is not below high.</summary>
    public static ByteRanges Between(byte[] low, byte[] high) => Compare(low, high) < 0 ? new ByteRanges([new ByteRange(low, high)]) : None;

    /// <summary>The lowest byte string above all that begin with <paramref name="prefix"/>.</summary>
    public static byte[] After(ReadOnlySpan<byte> prefix)
    {
        var end = prefix.Length;
        while (prefix[end - 1] == 0xFF)
        {
            end--;
        }

        var after = prefix[..end].ToArray();
        after[^1]++;
        return after;
    }

    public static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => left.SequenceCompareTo(right);

    public ByteRanges Intersect(ByteRanges other)
    {
        var result = new List<ByteRange>();
        for (int i = 0, j = 0; i < Items.Count && j < other.Items.Count;)
        {
            var low = Compare(Items[i].Low, other.Items[j].Low) >= 0 ? Items[i].Low : other.Items[j].Low;
            var endsFirst = Compare(Items[i].High, other.Items[j].High) <= 0;
            var high = endsFirst ? Items[i].High : other.Items[j].High;
            if (Compare(low, high) < 0)
            {
                result.Add(new ByteRange(low, high));
            }

            if (endsFirst)
            {
                i++;
            }
            else
            {
                j++;
            }
        }

        return new ByteRanges(result);
    }

    public ByteRanges Union(ByteRanges other)
    {
        var result = new List<ByteRange>();
        foreach (var range in Items.Concat(other.Items).OrderBy(range => range.Low, Comparer<byte[]>.Create((left, right) => Compare(left, right))))
        {
            if (result.Count > 0 && Compare(range.Low, result[^1].High) <= 0)
            {
                if (Compare(range.High, result[^1].High) > 0)
                {
                    result[^1] = result[^1] with { High = range.High };
                }
            }
            else
            {
                result.Add(range);
            }
        }

        return new ByteRanges(result);
    }
}
