using Tarn.Sql.Types;

namespace Tarn.Sql.Scans.Parquet;

/// <summary>
/// Which Parquet types Trino reads as which of its own: integers of any width as each other (what does not fit fails), integers as decimals where they are 32 bits wide and the decimal has
/// up to 18 digits, decimals of another scale, real as double, bytes as text. All else is another type, whatever it could be cast to. Beyond Trino go the types that crawlers give to
/// what Hive has no type for (docs/adr/0040): a time of day is text, an unsigned integer of 64 bits a decimal of 20 digits.
/// </summary>
internal static class ParquetCoercions
{
    // ConvertedType, with Parquet's numbers.
    private const int Utf8Converted = 0;
    private const int MapConverted = 1;
    private const int MapKeyValueConverted = 2;
    private const int ListConverted = 3;
    private const int DecimalConverted = 5;
    private const int DateConverted = 6;
    private const int TimeMillisConverted = 7;
    private const int TimeMicrosConverted = 8;
    private const int TimestampMillisConverted = 9;
    private const int TimestampMicrosConverted = 10;
    private const int FirstIntegerConverted = 11;
    private const int UnsignedLongConverted = 14;
    private const int SignedInteger32Converted = 17;
    private const int LastIntegerConverted = 18;

    /// <summary>Most digits of a decimal that Trino keeps in 64 bits.</summary>
    private const int ShortDecimalDigits = 18;

    public static bool CanRead(ParquetNode field, SqlType type) => field.Repetition == ParquetRepetition.Repeated
        ? type is ArrayType repeated && CanReadOne(field, repeated.Element)
        : CanReadOne(field, type);

    /// <summary>Whether DuckDB by itself gives a field the type that the column is held in (<see cref="DuckDbTypes"/>), so that no cast is needed. False for what is not looked at.</summary>
    public static bool IsHeldAs(ParquetNode field, SqlType type) => field.Repetition != ParquetRepetition.Repeated && type switch
    {
        SimpleType { Kind: SimpleKind.Boolean } => field is { Type: ParquetType.Boolean, LogicalType: ParquetLogicalType.None, ConvertedType: null },
        SimpleType { Kind: SimpleKind.Integer } => field.Type == ParquetType.Int32 && IsSigned(field, 32, SignedInteger32Converted),
        SimpleType { Kind: SimpleKind.BigInt } => field.Type == ParquetType.Int64 && IsSigned(field, 64, LastIntegerConverted),
        SimpleType { Kind: SimpleKind.Real } => field is { Type: ParquetType.Float, LogicalType: ParquetLogicalType.None, ConvertedType: null },
        SimpleType { Kind: SimpleKind.Double } => field is { Type: ParquetType.Double, LogicalType: ParquetLogicalType.None, ConvertedType: null },
        SimpleType { Kind: SimpleKind.Date } => field.Type == ParquetType.Int32 && field.ConvertedType == DateConverted,
        VarcharType => field.Type == ParquetType.ByteArray && field.ConvertedType == Utf8Converted,
        _ => false,
    };

    /// <summary>The physical type as Parquet's Java library names it.</summary>
    public static string Name(ParquetNode field) => field.Type switch
    {
        null => "GROUP",
        ParquetType.ByteArray => "BINARY",
        ParquetType.FixedLenByteArray => "FIXED_LEN_BYTE_ARRAY",
        { } physical => physical.ToString().ToUpperInvariant(),
    };

    private static bool CanReadOne(ParquetNode field, SqlType type)
    {
        if (field.Type is null)
        {
            return type switch
            {
                ArrayType array => CanReadElements(field, array.Element),
                MapType map => field.Children is [{ Repetition: ParquetRepetition.Repeated, Children: [var key, var value] }] && IsMap(field) && CanRead(key, map.Key) && CanRead(value, map.Value),
                RowType row => !IsMap(field) && !IsList(field) && row.Fields.All(part =>
                    field.Children.Find(child => child.Name.Equals(part.Name, StringComparison.OrdinalIgnoreCase)) is not { } child || CanRead(child, part.Type)),
                _ => false,
            };
        }

        return type switch
        {
            SimpleType { Kind: SimpleKind.Boolean } => field.Type == ParquetType.Boolean,
            SimpleType { Kind: SimpleKind.TinyInt or SimpleKind.SmallInt or SimpleKind.Integer or SimpleKind.BigInt } =>
                IsInteger(field) || (IsDecimal(field) && field.Scale == 0 && field.Precision <= ShortDecimalDigits),
            SimpleType { Kind: SimpleKind.Real } => IsReal(field),
            SimpleType { Kind: SimpleKind.Double } => IsReal(field) || field.Type == ParquetType.Double,
            SimpleType { Kind: SimpleKind.Date } => field.Type == ParquetType.Int32 && (field.LogicalType == ParquetLogicalType.Date || field.ConvertedType == DateConverted),
            TimestampType { WithTimeZone: false } => field.Type == ParquetType.Int96
                || (field.Type == ParquetType.Int64 && (field.LogicalType == ParquetLogicalType.Timestamp || field.ConvertedType is TimestampMillisConverted or TimestampMicrosConverted)),
            DecimalType d => IsDecimal(field) || (field.Type == ParquetType.Int32 && IsInteger(field) && d.Precision <= ShortDecimalDigits),
            VarcharType or CharType or SimpleType { Kind: SimpleKind.Varbinary } => field.Type is ParquetType.ByteArray or ParquetType.FixedLenByteArray && !IsDecimal(field) && !IsReal(field),
            _ => false,
        } || field.LogicalType == ParquetLogicalType.Unknown || (type is VarcharType && IsTime(field)) || (type is DecimalType { Precision: >= 20 } wide && wide.Precision - wide.Scale >= 20 && IsUnsignedLong(field));
    }

    private static bool IsTime(ParquetNode field) => field.LogicalType == ParquetLogicalType.Time || field.ConvertedType is TimeMillisConverted or TimeMicrosConverted;

    private static bool IsUnsignedLong(ParquetNode field) => IsInteger(field) && (field.ConvertedType == UnsignedLongConverted || (field.IntegerBits == 64 && !field.IntegerIsSigned));

    private static bool IsReal(ParquetNode field) => field.Type == ParquetType.Float || field.LogicalType == ParquetLogicalType.Float16;

    private static bool IsDecimal(ParquetNode field) => field.LogicalType == ParquetLogicalType.Decimal || field.ConvertedType == DecimalConverted;

    private static bool IsInteger(ParquetNode field) => field.Type is ParquetType.Int32 or ParquetType.Int64
        && field.LogicalType is ParquetLogicalType.None or ParquetLogicalType.Integer
        && field.ConvertedType is null or (>= FirstIntegerConverted and <= LastIntegerConverted);

    private static bool IsSigned(ParquetNode field, int bits, int converted) =>
        (field.ConvertedType is null && field.LogicalType == ParquetLogicalType.None) || field.ConvertedType == converted
            || (field.LogicalType == ParquetLogicalType.Integer && field.IntegerBits == bits && field.IntegerIsSigned);

    private static bool IsList(ParquetNode field) => field.LogicalType == ParquetLogicalType.List || field.ConvertedType == ListConverted;

    private static bool IsMap(ParquetNode field) => field.LogicalType == ParquetLogicalType.Map || field.ConvertedType is MapConverted or MapKeyValueConverted;

    /// <summary>Whether the elements of a list can be read, in the layouts of new and of old writers, which have no group around the element.</summary>
    private static bool CanReadElements(ParquetNode field, SqlType element)
    {
        if (!IsList(field) || field.Children is not [{ Repetition: ParquetRepetition.Repeated } repeated])
        {
            return false;
        }

        var isElement = repeated.Type is not null || repeated.Children.Count != 1 || repeated.Name == "array" || repeated.Name == field.Name + "_tuple";
        return isElement ? CanReadOne(repeated, element) : CanRead(repeated.Children[0], element);
    }
}
