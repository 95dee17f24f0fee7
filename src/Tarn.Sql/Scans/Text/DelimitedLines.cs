using System.Runtime.CompilerServices;
using System.Text;
using Tarn.DuckDb.Values;

namespace Tarn.Sql.Scans.Text;

/// <summary>
/// LazySimpleSerDe: fields between delimiters, no quotes. Missing fields are NULL, fields too many are passed over; a blank line is a row whose first field
/// is empty.
/// </summary>
internal sealed class DelimitedLines : ILineDecoder
{
    private readonly byte[] delimiter;
    private readonly byte[]? escape;
    private readonly LinePlaces places;
    private readonly DelimitedField[] fields;
    private byte[] plain = new byte[256];

    public DelimitedLines(TextScanSpec spec, IReadOnlyList<TextColumn> columns)
    {
        var delimiters = spec.Delimiters.Select(Encoding.UTF8.GetBytes).ToList();
        var nullText = Encoding.UTF8.GetBytes(spec.NullText);
        delimiter = delimiters[0];
        escape = spec.Escape is null ? null : Encoding.UTF8.GetBytes(spec.Escape);
        fields = [.. columns.Select(column => DelimitedField.Of(column.Type, delimiters, nullText))];
        places = new LinePlaces(columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Decode(ReadOnlySpan<byte> line, ReadOnlySpan<DuckDbVectorWriter> writers, int row)
    {
        var rest = line;
        var isDone = false;
        for (var place = 0; place <= places.Last; place++)
        {
            var field = Cut(ref rest, ref isDone, place);
            foreach (var column in places.At(place))
            {
                fields[column].Write(field, writers[column], row);
            }

            if (isDone)
            {
                places.NullBehind(place, writers, row);
                return;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ReadOnlySpan<byte> Cut(ref ReadOnlySpan<byte> rest, ref bool isDone, int place)
    {
        var length = escape is not null && rest.IndexOf(escape) >= 0 ? EscapedLength(rest) : rest.IndexOf(delimiter);
        isDone = length < 0;
        var field = isDone ? rest : rest[..length];
        rest = isDone ? default : rest[(length + delimiter.Length)..];
        return escape is null || places.At(place).Length == 0 || field.IndexOf(escape) < 0 ? field : Plain(field);
    }

    /// <summary>Where the first delimiter is that no escape stands before; -1 when there is none.</summary>
    private int EscapedLength(ReadOnlySpan<byte> rest)
    {
        for (var i = 0; i < rest.Length; i++)
        {
            if (rest[i..].StartsWith(escape) && i + escape!.Length < rest.Length)
            {
                i += escape.Length;
            }
            else if (rest[i..].StartsWith(delimiter))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Without the escapes. The text that means NULL is <c>\N</c> also where the backslash escapes.</summary>
    private ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> field)
    {
        if (field.Length == escape!.Length + 1 && field.StartsWith(escape) && field[^1] == 'N')
        {
            return "\\N"u8;
        }

        if (plain.Length < field.Length)
        {
            plain = new byte[field.Length * 2];
        }

        var length = 0;
        for (var i = 0; i < field.Length; i++)
        {
            if (field[i..].StartsWith(escape) && i + escape.Length < field.Length)
            {
                i += escape.Length;
            }

            plain[length++] = field[i];
        }

        return plain.AsSpan(0, length);
    }
}
