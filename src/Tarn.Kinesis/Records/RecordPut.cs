using System.Text;
using Tarn.Kinesis.Log;
using Tarn.Kinesis.Streams;

namespace Tarn.Kinesis.Records;

/// <summary>A record as a request brings it.</summary>
/// <param name="PartitionKey">UTF-8.</param>
/// <param name="Explicit">Whether the hash key was given and is not the partition key's own.</param>
internal readonly record struct NewRecord(byte[] PartitionKey, UInt128 Hash, bool Explicit, ReadOnlyMemory<byte> Data)
{
    /// <summary>What counts against limits: data and partition key, in bytes.</summary>
    public int Length => Data.Length + PartitionKey.Length;

    public static NewRecord Of(string partitionKey, string? explicitKey, ReadOnlyMemory<byte> data)
    {
        var key = Encoding.UTF8.GetBytes(partitionKey);
        return new NewRecord(key, HashKey.Of(key, explicitKey), explicitKey is not null, data);
    }
}

/// <summary>One put: its records in frames of their shards, which stay open until it is disposed. One thread at a time.</summary>
internal sealed class RecordPut(ShardLogs shards, StreamSnapshot stream) : IDisposable
{
    private readonly AppendBatch batch = shards.Log.Rent();
    private readonly Dictionary<int, FrameBuilder> frames = [];
    private readonly List<(Shard Shard, FrameBuilder Frame, int Ordinal)> places = [];

    /// <summary>Adds all records; false when one of their shards is closed, and the put is of no use.</summary>
    public bool TryAdd(IReadOnlyList<NewRecord> records)
    {
        foreach (var record in records)
        {
            var shard = stream.Route(record.Hash);
            if (shard is null || !TryFrame(shard, out var frame))
            {
                return false;
            }

            places.Add((shard, frame, frame.Count));
            record.Data.Span.CopyTo(frame.Add(record.PartitionKey, record.Explicit ? record.Hash : null, record.Data.Length));
        }

        return true;
    }

    /// <exception cref="StreamLogException">The log took not all of it; <see cref="Result"/> says what it took.</exception>
    public ValueTask AppendAsync(CancellationToken cancellationToken) => batch.AppendAsync(cancellationToken);

    /// <summary>Shard and sequence number of a record; null when it is not in the stream.</summary>
    public (string Shard, string SequenceNumber)? Result(int record)
    {
        var (shard, frame, ordinal) = places[record];
        return frame.Outcome == FrameOutcome.Appended
            ? (shard.Id, RecordNumber.Of(shard, frame.FirstIndex + ordinal, frame.ArrivalMs).ToString())
            : null;
    }

    public void Dispose()
    {
        batch.Dispose();
        foreach (var shard in frames.Keys)
        {
            shards.Leave(stream.LogNumber(shard));
        }
    }

    private bool TryFrame(Shard shard, out FrameBuilder frame)
    {
        if (frames.TryGetValue(shard.Index, out frame!))
        {
            return true;
        }

        var number = stream.LogNumber(shard.Index);
        if (!shards.TryEnter(number))
        {
            return false;
        }

        try
        {
            frames[shard.Index] = frame = batch.FrameFor(number, keyId: 0);
            return true;
        }
        catch (LogShardGoneException)
        {
            // Its stream is being deleted: as good as closed.
            shards.Leave(number);
            return false;
        }
    }
}

/// <summary>Sequence numbers of records. The first record of a shard has index 1: 0 is the shard's own first number.</summary>
internal static class RecordNumber
{
    public static SequenceNumber Of(Shard shard, long logIndex, long arrivalMs) =>
        new(shard.CreateSeconds, (uint)shard.Index, (ulong)logIndex + 1, Math.Max(shard.CreateSeconds, arrivalMs / 1000));

    /// <summary>The place between the record before an index and the record at it: reading at it or after it begins with the latter, whether or not it has been put yet.</summary>
    /// <param name="earlierMs">When the record before the place arrived; 0 when there was none.</param>
    public static SequenceNumber Before(Shard shard, long logIndex, long earlierMs) => Of(shard, logIndex - 1, earlierMs) with { IsBetween = logIndex > 0 };

    /// <summary>The index in the log of the record with a number; -1 for the shard's first number.</summary>
    public static long LogIndex(SequenceNumber number) => (long)Math.Min(number.Index, long.MaxValue) - 1;
}
