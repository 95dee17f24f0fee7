using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Tarn.DuckDb.Values;
using Tarn.Sql.Functions.Udf;
using Tarn.Sql.Types;

namespace Tarn.Sql.Scans.Text;

/// <summary>Writes JSON values into a column of one type. Belongs to one thread.</summary>
internal abstract class JsonValue(SqlType type, string column)
{
    private const string BadData = "HIVE_BAD_DATA";

    private byte[] unescaped = new byte[64];

    /// <summary>A value that does not read as the type is NULL; otherwise it fails.</summary>
    protected bool IsLenient { get; private init; }

    /// <param name="reader">At the first token of the value; afterwards at its last.</param>
    /// <exception cref="SqlException"><c>HIVE_BAD_DATA</c>: the value does not read as the type.</exception>
    public void WriteOrNull(ref Utf8JsonReader reader, DuckDbVectorWriter writer, int row)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            writer.Null(row);
        }
        else if (!IsLenient)
        {
            Write(ref reader, writer, row);
        }
        else
        {
            try
            {
                Write(ref reader, writer, row);
            }
            catch (SqlException unread) when (unread.Code == BadData)
            {
                // The failure has read the value to its end.
                writer.Null(row);
            }
        }
    }

    /// <param name="column">For messages.</param>
    /// <exception cref="SqlException"><c>HIVE_UNSUPPORTED_FORMAT</c></exception>
    public static JsonValue Of(SqlType type, string column, bool isLenient) => type switch
    {
        ArrayType array => new JsonArray(array, column, isLenient) { IsLenient = isLenient },
        MapType map => new JsonMap(map, column, isLenient) { IsLenient = isLenient },
        RowType row => new JsonObject(row, column, isLenient) { IsLenient = isLenient },
        VarcharType or CharType => new TextValue(type, column) { IsLenient = isLenient },
        TimestampType { WithTimeZone: false } => new TimestampValue(type, column) { IsLenient = isLenient },
        SimpleType { Kind: SimpleKind.Boolean } => new BooleanValue(type, column) { IsLenient = isLenient },
        SimpleType { Kind: SimpleKind.TinyInt or SimpleKind.SmallInt or SimpleKind.Integer or SimpleKind.BigInt } => new IntegerValue(type, column) { IsLenient = isLenient },
        SimpleType { Kind: SimpleKind.Varbinary } => new BinaryValue(type, column) { IsLenient = isLenient },
        DecimalType or SimpleType { Kind: SimpleKind.Real or SimpleKind.Double or SimpleKind.Date } => new PlainValue(type, column) { IsLenient = isLenient },
        _ => throw new SqlException("HIVE_UNSUPPORTED_FORMAT", $"JSON cannot be read as {type}"),
    };

    protected abstract void Write(ref Utf8JsonReader reader, DuckDbVectorWriter writer, int row);

    /// <summary>The text of a plain value, without escapes; valid until the next call.</summary>
    protected ReadOnlySpan<byte> Text(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan;
        }

        if (unescaped.Length < reader.ValueSpan.Length)
        {
            unescaped = new byte[reader.ValueSpan.Length * 2];
        }

        return unescaped.AsSpan(0, reader.CopyString(unescaped));
    }

    protected static bool IsContainer(JsonTokenType token) => token is JsonTokenType.StartObject or JsonTokenType.StartArray;

    /// <summary>Both SerDes take an empty text for no array, map or struct.</summary>
    protected static bool IsEmptyText(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.String && reader.ValueSpan.IsEmpty;

    protected SqlException Bad(ref Utf8JsonReader reader)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var text = document.RootElement.GetRawText();
        return new SqlException(BadData, $"Error parsing column '{column}': {(text.Length > 100 ? text[..100] + "..." : text)} cannot be read as {HiveTypes.Format(type)}");
    }

    private sealed class TextValue(SqlType type, string column) : JsonValue(type, column)
    {
        private readonly FieldWriter field = FieldWriter.Of(type);

        protected override void Write(ref Utf8JsonReader reader, DuckDbVectorWriter writer, int row)
        {
            if (!IsContainer(reader.TokenType))
            {
                field.TryWrite(Text(ref reader), writer, row);
                return;
            }

            using var document = JsonDocument.ParseValue(ref reader);
            field.TryWrite(Encoding.UTF8.GetBytes(JsonText.Canonical(document.RootElement)), writer, row);
        }
    }

    /// <summary>Numbers and dates, with or without quotes.</summary>
    private sealed class PlainValue(SqlType type, string column) : JsonValue(type, column)
    {
        private readonly FieldWriter field = FieldWriter.Of(type);

        protected override void Write(ref Utf8JsonReader reader, DuckDbVectorWriter writer, int row)
        {
            if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String) || !field.TryWrite(Text(ref reader), writer, row))
            {
                throw Bad(ref reader);
            }
        }
    }

    private sealed class BooleanValue(SqlType type, string column) : JsonValue(type, column)
    {
        protected override void Write(ref Utf8JsonReader reader, DuckDbVectorWriter writer, int row)
        {
            var isTrue = reader.TokenType switch
            {
                JsonTokenType.True => true,
                JsonTokenType.False => false,
                JsonTokenType.String => Ascii.EqualsIgnoreCase(Text(ref reader), "true"u8),
                _ => throw Bad(ref reader),
            };
            writer.Raw(row, isTrue ? (byte)1 : (byte)0);
        }
    }

    /// <summary>Fractions are cut off, as both SerDes do.</summary>
    private sealed class IntegerValue(SqlType type, string column) : JsonValue(type, column)
    {
        private readonly SimpleKind kind = ((SimpleType)type).Kind;

        protected override void Write(ref Utf8JsonReader reader, DuckDbVectorWriter writer, int row)
        {
            if (!TryRead(ref reader, out var whole))
            {
                throw Bad(ref reader);
            }

            var bits = kind switch { SimpleKind.TinyInt => 7, SimpleKind.SmallInt => 15, SimpleKind.Integer => 31, _ => 63 };
            if (bits < 63 && (whole >> bits) is not (0 or -1))
            {
                throw Bad(ref reader);
            }

            switch (kind)
            {
                case SimpleKind.TinyInt: writer.Raw(row, (sbyte)whole); break;
                case SimpleKind.SmallInt: writer.Raw(row, (short)whole); break;
                case SimpleKind.Integer: writer.Raw(row, (int)whole); break;
                default: writer.Raw(row, whole); break;
            }
        }

        private bool TryRead(ref Utf8JsonReader reader, out long whole)
        {
            whole = 0;
            switch (reader.TokenType)
            {
                case JsonTokenType.String:
                    return FieldText.TryInteger(Text(ref reader), out whole);
                case JsonTokenType.Number when reader.TryGetInt64(out whole):
                    return true;
                case JsonTokenType.Number when Math.Abs(reader.GetDouble()) < 9.2e18:
                    whole = (long)reader.GetDouble();
                    return true;
                default:
                    return false;
            }
        }
    }

    /// <summary>A number is milliseconds since 1970.</summary>
    private sealed class TimestampValue(SqlType type, string column) : JsonValue(type, column)
    {
        protected override void Write(ref Utf8JsonReader reader, DuckDbVectorWriter writer, int row)
        {
            if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var millis) && Int128.Abs(millis) <= long.MaxValue / 1000)
            {
                writer.Raw(row, millis * 1000);
            }
            else if (!IsContainer(reader.TokenType) && FieldText.TryTimestamp(Text(ref reader), out var micros))
            {
                writer.Raw(row, micros);
            }
            else
            {
                throw Bad(ref reader);
            }
        }
    }

    /// <summary>base64.</summary>
    private sealed class BinaryValue(SqlType type, string column) : JsonValue(type, column)
    {
        protected override void Write(ref Utf8JsonReader reader, DuckDbVectorWriter writer, int row)
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                throw Bad(ref reader);
            }

            var text = Text(ref reader);
            var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length) + 3];
            if (Base64.DecodeFromUtf8(text, decoded, out _, out var written) != System.Buffers.OperationStatus.Done)
            {
                throw Bad(ref reader);
            }

            writer.Bytes(row, decoded.AsSpan(0, written));
        }
    }
}
