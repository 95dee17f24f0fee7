using System.Text.Json.Serialization;

namespace Tarn.Kinesis.Streams;

/// <summary>A shard as it is stored, and as requests see it. Immutable.</summary>
internal sealed record Shard
{
    /// <summary>The last hash key, 2^128 - 1.</summary>
    public static readonly UInt128 LastHash = UInt128.MaxValue;

    /// <summary>0 and up; the number in the shard's name.</summary>
    public required int Index { get; init; }

    /// <summary>The shard that was split, or the lower of the two that were merged; null for a shard that was made with its stream.</summary>
    public int? Parent { get; init; }

    /// <summary>The upper of the two shards that were merged; null otherwise.</summary>
    public int? AdjacentParent { get; init; }

    public required UInt128 StartingHash { get; init; }

    /// <summary>Inclusive.</summary>
    public required UInt128 EndingHash { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The creation that sequence numbers carry, in seconds since 1970: at least one above that of every parent, which may be ahead of the clock by some seconds.</summary>
    public required long CreateSeconds { get; init; }

    /// <summary>When the shard was split or merged; null while it is open.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    [JsonIgnore]
    public string Id => ShardId.Format(Index);

    [JsonIgnore]
    public bool IsOpen => ClosedAt is null;

    /// <summary>Whether the shard's last records may still be in the stream. An expired shard is in no list.</summary>
    public bool IsExpired(DateTimeOffset now, TimeSpan retention) => ClosedAt is { } closedAt && closedAt + retention <= now;
}
