using System.Security.Cryptography;

namespace Tarn.Kinesis.Log;

/// <summary>Reads records: the newest from memory, older ones from the file, frame by frame, without touching what other shards have in between. Any thread.</summary>
internal sealed class LogReader(IndexCache indexes, FrameBufferPool pool, StreamLogOptions options)
{
    /// <summary>Frames that lie near each other are read together up to this many bytes.</summary>
    private const int ReadBytesMax = 1 << 20;

    /// <summary>Bytes of other shards between two frames that are worth reading to save a call.</summary>
    private const int GapBytesMax = 4096;

    /// <exception cref="LogDamagedException">A frame is not what the log says it is.</exception>
    public LogRead Read(LogShard shard, long fromIndex, int maxRecords, long maxBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fromIndex);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRecords, 1);
        var horizon = Horizon(shard);
        LogRead read;
        lock (shard.Gate)
        {
            read = new LogRead(Math.Max(fromIndex, horizon)) { TipIndex = shard.NextIndex, TipArrivalMs = shard.LastMs };
        }

        try
        {
            while (read.NextIndex < read.TipIndex)
            {
                var held = new List<FrameBuffer>();
                ShardRun? run = null;
                lock (shard.Gate)
                {
                    RefuseDeleted(shard);
                    if (read.NextIndex >= shard.RingFirst)
                    {
                        var room = maxBytes;
                        shard.HoldFromRing(read.NextIndex, buffer =>
                        {
                            held.Add(buffer);
                            room -= FrameHeader.PayloadLengthIn(buffer.Array);
                            return room > 0 && held.Count < maxRecords;
                        });
                    }
                    else
                    {
                        run = FindRun(shard, read.NextIndex);
                        run?.Segment.Acquire();
                    }
                }

                if (run is not null)
                {
                    try
                    {
                        if (!TakeFromFile(shard, run, read, maxRecords, maxBytes))
                        {
                            return read;
                        }
                    }
                    finally
                    {
                        run.Segment.Release();
                    }
                }
                else if (held.Count == 0)
                {
                    // Its segment was dropped since the horizon was looked at.
                    return read;
                }
                else if (!TakeHeld(shard, held, read, maxRecords, maxBytes))
                {
                    return read;
                }
            }

            return read;
        }
        catch
        {
            read.Dispose();
            throw;
        }
    }

    /// <summary>Index of the first record that arrived at this time or later; that of the next record when there is none. Never before the horizon.</summary>
    public long FirstIndexAtOrAfter(LogShard shard, long timeMs) => Math.Max(Horizon(shard), Find(shard, timeMs).Index);

    /// <summary>Index of the first record that is not gone: deleted segments and retention, to the record. Equal to the next index when all are gone.</summary>
    public long Horizon(LogShard shard)
    {
        long oldest;
        lock (shard.Gate)
        {
            if (shard.RetentionMs == long.MaxValue || shard.Horizon == shard.NextIndex)
            {
                return shard.Horizon;
            }

            oldest = options.Clock.GetUtcNow().ToUnixTimeMilliseconds() - shard.RetentionMs;
            if (shard.HorizonMs >= oldest)
            {
                return shard.Horizon;
            }
        }

        var (index, foundMs) = Find(shard, oldest);
        lock (shard.Gate)
        {
            if (index > shard.Horizon)
            {
                shard.Horizon = index;
                shard.HorizonMs = foundMs;
            }
            else
            {
                // What is at the horizon arrived no earlier than what was found.
                shard.HorizonMs = Math.Max(shard.HorizonMs, Math.Max(foundMs, index < shard.Horizon ? oldest : 0));
            }

            return shard.Horizon;
        }
    }

    /// <summary>The data key of an id, for frames of a shard.</summary>
    /// <exception cref="LogShardGoneException">It is gone with its shard.</exception>
    /// <exception cref="LogKeyMissingException">There is no such key.</exception>
    public byte[] DataKey(LogShard shard, int keyId)
    {
        if (options.DataKey(keyId) is { } key)
        {
            return key;
        }

        lock (shard.Gate)
        {
            RefuseDeleted(shard);
        }

        throw new LogKeyMissingException(keyId);
    }

    /// <summary>The first frame at or after a time: index of its first record and its time. The next index and 0 when there is none.</summary>
    private (long Index, long Ms) Find(LogShard shard, long timeMs)
    {
        ShardRun run;
        long next;
        lock (shard.Gate)
        {
            RefuseDeleted(shard);
            next = shard.NextIndex;
            int low = 0, high = shard.Runs.Count;
            while (low < high)
            {
                var middle = (low + high) >>> 1;
                if (shard.Runs[middle].LastMs < timeMs)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }

            if (low == shard.Runs.Count)
            {
                return (next, 0);
            }

            run = shard.Runs[low];
            if (run.FirstMs >= timeMs)
            {
                return (run.FirstIndex, run.FirstMs);
            }

            run.Segment.Acquire();
        }

        try
        {
            var entries = indexes.Entries(shard, run);
            var number = ShardRun.FindTime(entries, timeMs - run.FirstMs);
            return number == entries.Length ? (next, 0) : (run.FirstIndex + entries[number].IndexDelta, run.FirstMs + entries[number].TimeDelta);
        }
        finally
        {
            run.Segment.Release();
        }
    }

    /// <summary>The segments of a deleted shard may be recycled at any time: nobody begins to read them. Under the shard's lock.</summary>
    private static void RefuseDeleted(LogShard shard)
    {
        if (shard.IsDeleted)
        {
            throw new LogShardGoneException(shard.Id);
        }
    }

    /// <summary>The run that has a record. Under the shard's lock.</summary>
    private static ShardRun? FindRun(LogShard shard, long index)
    {
        int low = 0, high = shard.Runs.Count - 1;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (shard.Runs[middle].NextIndex <= index)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low <= high && shard.Runs[low].FirstIndex <= index && index < shard.Runs[low].NextIndex ? shard.Runs[low] : null;
    }

    private bool TakeHeld(LogShard shard, List<FrameBuffer> held, LogRead read, int maxRecords, long maxBytes)
    {
        for (var number = 0; number < held.Count; number++)
        {
            var more = false;
            try
            {
                FrameHeader.TryRead(held[number].Array, out var header);
                more = Take(shard, held[number], 0, header, "memory", read, maxRecords, maxBytes);
            }
            finally
            {
                if (!more)
                {
                    for (var rest = number + 1; rest < held.Count; rest++)
                    {
                        held[rest].Release();
                    }
                }
            }

            if (!more)
            {
                return false;
            }
        }

        return read.Count < maxRecords && read.Bytes < maxBytes;
    }

    private bool TakeFromFile(LogShard shard, ShardRun run, LogRead read, int maxRecords, long maxBytes)
    {
        var entries = indexes.Entries(shard, run);
        var file = run.Segment.Acquire();
        try
        {
            for (var number = ShardRun.FindIndex(entries, read.NextIndex - run.FirstIndex); number < entries.Length;)
            {
                if (read.Count >= maxRecords || (read.Count > 0 && read.Bytes >= maxBytes))
                {
                    return false;
                }

                var (count, length) = Near(entries[number..], maxRecords - read.Count, maxBytes - read.Bytes);
                var buffer = pool.Rent(length);
                try
                {
                    var start = entries[number].Offset;
                    if (file.Read(start, buffer.Array.AsSpan(0, length)) < length)
                    {
                        throw new LogDamagedException(run.Segment.Name, start, $"the file ends before {length} bytes");
                    }

                    foreach (var entry in entries.Slice(number, count))
                    {
                        var at = (int)(entry.Offset - start);
                        var header = Check(run, entry, buffer.Array.AsSpan(at, (int)entry.Length));
                        buffer.Hold();
                        if (!Take(shard, buffer, at, header, run.Segment.Name, read, maxRecords, maxBytes))
                        {
                            return false;
                        }
                    }
                }
                finally
                {
                    buffer.Release();
                }

                number += count;
            }

            return read.Count < maxRecords && read.Bytes < maxBytes;
        }
        finally
        {
            run.Segment.Release();
        }
    }

    /// <summary>How many frames from the first lie near each other and are worth one read, and the bytes of that read.</summary>
    private static (int Count, int Length) Near(ReadOnlySpan<FrameEntry> entries, int records, long bytes)
    {
        var start = entries[0].Offset;
        var wanted = (long)entries[0].Length;
        var end = start + wanted;
        var count = 1;
        for (; count < entries.Length; count++)
        {
            var next = entries[count];
            wanted += next.Length;
            if (next.Offset - end > GapBytesMax || wanted > bytes || next.Offset + next.Length - start > ReadBytesMax || next.IndexDelta - entries[0].IndexDelta >= records)
            {
                break;
            }

            end = next.Offset + next.Length;
        }

        return (count, (int)(end - start));
    }

    private static FrameHeader Check(ShardRun run, in FrameEntry entry, ReadOnlySpan<byte> frame)
    {
        var name = run.Segment.Name;
        if (!FrameHeader.TryRead(frame, out var header))
        {
            throw new LogDamagedException(name, entry.Offset, "no frame header with a valid CRC");
        }

        if (header.Salt != run.Segment.Salt || header.Offset != entry.Offset || header.Shard != run.ShardId || header.FirstIndex != run.FirstIndex + entry.IndexDelta ||
            header.TotalLength != entry.Length)
        {
            throw new LogDamagedException(name, entry.Offset,
                $"a frame of shard {header.Shard} from record {header.FirstIndex}, expected shard {run.ShardId} from record {run.FirstIndex + entry.IndexDelta}");
        }

        var crc = Crc32C.Of(frame.Slice(FrameHeader.Bytes, header.PayloadLength));
        return crc == header.PayloadCrc ? header : throw new LogDamagedException(name, entry.Offset, $"payload CRC {crc:x8}, expected {header.PayloadCrc:x8}");
    }

    /// <summary>Takes the records of one frame in memory, in clear text. Takes over the caller's hold.</summary>
    private bool Take(LogShard shard, FrameBuffer buffer, int at, in FrameHeader header, string place, LogRead read, int maxRecords, long maxBytes)
    {
        if (!header.IsEncrypted)
        {
            return read.Take(buffer, at + FrameHeader.Bytes, place, header, header.PayloadLength, maxRecords, maxBytes);
        }

        try
        {
            var clear = Decrypt(DataKey(shard, header.KeyId), buffer.Array.AsSpan(at), header, place);
            return read.Take(clear, 0, place, header, header.PayloadLength - AesGcm.TagByteSizes.MaxSize, maxRecords, maxBytes);
        }
        finally
        {
            buffer.Release();
        }
    }

    private FrameBuffer Decrypt(byte[] key, ReadOnlySpan<byte> frame, in FrameHeader header, string place)
    {
        var length = header.PayloadLength - AesGcm.TagByteSizes.MaxSize;
        if (length < 0)
        {
            throw new LogDamagedException(place, header.Offset, "an encrypted payload without its tag");
        }

        Span<byte> associated = stackalloc byte[16];
        FrameHeader.WriteAssociatedData(associated, header.Shard, header.Count, header.KeyId);
        var clear = pool.Rent(Math.Max(1, length));
        try
        {
            FrameCipher.Of(key).Decrypt(frame.Slice(FrameHeader.NonceOffset, FrameHeader.NonceBytes), frame.Slice(FrameHeader.Bytes, length),
                frame.Slice(FrameHeader.Bytes + length, AesGcm.TagByteSizes.MaxSize), clear.Array.AsSpan(0, length), associated);
            return clear;
        }
        catch (AuthenticationTagMismatchException e)
        {
            clear.Release();
            throw new LogDamagedException(place, header.Offset, $"the payload was not encrypted with the data key {header.KeyId} as it is now", e);
        }
    }
}
