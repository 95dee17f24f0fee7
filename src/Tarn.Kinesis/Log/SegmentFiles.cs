using Tarn.Kinesis.Log.Files;

namespace Tarn.Kinesis.Log;

/// <summary>Makes, keeps and drops the files of segments. The writer takes spares, the maintenance prepares and gives them; both may run at the same time.</summary>
internal sealed class SegmentFiles(ILogFolder folder, StreamLogOptions options)
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>
    /// A segment that was in use for less than this when the next one was asked for is one of many: then zeroes would cost as much of disk and processor as the records, and a sync of a large
    /// batch that also converts reserved space costs little more.
    /// </summary>
    private static readonly TimeSpan WorthZeroes = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly Queue<string> spares = new();
    private uint nextSpare;
    private DateTimeOffset activatedAt = DateTimeOffset.MinValue;

    public ILogFolder Folder => folder;

    /// <summary>Takes over what an earlier process left: spares of the right size. Deletes what is unfinished, and indexes whose segment was dropped.</summary>
    public void Adopt(IReadOnlyList<string> names)
    {
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            if (name.EndsWith(SegmentNames.UnfinishedSuffix, StringComparison.Ordinal) ||
                (SegmentNames.IsIndex(name, out var indexed) && !names.Contains(SegmentNames.Segment(indexed))))
            {
                folder.Delete(name);
            }
            else if (SegmentNames.IsSpare(name, out var number))
            {
                nextSpare = Math.Max(nextSpare, number + 1);
                using (var file = folder.Open(name, write: false))
                {
                    if (file.Length == options.SegmentBytes && spares.Count < options.SparesMax)
                    {
                        spares.Enqueue(name);
                        continue;
                    }
                }

                folder.Delete(name);
            }
        }
    }

    public bool NeedsSpare
    {
        get
        {
            lock (gate)
            {
                return spares.Count == 0;
            }
        }
    }

    /// <summary>A file to begin a segment in, and its name.</summary>
    /// <exception cref="LogFullException">There is none, and none can be made.</exception>
    public (string Name, ILogFile File) TakeSpare()
    {
        string? name;
        lock (gate)
        {
            spares.TryDequeue(out name);
        }

        return name is null ? Make(withZeroes: false) : (name, folder.Open(name, write: true));
    }

    /// <summary>Makes one spare: pre-written, or while the log grows fast with its space reserved. The failure is the next taker's to report.</summary>
    public void PrepareSpare()
    {
        bool withZeroes;
        lock (gate)
        {
            withZeroes = options.Clock.GetUtcNow() - activatedAt >= WorthZeroes;
        }

        var (name, file) = Make(withZeroes);
        file.Dispose();
        GiveBack(name);
    }

    public void GiveBack(string spare)
    {
        lock (gate)
        {
            spares.Enqueue(spare);
        }
    }

    /// <summary>Makes a spare that has its start frame, synced, the segment of this number.</summary>
    public void Activate(string spare, uint number)
    {
        folder.Rename(spare, SegmentNames.Segment(number));
        folder.Sync();
        lock (gate)
        {
            activatedAt = options.Clock.GetUtcNow();
        }
    }

    /// <summary>Drops a segment that nobody holds: its file becomes a spare when one is wanted, or is deleted. The names are durable only after the folder is synced.</summary>
    public void Drop(Segment segment)
    {
        segment.KeepOpen(false);
        if (folder.List().Contains(SegmentNames.Index(segment.Number)))
        {
            folder.Delete(SegmentNames.Index(segment.Number));
        }

        string? spare = null;
        long length;
        using (var file = folder.Open(segment.Name, write: false))
        {
            length = file.Length;
        }

        lock (gate)
        {
            if (length == options.SegmentBytes && spares.Count < options.SparesMax)
            {
                spare = SegmentNames.Spare(nextSpare++);
            }
        }

        if (spare is null)
        {
            folder.Delete(segment.Name);
        }
        else
        {
            folder.Rename(segment.Name, spare);
        }

        folder.Sync();
        if (spare is not null)
        {
            GiveBack(spare);
        }
    }

    private (string Name, ILogFile File) Make(bool withZeroes)
    {
        string name;
        lock (gate)
        {
            name = SegmentNames.Spare(nextSpare++);
        }

        ILogFile? file = null;
        try
        {
            file = folder.Create(name);
            if (withZeroes || !file.TryReserve(options.SegmentBytes))
            {
                WriteZeroes(file);
            }

            file.Sync();
            return (name, file);
        }
        catch (IOException e)
        {
            file?.Dispose();
            try
            {
                folder.Delete(name);
            }
            catch (IOException)
            {
                // The next start deletes it: it has not the size of a spare.
            }

            throw new LogFullException($"There is no room for a segment of the stream log, {options.SegmentBytes} bytes in {folder.Name}: {e.Message}", e);
        }
    }

    private void WriteZeroes(ILogFile file)
    {
        var zeroes = new byte[Math.Min(ChunkBytes, options.SegmentBytes)];
        for (long at = 0; at < options.SegmentBytes;)
        {
            at += file.Write(at, zeroes.AsSpan(0, (int)Math.Min(zeroes.Length, options.SegmentBytes - at)));
        }
    }
}
