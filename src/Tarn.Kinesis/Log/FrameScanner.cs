using Tarn.Kinesis.Log.Files;

namespace Tarn.Kinesis.Log;

/// <summary>
/// Walks the frames of a segment's file from its start and stops at the first place without a valid one; then tells a torn tail from damage. Reads only; holds one
/// frame in memory.
/// </summary>
internal sealed class FrameScanner(ILogFile file, string fileName, uint number)
{
    private const int ChunkBytes = 1 << 20;
    private readonly long fileLength = file.Length;
    private byte[] chunk = new byte[ChunkBytes];
    private long chunkStart;
    private int chunkLength;
    private bool ended;

    /// <summary>Offset of the next frame, or of the first place without one.</summary>
    public long Offset { get; private set; }

    public FrameHeader Header { get; private set; }

    public ulong Salt { get; private set; }

    /// <summary>Header CRC of the last valid frame.</summary>
    public uint Chain { get; private set; }

    /// <summary>Highest generation seen, also in what lies behind the end.</summary>
    public uint Generation { get; private set; }

    /// <summary>Why there is no frame at <see cref="Offset"/>; null while there is.</summary>
    public string? StopReason { get; private set; }

    /// <summary>Whether the last valid frame was an end frame.</summary>
    public bool IsComplete => ended;

    /// <summary>Moves to the next frame; its payload is valid until the next call.</summary>
    public bool TryNext(out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (ended || StopReason is not null)
        {
            return false;
        }

        if (!FrameHeader.TryRead(At(Offset, FrameHeader.Bytes), out var header))
        {
            return Stop("no frame header with a valid CRC");
        }

        if (Offset == 0)
        {
            if (header.Kind != FrameKind.Start || header.FirstIndex != number)
            {
                return Stop($"the file begins with a frame of kind {header.Kind}, number {header.FirstIndex}; expected Start, {number}");
            }

            Salt = header.Salt;
        }
        else if (header.Kind == FrameKind.Start)
        {
            return Stop("a start frame inside of a segment");
        }

        if (header.Salt != Salt)
        {
            return Stop($"salt {header.Salt:x16}, expected {Salt:x16}");
        }

        if (header.Offset != Offset)
        {
            return Stop($"the header says offset {header.Offset}");
        }

        if (header.Chain != Chain)
        {
            return Stop($"chain {header.Chain:x8}, expected {Chain:x8}");
        }

        if (header.Generation < Generation)
        {
            return Stop($"generation {header.Generation}, expected at least {Generation}");
        }

        if (header.PayloadLength < 0 || Offset + header.TotalLength > fileLength)
        {
            return Stop($"a payload of {header.PayloadLength} bytes does not fit the file of {fileLength}");
        }

        payload = At(Offset + FrameHeader.Bytes, header.PayloadLength);
        var crc = Crc32C.Of(payload);
        if (payload.Length != header.PayloadLength || crc != header.PayloadCrc)
        {
            payload = default;
            return Stop($"payload CRC {crc:x8}, expected {header.PayloadCrc:x8}");
        }

        Header = header;
        Chain = header.Crc;
        Generation = header.Generation;
        Offset += header.TotalLength;
        ended = header.Kind == FrameKind.End;
        return true;
    }

    /// <summary>
    /// After <see cref="TryNext"/> answered false: throws when a frame further on proves that what is missing here had been synced. Otherwise the tail was torn before it was
    /// acknowledged, and <see cref="Generation"/> is the highest of all that is left of it.
    /// </summary>
    /// <exception cref="LogDamagedException">Acknowledged bytes cannot be right.</exception>
    public void RefuseDamage()
    {
        if (ended)
        {
            return;
        }

        if (Offset == 0)
        {
            // A segment gets its name after its start frame was synced.
            throw new LogDamagedException(fileName, 0, StopReason!);
        }

        var here = LogPosition.Of(number, Offset);
        for (var at = Offset; at + FrameHeader.Bytes <= fileLength; at += 8)
        {
            var bytes = At(at, FrameHeader.Bytes);
            if (FrameHeader.LooksLike(bytes, Salt, (uint)at) && FrameHeader.TryRead(bytes, out var header))
            {
                if (header.Durable > here)
                {
                    throw new LogDamagedException(fileName, Offset, $"{StopReason}. The frame at offset {at} says that this had been synced.");
                }

                Generation = Math.Max(Generation, header.Generation);
            }
        }
    }

    private bool Stop(string reason)
    {
        StopReason = reason;
        return false;
    }

    /// <summary>Bytes of the file, as many as there are.</summary>
    private ReadOnlySpan<byte> At(long offset, int length)
    {
        if (offset < chunkStart || offset + length > chunkStart + chunkLength)
        {
            if (length > chunk.Length)
            {
                chunk = new byte[length + ChunkBytes];
            }

            chunkStart = offset;
            chunkLength = offset >= fileLength ? 0 : file.Read(offset, chunk.AsSpan(0, (int)Math.Min(chunk.Length, fileLength - offset)));
        }

        var start = (int)(offset - chunkStart);
        return chunk.AsSpan(start, Math.Max(0, Math.Min(length, chunkLength - start)));
    }
}
