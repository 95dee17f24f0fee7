using Tarn.Api.Kinesis;

namespace Tarn.Kinesis.Streams;

/// <summary>Streams and shards as AWS's shapes.</summary>
internal static class StreamMapping
{
    public static string Status(StreamStatus status) => status switch
    {
        StreamStatus.Creating => "CREATING",
        StreamStatus.Deleting => "DELETING",
        StreamStatus.Updating => "UPDATING",
        _ => "ACTIVE",
    };

    public static StreamMode ParseMode(string? mode) => mode == "ON_DEMAND" ? StreamMode.OnDemand : StreamMode.Provisioned;

    public static StreamModeDetails ToShape(StreamMode mode) => new() { StreamMode = mode == StreamMode.OnDemand ? "ON_DEMAND" : "PROVISIONED" };

    public static StreamSummary ToSummary(StreamSnapshot stream) => new()
    {
        StreamName = stream.Name,
        StreamARN = stream.Arn,
        StreamStatus = Status(stream.Status),
        StreamModeDetails = ToShape(stream.Settings.Mode),
        StreamCreationTimestamp = stream.Record.CreatedAt,
    };

    public static StreamDescription ToDescription(StreamSnapshot stream, IReadOnlyList<Shard> shards, bool hasMore) => new()
    {
        StreamName = stream.Name,
        StreamARN = stream.Arn,
        StreamStatus = Status(stream.Status),
        StreamModeDetails = ToShape(stream.Settings.Mode),
        Shards = [.. shards.Select(ToShape)],
        HasMoreShards = hasMore,
        RetentionPeriodHours = stream.Settings.RetentionHours,
        StreamCreationTimestamp = stream.Record.CreatedAt,
        EnhancedMonitoring = Monitoring(stream),
        EncryptionType = Encryption(stream),
        KeyId = stream.Settings.KeyId,
    };

    public static StreamDescriptionSummary ToDescriptionSummary(StreamSnapshot stream, int consumers) => new()
    {
        StreamName = stream.Name,
        StreamARN = stream.Arn,
        StreamId = stream.Id,
        StreamStatus = Status(stream.Status),
        StreamModeDetails = ToShape(stream.Settings.Mode),
        RetentionPeriodHours = stream.Settings.RetentionHours,
        StreamCreationTimestamp = stream.Record.CreatedAt,
        EnhancedMonitoring = Monitoring(stream),
        EncryptionType = Encryption(stream),
        KeyId = stream.Settings.KeyId,
        OpenShardCount = stream.OpenShards.Length,
        ConsumerCount = consumers,
        WarmThroughput = WarmThroughput(stream),
        MaxRecordSizeInKiB = stream.Settings.MaxRecordSizeKiB,
    };

    /// <summary>Null for a stream that no warm throughput was asked for; what it has now is what its open shards take.</summary>
    public static WarmThroughputObject? WarmThroughput(StreamSnapshot stream) => stream.Settings.WarmThroughputMiBps is { } target
        ? new WarmThroughputObject { TargetMiBps = target, CurrentMiBps = Math.Min(target, stream.OpenShards.Length) }
        : null;

    public static Api.Kinesis.Shard ToShape(Shard shard) => new()
    {
        ShardId = shard.Id,
        ParentShardId = shard.Parent is { } parent ? ShardId.Format(parent) : null,
        AdjacentParentShardId = shard.AdjacentParent is { } adjacent ? ShardId.Format(adjacent) : null,
        HashKeyRange = Range(shard),
        SequenceNumberRange = new SequenceNumberRange
        {
            StartingSequenceNumber = ShardSequence.First(shard),
            EndingSequenceNumber = shard.ClosedAt is { } closedAt ? ShardSequence.Last(shard, closedAt) : null,
        },
    };

    public static HashKeyRange Range(Shard shard) => new() { StartingHashKey = shard.StartingHash.ToString(), EndingHashKey = shard.EndingHash.ToString() };

    private static string Encryption(StreamSnapshot stream) => stream.IsEncrypted ? "KMS" : "NONE";

    private static IReadOnlyList<EnhancedMetrics> Monitoring(StreamSnapshot stream) => [new EnhancedMetrics { ShardLevelMetrics = stream.Settings.Metrics }];
}
