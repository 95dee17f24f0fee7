using Tarn.Kinesis.Log.Files;

namespace Tarn.Kinesis.Log;

/// <summary>Reads a log's folder into a <see cref="LogState"/>: docs/formats/stream-log.md, "Opening". Writes nothing.</summary>
internal sealed class LogOpening
{
    private readonly ILogFolder folder;

    private LogOpening(ILogFolder folder) => this.folder = folder;

    public LogState State { get; } = new();

    /// <summary>The newest segment; null in an empty folder.</summary>
    public Segment? Newest { get; private set; }

    /// <summary>Where the next frame goes, in bytes of the newest segment's file.</summary>
    public long End { get; private set; }

    public uint Chain { get; private set; }

    /// <summary>Where what a frame proves to be synced ends in the newest segment's file, at most at <see cref="End"/>.</summary>
    public long ProvenEnd { get; private set; }

    /// <summary>Whether the log was closed, so that its end is proven; false after a crash.</summary>
    public bool WasClosed { get; private set; } = true;

    /// <summary>Why the tail of the newest segment ends where it does.</summary>
    public string? TailReason { get; private set; }

    /// <exception cref="LogDamagedException">Acknowledged bytes cannot be right.</exception>
    public static LogOpening Read(ILogFolder folder, IReadOnlyList<string> names)
    {
        var opening = new LogOpening(folder);
        var numbers = new List<uint>();
        foreach (var name in names)
        {
            if (SegmentNames.IsSegment(name, out var number))
            {
                numbers.Add(number);
            }
        }

        numbers.Sort();
        for (var index = 0; index < numbers.Count; index++)
        {
            var newest = index == numbers.Count - 1;
            opening.State.Segments.Add(newest ? opening.ReadNewest(numbers[index]) : opening.ReadSealed(numbers[index]));
        }

        opening.Connect();
        return opening;
    }

    private Segment ReadSealed(uint number)
    {
        var name = SegmentNames.Segment(number);
        ulong salt;
        using (var file = folder.Open(name, write: false))
        {
            var header = new byte[FrameHeader.Bytes];
            if (file.Read(0, header) < header.Length || !FrameHeader.TryRead(header, out var start) || start.Kind != FrameKind.Start || start.FirstIndex != number)
            {
                throw new LogDamagedException(name, 0, "no valid start frame");
            }

            salt = start.Salt;
        }

        var segment = new Segment(number, salt, folder);
        if (!SegmentIndex.TryReadRuns(folder, segment))
        {
            SegmentIndex.Rebuild(folder, segment);
        }

        return segment;
    }

    private Segment ReadNewest(uint number)
    {
        var name = SegmentNames.Segment(number);
        using var file = folder.Open(name, write: false);
        var scanner = new FrameScanner(file, name, number);
        Segment? segment = null;
        var last = FrameKind.Start;
        while (scanner.TryNext(out var payload))
        {
            segment ??= new Segment(number, scanner.Salt, folder);
            Replay(segment, scanner.Header, payload);
            last = scanner.Header.Kind;
            ProvenEnd = (uint)scanner.Header.Durable;
        }

        scanner.RefuseDamage();
        State.Generation = scanner.Generation + 1;
        WasClosed = last is FrameKind.Mark or FrameKind.End;
        TailReason = scanner.StopReason;
        End = scanner.Offset;
        Chain = scanner.Chain;
        if (scanner.IsComplete)
        {
            segment!.Seal(scanner.Header.Offset);
        }

        Newest = segment;
        return segment!;
    }

    private void Replay(Segment segment, in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        switch (header.Kind)
        {
            case FrameKind.Start:
                State.ReadShards(payload);
                break;
            case FrameKind.Horizons:
                State.ApplyHorizons(payload);
                break;
            case FrameKind.Deletion:
                State.ApplyDeletion(payload);
                break;
            case FrameKind.Records:
                var shard = State.ShardOf(header.Shard);
                if (header.FirstIndex != shard.NextIndex || header.TimeMs < shard.LastMs || shard.IsDeleted)
                {
                    throw new LogDamagedException(segment.Name, header.Offset,
                        $"records from {header.FirstIndex} of shard {header.Shard} at {header.TimeMs}, expected from {shard.NextIndex}, not before {shard.LastMs}, and not deleted");
                }

                SegmentIndex.AddFrame(segment, header);
                shard.NextIndex = header.FirstIndex + header.Count;
                shard.LastMs = header.TimeMs;
                break;
            case FrameKind.End or FrameKind.Mark:
                break;
            default:
                throw new LogDamagedException(segment.Name, header.Offset, $"a frame of kind {(byte)header.Kind}, which this version does not know");
        }
    }

    /// <summary>Gives each shard its runs and checks that none is missing.</summary>
    private void Connect()
    {
        foreach (var segment in State.Segments)
        {
            foreach (var run in segment.Runs.Values)
            {
                if (!State.Shards.TryGetValue(run.ShardId, out var shard))
                {
                    throw new LogDamagedException(segment.Name, 0, $"records of shard {run.ShardId}, which the newest segment does not know");
                }

                shard.Runs.Add(run);
            }
        }

        foreach (var shard in State.Shards.Values)
        {
            shard.AssignedNext = shard.NextIndex;
            shard.AssignedMs = shard.LastMs;
            shard.AssignedDeleted = shard.IsDeleted;
            CheckWhole(shard);
        }
    }

    private static void CheckWhole(LogShard shard)
    {
        if (shard.IsDeleted)
        {
            return;
        }

        // What is below the horizon may have been dropped, in any order of segments.
        var expected = shard.Horizon;
        foreach (var run in shard.Runs)
        {
            if (run.NextIndex <= expected)
            {
                continue;
            }

            if (run.FirstIndex > expected)
            {
                throw new LogDamagedException(run.Segment.Name, 0, $"shard {shard.Id} goes on with record {run.FirstIndex}; records from {expected} are missing, a segment before this one is gone");
            }

            expected = run.NextIndex;
        }

        if (expected != shard.NextIndex)
        {
            throw new LogDamagedException("(missing segment)", 0, $"records {expected} to {shard.NextIndex} of shard {shard.Id} are missing");
        }
    }
}
