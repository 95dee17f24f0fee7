using System.Buffers.Binary;
using Tarn.Kinesis.Log.Files;

namespace Tarn.Kinesis.Log;

/// <summary>
/// Gives frames their place, writes and syncs them, then publishes them: docs/formats/stream-log.md, "Order of writes". One thread at a time. The first failed write or sync
/// ends it for good.
/// </summary>
internal sealed class LogWriter(LogState state, SegmentFiles files, StreamLogOptions options)
{
    private readonly SegmentOutput output = new();
    private readonly List<FrameBuilder> placed = [];
    private readonly List<AppendBatch> taken = [];
    private int firstUndecided;
    private Segment? active;
    private uint chain;
    private ulong durable;
    private bool isMarked;
    private LogFullException? full;

    public LogRing Ring { get; } = new(options.RingBytesMax);

    /// <summary>Why nothing is written any more.</summary>
    public LogFailedException? Failure { get; private set; }

    /// <summary>Whether the segment in use is so full that the next should be made ready.</summary>
    public bool WantsSpare => active is null || active.IsSealed || output.Written > output.Capacity / 4;

    /// <summary>Goes on behind the last frame of the newest segment.</summary>
    public void Continue(Segment segment, ILogFile opened, long end, uint lastChain, bool marked)
    {
        active = segment;
        output.Continue(opened, Math.Max(opened.Length, options.SegmentBytes), end);
        chain = lastChain;
        isMarked = marked;
        durable = LogPosition.Of(segment.Number, end);
    }

    /// <summary>Writes these appends and completes or fails each of them, exactly once.</summary>
    public void Write(List<AppendBatch> batches)
    {
        taken.Clear();
        taken.AddRange(batches);
        firstUndecided = 0;
        full = null;
        try
        {
            if (Failure is not null)
            {
                throw Failure;
            }

            foreach (var batch in taken)
            {
                foreach (var frame in batch.Frames)
                {
                    Place(frame);
                }
            }

            Commit();
        }
        catch (Exception e)
        {
            // Also what is no failed write but a defect: the log's state in memory is then unknown, and the callers get the reason.
            Failure ??= e as LogFailedException ?? new LogFailedException(
                $"The stream log in {files.Folder.Name} takes no more records until the process is started again, because a write failed: {e.Message}", e);
            foreach (var frame in placed)
            {
                // It had its place, but whether it is on disk is not known.
                frame.Outcome = FrameOutcome.Pending;
            }

            placed.Clear();
            for (; firstUndecided < taken.Count; firstUndecided++)
            {
                taken[firstUndecided].Fail(Failure);
            }
        }
    }

    /// <summary>
    /// Makes sure that what was found when the log was opened is on disk, and marked. What no frame proves to be synced is written again: after a failed sync Linux holds
    /// pages that read right, count as clean, and are on no disk.
    /// </summary>
    /// <exception cref="LogFailedException">It could not be written.</exception>
    public void Prove(long provenEnd)
    {
        Guarded(() =>
        {
            output.WriteAgain(provenEnd);
            output.Sync();
        });
        Mark();
    }

    /// <summary>Writes a frame that proves what is before it, so that damage to it can be told from a torn write; when there is no room for one, the end frame.</summary>
    /// <exception cref="LogFailedException">It could not be written.</exception>
    public void Mark()
    {
        if (active is null or { IsSealed: true } || isMarked || Failure is not null)
        {
            return;
        }

        Guarded(() =>
        {
            if (output.Written + (2 * FrameHeader.Bytes) > output.Capacity)
            {
                SealActive();
            }
            else
            {
                PutBare(FrameKind.Mark);
                Commit();
            }
        });
        isMarked = true;
    }

    private void Guarded(Action write)
    {
        try
        {
            write();
        }
        catch (IOException e)
        {
            Failure = new LogFailedException($"The end of the stream log in {files.Folder.Name} could not be written: {e.Message}", e);
            throw Failure;
        }
    }

    private void Place(FrameBuilder frame)
    {
        var now = options.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (frame.Kind == FrameKind.Records)
        {
            if (frame.Shard!.AssignedDeleted)
            {
                Skip(frame, FrameOutcome.ShardDeleted);
                return;
            }

            now = Math.Max(now, frame.Shard.AssignedMs);
        }

        var kept = FrameHeader.Bytes + (frame.Kind == FrameKind.Records ? options.ReservedBytes : 0);
        var mustRoll = active is null || active.IsSealed || output.Written + frame.TotalLength + kept > output.Capacity ||
            (frame.Shard is not null && active.Runs.TryGetValue(frame.ShardId, out var run) && !run.Reaches(now));
        if (mustRoll && !TryRoll())
        {
            Skip(frame, FrameOutcome.NoRoom);
            return;
        }

        if (frame.Shard is { } target)
        {
            frame.FirstIndex = target.AssignedNext;
            frame.ArrivalMs = now;
            target.AssignedNext += frame.Count;
            target.AssignedMs = now;
        }
        else if (frame.Kind == FrameKind.Deletion)
        {
            AssignDeletion(frame);
        }

        chain = new FrameHeader
        {
            Salt = active!.Salt,
            Offset = (uint)output.Written,
            PayloadLength = frame.PayloadLength,
            PayloadCrc = frame.PayloadCrc,
            Chain = chain,
            Durable = durable,
            Generation = state.Generation,
            Kind = frame.Kind,
            Flags = frame.KeyId != 0 ? FrameHeader.Encrypted : (byte)0,
            Shard = frame.ShardId,
            FirstIndex = frame.FirstIndex,
            Count = frame.Count,
            KeyId = frame.KeyId,
            TimeMs = now,
        }.Write(frame.Buffer.Array);
        frame.Outcome = FrameOutcome.Appended;
        frame.Offset = (uint)output.Written;
        placed.Add(frame);
        Put(frame.Buffer.Array.AsSpan(0, frame.TotalLength));
    }

    private void Skip(FrameBuilder frame, FrameOutcome outcome)
    {
        frame.Outcome = outcome;
        placed.Add(frame);
    }

    private void AssignDeletion(FrameBuilder frame)
    {
        var payload = frame.Buffer.Array.AsSpan(FrameHeader.Bytes, frame.PayloadLength);
        for (; payload.Length >= 8; payload = payload[8..])
        {
            if (state.Shards.TryGetValue(BinaryPrimitives.ReadInt64LittleEndian(payload), out var shard))
            {
                shard.AssignedDeleted = true;
            }
        }
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        isMarked = false;
        output.Put(bytes);
    }

    /// <summary>Syncs what was put, publishes it, and completes the appends that are decided by it.</summary>
    private void Commit()
    {
        if (output.Sync())
        {
            durable = LogPosition.Of(active!.Number, output.Written);
        }

        foreach (var frame in placed)
        {
            if (frame.Outcome == FrameOutcome.Appended)
            {
                Publish(frame);
            }
        }

        foreach (var frame in placed)
        {
            // From its last frame on a batch is its caller's again and not touched any more.
            var batch = frame.Batch;
            if (--batch.Undecided == 0)
            {
                firstUndecided++;
                if (full is not null && HasNoRoom(batch))
                {
                    batch.Fail(full);
                }
                else
                {
                    batch.Complete();
                }
            }
        }

        placed.Clear();
    }

    private static bool HasNoRoom(AppendBatch batch)
    {
        foreach (var frame in batch.Frames)
        {
            if (frame.Outcome == FrameOutcome.NoRoom)
            {
                return true;
            }
        }

        return false;
    }

    private void Publish(FrameBuilder frame)
    {
        var payload = frame.Buffer.Array.AsSpan(FrameHeader.Bytes, frame.PayloadLength);
        if (frame.Kind == FrameKind.Horizons)
        {
            state.ApplyHorizons(payload);
        }
        else if (frame.Kind == FrameKind.Deletion)
        {
            state.ApplyDeletion(payload);
        }
        else if (frame.Shard is { } shard)
        {
            TaskCompletionSource? waiters;
            lock (shard.Gate)
            {
                if (!active!.Runs.TryGetValue(shard.Id, out var run))
                {
                    run = new ShardRun { Segment = active, ShardId = shard.Id, FirstIndex = frame.FirstIndex, NextIndex = frame.FirstIndex, FirstMs = frame.ArrivalMs };
                    active.Runs.Add(shard.Id, run);
                    shard.Runs.Add(run);
                }

                run.Add(frame.Offset, frame.FirstIndex, frame.Count, frame.ArrivalMs, frame.TotalLength);
                if (Ring.IsOn)
                {
                    shard.AddToRing(frame.Buffer, frame.FirstIndex);
                }

                shard.NextIndex = frame.FirstIndex + frame.Count;
                shard.LastMs = frame.ArrivalMs;
                waiters = shard.TakeAppended();
            }

            if (Ring.IsOn)
            {
                Ring.Added(shard, frame.Buffer.Array.Length);
            }

            waiters?.TrySetResult();
        }
    }

    /// <summary>Seals the segment in use and begins the next; false when there is no room for one, and then nothing has changed.</summary>
    private bool TryRoll()
    {
        string spare;
        ILogFile next;
        try
        {
            (spare, next) = files.TakeSpare();
        }
        catch (LogFullException e)
        {
            full = e;
            return false;
        }

        if (active is { IsSealed: false })
        {
            SealActive();
        }

        Begin(spare, next);
        return true;
    }

    private void SealActive()
    {
        var at = output.Written;
        PutBare(FrameKind.End);
        Commit();
        active!.Seal(at);
        active.KeepOpen(false);
    }

    private void PutBare(FrameKind kind)
    {
        Span<byte> frame = stackalloc byte[FrameHeader.Bytes];
        frame.Clear();
        WriteBare(frame, kind, count: 0);
        Put(frame);
    }

    private void Begin(string spare, ILogFile next)
    {
        Span<byte> random = stackalloc byte[8];
        options.Random(random);
        var number = active is null ? 1 : active.Number + 1;
        var segment = new Segment(number, BinaryPrimitives.ReadUInt64LittleEndian(random), files.Folder);
        var payload = state.WriteShards(out var count);
        var frame = new byte[FrameHeader.Bytes + payload.Length];
        payload.CopyTo(frame.AsSpan(FrameHeader.Bytes));
        active = segment;
        output.Continue(next, options.SegmentBytes, written: 0);
        chain = 0;
        durable = LogPosition.Of(number, 0);
        WriteBare(frame, FrameKind.Start, count);
        output.Put(frame);
        output.Sync();
        files.Activate(spare, number);
        durable = LogPosition.Of(number, output.Written);
        segment.Opened(next);
        isMarked = false;
        lock (state.Segments)
        {
            state.Segments.Add(segment);
        }
    }

    /// <summary>Completes the header of a frame that no caller gave.</summary>
    private void WriteBare(Span<byte> frame, FrameKind kind, int count)
    {
        chain = new FrameHeader
        {
            Salt = active!.Salt,
            Offset = (uint)output.Written,
            PayloadLength = frame.Length - FrameHeader.Bytes,
            PayloadCrc = Crc32C.Of(frame[FrameHeader.Bytes..]),
            Chain = chain,
            Durable = durable,
            Generation = state.Generation,
            Kind = kind,
            FirstIndex = kind == FrameKind.Start ? active.Number : 0,
            Count = count,
            TimeMs = options.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
        }.Write(frame);
    }
}
