using Tarn.Glue.Catalog.Expressions;

namespace Tarn.Glue.Catalog.Partitions;

/// <summary>
/// Where in the order of keys the partitions that pass a filter can be. As long as a key is pinned to single values, the ranges of the next key
/// narrow the search further: <c>year = 2024 AND month &lt; 6</c> is one range.
/// </summary>
/// <param name="Ranges">Ascending, at least one.</param>
/// <param name="PinnedKey">A later key whose own index serves better, because the first is not pinned; null to go along the ranges.</param>
/// <param name="PinnedValues">The values of that key, ascending.</param>
internal sealed record KeyRangePlan(IReadOnlyList<ByteRange> Ranges, int? PinnedKey, IReadOnlyList<byte[]> PinnedValues)
{
    /// <summary>Keys 1 to 3 have an index of their own.</summary>
    private const int IndexedKeysMax = 3;

    private static readonly ByteRange Nothing = new([0], [0]);

    public static KeyRangePlan Of(PartitionExpression? filter, PartitionKeyCodec codec)
    {
        if (filter is null || codec.Keys.Count == 0)
        {
            return new KeyRangePlan(ByteRanges.All.Items, null, []);
        }

        var keys = Enumerable.Range(0, codec.Keys.Count).Select(key => filter.Ranges(key, negated: false)).ToArray();
        if (keys[0].Items.Count == 0)
        {
            return new KeyRangePlan([Nothing], null, []);
        }

        if (!IsPinned(codec.Type(0), keys[0], out _))
        {
            for (var key = 1; key <= IndexedKeysMax && key < keys.Length; key++)
            {
                if (!keys[key].IsAll && IsPinned(codec.Type(key), keys[key], out var values) && values.Count <= 100)
                {
                    return new KeyRangePlan(keys[0].Items, key, values);
                }
            }
        }

        return new KeyRangePlan(Extend(codec, keys), null, []);
    }

    /// <summary>Narrows the ranges of the first key by those of the next, as long as there are single values to stand on.</summary>
    private static IReadOnlyList<ByteRange> Extend(PartitionKeyCodec codec, ByteRanges[] keys)
    {
        var places = keys[0].Items.Select(range => new Place(range, IsSingle(codec.Type(0), range))).ToList();
        for (var key = 1; key < keys.Length; key++)
        {
            if (keys[key].IsAll || !places.Exists(place => place.IsSingle) || places.Count * (keys[key].Items.Count + 1) > CatalogLimits.KeyRangesMax)
            {
                break;
            }

            var narrowed = new List<Place>();
            foreach (var place in places)
            {
                Narrow(place, codec.Type(key - 1), codec.Type(key), keys[key], narrowed);
            }

            places = narrowed;
        }

        return places.Count == 0 ? [Nothing] : [.. places.Select(place => place.Range)];
    }

    /// <summary>Appends what is left of a place when the key after it is held to <paramref name="next"/>.</summary>
    private static void Narrow(Place place, PartitionKeyType type, PartitionKeyType nextType, ByteRanges next, List<Place> output)
    {
        if (!place.IsSingle)
        {
            output.Add(place);
            return;
        }

        byte[] prefix = type.IsText ? place.Range.Low : [.. place.Range.Low, PartitionKeyCodec.CanonicalSuffix];
        foreach (var item in next.Items)
        {
            output.Add(new Place(new ByteRange([.. prefix, .. item.Low], [.. prefix, .. item.High]), IsSingle(nextType, item)));
        }

        if (!type.IsText)
        {
            // After the usual text of the value come its other texts, whatever follows those.
            output.Add(new Place(new ByteRange([.. place.Range.Low, PartitionKeyCodec.TextSuffix], place.Range.High), IsSingle: false));
        }
    }

    /// <summary>True when a key can only have some single values (apart from texts that are no values at all).</summary>
    private static bool IsPinned(PartitionKeyType type, ByteRanges ranges, out List<byte[]> values)
    {
        values = [];
        foreach (var range in ranges.Items)
        {
            if (IsSingle(type, range))
            {
                values.Add(range.Low);
            }
            else if (type.IsText || range.Low.Length != 1 || range.Low[0] != PartitionKeyCodec.InvalidTag)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True for the range of one literal: everything that begins with its bytes.</summary>
    private static bool IsSingle(PartitionKeyType type, ByteRange range) =>
        range.Low.Length > 1
        && range.Low[0] == PartitionKeyCodec.ValueTag
        && type.IsWhole(range.Low.AsSpan(1))
        && range.High.AsSpan().SequenceEqual(ByteRanges.After(range.Low));

    /// <param name="IsSingle">Whether the range is one value of its last key.</param>
    private readonly record struct Place(ByteRange Range, bool IsSingle);
}
