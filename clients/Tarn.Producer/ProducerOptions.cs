using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Tarn.Clients.Kinesis;

namespace Tarn.Clients.Producer;

/// <summary>How a <see cref="KinesisProducer"/> buffers, limits and retries. Names and defaults are the KPL's where it has the setting.</summary>
public sealed record ProducerOptions
{
    private const int MiB = 1024 * 1024;

    /// <summary>Whether several user records may share a Kinesis record. Readers must then deaggregate, as the KCL and Tarn.Consumer do. Default true.</summary>
    public bool AggregationEnabled { get; init; } = true;

    /// <summary>User records in one Kinesis record. 1 to 4,294,967,295, default 4,294,967,295.</summary>
    public long AggregationMaxCount { get; init; } = uint.MaxValue;

    /// <summary>Bytes of one aggregate. 64 to 10 MiB, default 51,200. A user record that is larger goes alone, as it is. Not above the stream's MaxRecordSize.</summary>
    public int AggregationMaxSize { get; init; } = 51_200;

    /// <summary>Kinesis records in one PutRecords. 1 to 500, default 500.</summary>
    public int CollectionMaxCount { get; init; } = KinesisClient.PutRecordsCountMax;

    /// <summary>Bytes of keys and data in one PutRecords. 52,224 to 10 MiB, default 5 MiB. A record that is larger goes alone.</summary>
    public int CollectionMaxSize { get; init; } = 5 * MiB;

    /// <summary>How long a record may wait for others to share its request. It may take longer when limits, retries or connections hold it back. 0 to 1 h, default 100 ms.</summary>
    public TimeSpan RecordMaxBufferedTime { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a record is tried, from when it was accepted; then it fails. 100 ms to 24 h, default 30 s.</summary>
    public TimeSpan RecordTtl { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What is sent to a shard, in percent of its 1,000 records and 1 MiB a second. Above 100 it lets a producer find capacity that others leave. 1 to 1,000,000, default 150.</summary>
    public int RateLimit { get; init; } = 150;

    /// <summary>PutRecords that are on their way at a time, for each stream. 1 to 256, default 24.</summary>
    public int MaxConnections { get; init; } = 24;

    /// <summary>A record whose shard is throttled fails at once instead of being tried again. Default false.</summary>
    public bool FailIfThrottled { get; init; }

    /// <summary>Bytes of one user record, key and data. 1 to 10 MiB, default 1 MiB. Not above the stream's MaxRecordSize.</summary>
    public int MaxUserRecordSize { get; init; } = MiB;

    /// <summary>
    /// Keeps the order of calls for each partition key, through failures and resharding: a shard has one Kinesis record on its way at a time, and what
    /// failed goes before what came later. Costs throughput. Default false.
    /// </summary>
    public bool PreserveOrder { get; init; }

    /// <summary>User records that were accepted and have no result yet, of all streams. 1 to 10,000,000, default 100,000.</summary>
    public int OutstandingRecordsMax { get; init; } = 100_000;

    /// <summary>Bytes of their keys and data. 1 MiB to 64 GiB, default 64 MiB. A record that is larger is accepted when there is no other.</summary>
    public long OutstandingBytesMax { get; init; } = 64 * MiB;

    /// <summary>Calls that wait for room among the outstanding; more are refused. 1 to 10,000,000, default 10,000.</summary>
    public int WaitingPutsMax { get; init; } = 10_000;

    /// <summary>Streams that one producer puts into. 1 to 10,000, default 100.</summary>
    public int StreamsMax { get; init; } = 100;

    /// <summary>How long a shard rests after a failure. Default: a random time below 50 ms, which doubles with each failure in a row up to 2 s.</summary>
    public Backoff RetryBackoff { get; init; } = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2));

    /// <summary>How long DisposeAsync waits for the results of what was put. 0 to 24 h, default 30 s.</summary>
    public TimeSpan DisposeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock of deadlines, limits and retries.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where the chance in retries begins; null for anywhere. For tests.</summary>
    public int? Seed { get; init; }

    /// <summary>Makes the meter `Tarn.Producer`; null for one that every listener of the process sees.</summary>
    public IMeterFactory? MeterFactory { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A setting is outside of its range; the message names it.</exception>
    internal void Check()
    {
        InRange(AggregationMaxCount, 1, uint.MaxValue);
        InRange(AggregationMaxSize, 64, 10 * MiB);
        InRange(CollectionMaxCount, 1, KinesisClient.PutRecordsCountMax);
        InRange(CollectionMaxSize, 52_224, KinesisClient.PutRecordsBytesMax);
        InRange(RecordMaxBufferedTime, TimeSpan.Zero, TimeSpan.FromHours(1));
        InRange(RecordTtl, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(24));
        InRange(RateLimit, 1, 1_000_000);
        InRange(MaxConnections, 1, 256);
        InRange(MaxUserRecordSize, 1, 10 * MiB);
        InRange(OutstandingRecordsMax, 1, 10_000_000);
        InRange(OutstandingBytesMax, MiB, 64L * 1024 * MiB);
        InRange(WaitingPutsMax, 1, 10_000_000);
        InRange(StreamsMax, 1, 10_000);
        InRange(DisposeTimeout, TimeSpan.Zero, TimeSpan.FromHours(24));
    }

    private static void InRange<T>(T value, T lowest, T highest, [CallerArgumentExpression(nameof(value))] string name = "") where T : IComparable<T>
    {
        if (value.CompareTo(lowest) < 0 || value.CompareTo(highest) > 0)
        {
            throw new ArgumentOutOfRangeException(name, value, $"It must be from {lowest} to {highest}.");
        }
    }
}
