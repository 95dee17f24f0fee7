using System.Globalization;
using System.Text;
using Tarn.Kinesis.Log.Files;

namespace Tarn.Kinesis.Log;

/// <summary>
/// Checks and shows the folder of a log without changing it: docs/formats/stream-log.md. While a server writes to the folder, its newest frames may be seen half; they are
/// reported as a torn tail.
/// </summary>
public static class LogInspector
{
    /// <summary>Reads every frame and every index and writes what was found; the answer is the number of damages.</summary>
    public static int Verify(string folder, TextWriter output)
    {
        using var files = new DiskFolder(folder);
        return Verify(files, output);
    }

    /// <summary>Writes a line for each frame, up to the first that is not valid in each segment.</summary>
    /// <param name="records">Whether to list the records of frames that are not encrypted: index, partition key, bytes of data.</param>
    public static void Dump(string folder, TextWriter output, bool records)
    {
        using var files = new DiskFolder(folder);
        Dump(files, output, records);
    }

    internal static int Verify(ILogFolder folder, TextWriter output)
    {
        var names = folder.List();
        var numbers = Numbers(names);
        var damages = new List<LogDamagedException>();
        foreach (var number in numbers)
        {
            Verify(folder, number, isNewest: number == numbers[^1], output, damages);
        }

        try
        {
            var state = LogOpening.Read(folder, names).State;
            output.WriteLine($"{state.Shards.Values.Count(shard => !shard.IsDeleted)} shards, {state.Shards.Values.Where(shard => !shard.IsDeleted).Sum(shard => shard.NextIndex - shard.Horizon)} records that are not gone");
        }
        catch (LogDamagedException e)
        {
            // Usually one of those that were found above.
            if (!damages.Exists(damage => damage.File == e.File && damage.Offset == e.Offset))
            {
                damages.Add(e);
            }
        }

        foreach (var damage in damages)
        {
            output.WriteLine(damage.Message);
        }

        output.WriteLine(damages.Count == 0 ? "The stream log is whole." : $"{damages.Count} damages.");
        return damages.Count;
    }

    internal static void Dump(ILogFolder folder, TextWriter output, bool records)
    {
        foreach (var number in Numbers(folder.List()))
        {
            var name = SegmentNames.Segment(number);
            output.WriteLine(name);
            using var file = folder.Open(name, write: false);
            var scanner = new FrameScanner(file, name, number);
            while (scanner.TryNext(out var payload))
            {
                output.WriteLine(Line(scanner.Header));
                if (records && scanner.Header is { Kind: FrameKind.Records, IsEncrypted: false })
                {
                    WriteRecords(scanner.Header, payload, output);
                }
            }

            if (scanner.StopReason is { } reason)
            {
                output.WriteLine($"  {scanner.Offset,10}  ends here: {reason}");
            }
        }
    }

    private static List<uint> Numbers(IReadOnlyList<string> names)
    {
        var numbers = new List<uint>();
        foreach (var name in names)
        {
            if (SegmentNames.IsSegment(name, out var number))
            {
                numbers.Add(number);
            }
        }

        numbers.Sort();
        return numbers;
    }

    private static void Verify(ILogFolder folder, uint number, bool isNewest, TextWriter output, List<LogDamagedException> damages)
    {
        var name = SegmentNames.Segment(number);
        using var file = folder.Open(name, write: false);
        var scanner = new FrameScanner(file, name, number);
        long frames = 0, records = 0;
        Segment? segment = null;
        try
        {
            while (scanner.TryNext(out var payload))
            {
                segment ??= new Segment(number, scanner.Salt, folder);
                SegmentIndex.AddFrame(segment, scanner.Header);
                CheckRecords(name, scanner.Header, payload);
                frames++;
                records += scanner.Header.Kind == FrameKind.Records ? scanner.Header.Count : 0;
            }

            if (!scanner.IsComplete)
            {
                scanner.RefuseDamage();
                if (!isNewest)
                {
                    throw new LogDamagedException(name, scanner.Offset, $"{scanner.StopReason}, and the segment is not the newest: it must go on to an end frame.");
                }
            }

            output.WriteLine($"{name}: {frames} frames, {records} records, {scanner.Offset} of {file.Length} bytes used; {State(folder, segment!, scanner)}");
        }
        catch (LogDamagedException e)
        {
            damages.Add(e);
            output.WriteLine($"{name}: {frames} frames, {records} records, then damage at offset {e.Offset}");
        }
    }

    private static string State(ILogFolder folder, Segment segment, FrameScanner scanner)
    {
        if (!scanner.IsComplete)
        {
            return "the newest, goes on after the last valid frame";
        }

        var indexed = new Segment(segment.Number, segment.Salt, folder);
        if (!SegmentIndex.TryReadRuns(folder, indexed))
        {
            return "complete, no valid index (it is made again)";
        }

        var same = indexed.Runs.Count == segment.Runs.Count && segment.Runs.Values.All(run =>
            indexed.Runs.TryGetValue(run.ShardId, out var other) &&
            (other.FirstIndex, other.NextIndex, other.FirstMs, other.LastMs) == (run.FirstIndex, run.NextIndex, run.FirstMs, run.LastMs) &&
            SegmentIndex.TryReadEntries(folder, other) is { } entries && entries.AsSpan().SequenceEqual(run.Entries.AsSpan(0, run.EntryCount)));
        return same ? "complete, index agrees" : throw new LogDamagedException(SegmentNames.Index(segment.Number), 0, "the index is not that of the frames; delete the file, it is made again");
    }

    private static void CheckRecords(string name, in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.Kind != FrameKind.Records || header.IsEncrypted)
        {
            return;
        }

        var at = 0;
        for (var number = 0; number < header.Count; number++)
        {
            if (!RecordCodec.TryRead(payload, at, out var parts))
            {
                throw new LogDamagedException(name, header.Offset, $"record {header.FirstIndex + number} of shard {header.Shard} does not fit its frame");
            }

            at = parts.End;
        }

        if (at != payload.Length)
        {
            throw new LogDamagedException(name, header.Offset, $"{header.Count} records take {at} bytes of a payload of {payload.Length}");
        }
    }

    private static string Line(in FrameHeader header)
    {
        var time = DateTimeOffset.FromUnixTimeMilliseconds(header.TimeMs).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        var what = header.Kind switch
        {
            FrameKind.Records => $"records   shard {header.Shard}, {header.FirstIndex} to {header.FirstIndex + header.Count - 1}, {header.PayloadLength} bytes{(header.IsEncrypted ? $", key {header.KeyId}" : "")}",
            FrameKind.Start => $"start     {header.Count} shards",
            FrameKind.Horizons => $"horizons  {header.Count} shards",
            FrameKind.Deletion => $"deletion  {header.Count} shards",
            FrameKind.End => "end",
            FrameKind.Mark => "mark",
            _ => $"kind {(byte)header.Kind}",
        };
        return $"  {header.Offset,10}  {time}  generation {header.Generation}  {what}";
    }

    private static void WriteRecords(in FrameHeader header, ReadOnlySpan<byte> payload, TextWriter output)
    {
        var at = 0;
        for (var number = 0; number < header.Count && RecordCodec.TryRead(payload, at, out var parts); number++)
        {
            output.WriteLine($"              {header.FirstIndex + number}  {Encoding.UTF8.GetString(payload.Slice(parts.Key, parts.KeyBytes))}  {parts.DataBytes} bytes");
            at = parts.End;
        }
    }
}
