using Tarn.Sql.Scans.Parquet;

namespace Tarn.Glue.Classifiers;

/// <summary>
/// Parquet's types as Hive's. Unsigned numbers take the next wider signed type; what Hive has no type for (TIME, INTERVAL, UUID) is <c>string</c> (docs/adr/0040). Lists
/// and maps follow the backward-compatibility rules of the Parquet format, so that old writers' layouts are read as they were meant.
/// </summary>
internal static class ParquetTypes
{
    // ConvertedType, with Parquet's numbers.
    private const int Utf8 = 0;
    private const int Map = 1;
    private const int MapKeyValue = 2;
    private const int List = 3;
    private const int Enum = 4;
    private const int Decimal = 5;
    private const int Date = 6;
    private const int TimeMillis = 7;
    private const int TimeMicros = 8;
    private const int TimestampMillis = 9;
    private const int TimestampMicros = 10;
    private const int UInt8 = 11;
    private const int Int64 = 18;
    private const int Json = 19;
    private const int Interval = 21;

    /// <summary>The type of a field where it stands: a repeated field that is no list's own is an array.</summary>
    public static HiveType ToHiveType(ParquetNode node) =>
        node.Repetition == ParquetRepetition.Repeated ? new HiveArray(ValueType(node)) : ValueType(node);

    private static HiveType ValueType(ParquetNode node)
    {
        if (node.Type is { } physical)
        {
            return PrimitiveType(node, physical);
        }

        if (node.LogicalType == ParquetLogicalType.List || node.ConvertedType == List)
        {
            return ListType(node);
        }

        return node.LogicalType == ParquetLogicalType.Map || node.ConvertedType is Map or MapKeyValue ? MapType(node) : StructType(node);
    }

    private static HiveType StructType(ParquetNode node) =>
        node.Children.Count == 0 || node.Children.Any(child => child.Name.Length == 0 || child.Name.AsSpan().ContainsAny(",:<>"))
            ? HiveType.String
            : new HiveStruct([.. node.Children.Select(child => new HiveField(child.Name, ToHiveType(child)))]);

    private static HiveType ListType(ParquetNode node)
    {
        if (node.Children is not [{ Repetition: ParquetRepetition.Repeated } repeated])
        {
            return StructType(node);
        }

        // Two-level lists of old writers: the repeated field is itself the element.
        var isElement = repeated.Type is not null
            || repeated.Children.Count != 1
            || repeated.Name == "array"
            || repeated.Name == node.Name + "_tuple";
        return new HiveArray(isElement ? ValueType(repeated) : ToHiveType(repeated.Children[0]));
    }

    private static HiveType MapType(ParquetNode node) => node.Children switch
    {
        [{ Repetition: ParquetRepetition.Repeated, Children: [var key, var value] }] => new HiveMap(ToHiveType(key), ToHiveType(value)),

        // A map without values is a set of keys.
        [{ Repetition: ParquetRepetition.Repeated, Children: [var only] }] => new HiveArray(ToHiveType(only)),
        _ => StructType(node),
    };

    private static HiveType PrimitiveType(ParquetNode node, ParquetType physical)
    {
        switch (node.LogicalType)
        {
            case ParquetLogicalType.String or ParquetLogicalType.Enum or ParquetLogicalType.Json or ParquetLogicalType.Uuid or ParquetLogicalType.Time:
                return HiveType.String;
            case ParquetLogicalType.Decimal:
                return DecimalType(node);
            case ParquetLogicalType.Date:
                return HiveType.Date;
            case ParquetLogicalType.Timestamp:
                return HiveType.Timestamp;
            case ParquetLogicalType.Integer:
                return IntegerType(node.IntegerBits, node.IntegerIsSigned);
            case ParquetLogicalType.Float16:
                return HiveType.Float;
            case ParquetLogicalType.Unknown:
                return HiveType.Unknown;
            case ParquetLogicalType.Bson or ParquetLogicalType.Geometry or ParquetLogicalType.Geography:
                return HiveType.Binary;
        }

        return node.ConvertedType switch
        {
            Utf8 or Enum or Json or TimeMillis or TimeMicros or Interval => HiveType.String,
            Decimal => DecimalType(node),
            Date => HiveType.Date,
            TimestampMillis or TimestampMicros => HiveType.Timestamp,
            >= UInt8 and <= Int64 and var integer => IntegerType(8 << ((integer - UInt8) % 4), integer >= 15),
            _ => PhysicalType(physical),
        };
    }

    private static HiveType DecimalType(ParquetNode node) =>
        node.Precision is >= 1 and <= HiveDecimal.PrecisionMax && node.Scale >= 0 && node.Scale <= node.Precision
            ? new HiveDecimal(node.Precision, node.Scale)
            : HiveType.Double;

    private static HiveType IntegerType(int bits, bool isSigned) => (bits, isSigned) switch
    {
        (8, true) => HiveType.TinyInt,
        (8, false) or (16, true) => HiveType.SmallInt,
        (16, false) or (32, true) => HiveType.Int,
        (32, false) or (64, true) => HiveType.BigInt,
        (64, false) => new HiveDecimal(20, 0),
        _ => throw new InvalidDataException($"There is no integer of {bits} bits in Parquet."),
    };

    private static HiveType PhysicalType(ParquetType physical) => physical switch
    {
        ParquetType.Boolean => HiveType.Boolean,
        ParquetType.Int32 => HiveType.Int,
        ParquetType.Int64 => HiveType.BigInt,
        ParquetType.Int96 => HiveType.Timestamp,
        ParquetType.Float => HiveType.Float,
        ParquetType.Double => HiveType.Double,
        ParquetType.ByteArray or ParquetType.FixedLenByteArray => HiveType.Binary,
        _ => throw new InvalidDataException($"There is no physical type {(int)physical} in Parquet."),
    };
}
