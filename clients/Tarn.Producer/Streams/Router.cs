namespace Tarn.Clients.Producer.Streams;

/// <summary>Gives each waiting record its shard, and anew when the shards change. Only its stream's loop uses it.</summary>
internal sealed class Router(ProducerOptions options)
{
    /// <summary>Records that came before the stream's shards were known.</summary>
    private readonly Queue<PendingRecord> unrouted = new();
    private ShardQueue[] queues = [];
    private ShardMap? map;

    /// <summary>Of the open shards, in the order of their hash keys; empty while they are not known.</summary>
    public IReadOnlyList<ShardQueue> Queues => queues;

    public ShardMap? Map => map;

    /// <summary>Whether any record waits.</summary>
    public bool IsEmpty => unrouted.Count == 0 && Array.TrueForAll(queues, queue => queue.Count == 0);

    public void Add(PendingRecord record)
    {
        if (map is null)
        {
            unrouted.Enqueue(record);
        }
        else
        {
            queues[map.IndexOf(record.Hash)].Add(record);
        }
    }

    /// <summary>Takes back a record that was sent. There must be a map: else it would not have been.</summary>
    public void AddAgain(PendingRecord record) => queues[map!.IndexOf(record.Hash)].AddAgain(record);

    /// <summary>The shards are these now. A shard that stays keeps what holds it back.</summary>
    /// <returns>Whether the open ones are others than before.</returns>
    public bool Use(ShardMap shards, TimeSpan now)
    {
        map = shards;
        if (queues.Select(queue => queue.ShardId).SequenceEqual(shards.Open.Select(shard => shard.ShardId)))
        {
            return false;
        }

        var waiting = TakeAll();
        var before = queues.ToDictionary(queue => queue.ShardId);
        queues = [.. shards.Open.Select(shard => before.GetValueOrDefault(shard.ShardId) ?? new ShardQueue(shard.ShardId, options, now))];
        foreach (var record in waiting)
        {
            Add(record);
        }

        return true;
    }

    /// <summary>Takes the records that have had their time.</summary>
    public IEnumerable<PendingRecord> TakeExpired(TimeSpan now)
    {
        while (unrouted.TryPeek(out var oldest) && IsExpired(oldest, now))
        {
            yield return unrouted.Dequeue();
        }

        foreach (var queue in queues)
        {
            while (queue.TryPeek(out var oldest) && IsExpired(oldest, now))
            {
                yield return queue.Dequeue();
            }
        }
    }

    /// <summary>When the next record has had its time; null without records.</summary>
    public TimeSpan? NextExpiry()
    {
        TimeSpan? next = unrouted.TryPeek(out var first) ? first.AcceptedAt + options.RecordTtl : null;
        foreach (var queue in queues)
        {
            if (queue.TryPeek(out var oldest) && !(next <= oldest.AcceptedAt + options.RecordTtl))
            {
                next = oldest.AcceptedAt + options.RecordTtl;
            }
        }

        return next;
    }

    /// <summary>Takes every record, in the order in which they were accepted.</summary>
    public List<PendingRecord> TakeAll()
    {
        var all = new List<PendingRecord>(unrouted);
        unrouted.Clear();
        foreach (var queue in queues)
        {
            while (queue.Count > 0)
            {
                all.Add(queue.Dequeue());
            }
        }

        all.Sort((one, other) => one.Ordinal.CompareTo(other.Ordinal));
        return all;
    }

    private bool IsExpired(PendingRecord record, TimeSpan now) => record.AcceptedAt + options.RecordTtl <= now;
}
