namespace Tarn.Sql.Types;

/// <summary>Trino's implicit conversions: what may stand where another type is wanted, and the common type of two.</summary>
public static partial class TypeCoercion
{
    private const int MaxDecimalPrecision = 38;
    private const int MaxCharLength = 65_536;

    /// <summary>Whether a value of <paramref name="from"/> may stand, unconverted in the text, where <paramref name="to"/> is wanted.</summary>
    public static bool CanCoerce(SqlType from, SqlType to) => CommonSuperType(from, to) is { } common && SameIgnoringFieldNames(common, to);

    /// <summary>
    /// The narrowest type to which both coerce, as UNION, CASE, IN and the comparison operators want it; null when there is none
    /// (varchar and bigint, for example: Trino never converts between text and numbers by itself).
    /// </summary>
    public static SqlType? CommonSuperType(SqlType left, SqlType right)
    {
        if (left.Equals(right) || IsUnknown(right))
        {
            return left;
        }

        if (IsUnknown(left))
        {
            return right;
        }

        return (left, right) switch
        {
            (DecimalType a, DecimalType b) => CommonDecimal(a, b),
            (VarcharType a, VarcharType b) => a.Length is { } x && b.Length is { } y ? new VarcharType(Math.Max(x, y)) : SqlType.Varchar,
            (CharType a, CharType b) => new CharType(Math.Max(a.Length, b.Length)),
            (TimestampType a, TimestampType b) => new TimestampType(Math.Max(a.Precision, b.Precision), a.WithTimeZone || b.WithTimeZone),
            (TimeType a, TimeType b) => new TimeType(Math.Max(a.Precision, b.Precision), a.WithTimeZone || b.WithTimeZone),
            (ArrayType a, ArrayType b) => CommonSuperType(a.Element, b.Element) is { } element ? new ArrayType(element) : null,
            (MapType a, MapType b) => CommonSuperType(a.Key, b.Key) is { } key && CommonSuperType(a.Value, b.Value) is { } value ? new MapType(key, value) : null,
            (RowType a, RowType b) => CommonRow(a, b),
            _ => Widen(left, right) is { } widened ? CommonSuperType(widened, right)
                : Widen(right, left) is { } other ? CommonSuperType(left, other)
                : null,
        };
    }

    /// <summary>The common type of all, as an array constructor or COALESCE wants it; null when there is none. Unknown for an empty list.</summary>
    public static SqlType? CommonSuperType(IEnumerable<SqlType> types)
    {
        SqlType? common = SqlType.Unknown;
        foreach (var type in types)
        {
            common = CommonSuperType(common, type);
            if (common is null)
            {
                return null;
            }
        }

        return common;
    }

    /// <summary>Whether values can be compared with = : everything but lambdas and what holds them.</summary>
    public static bool IsComparable(SqlType type) => type switch
    {
        FunctionType => false,
        ArrayType array => IsComparable(array.Element),
        MapType map => IsComparable(map.Key) && IsComparable(map.Value),
        RowType row => row.Fields.All(field => IsComparable(field.Type)),
        _ => true,
    };

    /// <summary>Whether values can be compared with &lt; and sorted: not maps, not json, nor what holds them.</summary>
    public static bool IsOrderable(SqlType type) => type switch
    {
        FunctionType or MapType => false,
        SimpleType { Kind: SimpleKind.Json } => false,
        ArrayType array => IsOrderable(array.Element),
        RowType row => row.Fields.All(field => IsOrderable(field.Type)),
        _ => true,
    };

    /// <summary>The decimal that holds every value of an integer type; null for any other type.</summary>
    public static DecimalType? IntegerAsDecimal(SqlType type) => type is SimpleType simple
        ? simple.Kind switch
        {
            SimpleKind.TinyInt => new DecimalType(3, 0),
            SimpleKind.SmallInt => new DecimalType(5, 0),
            SimpleKind.Integer => new DecimalType(10, 0),
            SimpleKind.BigInt => new DecimalType(19, 0),
            _ => null,
        }
        : null;

    public static bool IsInteger(SqlType type) => type is SimpleType { Kind: SimpleKind.TinyInt or SimpleKind.SmallInt or SimpleKind.Integer or SimpleKind.BigInt };

    public static bool IsNumeric(SqlType type) => IsInteger(type) || type is DecimalType or SimpleType { Kind: SimpleKind.Real or SimpleKind.Double };

    private static bool IsUnknown(SqlType type) => type is SimpleType { Kind: SimpleKind.Unknown };

    private static DecimalType CommonDecimal(DecimalType a, DecimalType b)
    {
        var scale = Math.Max(a.Scale, b.Scale);
        var whole = Math.Max(a.Precision - a.Scale, b.Precision - b.Scale);
        return new DecimalType(Math.Min(MaxDecimalPrecision, whole + scale), scale);
    }

    private static RowType? CommonRow(RowType a, RowType b)
    {
        if (a.Fields.Count != b.Fields.Count)
        {
            return null;
        }

        var fields = new RowField[a.Fields.Count];
        for (var i = 0; i < fields.Length; i++)
        {
            if (CommonSuperType(a.Fields[i].Type, b.Fields[i].Type) is not { } type)
            {
                return null;
            }

            fields[i] = new RowField(a.Fields[i].Name is { } name && name == b.Fields[i].Name ? name : null, type);
        }

        return new RowType(fields);
    }

    /// <summary><paramref name="from"/> as a type of the family of <paramref name="family"/>, or null when no implicit conversion leads there.</summary>
    private static SqlType? Widen(SqlType from, SqlType family)
    {
        switch (from)
        {
            case SimpleType { Kind: SimpleKind.TinyInt or SimpleKind.SmallInt or SimpleKind.Integer or SimpleKind.BigInt or SimpleKind.Real } number:
                return family switch
                {
                    SimpleType { Kind: SimpleKind.SmallInt or SimpleKind.Integer or SimpleKind.BigInt or SimpleKind.Real or SimpleKind.Double } wider
                        when wider.Kind > number.Kind => wider,
                    DecimalType when number.Kind != SimpleKind.Real => IntegerAsDecimal(number),
                    _ => null,
                };
            case DecimalType:
                return family is SimpleType { Kind: SimpleKind.Real or SimpleKind.Double } ? family : null;
            case SimpleType { Kind: SimpleKind.Date }:
                return family is TimestampType timestamp ? new TimestampType(0, timestamp.WithTimeZone) : null;
            case VarcharType varchar:
                // Only this way round: a literal compared with a CHAR column must be padded, not the column trimmed.
                return family is CharType ? new CharType(Math.Min(MaxCharLength, varchar.Length ?? MaxCharLength)) : null;
            default:
                return null;
        }
    }

    private static bool SameIgnoringFieldNames(SqlType a, SqlType b) => (a, b) switch
    {
        (ArrayType x, ArrayType y) => SameIgnoringFieldNames(x.Element, y.Element),
        (MapType x, MapType y) => SameIgnoringFieldNames(x.Key, y.Key) && SameIgnoringFieldNames(x.Value, y.Value),
        (RowType x, RowType y) => x.Fields.Count == y.Fields.Count && x.Fields.Zip(y.Fields).All(pair => SameIgnoringFieldNames(pair.First.Type, pair.Second.Type)),
        _ => a.Equals(b),
    };
}
