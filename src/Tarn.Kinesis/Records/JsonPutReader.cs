using System.Text;
using System.Text.Json;

namespace Tarn.Kinesis.Records;

/// <summary>
/// Reads PutRecord and PutRecords as AWS's clients write them in JSON: known members, each once, no escapes in keys and data. Whatever else a body has, right or wrong, is not taken, and is the
/// typed reader's. Base64 is looked at when it is decoded.
/// </summary>
internal static class JsonPutReader
{
    /// <summary>False when the body is not taken; the request then holds nothing of use.</summary>
    /// <param name="isBatch">Whether it is PutRecords.</param>
    public static bool TryRead(ReadOnlyMemory<byte> body, PutRequest request, bool isBatch)
    {
        request.Begin(body, isBase64: true);
        try
        {
            var json = new Utf8JsonReader(body.Span);
            return json.Read() && json.TokenType == JsonTokenType.StartObject && TryReadDocument(ref json, request, isBatch) && !json.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool TryReadDocument(ref Utf8JsonReader json, PutRequest request, bool isBatch)
    {
        var only = new Parts();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isTaken = isBatch && json.ValueTextEquals("Records"u8) ? TryReadRecords(ref json, request)
                : json.ValueTextEquals("StreamName"u8) ? TryReadText(ref json, request.StreamName, out var text) && Is(request.StreamName = text)
                : json.ValueTextEquals("StreamARN"u8) ? TryReadText(ref json, request.StreamArn, out text) && Is(request.StreamArn = text)
                : json.ValueTextEquals("StreamId"u8) ? TryReadText(ref json, request.StreamId, out text) && Is(request.StreamId = text)
                : !isBatch && json.ValueTextEquals("SequenceNumberForOrdering"u8)
                    ? TryReadText(ref json, request.SequenceNumberForOrdering, out text) && SequenceNumber.TryParse(Encoding.UTF8.GetBytes(text!), out _) && Is(request.SequenceNumberForOrdering = text)
                : !isBatch && TryReadMember(ref json, ref only);
            if (!isTaken)
            {
                return false;
            }
        }

        return json.TokenType == JsonTokenType.EndObject && (isBatch ? request.Count > 0 : only.TryAddTo(request));
    }

    private static bool TryReadRecords(ref Utf8JsonReader json, PutRequest request)
    {
        if (request.Count > 0 || !json.Read() || json.TokenType != JsonTokenType.StartArray)
        {
            return false;
        }

        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            var parts = new Parts();
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (!TryReadMember(ref json, ref parts))
                {
                    return false;
                }
            }

            if (json.TokenType != JsonTokenType.EndObject || !parts.TryAddTo(request))
            {
                return false;
            }
        }

        return json.TokenType == JsonTokenType.EndArray;
    }

    private static bool TryReadMember(ref Utf8JsonReader json, ref Parts parts)
    {
        if (json.ValueTextEquals("Data"u8))
        {
            return parts.Data is null && TryReadSlice(ref json, out parts.Data);
        }

        if (json.ValueTextEquals("PartitionKey"u8))
        {
            return parts.Key is null && TryReadSlice(ref json, out parts.Key);
        }

        if (!json.ValueTextEquals("ExplicitHashKey"u8) || parts.Hash is not null || !TryReadSlice(ref json, out _))
        {
            return false;
        }

        var isHash = PutRequest.TryParseHash(json.ValueSpan, out var hash);
        parts.Hash = hash;
        return isHash;
    }

    private static bool TryReadSlice(ref Utf8JsonReader json, out KeySlice? slice)
    {
        slice = null;
        if (!json.Read() || json.TokenType != JsonTokenType.String || json.ValueIsEscaped)
        {
            return false;
        }

        // The token begins with its quote.
        slice = new KeySlice((int)json.TokenStartIndex + 1, json.ValueSpan.Length);
        return true;
    }

    private static bool TryReadText(ref Utf8JsonReader json, string? before, out string? text)
    {
        text = null;
        if (before is not null || !json.Read() || json.TokenType != JsonTokenType.String || json.ValueIsEscaped || !Ascii.IsValid(json.ValueSpan))
        {
            return false;
        }

        text = Encoding.ASCII.GetString(json.ValueSpan);
        return true;
    }

    private static bool Is(string? text) => text is not null;

    /// <summary>The members of one record.</summary>
    private ref struct Parts
    {
        public KeySlice? Key;
        public KeySlice? Data;
        public UInt128? Hash;

        public readonly bool TryAddTo(PutRequest request)
        {
            if (Key is not { } key || Data is not { } data || data.Length % 4 != 0)
            {
                return false;
            }

            var base64 = request.Buffer.Span.Slice(data.Start, data.Length);
            var padding = base64.EndsWith("=="u8) ? 2 : base64.EndsWith("="u8) ? 1 : 0;
            return request.TryAdd(key, Hash, data.Start, data.Length, (data.Length / 4 * 3) - padding);
        }
    }
}
