using System.Runtime.CompilerServices;
using System.Text;
using Tarn.DuckDb.Values;
using Tarn.Sql.Types;

namespace Tarn.Sql.Scans.Text;

/// <summary>
/// OpenCSVSerde: fields in quotes, cut as the parser of opencsv 2.3 does, with its habits: an escape outside of a field vanishes, a quote inside a field
/// stays, a field whose quote is not closed is lost. A blank line is a row of NULLs. Line breaks inside quotes are not supported, as in Athena.
/// </summary>
internal sealed class QuotedLines : ILineDecoder
{
    // Bytes that UTF-8 never has, for special characters of more than one byte.
    private const byte SeparatorStand = 0xFD;
    private const byte QuoteStand = 0xFE;
    private const byte EscapeStand = 0xFF;

    private readonly byte separator;
    private readonly byte quote;
    private readonly byte escape;
    private readonly (byte[] Utf8, byte Stand)[] wide;
    private readonly LinePlaces places;
    private readonly SqlType[] types;
    private readonly FieldWriter[] writersOf;
    private byte[] field = new byte[256];
    private byte[] narrowed = [];

    public QuotedLines(TextScanSpec spec, IReadOnlyList<TextColumn> columns)
    {
        separator = Narrow(spec.Delimiters[0], SeparatorStand);
        quote = Narrow(spec.Delimiters[1], QuoteStand);
        escape = Narrow(spec.Delimiters[2], EscapeStand);
        wide = [.. spec.Delimiters.Zip([SeparatorStand, QuoteStand, EscapeStand], (text, stand) => (Encoding.UTF8.GetBytes(text), stand)).Where(pair => pair.Item1.Length > 1)];
        places = new LinePlaces(columns);
        types = [.. columns.Select(column => column.Type)];
        writersOf = [.. types.Select(type => FieldWriter.Of(Read(type)))];
    }

    public void Decode(ReadOnlySpan<byte> line, ReadOnlySpan<DuckDbVectorWriter> writers, int row)
    {
        if (line.IsEmpty)
        {
            places.NullBehind(-1, writers, row);
            return;
        }

        line = wide.Length > 0 ? Narrowed(line) : line;
        if (line.IndexOfAny(quote, escape) < 0)
        {
            DecodePlain(line, writers, row);
        }
        else
        {
            DecodeQuoted(line, writers, row);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void DecodePlain(ReadOnlySpan<byte> line, ReadOnlySpan<DuckDbVectorWriter> writers, int row)
    {
        for (var place = 0; place <= places.Last; place++)
        {
            var at = line.IndexOf(separator);
            Write(at < 0 ? line : line[..at], place, writers, row);
            if (at < 0)
            {
                places.NullBehind(place, writers, row);
                return;
            }

            line = line[(at + 1)..];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void DecodeQuoted(ReadOnlySpan<byte> line, ReadOnlySpan<DuckDbVectorWriter> writers, int row)
    {
        if (field.Length < line.Length)
        {
            field = new byte[line.Length * 2];
        }

        var (place, length) = (0, 0);
        var (isQuoted, isInField) = (false, false);
        for (var i = 0; i < line.Length && place <= places.Last; i++)
        {
            var c = line[i];
            var next = i + 1 < line.Length ? line[i + 1] : -1;
            if (c == escape && escape != quote)
            {
                if ((isQuoted || isInField) && (next == quote || next == escape))
                {
                    field[length++] = line[++i];
                }
            }
            else if (c == quote)
            {
                if ((isQuoted || isInField) && next == quote)
                {
                    field[length++] = line[++i];
                }
                else
                {
                    // A quote in the middle of a field, but not among the first three characters of the line, is a character.
                    if (IsBehindThird(line, i) && line[i - 1] != separator && next >= 0 && next != separator)
                    {
                        if (length > 0 && string.IsNullOrWhiteSpace(Encoding.UTF8.GetString(field, 0, length)))
                        {
                            length = 0;
                        }
                        else
                        {
                            field[length++] = c;
                        }
                    }

                    isQuoted = !isQuoted;
                }

                isInField = !isInField;
            }
            else if (c == separator && !isQuoted)
            {
                Write(field.AsSpan(0, length), place++, writers, row);
                length = 0;
                isInField = false;
            }
            else
            {
                // What stands up to the next special character is copied at once.
                var ordinary = line[(i + 1)..].IndexOfAny(separator, quote, escape);
                var run = line.Slice(i, 1 + (ordinary < 0 ? line.Length - i - 1 : ordinary));
                run.CopyTo(field.AsSpan(length));
                length += run.Length;
                i += run.Length - 1;
                isInField = true;
            }
        }

        if (place <= places.Last && !isQuoted)
        {
            Write(field.AsSpan(0, length), place++, writers, row);
        }

        places.NullBehind(place - 1, writers, row);
    }

    /// <summary>Whether three characters of UTF-16 or more stand before.</summary>
    private static bool IsBehindThird(ReadOnlySpan<byte> line, int at) => at > 2 && (at > 9 || Encoding.UTF8.GetCharCount(line[..at]) > 2);

    /// <summary>
    /// Text as it stands; other columns as Athena reads them: dates in days and timestamps in milliseconds since 1970, what does not read fails, and an empty
    /// field is NULL, because crawlers type columns by the fields that are there.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Write(ReadOnlySpan<byte> text, int place, ReadOnlySpan<DuckDbVectorWriter> writers, int row)
    {
        text = wide.Length > 0 ? Widened(text) : text;
        foreach (var column in places.At(place))
        {
            var type = types[column];
            if (type is VarcharType or CharType)
            {
                writersOf[column].TryWrite(text, writers[column], row);
                continue;
            }

            var value = text.Trim((byte)' ');
            if (value.IsEmpty)
            {
                writers[column].Null(row);
            }
            else if (!TryWrite(value, type, column, writers[column], row))
            {
                var shown = Encoding.UTF8.GetString(value);
                throw new SqlException("HIVE_BAD_DATA", $"Error parsing field value '{shown}' for field {place}: For input string: \"{shown}\"");
            }
        }
    }

    private bool TryWrite(ReadOnlySpan<byte> value, SqlType type, int column, DuckDbVectorWriter writer, int row)
    {
        switch (type)
        {
            case SimpleType { Kind: SimpleKind.Date }:
                var isDay = FieldText.TryInteger(value, out var days) && days is >= int.MinValue and <= int.MaxValue;
                writer.Raw(row, (int)days);
                return isDay;
            case TimestampType:
                var isMoment = FieldText.TryInteger(value, out var millis) && Int128.Abs(millis) <= long.MaxValue / 1000;
                writer.Raw(row, isMoment ? millis * 1000 : 0);
                return isMoment;
            default:
                return writersOf[column].TryWrite(value, writer, row);
        }
    }

    private static SqlType Read(SqlType type) => type switch
    {
        VarcharType or CharType or DecimalType or TimestampType { WithTimeZone: false } => type,
        SimpleType { Kind: SimpleKind.Boolean or SimpleKind.TinyInt or SimpleKind.SmallInt or SimpleKind.Integer or SimpleKind.BigInt or SimpleKind.Real or SimpleKind.Double or SimpleKind.Date } => type,
        _ => throw new SqlException("HIVE_UNSUPPORTED_FORMAT", $"OpenCSVSerde cannot read columns of type {type}"),
    };

    private static byte Narrow(string character, byte stand) => character[0] < 128 ? (byte)character[0] : stand;

    private ReadOnlySpan<byte> Narrowed(ReadOnlySpan<byte> line)
    {
        if (narrowed.Length < line.Length)
        {
            narrowed = new byte[line.Length * 2];
        }

        var length = 0;
        for (var i = 0; i < line.Length; i++)
        {
            narrowed[length] = line[i];
            foreach (var (utf8, stand) in wide)
            {
                if (line[i..].StartsWith(utf8))
                {
                    narrowed[length] = stand;
                    i += utf8.Length - 1;
                    break;
                }
            }

            length++;
        }

        return narrowed.AsSpan(0, length);
    }

    private ReadOnlySpan<byte> Widened(ReadOnlySpan<byte> text)
    {
        if (text.IndexOfAnyInRange(SeparatorStand, EscapeStand) < 0)
        {
            return text;
        }

        var bytes = new List<byte>(text.Length + 8);
        foreach (var b in text)
        {
            if (b < SeparatorStand)
            {
                bytes.Add(b);
            }
            else
            {
                bytes.AddRange(Array.Find(wide, pair => pair.Stand == b).Utf8 ?? [b]);
            }
        }

        return bytes.ToArray();
    }
}
