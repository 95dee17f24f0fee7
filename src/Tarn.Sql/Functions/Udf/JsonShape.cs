using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Tarn.Sql.Types;

namespace Tarn.Sql.Functions.Udf;

/// <summary>
/// JSON values brought into the shape of a column's type: scalars as the text that DuckDB casts without surprise, nested values as JSON with exactly the
/// members of the type, in its order and case.
/// </summary>
internal static class JsonShape
{
    /// <summary>The type as it travels to <c>hive_json_fields</c>; <see cref="TypeParser"/> reads it back.</summary>
    public static string Describe(SqlType type) => type.ToString();

    /// <summary>The type for DuckDB's json_transform.</summary>
    public static string Structure(SqlType type) => JsonText.Quote(DuckDbTypes.Name(type));

    /// <summary>Text for a column; null for NULL.</summary>
    /// <exception cref="SqlException"><c>HIVE_BAD_DATA</c></exception>
    public static string? Text(JsonElement value, SqlType type, string column)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return type is ArrayType or MapType or RowType ? Nested(value, type, column) : Scalar(value, type, column);
    }

    private static string? Nested(JsonElement value, SqlType type, string column)
    {
        if (value.ValueKind == JsonValueKind.String && value.ValueEquals(""))
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            Write(writer, value, type, column);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value, SqlType type, string column)
    {
        if (value.ValueKind == JsonValueKind.Null || (type is ArrayType or MapType or RowType && value.ValueKind == JsonValueKind.String && value.ValueEquals("")))
        {
            writer.WriteNullValue();
            return;
        }

        switch (type)
        {
            case ArrayType array when value.ValueKind == JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(writer, item, array.Element, column);
                }

                writer.WriteEndArray();
                break;
            case ArrayType array:
                // A value alone stands for an array of one, as both SerDes take it.
                writer.WriteStartArray();
                Write(writer, value, array.Element, column);
                writer.WriteEndArray();
                break;
            case MapType map when value.ValueKind == JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject().GroupBy(member => member.Name).Select(group => group.Last()))
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value, map.Value, column);
                }

                writer.WriteEndObject();
                break;
            case RowType row when value.ValueKind == JsonValueKind.Object:
                WriteRow(writer, value, row, column);
                break;
            case MapType or RowType:
                throw Bad(value, type, column);
            default:
                WriteScalar(writer, Scalar(value, type, column), type);
                break;
        }
    }

    private static void WriteRow(Utf8JsonWriter writer, JsonElement value, RowType row, string column)
    {
        writer.WriteStartObject();
        var names = DuckDbTypes.FieldNames(row);
        for (var i = 0; i < row.Fields.Count; i++)
        {
            writer.WritePropertyName(names[i]);
            JsonElement? found = null;
            foreach (var member in value.EnumerateObject())
            {
                if (string.Equals(member.Name, row.Fields[i].Name, StringComparison.OrdinalIgnoreCase))
                {
                    found = member.Value;
                }
            }

            if (found is { } element)
            {
                Write(writer, element, row.Fields[i].Type, column);
            }
            else
            {
                writer.WriteNullValue();
            }
        }

        writer.WriteEndObject();
    }

    private static void WriteScalar(Utf8JsonWriter writer, string? text, SqlType type)
    {
        if (text is null)
        {
            writer.WriteNullValue();
        }
        else if (type is SimpleType { Kind: SimpleKind.Boolean } || TypeCoercion.IsInteger(type))
        {
            writer.WriteRawValue(text, skipInputValidation: true);
        }
        else
        {
            writer.WriteStringValue(text);
        }
    }

    private static string? Scalar(JsonElement value, SqlType type, string column)
    {
        var raw = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        switch (type)
        {
            case VarcharType or CharType:
                return value.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? JsonText.Canonical(value) : raw;
            case SimpleType { Kind: SimpleKind.Boolean }:
                return value.ValueKind switch
                {
                    JsonValueKind.True => "true",
                    JsonValueKind.False => "false",
                    JsonValueKind.String => raw.Equals("true", StringComparison.OrdinalIgnoreCase) ? "true" : "false",
                    _ => throw Bad(value, type, column),
                };
            case SimpleType { Kind: SimpleKind.TinyInt or SimpleKind.SmallInt or SimpleKind.Integer or SimpleKind.BigInt } integer:
                return Integer(value, raw, integer, column);
            case SimpleType { Kind: SimpleKind.Real or SimpleKind.Double }:
                return value.ValueKind is JsonValueKind.Number or JsonValueKind.String && NumberTexts.JavaFloating(raw) is { } digits ? digits : throw Bad(value, type, column);
            case DecimalType d:
                return value.ValueKind is JsonValueKind.Number or JsonValueKind.String && NumberTexts.TryParseDecimal(raw, out var unscaled, out var exponent)
                    ? NumberTexts.Rescale(unscaled, exponent, d.Precision, d.Scale) ?? throw Bad(value, type, column)
                    : throw Bad(value, type, column);
            case SimpleType { Kind: SimpleKind.Date }:
                return TimeTexts.TryDate(raw) is { } day ? TimeTexts.Date(day.Days) : throw Bad(value, type, column);
            case TimestampType { WithTimeZone: false }:
                var micros = value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var millis) ? millis * 1000 : HiveTextUdfs.Timestamp(raw);
                return micros is { } moment ? TimeTexts.Timestamp(moment, 3) : throw Bad(value, type, column);
            case SimpleType { Kind: SimpleKind.Varbinary }:
                return value.ValueKind == JsonValueKind.String ? raw : throw Bad(value, type, column);
            default:
                throw new SqlException("HIVE_UNSUPPORTED_FORMAT", $"JSON cannot be read as {type}");
        }
    }

    /// <summary>Fractions are cut off, as both SerDes do.</summary>
    private static string Integer(JsonElement value, string raw, SimpleType type, string column)
    {
        long whole;
        if (value.ValueKind == JsonValueKind.Number)
        {
            whole = value.TryGetInt64(out var exact) ? exact : Math.Abs(value.GetDouble()) < 9.2e18 ? (long)value.GetDouble() : throw Bad(value, type, column);
        }
        else if (value.ValueKind != JsonValueKind.String || !long.TryParse(raw, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out whole))
        {
            throw Bad(value, type, column);
        }

        var bits = type.Kind switch { SimpleKind.TinyInt => 7, SimpleKind.SmallInt => 15, SimpleKind.Integer => 31, _ => 63 };
        return bits < 63 && (whole >> bits) is not (0 or -1) ? throw Bad(value, type, column) : whole.ToString(CultureInfo.InvariantCulture);
    }

    private static SqlException Bad(JsonElement value, SqlType type, string column)
    {
        var text = value.GetRawText();
        return new SqlException("HIVE_BAD_DATA", $"Error parsing column '{column}': {(text.Length > 100 ? text[..100] + "..." : text)} cannot be read as {HiveTypes.Format(type)}");
    }
}
