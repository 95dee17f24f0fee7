using System.Text;
using Tarn.Contracts;
using Tarn.Wire.Protocols.Cbor;

namespace Tarn.Kinesis.Records;

/// <summary>Reads PutRecord and PutRecords as AWS's clients write them in CBOR: known members, each once, strings in one piece. All else is the typed reader's, as in <see cref="JsonPutReader"/>.</summary>
internal static class CborPutReader
{
    /// <summary>False when the body is not taken; the request then holds nothing of use.</summary>
    /// <param name="isBatch">Whether it is PutRecords.</param>
    public static bool TryRead(ReadOnlyMemory<byte> body, PutRequest request, bool isBatch)
    {
        request.Begin(body, isBase64: false);
        try
        {
            var cbor = new CborReader(body.Span);
            return TryReadDocument(ref cbor, body.Span, request, isBatch) && cbor.Peek() == CborKind.End;
        }
        catch (AwsException)
        {
            // Malformed, or of another kind: the typed reader says which.
            return false;
        }
    }

    private static bool TryReadDocument(ref CborReader cbor, ReadOnlySpan<byte> body, PutRequest request, bool isBatch)
    {
        var only = new Parts();
        for (var entries = new Entries(cbor.ReadMapStart()); entries.MoveNext(ref cbor);)
        {
            var name = cbor.ReadTextUtf8();
            var isTaken = isBatch && name.SequenceEqual("Records"u8) ? TryReadRecords(ref cbor, body, request)
                : name.SequenceEqual("StreamName"u8) ? request.StreamName is null && Is(request.StreamName = cbor.ReadText())
                : name.SequenceEqual("StreamARN"u8) ? request.StreamArn is null && Is(request.StreamArn = cbor.ReadText())
                : name.SequenceEqual("StreamId"u8) ? request.StreamId is null && Is(request.StreamId = cbor.ReadText())
                : !isBatch && name.SequenceEqual("SequenceNumberForOrdering"u8)
                    ? request.SequenceNumberForOrdering is null && Is(request.SequenceNumberForOrdering = cbor.ReadText())
                        && SequenceNumber.TryParse(Encoding.UTF8.GetBytes(request.SequenceNumberForOrdering!), out _)
                : !isBatch && TryReadMember(ref cbor, body, name, ref only);
            if (!isTaken)
            {
                return false;
            }
        }

        return isBatch ? request.Count > 0 : only.TryAddTo(request);
    }

    private static bool TryReadRecords(ref CborReader cbor, ReadOnlySpan<byte> body, PutRequest request)
    {
        if (request.Count > 0)
        {
            return false;
        }

        for (var records = new Entries(cbor.ReadArrayStart()); records.MoveNext(ref cbor);)
        {
            var parts = new Parts();
            for (var members = new Entries(cbor.ReadMapStart()); members.MoveNext(ref cbor);)
            {
                if (!TryReadMember(ref cbor, body, cbor.ReadTextUtf8(), ref parts))
                {
                    return false;
                }
            }

            if (!parts.TryAddTo(request))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryReadMember(ref CborReader cbor, ReadOnlySpan<byte> body, ReadOnlySpan<byte> name, ref Parts parts)
    {
        if (name.SequenceEqual("Data"u8))
        {
            return parts.Data is null && TrySlice(body, cbor.ReadBytes(), out parts.Data);
        }

        if (name.SequenceEqual("PartitionKey"u8))
        {
            return parts.Key is null && TrySlice(body, cbor.ReadTextUtf8(), out parts.Key);
        }

        if (!name.SequenceEqual("ExplicitHashKey"u8) || parts.Hash is not null)
        {
            return false;
        }

        var isHash = PutRequest.TryParseHash(cbor.ReadTextUtf8(), out var hash);
        parts.Hash = hash;
        return isHash;
    }

    /// <summary>Where in the body a string is; false when it came in pieces, and is a copy.</summary>
    private static bool TrySlice(ReadOnlySpan<byte> body, ReadOnlySpan<byte> text, out KeySlice? slice)
    {
        var start = 0;
        var isSlice = text.IsEmpty || body.Overlaps(text, out start);
        slice = isSlice ? new KeySlice(start, text.Length) : null;
        return isSlice;
    }

    private static bool Is(string? text) => text is not null;

    /// <summary>Counts the entries of a map or array, of either length.</summary>
    private ref struct Entries(long count)
    {
        private long left = count;

        public bool MoveNext(ref CborReader cbor) => left == CborReader.Indefinite ? !cbor.TryReadBreak() : left-- > 0;
    }

    /// <summary>The members of one record.</summary>
    private ref struct Parts
    {
        public KeySlice? Key;
        public KeySlice? Data;
        public UInt128? Hash;

        public readonly bool TryAddTo(PutRequest request) =>
            Key is { } key && Data is { } data && request.TryAdd(key, Hash, data.Start, data.Length, data.Length);
    }
}
