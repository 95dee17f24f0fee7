using System.Text.Json.Serialization;

namespace Tarn.Kinesis.Leases;

/// <summary>A lease as it is stored; key and counter are columns of their own. Members may be added; a member's name and meaning never change.</summary>
internal sealed record LeaseRecord
{
    /// <summary>The worker that reads the shard; null for nobody.</summary>
    public string? Owner { get; init; }

    /// <summary>A sequence number, or <c>TRIM_HORIZON</c>, <c>LATEST</c>, <c>AT_TIMESTAMP</c>, <c>SHARD_END</c>.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>The place in an aggregated record, from 0.</summary>
    public long SubSequenceNumber { get; init; }

    /// <summary>The shard that was split, or the two that were merged; null for none.</summary>
    public IReadOnlyList<string>? ParentShardIds { get; init; }

    public string? StartingHashKey { get; init; }

    public string? EndingHashKey { get; init; }

    /// <summary>How often the owner changed.</summary>
    public long OwnerSwitches { get; init; }

    /// <summary>The worker that has asked the owner to hand the shard over; null for none.</summary>
    public string? RequestedBy { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LeaseRecord))]
internal sealed partial class LeaseJson : JsonSerializerContext;
