using System.Text;
using Tarn.Sql.Types;

namespace Tarn.Sql.Scans.Text;

/// <summary>Keys of maps as objects that are equal when the keys are: DuckDB fails on a map with a key twice.</summary>
internal static class MapKeys
{
    /// <summary>Null when the text does not read as the type.</summary>
    public static object? Of(ReadOnlySpan<byte> text, SqlType type) => type switch
    {
        VarcharType { Length: null } => Encoding.UTF8.GetString(text),
        VarcharType { Length: { } length } => Cut(text, length),
        CharType { Length: var length } => Cut(text, length).TrimEnd(' '),
        DecimalType d => FieldText.TryDecimal(text, d.Precision, d.Scale, out var value) ? value : null,
        TimestampType { WithTimeZone: false } => FieldText.TryTimestamp(text, out var micros) ? micros : null,
        SimpleType { Kind: SimpleKind.TinyInt or SimpleKind.SmallInt or SimpleKind.Integer or SimpleKind.BigInt } => FieldText.TryInteger(text, out var number) ? number : null,
        SimpleType { Kind: SimpleKind.Real } => FieldText.TryReal(text, out var real) ? real : null,
        SimpleType { Kind: SimpleKind.Double } => FieldText.TryDouble(text, out var number) ? number : null,
        SimpleType { Kind: SimpleKind.Boolean } => FieldText.TryBoolean(text, out var value) ? value : null,
        SimpleType { Kind: SimpleKind.Date } => FieldText.TryDate(text, out var days) ? days : null,
        SimpleType { Kind: SimpleKind.Varbinary } => Encoding.Latin1.GetString(text),
        _ => throw new SqlException("NOT_SUPPORTED", $"A map with keys of type {type} cannot be read from text"),
    };

    private static string Cut(ReadOnlySpan<byte> text, int length) => string.Concat(Encoding.UTF8.GetString(text).EnumerateRunes().Take(length));
}
