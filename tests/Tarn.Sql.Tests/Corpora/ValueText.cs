using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Tarn.DuckDb.Values;
using Tarn.Sql.Types;

namespace Tarn.Sql.Tests.Corpora;

/// <summary>Values in one spelling, so that what DuckDB gave and what a corpus expects can be compared as text.</summary>
internal static class ValueText
{
    public static string Of(SqlType type, object? value)
    {
        if (value is null)
        {
            return "null";
        }

        return (type, value) switch
        {
            (CharType c, string s) => Quote(s.PadRight(c.Length)),
            (_, string s) => Quote(s),
            (_, bool b) => b ? "true" : "false",
            (_, byte[] bytes) => "x" + Convert.ToHexString(bytes),
            (SimpleType { Kind: SimpleKind.Real }, float f) => Number(f),
            (_, float f) => Number(f),
            (_, double d) => Number(d),
            (ArrayType a, IList list) => "[" + string.Join(",", list.Cast<object?>().Select(item => Of(a.Element, item))) + "]",
            (RowType r, DuckDbStruct s) => "[" + string.Join(",", s.Values.Select((item, i) => Of(r.Fields[i].Type, item))) + "]",
            (MapType m, DuckDbMap map) => "{" + string.Join(",", map.Select(entry => Of(m.Key, entry.Key) + "=" + Of(m.Value, entry.Value)).Order(StringComparer.Ordinal)) + "}",
            (_, DuckDbStruct s) => "(" + string.Join(",", s.Select(field => field.Key + ":" + Of(SqlType.Unknown, field.Value))) + ")",
            (_, DateOnly d) => Quote(d.ToString("yyyy-MM-dd")),
            (_, DateTime t) => Quote(t.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)),
            (_, TimeSpan t) => Quote(t.ToString("c", CultureInfo.InvariantCulture)),
            (DecimalType, _) => Decimal(value),
            (_, IFormattable f) => f.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };
    }

    public static string OfExpected(JsonElement value, SqlType type)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                return "null";
            case JsonValueKind.True or JsonValueKind.False:
                return value.GetBoolean() ? "true" : "false";
            case JsonValueKind.Number:
                return type is SimpleType { Kind: SimpleKind.Real } ? Number(value.GetSingle()) : type is SimpleType { Kind: SimpleKind.Double } ? Number(value.GetDouble()) : type is DecimalType ? Decimal(BigDecimal(value.GetRawText())) : value.GetRawText();
            case JsonValueKind.String:
                return type is SimpleType { Kind: SimpleKind.Real or SimpleKind.Double } ? value.GetString()! : type is CharType c ? Quote(value.GetString()!.PadRight(c.Length)) : Quote(value.GetString()!);
            case JsonValueKind.Array:
                return "[" + string.Join(",", value.EnumerateArray().Select((item, i) => OfExpected(item, type switch { ArrayType a => a.Element, RowType r when i < r.Fields.Count => r.Fields[i].Type, _ => SqlType.Unknown }))) + "]";
            default:
                return OfTagged(value, type);
        }
    }

    private static string OfTagged(JsonElement value, SqlType type)
    {
        if (value.TryGetProperty("__dec__", out var digits))
        {
            return Decimal(BigDecimal(digits.ToString()));
        }

        if (value.TryGetProperty("__hex__", out var hex))
        {
            return "x" + hex.ToString().Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
        }

        if (value.TryGetProperty("__bin__", out var text))
        {
            return "x" + Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(text.ToString()));
        }

        var entries = value.GetProperty("__map__").EnumerateArray().Select(entry => (Key: entry[0], Value: entry[1]));
        var map = type as MapType;
        return "{" + string.Join(",", entries.Select(entry => OfExpected(entry.Key, map?.Key ?? SqlType.Unknown) + "=" + OfExpected(entry.Value, map?.Value ?? SqlType.Unknown)).Order(StringComparer.Ordinal)) + "}";
    }

    private static string Quote(string value) => "'" + value + "'";

    private static string Number(double value) => double.IsNaN(value) ? "NaN" : double.IsInfinity(value) ? (value > 0 ? "Infinity" : "-Infinity") : (value == 0 ? 0.0 : value).ToString("R", CultureInfo.InvariantCulture);

    /// <summary>To six digits: the corpus computed some of its REAL values as doubles.</summary>
    private static string Number(float value) => float.IsNaN(value) ? "NaN" : float.IsInfinity(value) ? (value > 0 ? "Infinity" : "-Infinity") : (value == 0 ? 0f : value).ToString("G6", CultureInfo.InvariantCulture);

    /// <summary>Without trailing zeros: the scale is part of the type.</summary>
    private static string Decimal(object value)
    {
        var text = value is string s ? s : value.ToString() ?? "";
        return text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') is var cut && cut is "-0" or "" ? "0" : cut : text;
    }

    private static string BigDecimal(string text)
    {
        var sign = text.StartsWith('-') ? "-" : "";
        var parts = text.TrimStart('-', '+').Split('.');
        var whole = parts[0].TrimStart('0');
        return sign + (whole.Length == 0 ? "0" : whole) + (parts.Length > 1 ? "." + parts[1] : "");
    }
}
