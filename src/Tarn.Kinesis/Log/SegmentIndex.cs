using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tarn.Kinesis.Log.Files;

namespace Tarn.Kinesis.Log;

/// <summary>The index file of a sealed segment: docs/formats/stream-log.md, "Index file". It is a cache: what is wrong with it is answered with false, and the frames are read instead.</summary>
internal static class SegmentIndex
{
    private const uint Magic = 0x31584B54;
    private const int HeaderBytes = 24;
    private const int RunBytes = 56;

    /// <summary>Writes the index of a sealed segment whose runs have all their entries. Not synced: its CRCs tell whether it arrived.</summary>
    public static void Write(ILogFolder folder, Segment segment)
    {
        var runs = segment.Runs.Values.OrderBy(run => run.ShardId).ToArray();
        var first = HeaderBytes + (runs.Length * RunBytes);
        var bytes = new byte[first + (runs.Sum(run => run.EntryCount) * FrameEntry.Bytes)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), segment.Salt);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(16), (uint)segment.End);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(20), runs.Length);
        var entry = 0;
        for (var index = 0; index < runs.Length; index++)
        {
            var run = runs[index];
            var entries = MemoryMarshal.AsBytes(run.Entries.AsSpan(0, run.EntryCount));
            entries.CopyTo(bytes.AsSpan(first + (entry * FrameEntry.Bytes)));
            run.FirstEntry = entry;
            run.EntriesCrc = Crc32C.Of(entries);
            entry += run.EntryCount;
            var at = bytes.AsSpan(HeaderBytes + (index * RunBytes), RunBytes);
            BinaryPrimitives.WriteInt64LittleEndian(at, run.ShardId);
            BinaryPrimitives.WriteInt64LittleEndian(at[8..], run.FirstIndex);
            BinaryPrimitives.WriteInt64LittleEndian(at[16..], run.NextIndex);
            BinaryPrimitives.WriteInt64LittleEndian(at[24..], run.FirstMs);
            BinaryPrimitives.WriteInt64LittleEndian(at[32..], run.LastMs);
            BinaryPrimitives.WriteInt32LittleEndian(at[40..], run.FirstEntry);
            BinaryPrimitives.WriteInt32LittleEndian(at[44..], run.EntryCount);
            BinaryPrimitives.WriteUInt32LittleEndian(at[48..], run.EntriesCrc);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), Crc32C.Of(bytes.AsSpan(8, first - 8)));
        var name = SegmentNames.Index(segment.Number);
        using (var file = folder.Create(name + SegmentNames.UnfinishedSuffix))
        {
            for (var written = 0; written < bytes.Length;)
            {
                written += file.Write(written, bytes.AsSpan(written));
            }
        }

        folder.Rename(name + SegmentNames.UnfinishedSuffix, name);
        segment.HasIndexFile = true;
    }

    /// <summary>Reads the runs, without their entries, into a segment, and seals it; false when the file is not there or not right.</summary>
    public static bool TryReadRuns(ILogFolder folder, Segment segment)
    {
        try
        {
            using var file = folder.Open(SegmentNames.Index(segment.Number), write: false);
            var header = new byte[HeaderBytes];
            if (file.Read(0, header) < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(header) != Magic ||
                BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(8)) != segment.Salt)
            {
                return false;
            }

            var count = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(20));
            if (count < 0 || HeaderBytes + ((long)count * RunBytes) > file.Length)
            {
                return false;
            }

            var bytes = new byte[HeaderBytes - 8 + (count * RunBytes)];
            if (file.Read(8, bytes) < bytes.Length || Crc32C.Of(bytes) != BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4)))
            {
                return false;
            }

            for (var index = 0; index < count; index++)
            {
                var at = bytes.AsSpan(HeaderBytes - 8 + (index * RunBytes), RunBytes);
                var shard = BinaryPrimitives.ReadInt64LittleEndian(at);
                segment.Runs[shard] = new ShardRun
                {
                    Segment = segment,
                    ShardId = shard,
                    FirstIndex = BinaryPrimitives.ReadInt64LittleEndian(at[8..]),
                    NextIndex = BinaryPrimitives.ReadInt64LittleEndian(at[16..]),
                    FirstMs = BinaryPrimitives.ReadInt64LittleEndian(at[24..]),
                    LastMs = BinaryPrimitives.ReadInt64LittleEndian(at[32..]),
                    FirstEntry = BinaryPrimitives.ReadInt32LittleEndian(at[40..]),
                    EntryCount = BinaryPrimitives.ReadInt32LittleEndian(at[44..]),
                    EntriesCrc = BinaryPrimitives.ReadUInt32LittleEndian(at[48..]),
                };
            }

            segment.Seal(BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(16)));
            segment.HasIndexFile = true;
            return true;
        }
        catch (IOException)
        {
            segment.Runs.Clear();
            return false;
        }
    }

    /// <summary>The entries of one run; null when the file is not there or not right.</summary>
    public static FrameEntry[]? TryReadEntries(ILogFolder folder, ShardRun run)
    {
        try
        {
            using var file = folder.Open(SegmentNames.Index(run.Segment.Number), write: false);
            var entries = new FrameEntry[run.EntryCount];
            var bytes = MemoryMarshal.AsBytes(entries.AsSpan());
            var start = HeaderBytes + ((long)run.Segment.Runs.Count * RunBytes) + ((long)run.FirstEntry * FrameEntry.Bytes);
            return file.Read(start, bytes) == bytes.Length && Crc32C.Of(bytes) == run.EntriesCrc ? entries : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Reads all frames of a complete segment into its runs, and seals it.</summary>
    /// <exception cref="LogDamagedException">A frame is not valid, or the end frame is missing.</exception>
    public static void Rebuild(ILogFolder folder, Segment segment)
    {
        segment.Runs.Clear();
        using var file = folder.Open(segment.Name, write: false);
        var scanner = new FrameScanner(file, segment.Name, segment.Number);
        while (scanner.TryNext(out _))
        {
            AddFrame(segment, scanner.Header);
        }

        if (!scanner.IsComplete)
        {
            throw new LogDamagedException(segment.Name, scanner.Offset, $"{scanner.StopReason}, and the segment is not the newest: it must go on to an end frame.");
        }

        segment.Seal(scanner.Header.Offset);
    }

    /// <summary>Adds a frame of records to its run, and answers the run; null for other frames.</summary>
    public static ShardRun? AddFrame(Segment segment, in FrameHeader header)
    {
        if (header.Kind != FrameKind.Records)
        {
            return null;
        }

        if (!segment.Runs.TryGetValue(header.Shard, out var run))
        {
            run = new ShardRun { Segment = segment, ShardId = header.Shard, FirstIndex = header.FirstIndex, NextIndex = header.FirstIndex, FirstMs = header.TimeMs };
            segment.Runs.Add(header.Shard, run);
        }

        if (header.FirstIndex != run.NextIndex || header.Count < 1 || header.TimeMs < run.LastMs)
        {
            throw new LogDamagedException(segment.Name, header.Offset,
                $"records {header.FirstIndex} to {header.FirstIndex + header.Count} of shard {header.Shard} at {header.TimeMs}, expected to begin at {run.NextIndex}, not before {run.LastMs}");
        }

        run.Add(header.Offset, header.FirstIndex, header.Count, header.TimeMs, header.TotalLength);
        return run;
    }
}
