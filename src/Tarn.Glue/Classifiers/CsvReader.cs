using System.Text;

namespace Tarn.Glue.Classifiers;

/// <summary>One field of a CSV record.</summary>
/// <param name="IsQuoted">It stood in quotes, which <paramref name="Value"/> no longer has.</param>
internal readonly record struct CsvField(string Value, bool IsQuoted);

/// <summary>
/// Reads the records of a CSV sample: quotes may hold delimiters and line ends, a doubled quote is one, a line ends with LF, CRLF or CR. A quote that does
/// not open its field is an ordinary character. Blank lines are passed over.
/// </summary>
internal static class CsvReader
{
    /// <summary>No field of a real table has more columns; a line with more is not what this looks like.</summary>
    public const int ColumnsMax = 10_000;

    /// <param name="quote">The quote character; <c>'\0'</c> for none.</param>
    /// <param name="isWhole">The sample ends where the file ends; otherwise the last record may be cut and is left out.</param>
    /// <param name="consumedChars">How many characters the records take.</param>
    /// <returns>Null when the text cannot be CSV: a quote is never closed, or a line has too many fields.</returns>
    public static List<CsvField[]>? ReadRecords(ReadOnlySpan<char> text, char delimiter, char quote, bool isWhole, int recordsMax, out int consumedChars)
    {
        var records = new List<CsvField[]>();
        var fields = new List<CsvField>();
        var position = 0;
        consumedChars = 0;
        while (position < text.Length && records.Count < recordsMax)
        {
            if (text[position] is '\r' or '\n')
            {
                position++;
                consumedChars = position;
                continue;
            }

            fields.Clear();
            var ended = ReadRecord(text, ref position, delimiter, quote, fields, out var isOpen);
            if (isOpen)
            {
                // An open quote at the cut is a record that goes on; at the end of a whole file it is a stray quote.
                return isWhole ? null : records;
            }

            if (fields.Count > ColumnsMax)
            {
                return null;
            }

            if (!ended && !isWhole)
            {
                return records;
            }

            records.Add([.. fields]);
            consumedChars = position;
        }

        return records;
    }

    /// <returns>True when a line end was seen, which is taken; false at the end of the text.</returns>
    private static bool ReadRecord(ReadOnlySpan<char> text, ref int position, char delimiter, char quote, List<CsvField> fields, out bool isOpen)
    {
        isOpen = false;
        while (true)
        {
            var field = quote != '\0' && QuoteOpens(text, position, quote, delimiter, out var content)
                ? ReadQuoted(text, ref content, delimiter, quote, out position, out isOpen)
                : ReadPlain(text, ref position, delimiter);
            if (isOpen)
            {
                return false;
            }

            fields.Add(field);
            if (position >= text.Length)
            {
                return false;
            }

            var end = text[position++];
            if (end == delimiter)
            {
                if (position >= text.Length)
                {
                    fields.Add(new CsvField("", IsQuoted: false));
                    return false;
                }

                continue;
            }

            if (end == '\r' && position < text.Length && text[position] == '\n')
            {
                position++;
            }

            return true;
        }
    }

    private static bool QuoteOpens(ReadOnlySpan<char> text, int position, char quote, char delimiter, out int content)
    {
        while (position < text.Length && text[position] is ' ' or '\t' && text[position] != delimiter)
        {
            position++;
        }

        content = position + 1;
        return position < text.Length && text[position] == quote;
    }

    private static CsvField ReadPlain(ReadOnlySpan<char> text, ref int position, char delimiter)
    {
        var rest = text[position..];
        var length = rest.IndexOfAny(delimiter, '\r', '\n');
        if (length < 0)
        {
            length = rest.Length;
        }

        position += length;
        return new CsvField(rest[..length].ToString(), IsQuoted: false);
    }

    private static CsvField ReadQuoted(ReadOnlySpan<char> text, ref int content, char delimiter, char quote, out int position, out bool isOpen)
    {
        StringBuilder? value = null;
        while (true)
        {
            var length = text[content..].IndexOf(quote);
            if (length < 0)
            {
                isOpen = true;
                position = text.Length;
                return default;
            }

            var part = text.Slice(content, length);
            content += length + 1;
            if (content < text.Length && text[content] == quote)
            {
                (value ??= new StringBuilder()).Append(part).Append(quote);
                content++;
                continue;
            }

            // What follows the closing quote belongs to the value, as it stands: `"a" b,`.
            position = content;
            var tail = ReadPlain(text, ref position, delimiter).Value.TrimEnd();
            isOpen = false;
            return new CsvField(value is null && tail.Length == 0 ? part.ToString() : (value ?? new StringBuilder()).Append(part).Append(tail).ToString(), IsQuoted: true);
        }
    }
}
