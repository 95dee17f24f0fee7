using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text;
using Tarn.DuckDb.Values;
using Tarn.Sql.Functions.Udf;
using Tarn.Sql.Types;

namespace Tarn.Sql.Results;

/// <summary>
/// Values as Athena prints them in result files and in GetQueryResults: doubles as Java does, timestamps with their digits, arrays as <c>[a, b]</c>, maps as
/// <c>{k=v}</c>, rows as <c>{f=1}</c>, bytes as hexadecimal pairs with blanks between. Values are read from DuckDB's vectors in the form that <see cref="DuckDbTypes"/> says.
/// </summary>
public static class ResultText
{
    /// <summary>Appends the UTF-8 text of a value that is not NULL.</summary>
    public static void Append(IBufferWriter<byte> output, DuckDbVector vector, int row, SqlType type)
    {
        switch (type)
        {
            case VarcharType or SimpleType { Kind: SimpleKind.Json }:
                output.Write(vector.Bytes(row));
                break;
            case SimpleType { Kind: SimpleKind.BigInt }:
                AppendInteger(output, vector.Raw<long>(row));
                break;
            case SimpleType { Kind: SimpleKind.Integer }:
                AppendInteger(output, vector.Raw<int>(row));
                break;
            case SimpleType { Kind: SimpleKind.SmallInt }:
                AppendInteger(output, vector.Raw<short>(row));
                break;
            case SimpleType { Kind: SimpleKind.TinyInt }:
                AppendInteger(output, vector.Raw<sbyte>(row));
                break;
            case SimpleType { Kind: SimpleKind.Boolean }:
                output.Write(vector.Raw<byte>(row) != 0 ? "true"u8 : "false"u8);
                break;
            case ArrayType array:
                AppendArray(output, vector, row, array);
                break;
            case MapType map:
                AppendMap(output, vector, row, map);
                break;
            case RowType fields:
                AppendRow(output, vector, row, fields);
                break;
            default:
                AppendText(output, Text(vector, row, type));
                break;
        }
    }

    private static string Text(DuckDbVector vector, int row, SqlType type) => type switch
    {
        SimpleType { Kind: SimpleKind.Double } => NumberTexts.Double(vector.Raw<double>(row)),
        SimpleType { Kind: SimpleKind.Real } => NumberTexts.Real(vector.Raw<float>(row)),
        SimpleType { Kind: SimpleKind.Date } => TimeTexts.Date(vector.Raw<int>(row)),
        SimpleType { Kind: SimpleKind.IntervalDayToSecond } => TimeTexts.IntervalDay(vector.Raw<long>(row)),
        SimpleType { Kind: SimpleKind.IntervalYearToMonth } => TimeTexts.IntervalYear(vector.Raw<int>(row)),
        SimpleType { Kind: SimpleKind.Varbinary } => Hex(vector.Bytes(row)),
        SimpleType { Kind: SimpleKind.Unknown } => "",
        DecimalType decimals => Decimal(vector, row, decimals),
        CharType c => Pad(vector.Text(row), c.Length),
        TimestampType { WithTimeZone: false, Precision: <= 6 } t => TimeTexts.Timestamp(vector.Raw<long>(row), t.Precision),
        TimestampType { WithTimeZone: true } t => Zoned(vector, row, t.Precision),
        TimeType { WithTimeZone: false } t => TimeTexts.Time(vector.Raw<long>(row), t.Precision),
        TimeType t => TimeTexts.Time(vector.Field(0).Raw<long>(row), t.Precision) + TimeTexts.Offset(vector.Field(1).Raw<short>(row)),
        _ => Convert.ToString(vector.Value(row), CultureInfo.InvariantCulture) ?? "",
    };

    private static void AppendInteger(IBufferWriter<byte> output, long value)
    {
        const int digitsMax = 20;
        Utf8Formatter.TryFormat(value, output.GetSpan(digitsMax), out var written);
        output.Advance(written);
    }

    private static void AppendText(IBufferWriter<byte> output, string text) => Encoding.UTF8.GetBytes(text, output);

    private static void AppendArray(IBufferWriter<byte> output, DuckDbVector vector, int row, ArrayType type)
    {
        var elements = vector.Elements();
        var range = vector.ElementRange(row);
        output.Write("["u8);
        for (var i = range.Start.Value; i < range.End.Value; i++)
        {
            output.Write(i == range.Start.Value ? ""u8 : ", "u8);
            AppendNested(output, elements, i, type.Element);
        }

        output.Write("]"u8);
    }

    private static void AppendMap(IBufferWriter<byte> output, DuckDbVector vector, int row, MapType type)
    {
        var entries = vector.Elements();
        var (keys, values) = (entries.Field(0), entries.Field(1));
        var range = vector.ElementRange(row);
        output.Write("{"u8);
        for (var i = range.Start.Value; i < range.End.Value; i++)
        {
            output.Write(i == range.Start.Value ? ""u8 : ", "u8);
            AppendNested(output, keys, i, type.Key);
            output.Write("="u8);
            AppendNested(output, values, i, type.Value);
        }

        output.Write("}"u8);
    }

    private static void AppendRow(IBufferWriter<byte> output, DuckDbVector vector, int row, RowType type)
    {
        output.Write("{"u8);
        for (var i = 0; i < type.Fields.Count; i++)
        {
            AppendText(output, $"{(i == 0 ? "" : ", ")}{type.Fields[i].Name ?? $"field{i}"}=");
            AppendNested(output, vector.Field(i), row, type.Fields[i].Type);
        }

        output.Write("}"u8);
    }

    private static void AppendNested(IBufferWriter<byte> output, DuckDbVector vector, int row, SqlType type)
    {
        if (vector.IsNull(row))
        {
            output.Write("null"u8);
        }
        else
        {
            Append(output, vector, row, type);
        }
    }

    private static string Decimal(DuckDbVector vector, int row, DecimalType type)
    {
        var value = vector.Decimal(row);
        return NumberTexts.Plain((BigInteger)value.Unscaled, type.Scale);
    }

    private static string Zoned(DuckDbVector vector, int row, int precision)
    {
        var zone = vector.Field(1).Text(row);
        return $"{TimeTexts.Timestamp(TimeZones.ToLocal(new ZonedTimestamp(vector.Field(0).Raw<long>(row), zone)), precision)} {zone}";
    }

    private static string Pad(string text, int length)
    {
        var points = text.EnumerateRunes().Count();
        return points >= length ? text : text + new string(' ', length - points);
    }

    private static string Hex(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length * 3);
        foreach (var b in bytes)
        {
            text.Append(text.Length == 0 ? "" : " ").Append(b.ToString("x2", CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
