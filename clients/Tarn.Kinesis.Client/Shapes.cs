namespace Tarn.Clients.Kinesis;

/// <summary>A record to be put. The key is 1 to 256 characters; key and data together are at most the stream's MaxRecordSize (1 MiB unless it was raised).</summary>
/// <param name="ExplicitHashKey">Routes instead of the partition key's hash; null means the hash.</param>
public readonly record struct PutRecordsEntry(string PartitionKey, UInt128? ExplicitHashKey, ReadOnlyMemory<byte> Data);

/// <summary>What became of one record: shard and sequence number, or code and message of its failure.</summary>
public readonly record struct PutRecordsResultEntry(string? ShardId, string? SequenceNumber, string? ErrorCode, string? ErrorMessage);

/// <summary>One entry for each record of the request, in its order.</summary>
public sealed record PutRecordsResponse(int FailedRecordCount, IReadOnlyList<PutRecordsResultEntry> Records);

public sealed record PutRecordResponse(string ShardId, string SequenceNumber);

/// <summary>A shard of a stream. A closed one has an ending sequence number; one that came of a split has one parent, one of a merge two.</summary>
public sealed record Shard(
    string ShardId, string? ParentShardId, string? AdjacentParentShardId, HashKeyRange HashKeyRange, string StartingSequenceNumber, string? EndingSequenceNumber)
{
    public bool IsOpen => EndingSequenceNumber is null;
}

/// <summary>A shard that follows one which has been read to its end.</summary>
public sealed record ChildShard(string ShardId, IReadOnlyList<string> ParentShards, HashKeyRange HashKeyRange);

public sealed record ListShardsResponse(IReadOnlyList<Shard> Shards, string? NextToken);

/// <summary>Which shards to list. `AFTER_SHARD_ID`, `AT_TRIM_HORIZON`, `FROM_TRIM_HORIZON`, `AT_LATEST`, `AT_TIMESTAMP` or `FROM_TIMESTAMP`, with what the type needs.</summary>
public sealed record ShardFilter(string Type, string? ShardId = null, DateTimeOffset? Timestamp = null);

public sealed record StreamSummary(
    string StreamName, string StreamArn, string StreamStatus, string? StreamMode, DateTimeOffset CreatedAt, int OpenShardCount, int ConsumerCount, int RetentionPeriodHours, int? MaxRecordSizeInKiB);

/// <summary>A record as the stream holds it: one Kinesis record, which may be an aggregate of a producer's.</summary>
/// <param name="ApproximateArrival">To the millisecond; null only when the service left it out.</param>
public sealed record KinesisRecord(string SequenceNumber, DateTimeOffset? ApproximateArrival, string PartitionKey, ReadOnlyMemory<byte> Data);

/// <param name="NextShardIterator">Null at the end of a closed shard.</param>
/// <param name="ChildShards">The shards that follow; empty until the end of a closed shard.</param>
public sealed record GetRecordsResponse(IReadOnlyList<KinesisRecord> Records, string? NextShardIterator, long MillisBehindLatest, IReadOnlyList<ChildShard> ChildShards);

/// <param name="StreamArn">Null in the answer of RegisterStreamConsumer, which does not say it.</param>
public sealed record StreamConsumer(string ConsumerName, string ConsumerArn, string ConsumerStatus, DateTimeOffset CreatedAt, string? StreamArn);

/// <summary>One event of a subscription; the service sends one without records every few seconds when there are none.</summary>
/// <param name="ContinuationSequenceNumber">Where the next subscription goes on (AFTER_SEQUENCE_NUMBER); null at the end of a closed shard.</param>
public sealed record SubscribeToShardEvent(
    IReadOnlyList<KinesisRecord> Records, string? ContinuationSequenceNumber, long MillisBehindLatest, IReadOnlyList<ChildShard> ChildShards);

/// <summary>Where reading begins.</summary>
public sealed record StartingPosition
{
    private StartingPosition(string type, string? sequenceNumber, DateTimeOffset? timestamp)
    {
        Type = type;
        SequenceNumber = sequenceNumber;
        Timestamp = timestamp;
    }

    /// <summary>The oldest record that the stream still has.</summary>
    public static StartingPosition TrimHorizon { get; } = new("TRIM_HORIZON", null, null);

    /// <summary>What is put from now on.</summary>
    public static StartingPosition Latest { get; } = new("LATEST", null, null);

    /// <summary>AWS's name: `TRIM_HORIZON`, `LATEST`, `AT_SEQUENCE_NUMBER`, `AFTER_SEQUENCE_NUMBER` or `AT_TIMESTAMP`.</summary>
    public string Type { get; }

    public string? SequenceNumber { get; }

    public DateTimeOffset? Timestamp { get; }

    public static StartingPosition At(string sequenceNumber) => new("AT_SEQUENCE_NUMBER", sequenceNumber, null);

    public static StartingPosition After(string sequenceNumber) => new("AFTER_SEQUENCE_NUMBER", sequenceNumber, null);

    /// <summary>The first record that arrived at this time or later, to the millisecond.</summary>
    public static StartingPosition At(DateTimeOffset timestamp) => new("AT_TIMESTAMP", null, timestamp);
}
