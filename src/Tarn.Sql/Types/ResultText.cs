using System.Globalization;
using System.Text;
using Tarn.DuckDb.Values;
using Tarn.Sql.Functions.Udf;

namespace Tarn.Sql.Types;

/// <summary>
/// Values of a result as Athena shows them, in CSV and in GetQueryResults alike: <c>1.0E10</c>, <c>2020-01-02 03:04:05.000</c>, <c>[a, b]</c>, <c>{k=v}</c>,
/// <c>61 62</c>. Reads the vectors of DuckDB in place; what holds which type is said by <see cref="DuckDbTypes"/>.
/// </summary>
/// <remarks>One instance per column and thread: it keeps a buffer.</remarks>
public sealed class ResultText(SqlType type)
{
    private readonly StringBuilder buffer = new();

    /// <summary>The text of a value; null for NULL.</summary>
    public string? Text(DuckDbVector vector, int row)
    {
        if (vector.IsNull(row) || type is SimpleType { Kind: SimpleKind.Unknown })
        {
            return null;
        }

        switch (type)
        {
            case VarcharType or SimpleType { Kind: SimpleKind.Json }:
                return vector.Text(row);
            case SimpleType { Kind: SimpleKind.BigInt }:
                return vector.Raw<long>(row).ToString(CultureInfo.InvariantCulture);
            case SimpleType { Kind: SimpleKind.Integer }:
                return vector.Raw<int>(row).ToString(CultureInfo.InvariantCulture);
            case SimpleType { Kind: SimpleKind.Boolean }:
                return vector.Raw<byte>(row) != 0 ? "true" : "false";
        }

        buffer.Clear();
        Append(buffer, type, vector, row);
        return buffer.ToString();
    }

    /// <summary>
    /// Appends a value as a field of Athena's CSV: in double quotes, those inside doubled; nothing at all for NULL.
    /// </summary>
    public void AppendCsv(StringBuilder csv, DuckDbVector vector, int row)
    {
        if (vector.IsNull(row) || type is SimpleType { Kind: SimpleKind.Unknown })
        {
            return;
        }

        csv.Append('"');
        var start = csv.Length;
        Append(csv, type, vector, row);
        if (MayHoldQuotes(type))
        {
            for (var i = csv.Length - 1; i >= start; i--)
            {
                if (csv[i] == '"')
                {
                    csv.Insert(i, '"');
                }
            }
        }

        csv.Append('"');
    }

    private static bool MayHoldQuotes(SqlType type) => type is VarcharType or CharType or ArrayType or MapType or RowType or SimpleType { Kind: SimpleKind.Json };

    private static void AppendOrNull(StringBuilder text, SqlType type, DuckDbVector vector, int row)
    {
        if (vector.IsNull(row) || type is SimpleType { Kind: SimpleKind.Unknown })
        {
            text.Append("null");
        }
        else
        {
            Append(text, type, vector, row);
        }
    }

    private static void Append(StringBuilder text, SqlType type, DuckDbVector vector, int row)
    {
        switch (type)
        {
            case SimpleType simple:
                AppendSimple(text, simple.Kind, vector, row);
                break;
            case VarcharType:
                text.Append(vector.Text(row));
                break;
            case CharType c:
                var value = vector.Text(row);
                text.Append(value).Append(' ', Math.Max(0, c.Length - (value.Any(char.IsSurrogate) ? value.EnumerateRunes().Count() : value.Length)));
                break;
            case DecimalType:
                text.Append(vector.Decimal(row).ToString());
                break;
            case TimestampType { WithTimeZone: true } t:
                var zone = vector.Field(1).Text(row);
                text.Append(TimeTexts.Timestamp(TimeZones.ToLocal(new ZonedTimestamp(vector.Field(0).Raw<long>(row), zone)), t.Precision)).Append(' ').Append(zone);
                break;
            case TimestampType { Precision: > 6 } t:
                text.Append(TimeTexts.TimestampNanos(vector.Raw<long>(row), t.Precision));
                break;
            case TimestampType t:
                AppendTimestamp(text, vector.Raw<long>(row), t.Precision);
                break;
            case TimeType { WithTimeZone: true } t:
                text.Append(TimeTexts.Time(vector.Field(0).Raw<long>(row), t.Precision)).Append(TimeTexts.Offset(vector.Field(1).Raw<short>(row)));
                break;
            case TimeType t:
                text.Append(TimeTexts.Time(vector.Raw<long>(row), t.Precision));
                break;
            case ArrayType array:
                AppendArray(text, array, vector, row);
                break;
            case MapType map:
                AppendMap(text, map, vector, row);
                break;
            case RowType fields:
                AppendRow(text, fields, vector, row);
                break;
            default:
                throw new SqlException("NOT_SUPPORTED", $"Results of type {type} are not supported");
        }
    }

    private static void AppendSimple(StringBuilder text, SimpleKind kind, DuckDbVector vector, int row)
    {
        switch (kind)
        {
            case SimpleKind.Boolean: text.Append(vector.Raw<byte>(row) != 0 ? "true" : "false"); break;
            case SimpleKind.TinyInt: text.Append(CultureInfo.InvariantCulture, $"{vector.Raw<sbyte>(row)}"); break;
            case SimpleKind.SmallInt: text.Append(CultureInfo.InvariantCulture, $"{vector.Raw<short>(row)}"); break;
            case SimpleKind.Integer: text.Append(CultureInfo.InvariantCulture, $"{vector.Raw<int>(row)}"); break;
            case SimpleKind.BigInt: text.Append(CultureInfo.InvariantCulture, $"{vector.Raw<long>(row)}"); break;
            case SimpleKind.Real: text.Append(NumberTexts.Real(vector.Raw<float>(row))); break;
            case SimpleKind.Double: text.Append(NumberTexts.Double(vector.Raw<double>(row))); break;
            case SimpleKind.Date: text.Append(TimeTexts.Date(vector.Raw<int>(row))); break;
            case SimpleKind.Json: text.Append(vector.Text(row)); break;
            case SimpleKind.Varbinary: AppendBytes(text, vector.Bytes(row)); break;
            case SimpleKind.IntervalDayToSecond: text.Append(TimeTexts.IntervalDay(vector.Raw<long>(row))); break;
            case SimpleKind.IntervalYearToMonth: text.Append(TimeTexts.IntervalYear(vector.Raw<int>(row))); break;
            case SimpleKind.Uuid: text.Append(vector.Value(row)); break;
            case SimpleKind.IpAddress: text.Append(IpAddresses.Format(vector.Bytes(row).ToArray())); break;
            default: text.Append("null"); break;
        }
    }

    /// <summary>The common years without the detours that far ones take.</summary>
    private static void AppendTimestamp(StringBuilder text, long micros, int precision)
    {
        const long Year1 = -62_135_596_800_000_000, Year10000 = 253_402_300_800_000_000;
        if (precision == 3 && micros is >= Year1 and < Year10000)
        {
            var moment = DateTime.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);
            Span<char> characters = stackalloc char[32];
            moment.TryFormat(characters, out var written, "yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
            text.Append(characters[..written]);
        }
        else
        {
            text.Append(TimeTexts.Timestamp(micros, precision));
        }
    }

    private static void AppendBytes(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            text.Append(i == 0 ? "" : " ").Append(bytes[i].ToString("x2", CultureInfo.InvariantCulture));
        }
    }

    private static void AppendArray(StringBuilder text, ArrayType array, DuckDbVector vector, int row)
    {
        var (offset, length) = vector.ElementRange(row).GetOffsetAndLength(int.MaxValue);
        var elements = vector.Elements();
        text.Append('[');
        for (var i = 0; i < length; i++)
        {
            text.Append(i == 0 ? "" : ", ");
            AppendOrNull(text, array.Element, elements, offset + i);
        }

        text.Append(']');
    }

    private static void AppendMap(StringBuilder text, MapType map, DuckDbVector vector, int row)
    {
        var (offset, length) = vector.ElementRange(row).GetOffsetAndLength(int.MaxValue);
        var entries = vector.Elements();
        var (keys, values) = (entries.Field(0), entries.Field(1));
        text.Append('{');
        for (var i = 0; i < length; i++)
        {
            text.Append(i == 0 ? "" : ", ");
            AppendOrNull(text, map.Key, keys, offset + i);
            text.Append('=');
            AppendOrNull(text, map.Value, values, offset + i);
        }

        text.Append('}');
    }

    /// <summary>Fields without a name are <c>field0</c>, <c>field1</c>, ...</summary>
    private static void AppendRow(StringBuilder text, RowType fields, DuckDbVector vector, int row)
    {
        text.Append('{');
        for (var i = 0; i < fields.Fields.Count; i++)
        {
            text.Append(i == 0 ? "" : ", ").Append(fields.Fields[i].Name ?? $"field{i}").Append('=');
            AppendOrNull(text, fields.Fields[i].Type, vector.Field(i), row);
        }

        text.Append('}');
    }
}
