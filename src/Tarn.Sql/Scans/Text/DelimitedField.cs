using Tarn.DuckDb.Values;
using Tarn.Sql.Types;

namespace Tarn.Sql.Scans.Text;

/// <summary>Writes fields of delimited text, nested ones too: arrays, maps and structs lie between the delimiters of the next levels.</summary>
internal abstract class DelimitedField
{
    /// <summary>The text must not be the one that means NULL.</summary>
    protected abstract void WriteValue(ReadOnlySpan<byte> text, DuckDbVectorWriter writer, int row);

    /// <summary>What does not read as its type is NULL.</summary>
    public void Write(ReadOnlySpan<byte> text, DuckDbVectorWriter writer, int row)
    {
        if (text.SequenceEqual(NullText))
        {
            writer.Null(row);
        }
        else
        {
            WriteValue(text, writer, row);
        }
    }

    private byte[] NullText { get; init; } = [];

    /// <param name="delimiters">Of fields, then of the levels below.</param>
    /// <exception cref="SqlException"><c>NOT_SUPPORTED</c></exception>
    public static DelimitedField Of(SqlType type, IReadOnlyList<byte[]> delimiters, byte[] nullText) => Of(type, 1, delimiters, nullText);

    private static DelimitedField Of(SqlType type, int level, IReadOnlyList<byte[]> delimiters, byte[] nullText) => type switch
    {
        ArrayType array => new ArrayField(Of(array.Element, level + 1, delimiters, nullText), Delimiter(delimiters, level)) { NullText = nullText },
        MapType map => new MapField(map.Key, Of(map.Key, level + 2, delimiters, nullText), Of(map.Value, level + 2, delimiters, nullText), Delimiter(delimiters, level), Delimiter(delimiters, level + 1), nullText) { NullText = nullText },
        RowType row => new RowField([.. row.Fields.Select(field => Of(field.Type, level + 1, delimiters, nullText))], Delimiter(delimiters, level)) { NullText = nullText },
        _ => new PlainField(FieldWriter.Of(type)) { NullText = nullText },
    };

    private static byte[] Delimiter(IReadOnlyList<byte[]> delimiters, int level) => level < delimiters.Count
        ? delimiters[level]
        : throw new SqlException("NOT_SUPPORTED", "Types nested that deep cannot be read from delimited text");

    /// <summary>Cuts the first part off; false when there is none left.</summary>
    private static bool TryNext(ref ReadOnlySpan<byte> rest, ref bool isDone, byte[] delimiter, out ReadOnlySpan<byte> part)
    {
        if (isDone)
        {
            part = default;
            return false;
        }

        var at = rest.IndexOf(delimiter);
        isDone = at < 0;
        part = isDone ? rest : rest[..at];
        rest = isDone ? default : rest[(at + delimiter.Length)..];
        return true;
    }

    private sealed class PlainField(FieldWriter field) : DelimitedField
    {
        protected override void WriteValue(ReadOnlySpan<byte> text, DuckDbVectorWriter writer, int row)
        {
            if (!field.TryWrite(text, writer, row))
            {
                writer.Null(row);
            }
        }
    }

    private sealed class ArrayField(DelimitedField element, byte[] delimiter) : DelimitedField
    {
        protected override void WriteValue(ReadOnlySpan<byte> text, DuckDbVectorWriter writer, int row)
        {
            var elements = writer.List(row, text.IsEmpty ? 0 : text.Count(delimiter) + 1, out var at);
            var isDone = text.IsEmpty;
            while (TryNext(ref text, ref isDone, delimiter, out var part))
            {
                element.Write(part, elements, at++);
            }
        }
    }

    /// <summary>Entries whose key is NULL are passed over, and the first of equal keys counts, as in Hive.</summary>
    private sealed class MapField(SqlType keyType, DelimitedField key, DelimitedField value, byte[] delimiter, byte[] keyDelimiter, byte[] nullText) : DelimitedField
    {
        protected override void WriteValue(ReadOnlySpan<byte> text, DuckDbVectorWriter writer, int row)
        {
            var places = new List<(int Start, int Length)>();
            var known = new HashSet<object>();
            var isDone = text.IsEmpty;
            var rest = text;
            while (!isDone)
            {
                var start = text.Length - rest.Length;
                TryNext(ref rest, ref isDone, delimiter, out var entry);
                var name = First(entry);
                if (!name.SequenceEqual(nullText) && MapKeys.Of(name, keyType) is { } identity && known.Add(identity))
                {
                    places.Add((start, entry.Length));
                }
            }

            var entries = writer.List(row, places.Count, out var at);
            var (keys, values) = (entries.Field(0), entries.Field(1));
            foreach (var (start, length) in places)
            {
                var entry = text.Slice(start, length);
                var name = First(entry);
                key.Write(name, keys, at);
                if (name.Length == entry.Length)
                {
                    values.Null(at);
                }
                else
                {
                    value.Write(First(entry[(name.Length + keyDelimiter.Length)..]), values, at);
                }

                at++;
            }
        }

        private ReadOnlySpan<byte> First(ReadOnlySpan<byte> entry)
        {
            var at = entry.IndexOf(keyDelimiter);
            return at < 0 ? entry : entry[..at];
        }
    }

    private sealed class RowField(DelimitedField[] fields, byte[] delimiter) : DelimitedField
    {
        protected override void WriteValue(ReadOnlySpan<byte> text, DuckDbVectorWriter writer, int row)
        {
            var isDone = false;
            for (var i = 0; i < fields.Length; i++)
            {
                if (TryNext(ref text, ref isDone, delimiter, out var part))
                {
                    fields[i].Write(part, writer.Field(i), row);
                }
                else
                {
                    writer.Field(i).Null(row);
                }
            }
        }
    }
}
