namespace Tarn.Kinesis.Limits;

/// <summary>
/// What is done to the calls that put into a stream and read from it, beyond answering them: AWS's limits of a shard, and failures on purpose. The settings decide, and over them the
/// stream's tags; a <see cref="Streams.StreamSnapshot"/> carries the outcome.
/// </summary>
/// <param name="EnforcesShardLimits">Whether shards take and give no more than AWS's do.</param>
/// <param name="ThrottleShare">0 to 1: the share of PutRecord, GetRecords and GetShardIterator, and of the entries of PutRecords, that are throttled at random.</param>
/// <param name="FailShare">0 to 1: the share of these calls, PutRecords included, that fail with InternalFailure before anything was done.</param>
/// <param name="Latency">By how much each of these calls is delayed before anything is done.</param>
internal sealed record TrafficRules(bool EnforcesShardLimits, double ThrottleShare, double FailShare, TimeSpan Latency)
{
    public static readonly TrafficRules None = new(EnforcesShardLimits: false, ThrottleShare: 0, FailShare: 0, TimeSpan.Zero);

    /// <summary>Whether a record, a read or an iterator may be throttled at all: one look tells that nothing has to be asked for each of them.</summary>
    public bool Throttles { get; } = EnforcesShardLimits || ThrottleShare > 0;

    /// <summary>Whether a call may be delayed or fail.</summary>
    public bool Disturbs { get; } = FailShare > 0 || Latency > TimeSpan.Zero;

    /// <summary>Whether anything happens to calls that AWS would not do by itself.</summary>
    public bool HasFaults => Disturbs || ThrottleShare > 0;
}
