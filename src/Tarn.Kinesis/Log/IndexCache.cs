namespace Tarn.Kinesis.Log;

/// <summary>The entries of runs in sealed segments that were read lately, bounded in bytes. A run of the segment in use has its entries itself. Any thread.</summary>
internal sealed class IndexCache(SegmentFiles files, long bytesMax)
{
    private readonly Lock gate = new();
    private readonly Queue<(LogShard Shard, ShardRun Run)> order = new();
    private long bytes;

    /// <summary>The entries of a run; those added later are not among them. The segment must be held.</summary>
    /// <exception cref="LogDamagedException">The index file is not there or not right, and neither are the frames.</exception>
    public ReadOnlySpan<FrameEntry> Entries(LogShard shard, ShardRun run)
    {
        lock (shard.Gate)
        {
            if (run.Entries is { } there)
            {
                return there.AsSpan(0, run.EntryCount);
            }
        }

        var entries = SegmentIndex.TryReadEntries(files.Folder, run) ?? FromFrames(run);
        lock (shard.Gate)
        {
            if (run.Entries is not null)
            {
                return entries;
            }

            run.Entries = entries;
        }

        Remember(shard, run);
        return entries;
    }

    /// <summary>Counts entries that can be read from the index file from now on, and lets others go while there are too many.</summary>
    public void Remember(LogShard shard, ShardRun run)
    {
        lock (gate)
        {
            order.Enqueue((shard, run));
            bytes += (long)run.EntryCount * FrameEntry.Bytes;
            while (bytes > bytesMax && order.TryDequeue(out var oldest))
            {
                bytes -= (long)oldest.Run.EntryCount * FrameEntry.Bytes;
                lock (oldest.Shard.Gate)
                {
                    oldest.Run.Entries = null;
                }
            }
        }
    }

    private FrameEntry[] FromFrames(ShardRun run)
    {
        var copy = new Segment(run.Segment.Number, run.Segment.Salt, files.Folder);
        SegmentIndex.Rebuild(files.Folder, copy);
        return copy.Runs.TryGetValue(run.ShardId, out var found) && found.EntryCount == run.EntryCount && found.FirstIndex == run.FirstIndex && found.NextIndex == run.NextIndex
            ? found.Entries.AsSpan(0, found.EntryCount).ToArray()
            : throw new LogDamagedException(run.Segment.Name, 0, $"its frames of shard {run.ShardId} are not those of its index");
    }
}
