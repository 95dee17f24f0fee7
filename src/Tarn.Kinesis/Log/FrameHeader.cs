using System.Buffers.Binary;

namespace Tarn.Kinesis.Log;

/// <summary>What a frame is; the numbers are on disk.</summary>
internal enum FrameKind : byte
{
    Records = 1,
    Start = 2,
    End = 3,
    Mark = 4,
    Horizons = 5,
    Deletion = 6,
}

/// <summary>The header of a frame: docs/formats/stream-log.md, "Frame".</summary>
internal readonly record struct FrameHeader
{
    public const int Bytes = 96;
    public const uint Magic = 0x31464B54;
    public const int NonceBytes = 12;
    public const int NonceOffset = 80;
    public const byte Encrypted = 1;

    public ulong Salt { get; init; }

    /// <summary>Offset of the frame in its file, in bytes.</summary>
    public uint Offset { get; init; }

    public int PayloadLength { get; init; }

    public uint PayloadCrc { get; init; }

    /// <summary>Header CRC of the frame before it; 0 for the first of a segment.</summary>
    public uint Chain { get; init; }

    /// <summary>Position before which everything had been synced when the frame was written.</summary>
    public ulong Durable { get; init; }

    public uint Generation { get; init; }

    public FrameKind Kind { get; init; }

    public byte Flags { get; init; }

    public long Shard { get; init; }

    public long FirstIndex { get; init; }

    public int Count { get; init; }

    /// <summary>Data key of an encrypted payload; 0 for clear text.</summary>
    public int KeyId { get; init; }

    /// <summary>Milliseconds since 1970 UTC.</summary>
    public long TimeMs { get; init; }

    /// <summary>CRC of the header itself, as it was read or written.</summary>
    public uint Crc { get; init; }

    public bool IsEncrypted => (Flags & Encrypted) != 0;

    /// <summary>Header, payload and padding.</summary>
    public int TotalLength => Total(PayloadLength);

    public static int Total(int payloadLength) => Bytes + ((payloadLength + 7) & ~7);

    /// <summary>Writes all but the nonce, which is there already, and answers the header's CRC.</summary>
    public uint Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, Magic);
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], Salt);
        BinaryPrimitives.WriteUInt32LittleEndian(target[16..], Offset);
        BinaryPrimitives.WriteInt32LittleEndian(target[20..], PayloadLength);
        BinaryPrimitives.WriteUInt32LittleEndian(target[24..], PayloadCrc);
        BinaryPrimitives.WriteUInt32LittleEndian(target[28..], Chain);
        BinaryPrimitives.WriteUInt64LittleEndian(target[32..], Durable);
        BinaryPrimitives.WriteUInt32LittleEndian(target[40..], Generation);
        target[44] = (byte)Kind;
        target[45] = Flags;
        BinaryPrimitives.WriteUInt16LittleEndian(target[46..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(target[48..], Shard);
        BinaryPrimitives.WriteInt64LittleEndian(target[56..], FirstIndex);
        BinaryPrimitives.WriteInt32LittleEndian(target[64..], Count);
        BinaryPrimitives.WriteInt32LittleEndian(target[68..], KeyId);
        BinaryPrimitives.WriteInt64LittleEndian(target[72..], TimeMs);
        BinaryPrimitives.WriteUInt32LittleEndian(target[92..], 0);
        var crc = Crc32C.Of(target[8..Bytes]);
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], crc);
        return crc;
    }

    /// <summary>Reads a header whose magic and CRC are right; what it says is not judged further.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out FrameHeader header)
    {
        header = default;
        if (source.Length < Bytes || BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic)
        {
            return false;
        }

        var crc = Crc32C.Of(source[8..Bytes]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(source[4..]) != crc)
        {
            return false;
        }

        header = new FrameHeader
        {
            Crc = crc,
            Salt = SaltIn(source),
            Offset = OffsetIn(source),
            PayloadLength = PayloadLengthIn(source),
            PayloadCrc = BinaryPrimitives.ReadUInt32LittleEndian(source[24..]),
            Chain = BinaryPrimitives.ReadUInt32LittleEndian(source[28..]),
            Durable = BinaryPrimitives.ReadUInt64LittleEndian(source[32..]),
            Generation = BinaryPrimitives.ReadUInt32LittleEndian(source[40..]),
            Kind = (FrameKind)source[44],
            Flags = source[45],
            Shard = BinaryPrimitives.ReadInt64LittleEndian(source[48..]),
            FirstIndex = BinaryPrimitives.ReadInt64LittleEndian(source[56..]),
            Count = BinaryPrimitives.ReadInt32LittleEndian(source[64..]),
            KeyId = BinaryPrimitives.ReadInt32LittleEndian(source[68..]),
            TimeMs = BinaryPrimitives.ReadInt64LittleEndian(source[72..]),
        };
        return true;
    }

    /// <summary>Whether these bytes could be a header of this segment at this offset; cheap, for the search through a whole file.</summary>
    public static bool LooksLike(ReadOnlySpan<byte> source, ulong salt, uint offset) =>
        BinaryPrimitives.ReadUInt32LittleEndian(source) == Magic && SaltIn(source) == salt && OffsetIn(source) == offset;

    /// <summary>The payload's length in the header of a frame that is known to be whole.</summary>
    public static int PayloadLengthIn(ReadOnlySpan<byte> source) => BinaryPrimitives.ReadInt32LittleEndian(source[20..]);

    /// <summary>What is authenticated beside an encrypted payload: known before the frame has its place.</summary>
    public static void WriteAssociatedData(Span<byte> target, long shard, int count, int keyId)
    {
        BinaryPrimitives.WriteInt64LittleEndian(target, shard);
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], count);
        BinaryPrimitives.WriteInt32LittleEndian(target[12..], keyId);
    }

    private static ulong SaltIn(ReadOnlySpan<byte> source) => BinaryPrimitives.ReadUInt64LittleEndian(source[8..]);

    private static uint OffsetIn(ReadOnlySpan<byte> source) => BinaryPrimitives.ReadUInt32LittleEndian(source[16..]);
}

/// <summary>Positions in the log: segment number × 2^32 + offset in its file.</summary>
internal static class LogPosition
{
    public static ulong Of(uint segment, long offset) => ((ulong)segment << 32) + (ulong)offset;
}
