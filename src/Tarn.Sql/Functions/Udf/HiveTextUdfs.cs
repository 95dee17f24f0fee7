using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Tarn.Sql.Functions.Udf;

/// <summary>Fields of text files: cutting lines, reading values as Hive's SerDes do.</summary>
internal static class HiveTextUdfs
{
    public static void Register(UdfTable udfs)
    {
        udfs.AddOfBytes("hive_lazy_bigint", Integer);
        udfs.AddOfBytes("hive_lazy_double", Floating);
        udfs.AddOfBytes("hive_lazy_boolean", Boolean);
        udfs.AddOfBytes("hive_lazy_date", text => text.Length is >= 8 and <= 12 ? TimeTexts.TryDate(Encoding.UTF8.GetString(text)) : null);
        udfs.AddOfBytes("hive_lazy_timestamp", text => Timestamp(Encoding.UTF8.GetString(text)) is { } micros ? new Moment(micros) : (Moment?)null);
        udfs.AddOfBytes("hive_lazy_decimal", text => Encoding.UTF8.GetString(text) is var plain && NumberTexts.TryParseDecimal(plain, out _, out _) ? plain : null);
        udfs.AddOfBytes("hive_lazy_binary", Binary);
        udfs.Add("hive_split_escaped", (string line, string spec) => SplitEscaped(line, spec[..^1], spec[^1]));
        udfs.Add("hive_split_quoted", (string line, string spec) => SplitQuoted(line, spec[0], spec[1], spec[2]));
        udfs.Add("hive_csv_bigint", (string text, int field) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : throw BadField(text, field));
        udfs.Add("hive_csv_double", (string text, int field) => NumberTexts.JavaFloating(text) is { } digits ? double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture) : throw BadField(text, field));
        udfs.Add("hive_csv_boolean", (string text, int field) => text.ToLowerInvariant() switch { "true" => true, "false" => false, _ => throw BadField(text, field) });
    }

    /// <summary>A local date and time as Hive's text files have it: a time must stand there; <c>T</c> may part the two.</summary>
    public static long? Timestamp(string text)
    {
        if (text.Length < 14)
        {
            return null;
        }

        var at = text.IndexOf('T');
        return text.Contains(':') ? TimeTexts.TryTimestamp(at == 10 ? string.Concat(text.AsSpan(0, 10), " ", text.AsSpan(11).TrimEnd('Z')) : text, 3) : null;
    }

    private static long? Integer(ReadOnlySpan<byte> text)
    {
        if (text.Length > 0 && text[0] == '+')
        {
            text = text[1..];
            if (text.Length > 0 && text[0] == '-')
            {
                return null;
            }
        }

        return Utf8Parser.TryParse(text, out long value, out var used) && used == text.Length ? value : null;
    }

    private static double? Floating(ReadOnlySpan<byte> text)
    {
        if (Utf8Parser.TryParse(text, out double value, out var used) && used == text.Length && char.IsAsciiDigit((char)text[^1]))
        {
            return value;
        }

        return NumberTexts.JavaFloating(Encoding.UTF8.GetString(text)) is { } digits ? double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture) : null;
    }

    private static bool? Boolean(ReadOnlySpan<byte> text) => Ascii.EqualsIgnoreCase(text, "true"u8) ? true : Ascii.EqualsIgnoreCase(text, "false"u8) ? false : null;

    /// <summary>base64; bytes that are not are taken as they stand.</summary>
    private static byte[] Binary(ReadOnlySpan<byte> text)
    {
        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length) + 3];
        return Base64.DecodeFromUtf8(text, decoded, out _, out var written) == System.Buffers.OperationStatus.Done ? decoded[..written] : text.ToArray();
    }

    private static string?[] SplitEscaped(string line, string delimiter, char escape)
    {
        var fields = new List<string?>();
        var field = new StringBuilder();
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == escape && i + 1 < line.Length)
            {
                // The text that means NULL is \N also where the backslash escapes.
                i++;
                field.Append(field.Length == 0 && line[i] == 'N' && EndsAt(line, i + 1, delimiter) ? "\\N" : line[i].ToString());
            }
            else if (string.CompareOrdinal(line, i, delimiter, 0, delimiter.Length) == 0)
            {
                fields.Add(field.ToString());
                field.Clear();
                i += delimiter.Length - 1;
            }
            else
            {
                field.Append(line[i]);
            }
        }

        fields.Add(field.ToString());
        return [.. fields];
    }

    private static bool EndsAt(string line, int at, string delimiter) => at == line.Length || string.CompareOrdinal(line, at, delimiter, 0, delimiter.Length) == 0;

    /// <summary>
    /// The parser of opencsv 2.3, on which OpenCSVSerde stands, with its habits: an escape outside quotes vanishes, a quote inside a field stays,
    /// a field whose quote is not closed is lost.
    /// </summary>
    private static string?[] SplitQuoted(string line, char separator, char quote, char escape)
    {
        var fields = new List<string?>();
        var field = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == escape && c != quote)
            {
                if (isQuoted && i + 1 < line.Length && (line[i + 1] == quote || line[i + 1] == escape))
                {
                    field.Append(line[++i]);
                }
            }
            else if (c == quote)
            {
                if (isQuoted && i + 1 < line.Length && line[i + 1] == quote)
                {
                    field.Append(line[++i]);
                    continue;
                }

                if (i > 2 && line[i - 1] != separator && i + 1 < line.Length && line[i + 1] != separator)
                {
                    if (field.Length > 0 && string.IsNullOrWhiteSpace(field.ToString()))
                    {
                        field.Clear();
                    }
                    else
                    {
                        field.Append(c);
                    }
                }

                isQuoted = !isQuoted;
            }
            else if (c == separator && !isQuoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }

        if (!isQuoted)
        {
            fields.Add(field.ToString());
        }

        return [.. fields];
    }

    private static SqlException BadField(string text, int field) => new("HIVE_BAD_DATA", $"Error parsing field value '{text}' for field {field}: For input string: \"{text}\"");
}
