using System.Text.Json.Serialization;

namespace Tarn.Kinesis.Streams;

/// <summary>A stream as it is stored, without its shards.</summary>
internal sealed record StreamRecord
{
    /// <summary>Unique for ever: a stream that takes the name of a deleted one has another id.</summary>
    public required string Id { get; init; }

    /// <summary>1 and up, unique for ever as <see cref="Id"/> is: the log's short name for the stream.</summary>
    public required int Number { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required StreamSettings Settings { get; init; }

    /// <summary>What is on its way; null for a stream that is ACTIVE.</summary>
    public PendingChange? Pending { get; init; }

    /// <summary>The index of the next shard; never one that was used, also when that shard has expired.</summary>
    public int NextShard { get; init; }

    /// <summary>When the calls were made that AWS counts per 24 hours; older ones are dropped.</summary>
    public CallHistory Calls { get; init; } = new();

    /// <summary>Open shards that the stream has when what is pending is done.</summary>
    [JsonIgnore]
    public int? PendingShards => Pending?.Reshard?.Target;

    /// <summary>Whether it asks for encryption and has no data key: it was stored by a version that refused the records of such streams.</summary>
    [JsonIgnore]
    public bool LacksDataKey => Settings.LacksDataKey || Pending?.Settings is { LacksDataKey: true };

    public StreamRecord WithDataKey(int id) => this with
    {
        Settings = Settings.WithDataKey(id),
        Pending = Pending is { } pending ? pending with { Settings = pending.Settings?.WithDataKey(id) } : null,
    };
}

/// <summary>What of a stream can be set.</summary>
internal sealed record StreamSettings
{
    public StreamMode Mode { get; init; } = StreamMode.Provisioned;

    /// <summary>24 to 8,760.</summary>
    public int RetentionHours { get; init; } = 24;

    /// <summary>The key that the user named; null for a stream that is not encrypted.</summary>
    public string? KeyId { get; init; }

    /// <summary>The data key that records are encrypted with; null for a stream that is not encrypted.</summary>
    public int? DataKeyId { get; init; }

    /// <summary>Names of shard-level metrics, sorted.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>1,024 to 10,240: the largest record with its key.</summary>
    public int MaxRecordSizeKiB { get; init; } = 1_024;

    /// <summary>Null when it was never asked for.</summary>
    public int? WarmThroughputMiBps { get; init; }

    [JsonIgnore]
    public bool LacksDataKey => KeyId is not null && DataKeyId is null;

    public StreamSettings WithDataKey(int id) => LacksDataKey ? this with { DataKeyId = id } : this;
}

internal enum StreamMode
{
    Provisioned,
    OnDemand,
}

internal enum StreamStatus
{
    Creating,
    Deleting,
    Active,
    Updating,
}

/// <summary>A change that was acknowledged and is done at <see cref="DueAt"/>.</summary>
internal sealed record PendingChange
{
    /// <summary>What the stream shows until then.</summary>
    public required StreamStatus Status { get; init; }

    public required DateTimeOffset DueAt { get; init; }

    /// <summary>The settings afterwards; null when they stay.</summary>
    public StreamSettings? Settings { get; init; }

    /// <summary>What happens to the shards; null when they stay.</summary>
    public Reshard? Reshard { get; init; }
}

/// <summary>One of three: a split (<see cref="Split"/> at <see cref="At"/>), a merge (<see cref="Lower"/> with <see cref="Upper"/>), or a scaling to <see cref="Target"/> open shards.</summary>
internal sealed record Reshard
{
    public int? Split { get; init; }

    public UInt128? At { get; init; }

    public int? Lower { get; init; }

    public int? Upper { get; init; }

    /// <summary>The open shards afterwards; always given.</summary>
    public required int Target { get; init; }
}

/// <summary>Times of the calls that are limited per 24 hours.</summary>
internal sealed record CallHistory
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(24);

    public IReadOnlyList<DateTimeOffset> ShardCountUpdates { get; init; } = [];

    public IReadOnlyList<DateTimeOffset> ModeSwitches { get; init; } = [];

    public IReadOnlyList<DateTimeOffset> EncryptionStarts { get; init; } = [];

    public IReadOnlyList<DateTimeOffset> EncryptionStops { get; init; } = [];

    /// <summary>The calls with one more, or null when <paramref name="max"/> were made in the last 24 hours.</summary>
    public static IReadOnlyList<DateTimeOffset>? Add(IReadOnlyList<DateTimeOffset> calls, DateTimeOffset now, int max)
    {
        var recent = calls.Where(call => call > now - Window).ToList();
        return recent.Count < max ? [.. recent, now] : null;
    }
}
