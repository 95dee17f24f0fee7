using System.Text.Json;
using Tarn.DuckDb.Values;

namespace Tarn.Sql.Scans.Text;

/// <summary>
/// Writes a record into the columns of a row: an object by the names of its members, an array by position or whole, and a plain value that a path led to into the column
/// <c>record</c>. Belongs to one thread.
/// </summary>
internal sealed class JsonRow
{
    private const string ArrayColumn = "array";
    private const string RecordColumn = "record";

    private readonly IReadOnlyList<TextColumn> columns;
    private readonly TextScanSpec spec;
    private readonly JsonValue[] values;
    private readonly JsonMembers members;
    private readonly bool[] isWritten;

    public JsonRow(IReadOnlyList<TextColumn> columns, TextScanSpec spec)
    {
        this.columns = columns;
        this.spec = spec;
        values = [.. columns.Select(column => JsonValue.Of(column.Type, column.Key, spec.IsLenient))];
        members = new JsonMembers([.. columns.Select(column => column.Key)], spec.IsCaseSensitive);
        isWritten = new bool[columns.Count];
    }

    /// <param name="reader">At the first token of the record; afterwards at its last.</param>
    /// <exception cref="JsonException">The record is broken, or nothing that a row can be made of.</exception>
    public void Decode(ref Utf8JsonReader reader, ReadOnlySpan<DuckDbVectorWriter> writers, int row)
    {
        Array.Clear(isWritten);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                DecodeObject(ref reader, writers, row);
                break;
            case JsonTokenType.StartArray when spec.TakesArrayWhole || spec.JsonPath is not null:
                DecodeWhole(ref reader, ArrayColumn, writers, row);
                break;
            case JsonTokenType.StartArray when spec.Format == TableFormat.OpenXJson:
                DecodeFields(ref reader, writers, row);
                break;
            case JsonTokenType.Null:
                break;
            case not JsonTokenType.StartArray when spec.JsonPath is not null:
                DecodeWhole(ref reader, RecordColumn, writers, row);
                break;
            default:
                throw new JsonException("A JSONObject text must begin with '{' at 1 [character 2 line 1]");
        }

        for (var i = 0; i < isWritten.Length; i++)
        {
            if (!isWritten[i])
            {
                writers[i].Null(row);
            }
        }
    }

    public void Null(ReadOnlySpan<DuckDbVectorWriter> writers, int row)
    {
        foreach (var writer in writers)
        {
            writer.Null(row);
        }
    }

    /// <summary>Takes back what a record has written that turned out to be broken.</summary>
    public void Clear(ReadOnlySpan<DuckDbVectorWriter> writers, int row)
    {
        foreach (var writer in writers)
        {
            writer.NotNull(row);
        }
    }

    private void DecodeObject(ref Utf8JsonReader reader, ReadOnlySpan<DuckDbVectorWriter> writers, int row)
    {
        for (var ordinal = 0; reader.Read() && reader.TokenType == JsonTokenType.PropertyName; ordinal++)
        {
            var column = members.Find(ref reader, ordinal);
            reader.Read();
            if (column < 0)
            {
                reader.Skip();
                continue;
            }

            Write(ref reader, column, writers, row);
        }
    }

    private void DecodeFields(ref Utf8JsonReader reader, ReadOnlySpan<DuckDbVectorWriter> writers, int row)
    {
        for (var place = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; place++)
        {
            var column = 0;
            while (column < columns.Count && columns[column].Place != place)
            {
                column++;
            }

            if (column < columns.Count)
            {
                Write(ref reader, column, writers, row);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private void DecodeWhole(ref Utf8JsonReader reader, string name, ReadOnlySpan<DuckDbVectorWriter> writers, int row)
    {
        for (var column = 0; column < columns.Count; column++)
        {
            if (columns[column].Key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                Write(ref reader, column, writers, row);
                return;
            }
        }

        reader.Skip();
    }

    /// <summary>The last of equal members counts.</summary>
    private void Write(ref Utf8JsonReader reader, int column, ReadOnlySpan<DuckDbVectorWriter> writers, int row)
    {
        if (isWritten[column])
        {
            writers[column].NotNull(row);
        }

        isWritten[column] = true;
        values[column].WriteOrNull(ref reader, writers[column], row);
    }
}
