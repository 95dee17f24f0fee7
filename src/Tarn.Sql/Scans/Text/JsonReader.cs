using System.Text.Json;
using Tarn.DuckDb;
using Tarn.DuckDb.Values;
using Tarn.Sql.Types;

namespace Tarn.Sql.Scans.Text;

/// <summary>
/// The two JSON SerDes. A line is a record where records are one a line, and several values on a line are several records; otherwise see <see cref="JsonDocuments"/>. A blank
/// line among such lines is a row of NULLs to OpenX's SerDe and an error to Hive's, as in Athena; to Glue it is nothing.
/// </summary>
internal sealed class JsonReader(TextUnits units, TextScanSpec spec, IReadOnlyList<TextColumn> wanted) : ITextReader
{
    private readonly JsonRow rows = new(wanted, spec);
    private readonly JsonPath? path = spec.JsonPath is { } text && JsonPath.TryParse(text, out var parsed, out _) && parsed.Steps.Count > 0 ? parsed : null;
    private ByteWindow? window;
    private JsonDocuments? documents;
    private bool isInLine;

    public int FileIndex { get; private set; }

    private bool IsOpenX => spec.Format == TableFormat.OpenXJson;

    public int Read(ReadOnlySpan<DuckDbVectorWriter> writers)
    {
        while (true)
        {
            if (window is null)
            {
                if (units.Take() is not { } unit)
                {
                    return 0;
                }

                Open(unit);
            }

            var count = 0;
            while (count < DuckDbChunk.RowsMax && ReadRow(writers, count))
            {
                count++;
            }

            if (count > 0)
            {
                return count;
            }

            Dispose();
        }
    }

    public void Dispose()
    {
        window?.Dispose();
        window = null;
    }

    private void Open(TextUnit unit)
    {
        window = new ByteWindow(unit, spec.Encoding);
        FileIndex = unit.FileIndex;
        isInLine = false;
        for (var i = 0; i < spec.HeaderLines && unit.Start == 0 && window.ReadLine(out _); i++)
        {
        }

        var isLines = !unit.IsWholeFile || JsonLayout.IsLines(window, spec);
        documents = isLines ? null : new JsonDocuments(window, path, TakesArray);
    }

    private bool ReadRow(ReadOnlySpan<DuckDbVectorWriter> writers, int row) => documents is null ? ReadLine(writers, row) : ReadDocument(writers, row);

    private bool ReadLine(ReadOnlySpan<DuckDbVectorWriter> writers, int row)
    {
        while (isInLine || window!.TryLineStart())
        {
            var line = window!.PeekLine();
            var record = line.TrimStart(" \t"u8);
            if (record.IsEmpty && (isInLine || spec.IsLenient))
            {
                window.ConsumeLine(line.Length);
                isInLine = false;
                continue;
            }

            try
            {
                if (record.IsEmpty)
                {
                    ReadBlank(writers, row);
                    window.ConsumeLine(line.Length);
                    return true;
                }

                var reader = new Utf8JsonReader(record, JsonLayout.Options);
                reader.Read();
                if (reader.TokenType == JsonTokenType.StartArray && window.Unit.IsWholeFile)
                {
                    return ContinueAsDocuments(writers, row);
                }

                rows.Decode(ref reader, writers, row);
                window.Consume(line.Length - record.Length + (int)reader.BytesConsumed);
                isInLine = true;
                return true;
            }
            catch (Exception broken) when (broken is JsonException or InvalidOperationException)
            {
                rows.Clear(writers, row);
                if (spec.IgnoresMalformed)
                {
                    rows.Null(writers, row);
                    window.ConsumeLine(window.PeekLine().Length);
                    isInLine = false;
                    return true;
                }

                // It may be that the rest of the file is written over several lines.
                return window.Unit.IsWholeFile && record.StartsWith("{"u8) ? ContinueAsDocuments(writers, row) : throw NotJson(broken.Message);
            }
        }

        return false;
    }

    private void ReadBlank(ReadOnlySpan<DuckDbVectorWriter> writers, int row)
    {
        if (!IsOpenX && !spec.IgnoresMalformed)
        {
            throw NotJson("the line is blank");
        }

        rows.Null(writers, row);
    }

    private bool ContinueAsDocuments(ReadOnlySpan<DuckDbVectorWriter> writers, int row)
    {
        documents = new JsonDocuments(window!, path, TakesArray);
        return ReadDocument(writers, row);
    }

    private bool ReadDocument(ReadOnlySpan<DuckDbVectorWriter> writers, int row)
    {
        try
        {
            if (!documents!.Next(out var record))
            {
                return false;
            }

            var reader = new Utf8JsonReader(record, JsonLayout.Options);
            reader.Read();
            rows.Decode(ref reader, writers, row);
            return true;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            throw NotJson(broken.Message + (spec.IgnoresMalformed ? " (ignore.malformed.json passes over broken lines, and these records are not one a line)" : ""));
        }
    }

    /// <summary>Whether an array at the top is a record: the one value of the column that a crawler made of it, or fields by position as OpenX's SerDe takes them.</summary>
    private bool TakesArray(JsonTokenType first) =>
        spec.TakesArrayWhole || (IsOpenX && first is not (JsonTokenType.StartObject or JsonTokenType.EndArray or JsonTokenType.Null));

    private static SqlException NotJson(string reason) => new("HIVE_CURSOR_ERROR", $"Row is not a valid JSON Object - JSONException: {reason}");
}
