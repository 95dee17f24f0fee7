namespace Tarn.Kinesis.Consumers;

/// <summary>A consumer with enhanced fan-out, as it is stored.</summary>
internal sealed record ConsumerRecord
{
    public required string Name { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Until then the consumer is CREATING.</summary>
    public required DateTimeOffset ReadyAt { get; init; }

    /// <summary>When the consumer is gone, DELETING until then; null for one that was not deregistered.</summary>
    public DateTimeOffset? GoneAt { get; init; }

    public string Status(DateTimeOffset now) => GoneAt is not null ? "DELETING" : now < ReadyAt ? "CREATING" : "ACTIVE";

    public bool IsGone(DateTimeOffset now) => GoneAt <= now;
}
