namespace Tarn.Glue.Classifiers;

/// <summary>
/// The common type of two types seen for one column. Numbers widen (int, bigint, double), struct fields are united, arrays and maps
/// are merged inside; anything else that differs is <c>string</c>, which every reader can produce.
/// </summary>
internal static class HiveTypeMerge
{
    private static readonly HiveType[] Integers = [HiveType.TinyInt, HiveType.SmallInt, HiveType.Int, HiveType.BigInt];

    // Decimal digits that an integer type needs.
    private static readonly int[] IntegerDigits = [3, 5, 10, 19];

    public static HiveType Merge(HiveType left, HiveType right)
    {
        if (left.Equals(right) || ReferenceEquals(right, HiveType.Unknown))
        {
            return left;
        }

        if (ReferenceEquals(left, HiveType.Unknown))
        {
            return right;
        }

        return (left, right) switch
        {
            (HiveStruct a, HiveStruct b) => MergeStructs(a, b),
            (HiveArray a, HiveArray b) => new HiveArray(Merge(a.Element, b.Element)),
            (HiveMap a, HiveMap b) => new HiveMap(Merge(a.Key, b.Key), Merge(a.Value, b.Value)),
            _ => MergeNumbers(left, right) ?? HiveType.String,
        };
    }

    /// <summary>True when two types of one column name speak of the same thing: neither had to become <c>string</c> to meet the other.</summary>
    public static bool Agree(HiveType left, HiveType right) => left.Equals(right)
        || ReferenceEquals(left, HiveType.Unknown)
        || ReferenceEquals(right, HiveType.Unknown)
        || (left, right) switch
        {
            (HiveStruct, HiveStruct) => true,
            (HiveArray a, HiveArray b) => Agree(a.Element, b.Element),
            (HiveMap a, HiveMap b) => Agree(a.Key, b.Key) && Agree(a.Value, b.Value),
            _ => MergeNumbers(left, right) is not null,
        };

    private static HiveStruct MergeStructs(HiveStruct left, HiveStruct right)
    {
        var fields = new List<HiveField>(left.Fields);
        var places = new Dictionary<string, int>(fields.Count, StringComparer.OrdinalIgnoreCase);
        for (var index = 0; index < fields.Count; index++)
        {
            places.TryAdd(fields[index].Name, index);
        }

        foreach (var field in right.Fields)
        {
            if (places.TryGetValue(field.Name, out var place))
            {
                fields[place] = fields[place] with { Type = Merge(fields[place].Type, field.Type) };
            }
            else
            {
                places.Add(field.Name, fields.Count);
                fields.Add(field);
            }
        }

        return new HiveStruct(fields);
    }

    /// <summary>The wider of two numeric types, or null when one of them is no number.</summary>
    private static HiveType? MergeNumbers(HiveType left, HiveType right)
    {
        var leftInteger = Array.IndexOf(Integers, left);
        var rightInteger = Array.IndexOf(Integers, right);
        if (leftInteger >= 0 && rightInteger >= 0)
        {
            return Integers[Math.Max(leftInteger, rightInteger)];
        }

        if (!IsNumber(left, leftInteger) || !IsNumber(right, rightInteger))
        {
            return null;
        }

        if (AsDecimal(left, leftInteger) is { } a && AsDecimal(right, rightInteger) is { } b)
        {
            var scale = Math.Max(a.Scale, b.Scale);
            var precision = Math.Max(a.Precision - a.Scale, b.Precision - b.Scale) + scale;
            return precision <= HiveDecimal.PrecisionMax ? new HiveDecimal(precision, scale) : HiveType.Double;
        }

        return HiveType.Double;
    }

    private static bool IsNumber(HiveType type, int integer) =>
        integer >= 0 || type is HiveDecimal || type.Equals(HiveType.Float) || type.Equals(HiveType.Double);

    private static HiveDecimal? AsDecimal(HiveType type, int integer) =>
        type as HiveDecimal ?? (integer >= 0 ? new HiveDecimal(IntegerDigits[integer], 0) : null);
}
