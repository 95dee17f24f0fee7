using Tarn.Kinesis.Log;
using Tarn.Kinesis.Streams;
using Tarn.Wire.Dispatch;

namespace Tarn.Kinesis.Fanout;

/// <summary>
/// Makes the events of all subscriptions. Those that are at the tip of a shard share one: the first to come encodes it, the others await that and send the same bytes. A shared
/// event is kept for a second, and all of them have at most <see cref="KinesisOptions.SharedEventBytesMax"/>; what is dropped is made again. Any thread may call anything.
/// </summary>
internal sealed class ShardEvents(StreamLog log, KinesisOptions options, TimeProvider time)
{
    private const int RecordsMax = 10_000;

    /// <summary>Data and partition keys of one event; a record that is larger is an event of its own.</summary>
    private const int BytesMax = 2 << 20;

    /// <summary>What an event takes in memory beside its message, in bytes; roughly.</summary>
    private const int EntryBytes = 512;

    /// <summary>As old as MillisBehindLatest may be.</summary>
    private static readonly TimeSpan SharedFor = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<Place, Entry> entries = [];

    /// <summary>All of <see cref="entries"/> and some that have been dropped, oldest first.</summary>
    private readonly Queue<Entry> byAge = [];
    private long bytes;
    private long made;

    /// <summary>Events that were encoded so far.</summary>
    public long Made => Interlocked.Read(ref made);

    /// <summary>Bytes of the shared events that are kept.</summary>
    public long SharedBytes
    {
        get
        {
            lock (gate)
            {
                return bytes;
            }
        }
    }

    /// <summary>An event that nobody else gets: with the records from an index on, or with none.</summary>
    /// <exception cref="LogShardGoneException">The shard has been deleted.</exception>
    /// <exception cref="LogDamagedException">The records on disk are not what was written.</exception>
    public ShardEvent Make(StreamSnapshot stream, Shard shard, long fromIndex, BodyEncoding encoding)
    {
        Interlocked.Increment(ref made);
        using var read = log.Read(stream.LogNumber(shard.Index), fromIndex, RecordsMax, BytesMax);
        return ShardEvent.Of(stream, shard, read, encoding, time.GetUtcNow());
    }

    /// <summary>As <see cref="Make"/>, for subscriptions that are about as far as the others of their shard: all that ask for the same index get the same event.</summary>
    public Task<ShardEvent> ShareAsync(StreamSnapshot stream, Shard shard, long fromIndex, BodyEncoding encoding)
    {
        var place = new Place(stream.LogNumber(shard.Index), fromIndex, shard.IsOpen, encoding);
        Entry entry;
        lock (gate)
        {
            var now = time.GetUtcNow();
            while (byAge.TryPeek(out var oldest) && (oldest.MadeAt + SharedFor <= now || oldest.MadeAt > now))
            {
                DropOldest();
            }

            if (entries.TryGetValue(place, out var found))
            {
                return found.Event;
            }

            var work = new Task<ShardEvent>(() => Make(stream, shard, fromIndex, encoding), TaskCreationOptions.RunContinuationsAsynchronously);
            entry = new Entry(place, work, now);
            entries.Add(place, entry);
            byAge.Enqueue(entry);
            bytes += EntryBytes;
        }

        entry.Event.RunSynchronously(TaskScheduler.Default);
        lock (gate)
        {
            Account(entry);
        }

        return entry.Event;
    }

    private void Account(Entry entry)
    {
        if (entries.GetValueOrDefault(entry.Place) != entry)
        {
            return;
        }

        if (!entry.Event.IsCompletedSuccessfully || entry.Event.Result.Records == 0)
        {
            // It says nothing about the next time.
            entries.Remove(entry.Place);
            bytes -= EntryBytes;
            return;
        }

        entry.MessageBytes = entry.Event.Result.Message.Message.Length;
        bytes += entry.MessageBytes;
        while (bytes > options.SharedEventBytesMax && byAge.Count > 0)
        {
            DropOldest();
        }
    }

    private void DropOldest()
    {
        var oldest = byAge.Dequeue();
        if (entries.GetValueOrDefault(oldest.Place) == oldest)
        {
            entries.Remove(oldest.Place);
            bytes -= EntryBytes + oldest.MessageBytes;
        }
    }

    /// <param name="IsOpen">Whether the shard was open when it was looked at: the last event of a closed one is another.</param>
    private readonly record struct Place(long Shard, long FromIndex, bool IsOpen, BodyEncoding Encoding);

    private sealed class Entry(Place place, Task<ShardEvent> work, DateTimeOffset madeAt)
    {
        public Place Place => place;

        public Task<ShardEvent> Event => work;

        public DateTimeOffset MadeAt => madeAt;

        /// <summary>0 until it has been made.</summary>
        public int MessageBytes { get; set; }
    }
}
