using Tarn.Clients.Kinesis;

namespace Tarn.Clients.Consumer.Leases;

/// <summary>One shard's row of an application: who reads it, and how far it came.</summary>
public sealed record Lease
{
    /// <summary>The shard's id.</summary>
    public required string Key { get; init; }

    /// <summary>The worker that reads it; null for nobody.</summary>
    public string? Owner { get; init; }

    /// <summary>Raised by one with every change of the row, also by a renewal that changes nothing else: a lease whose counter stands still has lost its owner.</summary>
    public long Counter { get; init; }

    public required Checkpoint Checkpoint { get; init; }

    /// <summary>None, the shard that was split, or the two that were merged. They are read to their end before this one.</summary>
    public IReadOnlyList<string> Parents { get; init; } = [];

    /// <summary>The shard's hash keys; null when the row does not say.</summary>
    public HashKeyRange? HashKeyRange { get; init; }

    /// <summary>How often the owner changed.</summary>
    public long OwnerSwitches { get; init; }

    /// <summary>The worker that has asked the owner to hand the shard over, and that nobody else should come before; null for none.</summary>
    public string? RequestedBy { get; init; }
}
