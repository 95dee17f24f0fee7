using System.Globalization;
using Tarn.Contracts.Lake;
using Tarn.Sql.Functions.Udf;
using Tarn.Sql.Types;

namespace Tarn.Sql.Scans;

/// <summary>Partition values, which the catalog keeps as text.</summary>
public static class PartitionTexts
{
    /// <summary>Text that DuckDB casts to the type's form without surprises; null for the default partition.</summary>
    /// <exception cref="SqlException"><c>HIVE_INVALID_PARTITION_VALUE</c>, or <c>NOT_SUPPORTED</c> for a type that no key can have.</exception>
    public static string? ToText(string value, SqlType type, string key)
    {
        if (value == PartitionFolders.NullValue)
        {
            return null;
        }

        var isValid = type switch
        {
            SimpleType { Kind: SimpleKind.TinyInt } => sbyte.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            SimpleType { Kind: SimpleKind.SmallInt } => short.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            SimpleType { Kind: SimpleKind.Integer } => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            SimpleType { Kind: SimpleKind.BigInt } => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            SimpleType { Kind: SimpleKind.Real or SimpleKind.Double } => NumberTexts.JavaFloating(value) is not null,
            SimpleType { Kind: SimpleKind.Boolean } => value.ToLowerInvariant() is "true" or "false",
            DecimalType d => NumberTexts.TryParseDecimal(value, out var unscaled, out var exponent) && NumberTexts.Rescale(unscaled, exponent, d.Precision, d.Scale) is not null,
            SimpleType { Kind: SimpleKind.Date } => TimeTexts.TryDate(value) is not null,
            TimestampType { WithTimeZone: false } => TimeTexts.TryTimestamp(value, 3) is not null,
            VarcharType or CharType => true,
            _ => throw new SqlException("NOT_SUPPORTED", $"Partition key {key} of type {type} is not supported"),
        };
        if (!isValid)
        {
            throw new SqlException("HIVE_INVALID_PARTITION_VALUE", $"Invalid partition value '{value}' for {type.ToString().ToUpperInvariant()} partition key: {key}");
        }

        return type switch
        {
            CharType => value.TrimEnd(' '),
            SimpleType { Kind: SimpleKind.Date } => TimeTexts.Date(TimeTexts.TryDate(value)!.Value.Days),
            TimestampType => TimeTexts.Timestamp(TimeTexts.TryTimestamp(value, 3)!.Value, 3),
            _ => value,
        };
    }
}
