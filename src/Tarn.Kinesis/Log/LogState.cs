using System.Buffers.Binary;
using System.Collections.Concurrent;

namespace Tarn.Kinesis.Log;

/// <summary>What the log knows: its shards and its segments. Shared by writer, readers and maintenance.</summary>
internal sealed class LogState
{
    private const int ShardBytes = 40;
    private const int DeletedFlag = 1;

    public ConcurrentDictionary<long, LogShard> Shards { get; } = new();

    /// <summary>All named segments, ascending. Under its own lock.</summary>
    public List<Segment> Segments { get; } = [];

    /// <summary>Generation of this opening.</summary>
    public uint Generation { get; set; } = 1;

    /// <summary>Bytes of a start frame's payload with this many shards.</summary>
    public static long StartPayloadBytes(int shards) => (long)shards * ShardBytes;

    public LogShard ShardOf(long id) => Shards.GetOrAdd(id, static id => new LogShard(id));

    /// <summary>
    /// The payload of a start frame: what has been published, when nothing is under way. Deleted shards of which no segment has anything are left out, and forgotten.
    /// </summary>
    public byte[] WriteShards(out int count)
    {
        var known = new List<LogShard>();
        foreach (var shard in Shards.Values)
        {
            lock (shard.Gate)
            {
                if (shard.IsKnown)
                {
                    known.Add(shard);
                }
                else if (shard.IsDeleted)
                {
                    Shards.TryRemove(shard.Id, out _);
                }
            }
        }

        known.Sort((left, right) => left.Id.CompareTo(right.Id));
        count = known.Count;
        var bytes = new byte[FrameHeader.Total(known.Count * ShardBytes) - FrameHeader.Bytes];
        for (var index = 0; index < known.Count; index++)
        {
            var shard = known[index];
            var at = bytes.AsSpan(index * ShardBytes);
            lock (shard.Gate)
            {
                BinaryPrimitives.WriteInt64LittleEndian(at, shard.Id);
                BinaryPrimitives.WriteInt64LittleEndian(at[8..], shard.NextIndex);
                BinaryPrimitives.WriteInt64LittleEndian(at[16..], shard.LastMs);
                BinaryPrimitives.WriteInt64LittleEndian(at[24..], shard.Horizon);
                BinaryPrimitives.WriteInt32LittleEndian(at[32..], shard.IsDeleted ? DeletedFlag : 0);
            }
        }

        return bytes;
    }

    public void ReadShards(ReadOnlySpan<byte> payload)
    {
        for (; payload.Length >= ShardBytes; payload = payload[ShardBytes..])
        {
            var shard = ShardOf(BinaryPrimitives.ReadInt64LittleEndian(payload));
            shard.NextIndex = BinaryPrimitives.ReadInt64LittleEndian(payload[8..]);
            shard.LastMs = BinaryPrimitives.ReadInt64LittleEndian(payload[16..]);
            shard.Horizon = shard.DurableHorizon = BinaryPrimitives.ReadInt64LittleEndian(payload[24..]);
            shard.IsDeleted = (BinaryPrimitives.ReadInt32LittleEndian(payload[32..]) & DeletedFlag) != 0;
        }
    }

    public void ApplyHorizons(ReadOnlySpan<byte> payload)
    {
        for (; payload.Length >= 16; payload = payload[16..])
        {
            if (Shards.TryGetValue(BinaryPrimitives.ReadInt64LittleEndian(payload), out var shard))
            {
                lock (shard.Gate)
                {
                    var horizon = BinaryPrimitives.ReadInt64LittleEndian(payload[8..]);
                    shard.DurableHorizon = Math.Max(shard.DurableHorizon, horizon);
                    if (horizon > shard.Horizon)
                    {
                        shard.Horizon = horizon;
                        shard.HorizonMs = 0;
                    }
                }
            }
        }
    }

    public void ApplyDeletion(ReadOnlySpan<byte> payload)
    {
        for (; payload.Length >= 8; payload = payload[8..])
        {
            if (Shards.TryGetValue(BinaryPrimitives.ReadInt64LittleEndian(payload), out var shard))
            {
                TaskCompletionSource? waiters;
                lock (shard.Gate)
                {
                    shard.IsDeleted = true;
                    waiters = shard.TakeAppended();
                }

                waiters?.TrySetResult();
            }
        }
    }
}
