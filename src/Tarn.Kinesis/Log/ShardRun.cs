using System.Runtime.InteropServices;

namespace Tarn.Kinesis.Log;

/// <summary>Where a frame is and what it begins with, relative to its run; on disk as it is in memory (docs/formats/stream-log.md, "Index file").</summary>
/// <param name="Offset">Bytes from the start of the segment's file.</param>
/// <param name="IndexDelta">Index of its first record less the run's first.</param>
/// <param name="TimeDelta">Its arrival time less the run's first, in milliseconds.</param>
/// <param name="Length">Bytes with header and padding.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct FrameEntry(uint Offset, uint IndexDelta, uint TimeDelta, uint Length)
{
    public const int Bytes = 16;
}

/// <summary>
/// What one shard has in one segment. While the segment is written the writer adds to it under the shard's lock; after that only <see cref="Entries"/> comes and goes
/// (also under the shard's lock): they are a cache of the index file.
/// </summary>
internal sealed class ShardRun
{
    public required Segment Segment { get; init; }

    public required long ShardId { get; init; }

    public required long FirstIndex { get; init; }

    public required long FirstMs { get; init; }

    /// <summary>Index after the last record.</summary>
    public long NextIndex { get; set; }

    public long LastMs { get; set; }

    public int EntryCount { get; set; }

    /// <summary>Null when they have to be read from the index file first.</summary>
    public FrameEntry[]? Entries { get; set; }

    /// <summary>Number of the first entry in the index file, once that is written.</summary>
    public int FirstEntry { get; set; }

    /// <summary>CRC of the entries in the index file.</summary>
    public uint EntriesCrc { get; set; }

    /// <summary>Whether a frame at this time can be told relative to the run.</summary>
    public bool Reaches(long timeMs) => timeMs - FirstMs <= uint.MaxValue;

    public void Add(uint offset, long firstIndex, int count, long timeMs, int length)
    {
        var entries = Entries ?? [];
        if (EntryCount == entries.Length)
        {
            Array.Resize(ref entries, Math.Max(4, EntryCount * 2));
            Entries = entries;
        }

        entries[EntryCount++] = new FrameEntry(offset, (uint)(firstIndex - FirstIndex), (uint)(timeMs - FirstMs), (uint)length);
        NextIndex = firstIndex + count;
        LastMs = timeMs;
    }

    /// <summary>Number of the last entry that begins at or before an index of the run.</summary>
    public static int FindIndex(ReadOnlySpan<FrameEntry> entries, long delta)
    {
        int low = 0, high = entries.Length - 1;
        while (low < high)
        {
            var middle = (low + high + 1) >>> 1;
            if (entries[middle].IndexDelta <= delta)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return low;
    }

    /// <summary>Number of the first entry at or after a time; the number of entries when there is none.</summary>
    public static int FindTime(ReadOnlySpan<FrameEntry> entries, long delta)
    {
        int low = 0, high = entries.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (entries[middle].TimeDelta < delta)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
