using System.Buffers.Binary;

namespace Tarn.Kinesis.Log;

/// <summary>A record as it lies in the log's memory: valid until the read that gave it is disposed.</summary>
public readonly struct LogRecord
{
    private readonly byte[] array;
    private readonly RecordParts parts;

    internal LogRecord(long index, long arrivalMs, bool isEncrypted, byte[] array, in RecordParts parts)
    {
        IsEncrypted = isEncrypted;
        Index = index;
        ArrivalMs = arrivalMs;
        this.array = array;
        this.parts = parts;
    }

    /// <summary>Number of the record in its shard, from 0 without gaps.</summary>
    public long Index { get; }

    /// <summary>Milliseconds since 1970 UTC.</summary>
    public long ArrivalMs { get; }

    /// <summary>Whether it is encrypted on disk.</summary>
    public bool IsEncrypted { get; }

    /// <summary>UTF-8.</summary>
    public ReadOnlyMemory<byte> PartitionKey => array.AsMemory(parts.Key, parts.KeyBytes);

    public ReadOnlyMemory<byte> Data => array.AsMemory(parts.Data, parts.DataBytes);

    /// <summary>Null when the record was put without one.</summary>
    public UInt128? ExplicitHashKey => parts.Hash < 0 ? null : BinaryPrimitives.ReadUInt128BigEndian(array.AsSpan(parts.Hash));
}

/// <summary>Records of a shard, in order. Holds the memory that they lie in: dispose it when they have been encoded. One thread at a time.</summary>
public sealed class LogRead : IDisposable
{
    private readonly List<Slice> slices = [];

    internal LogRead(long fromIndex)
    {
        FromIndex = NextIndex = fromIndex;
    }

    /// <summary>Index of the first record that could be read: what was asked for, or the horizon when that is later.</summary>
    public long FromIndex { get; }

    /// <summary>Index to go on with.</summary>
    public long NextIndex { get; private set; }

    /// <summary>Records in this read.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of their data and partition keys.</summary>
    public long Bytes { get; private set; }

    /// <summary>Arrival time of the last of them, in milliseconds since 1970 UTC; 0 without records.</summary>
    public long LastArrivalMs { get; private set; }

    /// <summary>Index after the shard's last record on disk when the read began.</summary>
    public long TipIndex { get; internal init; }

    /// <summary>Arrival time of the shard's last record when the read began, in milliseconds since 1970 UTC; 0 when it never had one.</summary>
    public long TipArrivalMs { get; internal init; }

    public Enumerator GetEnumerator() => new(this);

    public void Dispose()
    {
        foreach (var slice in slices)
        {
            slice.Buffer.Release();
        }

        slices.Clear();
    }

    /// <summary>Takes the records of a frame from <see cref="NextIndex"/> on that fit the limits; false when no more fit after them. Takes over the caller's hold of the memory.</summary>
    /// <exception cref="LogDamagedException">A record does not fit its frame.</exception>
    internal bool Take(FrameBuffer buffer, int payloadStart, string place, in FrameHeader header, int payloadLength, int maxRecords, long maxBytes)
    {
        var end = payloadStart + payloadLength;
        var payload = buffer.Array.AsSpan(0, end);
        var at = payloadStart;
        var skip = NextIndex - header.FirstIndex;
        int first = at, taken = 0;
        for (var number = 0; number < header.Count; number++)
        {
            if (!RecordCodec.TryRead(payload, at, out var parts))
            {
                buffer.Release();
                throw new LogDamagedException(place, header.Offset, $"record {header.FirstIndex + number} of shard {header.Shard} does not fit its frame");
            }

            if (number < skip)
            {
                at = first = parts.End;
                continue;
            }

            var size = (long)parts.KeyBytes + parts.DataBytes;
            if (Count + taken == maxRecords || (Count + taken > 0 && Bytes + size > maxBytes))
            {
                Add(buffer, header, first, end, taken);
                return false;
            }

            Bytes += size;
            taken++;
            at = parts.End;
        }

        Add(buffer, header, first, end, taken);
        return true;
    }

    private void Add(FrameBuffer buffer, in FrameHeader header, int first, int end, int taken)
    {
        if (taken == 0)
        {
            buffer.Release();
            return;
        }

        slices.Add(new Slice(buffer, first, end, NextIndex, header.TimeMs, header.IsEncrypted, taken));
        Count += taken;
        NextIndex += taken;
        LastArrivalMs = header.TimeMs;
    }

    private readonly record struct Slice(FrameBuffer Buffer, int Start, int End, long FirstIndex, long ArrivalMs, bool IsEncrypted, int Count);

    /// <summary>Walks the records of a read.</summary>
    public struct Enumerator
    {
        private readonly LogRead read;
        private int slice;
        private int number;
        private int at;

        internal Enumerator(LogRead read)
        {
            this.read = read;
            slice = -1;
        }

        public LogRecord Current { get; private set; }

        public bool MoveNext()
        {
            while (slice < 0 || number == read.slices[slice].Count)
            {
                if (++slice >= read.slices.Count)
                {
                    slice--;
                    return false;
                }

                number = 0;
                at = read.slices[slice].Start;
            }

            var current = read.slices[slice];
            if (!RecordCodec.TryRead(current.Buffer.Array.AsSpan(0, current.End), at, out var parts))
            {
                throw new InvalidOperationException("A record that was checked when it was read has changed in memory.");
            }

            Current = new LogRecord(current.FirstIndex + number++, current.ArrivalMs, current.IsEncrypted, current.Buffer.Array, parts);
            at = parts.End;
            return true;
        }
    }
}
