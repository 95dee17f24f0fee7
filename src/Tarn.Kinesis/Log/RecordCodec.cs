using System.Buffers.Binary;

namespace Tarn.Kinesis.Log;

/// <summary>A record in a payload: docs/formats/stream-log.md, "Record".</summary>
internal static class RecordCodec
{
    public const int KeyBytesMax = 1024;
    public const int DataBytesMax = 10 << 20;
    private const int FixedBytes = 6;
    private const int HashFlag = 0x8000;

    public static int Length(int keyBytes, bool hasHash, int dataBytes) => FixedBytes + (hasHash ? 16 : 0) + keyBytes + dataBytes;

    /// <summary>Writes all but the data, and answers where the data begins.</summary>
    public static int Write(Span<byte> target, ReadOnlySpan<byte> key, UInt128? explicitHash, int dataBytes)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)(key.Length | (explicitHash is null ? 0 : HashFlag)));
        BinaryPrimitives.WriteInt32LittleEndian(target[2..], dataBytes);
        var at = FixedBytes;
        if (explicitHash is { } hash)
        {
            BinaryPrimitives.WriteUInt128BigEndian(target[at..], hash);
            at += 16;
        }

        key.CopyTo(target[at..]);
        return at + key.Length;
    }

    /// <summary>Where the parts of the record at <paramref name="at"/> are; false when it does not fit the payload.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, int at, out RecordParts parts)
    {
        parts = default;
        if (at < 0 || at > payload.Length - FixedBytes)
        {
            return false;
        }

        var first = BinaryPrimitives.ReadUInt16LittleEndian(payload[at..]);
        var dataBytes = BinaryPrimitives.ReadInt32LittleEndian(payload[(at + 2)..]);
        var hasHash = (first & HashFlag) != 0;
        var keyBytes = first & ~HashFlag;
        var key = at + FixedBytes + (hasHash ? 16 : 0);
        if (dataBytes < 0 || keyBytes > KeyBytesMax || (long)key + keyBytes + dataBytes > payload.Length)
        {
            return false;
        }

        parts = new RecordParts(hasHash ? at + FixedBytes : -1, key, keyBytes, dataBytes);
        return true;
    }
}

/// <summary>Offsets and lengths of a record's parts, in bytes of its payload; <see cref="Hash"/> is -1 without an explicit hash key.</summary>
internal readonly record struct RecordParts(int Hash, int Key, int KeyBytes, int DataBytes)
{
    public int Data => Key + KeyBytes;

    public int End => Data + DataBytes;
}
