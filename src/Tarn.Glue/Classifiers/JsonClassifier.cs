using System.Text.Json;
using Tarn.Sql.Scans.Text;

namespace Tarn.Glue.Classifiers;

/// <summary>
/// JSON: objects one after the other (a line each, concatenated, or pretty-printed over many lines), or one array. A path says where in a document the records are; with
/// none, an array at the top is one column <c>array</c>, as in Glue. Scalars at the top are not JSON without a path.
/// </summary>
internal sealed class JsonClassifier(string name, JsonPath path) : IClassifier
{
    /// <summary>How far it reads on while no record is whole: Glue's own rule.</summary>
    private const int HeadBytesMax = 10 * FileSample.StepBytes;

    private const int DepthMax = 200;

    public string Name { get; } = name;

    public async ValueTask<Classification?> ClassifyAsync(FileSample sample, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (sample.Text is not { } text || !StartsAsJson(text.Span))
            {
                return null;
            }

            var mayExtend = !sample.IsWhole && sample.Head.Length < HeadBytesMax;
            var scan = Read(text.Span, sample.IsWhole, acceptPartial: !mayExtend);
            if (scan is not { Records: 0 } || !mayExtend)
            {
                return scan is { Records: > 0 } ? Classify(scan, sample, text.Length) : null;
            }

            await sample.ExtendAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool StartsAsJson(ReadOnlySpan<byte> text) => text.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..];

    private Classification Classify(JsonScan scan, FileSample sample, int textLength)
    {
        FoundColumn[] columns = scan.Kind switch
        {
            JsonTokenType.StartObject => [.. scan.Root.Fields.Where(field => field.Name.Length > 0).Select(field => new FoundColumn(field.Name, field.Shape.ToHiveType()))],
            JsonTokenType.StartArray => [new FoundColumn("array", scan.Root.ToHiveType())],
            _ => [new FoundColumn("record", scan.Root.ToHiveType())],
        };
        var jsonPath = path.Steps.Count == 0 ? null : path.Text;
        var sampledBytes = scan.IsAll && sample.IsWhole ? sample.StoredBytes : (long)((double)scan.ConsumedBytes / textLength * sample.HeadStoredBytes);
        return new Classification(
            1.0,
            new FileSchema(FileFormats.Json(sample.CompressionType, jsonPath), columns),
            scan.Records,
            Math.Max(1, sampledBytes),
            scan.IsAll && sample.IsWhole ? scan.Records : null);
    }

    /// <summary>Reads records until the limit, the cut or the end; null when this is no JSON, or its records are of different kinds.</summary>
    private JsonScan? Read(ReadOnlySpan<byte> text, bool isWhole, bool acceptPartial)
    {
        var scan = new JsonScan();
        var reader = new Utf8JsonReader(
            text,
            isFinalBlock: isWhole,
            new JsonReaderState(new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = DepthMax }));
        try
        {
            while (scan.Records < FileSample.RecordsMax && reader.Read())
            {
                if (!Walk(ref reader, scan, depth: 0))
                {
                    // Cut in the middle. A document larger than all that may be read (one long array) is known by its part.
                    if (acceptPartial && scan.Records == 0 && scan.Kind != JsonTokenType.None)
                    {
                        scan.Records = 1;
                        scan.ConsumedBytes = reader.BytesConsumed;
                    }

                    return scan.IsMixed ? null : scan;
                }

                scan.ConsumedBytes = reader.BytesConsumed;
            }

            scan.IsAll = text[(int)reader.BytesConsumed..].Trim(" \t\r\n"u8).IsEmpty;
            return scan.IsMixed ? null : scan;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not JSON, or a string with a lone surrogate; what it is instead is for the other classifiers to say.
            return null;
        }
    }

    /// <summary>Goes down the path from the value at which the reader stands. False when the text is cut, or enough records were seen.</summary>
    private bool Walk(ref Utf8JsonReader reader, JsonScan scan, int depth)
    {
        if (depth == path.Steps.Count)
        {
            return Observe(ref reader, scan);
        }

        var step = path.Steps[depth];
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            for (var index = 0; ; index++)
            {
                if (!reader.Read())
                {
                    return false;
                }

                if (reader.TokenType == JsonTokenType.EndArray)
                {
                    return true;
                }

                if (!(step.TakesElement(index) ? Walk(ref reader, scan, depth + 1) : reader.TrySkip()))
                {
                    return false;
                }
            }
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return true;
        }

        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                return true;
            }

            var taken = step.TakesMember(reader.GetString()!);
            if (!reader.Read() || !(taken ? Walk(ref reader, scan, depth + 1) : reader.TrySkip()))
            {
                return false;
            }
        }

        return false;
    }

    private bool Observe(ref Utf8JsonReader reader, JsonScan scan)
    {
        var kind = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray ? reader.TokenType : JsonTokenType.String;
        scan.IsMixed |= scan.Kind != JsonTokenType.None && scan.Kind != kind;
        scan.IsMixed |= kind == JsonTokenType.String && path.Steps.Count == 0;
        scan.Kind = kind;
        if (!Add(ref reader, scan.Root))
        {
            return false;
        }

        scan.Records++;
        scan.ConsumedBytes = reader.BytesConsumed;
        return scan.Records < FileSample.RecordsMax || path.Steps.Count == 0;
    }

    private static bool Add(ref Utf8JsonReader reader, JsonShape shape)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                shape.AddString();
                return true;
            case JsonTokenType.True or JsonTokenType.False:
                shape.AddBoolean();
                return true;
            case JsonTokenType.Number when reader.TryGetInt64(out var number):
                shape.AddInteger(number);
                return true;
            case JsonTokenType.Number:
                shape.AddDouble();
                return true;
            case JsonTokenType.StartObject:
                shape.AddObject();
                while (reader.Read())
                {
                    if (reader.TokenType == JsonTokenType.EndObject)
                    {
                        return true;
                    }

                    var member = shape.Member(reader.GetString()!);
                    if (!reader.Read() || !Add(ref reader, member))
                    {
                        return false;
                    }
                }

                return false;
            case JsonTokenType.StartArray:
                var element = shape.Element();
                while (reader.Read())
                {
                    if (reader.TokenType == JsonTokenType.EndArray)
                    {
                        return true;
                    }

                    if (!Add(ref reader, element))
                    {
                        return false;
                    }
                }

                return false;
            default:
                return true;
        }
    }

    private sealed class JsonScan
    {
        public JsonShape Root { get; } = new();

        public JsonTokenType Kind { get; set; }

        public bool IsMixed { get; set; }

        public int Records { get; set; }

        public long ConsumedBytes { get; set; }

        /// <summary>The text ended with the last record.</summary>
        public bool IsAll { get; set; }
    }
}
