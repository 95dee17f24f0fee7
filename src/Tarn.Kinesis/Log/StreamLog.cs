using System.Buffers.Binary;
using System.Collections.Concurrent;
using Tarn.Kinesis.Log.Files;

namespace Tarn.Kinesis.Log;

/// <summary>
/// The log of all streams of a data folder: appends that are answered when they are on disk, reads by index and by time. It knows shards by numbers that its caller gives
/// and never gives twice; names, hash ranges and sequence numbers are the caller's. Any thread may call anything. Bytes on disk: docs/formats/stream-log.md.
/// </summary>
public sealed class StreamLog : IAsyncDisposable
{
    private const int IdleBatchesMax = 1024;
    private readonly StreamLogOptions options;
    private readonly LogState state;
    private readonly SegmentFiles files;
    private readonly FrameBufferPool pool;
    private readonly AppendQueue queue;
    private readonly LogWriter writer;
    private readonly LogReader reader;
    private readonly LogMaintenance maintenance;
    private readonly ConcurrentQueue<AppendBatch> idleBatches = new();
    private readonly List<AppendBatch> turn = [];
    private readonly Thread? thread;
    private int openShards;
    private bool closing;

    /// <summary>Why no more records come; null while they may. Set before the waiters are woken.</summary>
    private volatile StreamLogException? ended;

    private StreamLog(ILogFolder folder, StreamLogOptions options, LogOpening opening, SegmentFiles files)
    {
        this.options = options;
        this.files = files;
        state = opening.State;
        pool = new FrameBufferPool(options.IdleBytesMax);
        queue = new AppendQueue(options.QueueBytesMax, options.QueueCountMax);
        writer = new LogWriter(state, files, options);
        var indexes = new IndexCache(files, options.IndexCacheBytesMax);
        reader = new LogReader(indexes, pool, options);
        maintenance = new LogMaintenance(state, files, indexes, reader, this, options);
        if (opening.Newest is { } newest)
        {
            var file = folder.Open(newest.Name, write: true);
            writer.Continue(newest, file, opening.End, opening.Chain, opening.WasClosed);
            if (!newest.IsSealed)
            {
                newest.Opened(file);
            }

            writer.Prove(opening.ProvenEnd);
            if (newest.IsSealed)
            {
                file.Dispose();
            }
        }

        if (options.OwnThreads)
        {
            thread = new Thread(WriteLoop) { IsBackground = true, Name = "stream log" };
            thread.Start();
            maintenance.Start();
        }
    }

    /// <summary>Opens the log of a folder, or begins one. The folder is used by one process at a time.</summary>
    /// <exception cref="LogDamagedException">Acknowledged bytes cannot be right; nothing was changed.</exception>
    /// <exception cref="LogFailedException">The end of the log could not be written.</exception>
    /// <exception cref="IOException">The folder could not be read or synced.</exception>
    public static StreamLog Open(string folder, StreamLogOptions options) => Open(new DiskFolder(folder), options);

    internal static StreamLog Open(ILogFolder folder, StreamLogOptions options)
    {
        options.Check();
        try
        {
            var names = folder.List();
            var opening = LogOpening.Read(folder, names);
            var files = new SegmentFiles(folder, options);
            files.Adopt(names);

            // The process before may have ended between a rename and its sync; names that are used must stay.
            folder.Sync();
            return new StreamLog(folder, options, opening, files);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>The shards that have records here and were not deleted, with the index after their last one. What the caller does not know any more it should delete.</summary>
    public IReadOnlyList<(long Shard, long NextIndex)> Shards =>
        [.. state.Shards.Values.Where(shard => !shard.IsDeleted && shard.NextIndex > 0).Select(shard => (shard.Id, shard.NextIndex)).Order()];

    internal bool WantsSpare => Volatile.Read(ref openShards) > 0 && writer.WantsSpare;

    internal LogState State => state;

    /// <summary>Whether the log can keep so many shards more.</summary>
    public bool HasRoomFor(int shards) =>
        state.Shards.Count + shards <= options.ShardsMax && LogState.StartPayloadBytes(state.Shards.Count + shards) <= (options.SegmentBytes / 2) - 256;

    /// <summary>Makes a shard known in this process, and says how long its records are kept. To be called once for each before it is used.</summary>
    /// <param name="shard">1 or more; a number that was deleted is not used again.</param>
    /// <exception cref="InvalidOperationException">There are as many shards as the log can keep.</exception>
    public void OpenShard(long shard, TimeSpan retention)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shard, 1);
        if (!state.Shards.ContainsKey(shard) && !HasRoomFor(1))
        {
            throw new InvalidOperationException($"The stream log has {state.Shards.Count} shards; no more fit a segment of {options.SegmentBytes} bytes and the limit of {options.ShardsMax}.");
        }

        var entry = state.ShardOf(shard);
        lock (entry.Gate)
        {
            if (entry.IsDeleted)
            {
                throw new LogShardGoneException(shard);
            }

            entry.IsOpen = true;
            entry.RetentionMs = (long)retention.TotalMilliseconds;
        }

        if (Interlocked.Increment(ref openShards) == 1)
        {
            maintenance.Signal();
        }
    }

    /// <summary>An empty batch; dispose it to give it back.</summary>
    public AppendBatch Rent()
    {
        if (!idleBatches.TryDequeue(out var batch))
        {
            batch = new AppendBatch(this);
        }

        batch.Rented();
        return batch;
    }

    /// <summary>Reads records from an index on; from the horizon when that is later. Nothing when the index is not written yet.</summary>
    /// <param name="maxRecords">1 or more.</param>
    /// <param name="maxBytes">Of data and partition keys; the first record is given even when it is larger.</param>
    /// <exception cref="LogShardGoneException">The shard is not open or was deleted.</exception>
    /// <exception cref="LogDamagedException">A frame on disk is not what was written.</exception>
    public LogRead Read(long shard, long fromIndex, int maxRecords, long maxBytes) => reader.Read(Opened(shard), fromIndex, maxRecords, maxBytes);

    /// <summary>Index of the first record that arrived at a time (milliseconds since 1970 UTC) or later; the tip when there is none, the horizon when it is later.</summary>
    public long FirstIndexAtOrAfter(long shard, long timeMs) => reader.FirstIndexAtOrAfter(Opened(shard), timeMs);

    /// <summary>Index of the oldest record that is not gone; the tip when all are.</summary>
    public long HorizonIndex(long shard) => reader.Horizon(Opened(shard));

    /// <summary>Index that the next record will have.</summary>
    public long TipIndex(long shard)
    {
        var entry = Opened(shard);
        lock (entry.Gate)
        {
            return entry.NextIndex;
        }
    }

    /// <summary>
    /// Completes when the record of this index is on disk: true; or when the shard was deleted: false. Nothing is polled.
    /// </summary>
    /// <exception cref="LogFailedException">The log has failed: there will be no such record in this process.</exception>
    /// <exception cref="LogClosedException">The log is closed, or was closed meanwhile.</exception>
    public async ValueTask<bool> WaitForAsync(long shard, long index, CancellationToken cancellationToken)
    {
        var entry = Opened(shard);
        while (true)
        {
            Task next;
            lock (entry.Gate)
            {
                if (entry.IsDeleted)
                {
                    return false;
                }

                if (entry.NextIndex > index)
                {
                    return true;
                }

                if (ended is not null)
                {
                    throw ended;
                }

                next = entry.NextAppend;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Changes how long records are kept. What had expired before stays gone, also when they are kept longer from now on.</summary>
    public async ValueTask SetRetentionAsync(long shard, TimeSpan retention)
    {
        var entry = Opened(shard);
        var horizon = reader.Horizon(entry);
        if (retention.TotalMilliseconds > entry.RetentionMs && horizon > entry.DurableHorizon)
        {
            await TrimAsync(shard, horizon);
        }

        lock (entry.Gate)
        {
            entry.RetentionMs = (long)retention.TotalMilliseconds;
            entry.HorizonMs = 0;
        }
    }

    /// <summary>Makes the records before an index gone, durably. At most up to the tip.</summary>
    public async ValueTask TrimAsync(long shard, long beforeIndex)
    {
        var before = Math.Min(beforeIndex, TipIndex(shard));
        await AppendControlAsync(FrameKind.Horizons, frame =>
        {
            var entry = frame.AddEntry(16);
            BinaryPrimitives.WriteInt64LittleEndian(entry, shard);
            BinaryPrimitives.WriteInt64LittleEndian(entry[8..], before);
        });
    }

    /// <summary>Deletes shards with their records, durably. Their segments are freed when nothing else is in them.</summary>
    public async ValueTask DeleteShardsAsync(IReadOnlyCollection<long> shards)
    {
        foreach (var some in shards.Where(state.Shards.ContainsKey).Chunk((options.FrameBytesMax - 64) / 8))
        {
            await AppendControlAsync(FrameKind.Deletion, frame =>
            {
                foreach (var shard in some)
                {
                    BinaryPrimitives.WriteInt64LittleEndian(frame.AddEntry(8), shard);
                }
            });
        }

        maintenance.Signal();
    }

    /// <summary>Writes what waits, marks the end, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (closing)
        {
            return;
        }

        closing = true;
        queue.Close(new LogClosedException());
        EndWaits(new LogClosedException());
        await maintenance.DisposeAsync();
        if (thread is not null)
        {
            await Task.Run(thread.Join);
        }
        else
        {
            WriteLoop();
        }

        writer.Ring.Clear();
        lock (state.Segments)
        {
            foreach (var segment in state.Segments)
            {
                segment.KeepOpen(false);
            }
        }

        files.Folder.Dispose();
    }

    internal LogShard Opened(long shard) =>
        state.Shards.TryGetValue(shard, out var entry) && entry is { IsOpen: true, IsDeleted: false } ? entry : throw new LogShardGoneException(shard);

    /// <summary>A data key for a frame of a shard. The keys of a shard go when it has been deleted, which may be while somebody still uses it.</summary>
    internal byte[] DataKey(LogShard shard, int keyId) => reader.DataKey(shard, keyId);

    internal bool TryEnqueue(AppendBatch batch) => queue.TryAdd(batch);

    internal ValueTask EnqueueAsync(AppendBatch batch, CancellationToken cancellationToken) => queue.AddAsync(batch, cancellationToken);

    internal FrameBuilder NewBuilder() => new(pool, options);

    internal void Return(AppendBatch batch)
    {
        if (idleBatches.Count < IdleBatchesMax)
        {
            idleBatches.Enqueue(batch);
        }
    }

    /// <summary>Appends a frame that is not one of records.</summary>
    internal async ValueTask AppendControlAsync(FrameKind kind, Action<FrameBuilder> fill)
    {
        using var batch = Rent();
        fill(batch.Begin(kind, shard: 0, keyId: 0, dataKey: null));
        var append = batch.AppendAsync(CancellationToken.None);
        if (!options.OwnThreads)
        {
            Pump();
        }

        await append;
    }

    /// <summary>For simulations: writes all that waits, on this thread.</summary>
    internal void Pump()
    {
        while (WriteTurn(wait: false))
        {
        }
    }

    /// <summary>For simulations: does what the maintenance has to do.</summary>
    internal Task MaintainAsync() => maintenance.RunOnceAsync();

    private void WriteLoop()
    {
        while (WriteTurn(wait: options.OwnThreads))
        {
        }

        try
        {
            writer.Mark();
        }
        catch (LogFailedException)
        {
            // All that was acknowledged is on disk; the next opening finds an end without a mark, as after a crash.
        }
    }

    private bool WriteTurn(bool wait)
    {
        turn.Clear();
        if (!queue.Take(turn, options.CommitBytesMax, wait))
        {
            return false;
        }

        writer.Write(turn);
        if (writer.Failure is { } failure)
        {
            queue.Close(failure);
            EndWaits(failure);
        }

        if (files.NeedsSpare && writer.WantsSpare)
        {
            maintenance.Signal();
        }

        return true;
    }

    /// <summary>Wakes who waits for a record: none will come.</summary>
    private void EndWaits(StreamLogException why)
    {
        if (ended is not null)
        {
            return;
        }

        ended = why;
        foreach (var shard in state.Shards.Values)
        {
            TaskCompletionSource? waiters;
            lock (shard.Gate)
            {
                waiters = shard.TakeAppended();
            }

            waiters?.TrySetResult();
        }
    }
}
