using System.Text.Json;

namespace Tarn.Sql.Scans.Text;

/// <summary>
/// The records of JSON that is read as one value after the other. Goes down the path, element by element, so that an array of any length is read with one
/// record in memory. Belongs to one thread.
/// </summary>
/// <param name="path">Where the records are; null for the values themselves, or the elements of arrays at the top.</param>
/// <param name="takesArray">Asked of an array at the top, when there is no path, with the kind of its first element: whether it is a record itself.</param>
internal sealed class JsonDocuments(ByteWindow window, JsonPath? path, Func<JsonTokenType, bool> takesArray)
{
    private static readonly JsonPathStep[] Elements = [new JsonPathStep(null, null)];

    private readonly List<Level> levels = [];
    private JsonReaderState state = new(JsonLayout.Options);
    private IReadOnlyList<JsonPathStep> steps = path?.Steps ?? [];
    private int skippedDepth = -1;

    private enum Step
    {
        Read,
        More,
        Record,
    }

    /// <summary>The next record; false behind the last. Valid until the window is touched.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public bool Next(out ReadOnlySpan<byte> record)
    {
        while (true)
        {
            if (window.IsAtEnd && levels.Count == 0 && window.Available.IndexOfAnyExcept(" \t\r\n"u8) < 0)
            {
                record = default;
                return false;
            }

            var reader = new Utf8JsonReader(window.Available, window.IsAtEnd, state);
            var step = Step.Read;
            while (step == Step.Read)
            {
                // A record that is cut is read again from before its first token.
                var (before, consumed) = (reader.CurrentState, (int)reader.BytesConsumed);
                if (!reader.Read())
                {
                    break;
                }

                step = Take(ref reader, out var start);
                if (step == Step.Record)
                {
                    record = window.Available[start..(int)reader.BytesConsumed];
                    state = reader.CurrentState;
                    window.Consume((int)reader.BytesConsumed);
                    return true;
                }

                if (step == Step.More)
                {
                    state = before;
                    window.Consume(consumed);
                }
            }

            if (step == Step.Read)
            {
                state = reader.CurrentState;
                window.Consume((int)reader.BytesConsumed);
                if (window.IsAtEnd)
                {
                    record = default;
                    return false;
                }
            }

            window.Fill();
        }
    }

    private Step Take(ref Utf8JsonReader reader, out int start)
    {
        start = (int)reader.TokenStartIndex;
        if (skippedDepth >= 0)
        {
            skippedDepth = reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray && reader.CurrentDepth == skippedDepth ? -1 : skippedDepth;
            return Step.Read;
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                levels.RemoveAt(levels.Count - 1);
                return Step.Read;
            case JsonTokenType.PropertyName:
                levels[^1] = levels[^1] with { Takes = steps[levels.Count - 1].TakesMember(reader.GetString()!) };
                return Step.Read;
        }

        var isContainer = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
        if (levels.Count == 0 && path is null)
        {
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                if (!TryFirst(reader, out var first))
                {
                    return Step.More;
                }

                steps = takesArray(first) ? [] : Elements;
            }
            else
            {
                steps = [];
            }
        }

        var isTaken = levels.Count == 0 || (levels[^1].IsArray ? steps[levels.Count - 1].TakesElement(levels[^1].Index) : levels[^1].Takes);
        if (isTaken && levels.Count == steps.Count && !reader.TrySkip())
        {
            return Step.More;
        }

        if (levels.Count > 0)
        {
            levels[^1] = levels[^1] with { Index = levels[^1].Index + 1 };
        }

        if (isTaken && levels.Count == steps.Count)
        {
            return Step.Record;
        }

        if (isContainer && isTaken)
        {
            levels.Add(new Level(reader.TokenType == JsonTokenType.StartArray, 0, Takes: false));
        }
        else if (isContainer)
        {
            skippedDepth = reader.CurrentDepth;
        }

        return Step.Read;
    }

    /// <summary>The kind of an array's first element, or of its end; false when it is not in the window yet.</summary>
    private static bool TryFirst(Utf8JsonReader reader, out JsonTokenType first)
    {
        var isThere = reader.Read();
        first = reader.TokenType;
        return isThere;
    }

    /// <param name="Index">Of the element that comes next.</param>
    /// <param name="Takes">Whether the member whose name was read last is on the path.</param>
    private readonly record struct Level(bool IsArray, int Index, bool Takes);
}
