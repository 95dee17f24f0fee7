using System.Diagnostics.CodeAnalysis;
using Tarn.Clients.Kinesis.Aggregation;

namespace Tarn.Clients.Producer.Streams;

/// <summary>The records that wait for one shard, in their order, and what holds them back. Only its stream's loop uses it.</summary>
internal sealed class ShardQueue(string shardId, ProducerOptions options, TimeSpan now)
{
    /// <summary>What a shard takes in a second.</summary>
    private const int RecordsPerSecond = 1000;
    private const int BytesPerSecond = 1024 * 1024;

    /// <summary>Bytes after which a shard's records do not wait for their time, as in the KPL.</summary>
    private const int FullBytes = 256 * 1024;

    /// <summary>What is tried again, by its ordinal; mostly older than all in <see cref="fresh"/>.</summary>
    private readonly PriorityQueue<PendingRecord, long> retries = new();
    private readonly Queue<PendingRecord> fresh = new();
    private readonly TokenBucket recordTokens = new(RecordsPerSecond * options.RateLimit / 100.0, now);
    private readonly TokenBucket byteTokens = new(BytesPerSecond * options.RateLimit / 100.0, now);
    private TimeSpan restsUntil;
    private int failuresInARow;

    public string ShardId { get; } = shardId;

    public int Count => retries.Count + fresh.Count;

    public long Bytes { get; private set; }

    /// <summary>Kinesis records on their way.</summary>
    public int InFlight { get; set; }

    public void Add(PendingRecord record)
    {
        fresh.Enqueue(record);
        Bytes += record.Bytes;
    }

    public void AddAgain(PendingRecord record)
    {
        retries.Enqueue(record, record.Ordinal);
        Bytes += record.Bytes;
    }

    public bool TryPeek([MaybeNullWhen(false)] out PendingRecord record)
    {
        if (!retries.TryPeek(out record, out var ordinal))
        {
            return fresh.TryPeek(out record);
        }

        if (fresh.TryPeek(out var other) && other.Ordinal < ordinal)
        {
            record = other;
        }

        return true;
    }

    /// <summary>Takes what <see cref="TryPeek"/> shows.</summary>
    public PendingRecord Dequeue()
    {
        var record = retries.TryPeek(out _, out var ordinal) && !(fresh.TryPeek(out var other) && other.Ordinal < ordinal) ? retries.Dequeue() : fresh.Dequeue();
        Bytes -= record.Bytes;
        return record;
    }

    /// <summary>When the next record may be sent, whether or not it wants to yet; null when it waits for the one on its way.</summary>
    public TimeSpan? SendableAt(TimeSpan now)
    {
        if (options.PreserveOrder && InFlight > 0)
        {
            return null;
        }

        var tokensAt = now + Max(recordTokens.Delay(now), byteTokens.Delay(now));
        return Max(restsUntil, tokensAt);
    }

    /// <summary>When the oldest record has waited long enough for others. There must be one.</summary>
    public TimeSpan DueAt(TimeSpan now)
    {
        if (!TryPeek(out var oldest))
        {
            throw new InvalidOperationException("An empty queue is never due.");
        }

        var fullBytes = options.PreserveOrder ? options.AggregationMaxSize : FullBytes;
        return retries.Count > 0 || Bytes >= fullBytes || oldest.Generation.IsFlushing ? now : oldest.AcceptedAt + options.RecordMaxBufferedTime;
    }

    /// <summary>Takes the next Kinesis record, of one user record or many, and the tokens for it. There must be a record.</summary>
    public Batch TakeBatch()
    {
        var aggregator = new RecordAggregator();
        var records = new List<PendingRecord>();
        while (TryPeek(out var next) && (records.Count == 0 || IsToBeAdded(aggregator, next)))
        {
            Dequeue();
            aggregator.Add(next.PartitionKey, next.ExplicitHashKey, next.Data);
            records.Add(next);
        }

        recordTokens.Take(1);
        byteTokens.Take(aggregator.SizeInBytes);
        InFlight++;
        return new Batch(this, records, aggregator);
    }

    /// <summary>A failure holds the whole shard back: what throttles one record throttles the next.</summary>
    public void Rest(TimeSpan now, Random random)
    {
        if (now < restsUntil)
        {
            // Several failed together: that is one failure of the shard.
            return;
        }

        failuresInARow++;
        restsUntil = now + options.RetryBackoff.Delay(failuresInARow, random);
    }

    public void Worked() => failuresInARow = 0;

    private bool IsToBeAdded(RecordAggregator aggregator, PendingRecord next) =>
        options.AggregationEnabled
        && aggregator.Count < options.AggregationMaxCount
        && aggregator.SizeWith(next.PartitionKey, next.ExplicitHashKey, next.Data.Length) <= options.AggregationMaxSize;

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}

/// <summary>A Kinesis record on its way, with the user records in it.</summary>
/// <param name="Queue">Of the shard where it is thought to belong.</param>
/// <param name="Aggregator">Has the same records, and writes them when the request is made.</param>
internal sealed record Batch(ShardQueue Queue, IReadOnlyList<PendingRecord> Records, RecordAggregator Aggregator);
