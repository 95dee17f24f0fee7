namespace Tarn.Kinesis.Leases;

/// <summary>Settings of Tarn Leases, <c>leases....</c> in tarn.json.</summary>
public sealed class LeaseOptions
{
    /// <summary>Leases per application, 1 and up. A stream has at most 10,000 open shards; beside them are those that were closed and are not read to their end.</summary>
    public int LeasesPerApplicationMax { get; set; } = 100_000;
}
