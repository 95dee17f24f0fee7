using Tarn.Kinesis.Limits;

namespace Tarn.Kinesis.Traffic;

/// <summary>What has gone through a shard since the process started, and what is left of its throughput. Any thread; counts are atomic one by one, not together.</summary>
internal sealed class ShardTraffic
{
    private long incomingRecords;
    private long incomingBytes;
    private long outgoingRecords;
    private long outgoingBytes;
    private long writeThrottles;
    private long readThrottles;
    private long putFailures;
    private long iteratorAgeMs;
    private ShardBuckets? buckets;

    public ShardBuckets Buckets => LazyInitializer.EnsureInitialized(ref buckets, static () => new ShardBuckets());

    public TrafficTotals Totals => new(
        Interlocked.Read(ref incomingRecords),
        Interlocked.Read(ref incomingBytes),
        Interlocked.Read(ref outgoingRecords),
        Interlocked.Read(ref outgoingBytes),
        Interlocked.Read(ref writeThrottles),
        Interlocked.Read(ref readThrottles),
        Interlocked.Read(ref putFailures),
        Interlocked.Read(ref iteratorAgeMs));

    /// <summary>Records that were acknowledged. Called once for each shard of a request.</summary>
    /// <param name="bytes">Their data and partition keys.</param>
    public void CountIncoming(int records, long bytes)
    {
        Interlocked.Add(ref incomingRecords, records);
        Interlocked.Add(ref incomingBytes, bytes);
    }

    /// <summary>Records that the log did not take. Called once for each shard of a request.</summary>
    public void CountPutFailures(int records) => Interlocked.Add(ref putFailures, records);

    /// <summary>An answer of GetRecords.</summary>
    /// <param name="bytes">Data and partition keys of its records.</param>
    /// <param name="behindMs">Its MillisBehindLatest.</param>
    public void CountRead(int records, long bytes, long behindMs)
    {
        CountOutgoing(records, bytes);
        Interlocked.Exchange(ref iteratorAgeMs, behindMs);
    }

    /// <summary>Records that were pushed or answered, without a reader's place in the shard.</summary>
    public void CountOutgoing(int records, long bytes)
    {
        Interlocked.Add(ref outgoingRecords, records);
        Interlocked.Add(ref outgoingBytes, bytes);
    }

    /// <summary>A record that was throttled.</summary>
    public void CountWriteThrottle() => Interlocked.Increment(ref writeThrottles);

    /// <summary>A GetRecords or GetShardIterator that was throttled.</summary>
    public void CountReadThrottle() => Interlocked.Increment(ref readThrottles);
}

/// <summary>The counts of a shard, or of several together.</summary>
/// <param name="IteratorAgeMs">MillisBehindLatest of the last read; of several shards the greatest.</param>
internal readonly record struct TrafficTotals(
    long IncomingRecords, long IncomingBytes, long OutgoingRecords, long OutgoingBytes, long WriteThrottles, long ReadThrottles, long PutFailures, long IteratorAgeMs)
{
    public static TrafficTotals operator +(TrafficTotals a, TrafficTotals b) => new(
        a.IncomingRecords + b.IncomingRecords,
        a.IncomingBytes + b.IncomingBytes,
        a.OutgoingRecords + b.OutgoingRecords,
        a.OutgoingBytes + b.OutgoingBytes,
        a.WriteThrottles + b.WriteThrottles,
        a.ReadThrottles + b.ReadThrottles,
        a.PutFailures + b.PutFailures,
        Math.Max(a.IteratorAgeMs, b.IteratorAgeMs));
}
