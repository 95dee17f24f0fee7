namespace Tarn.Kinesis.Limits;

/// <summary>
/// Failures on purpose, <c>kinesis.faults....</c>, for tests of code that must retry. A call that fails by them has done nothing, and a record that is throttled is not in
/// the stream. Tags of a stream go before these settings.
/// </summary>
public sealed class FaultOptions
{
    /// <summary>The longest delay of a call, in milliseconds.</summary>
    internal const int LatencyMsMax = 60_000;

    /// <summary>Share of PutRecord, GetRecords and GetShardIterator, and of the entries of PutRecords, that are throttled with ProvisionedThroughputExceededException, 0 to 1.</summary>
    public double ThrottleShare
    {
        get;
        set => field = Share(value);
    }

    /// <summary>Share of these calls, PutRecords included, that fail with InternalFailureException (status 500), 0 to 1.</summary>
    public double FailShare
    {
        get;
        set => field = Share(value);
    }

    /// <summary>By how much each of these calls is delayed, in milliseconds, 0 to 60,000.</summary>
    public int LatencyMs
    {
        get;
        set => field = value is >= 0 and <= LatencyMsMax ? value : throw new ArgumentException($"it must be from 0 to {LatencyMsMax}");
    }

    /// <summary>Where the random choices begin, 1 and up; with the same seed a stream that gets the same calls one after the other fails at the same ones. 0: anywhere, and the log says where.</summary>
    public long Seed { get; set; }

    private static double Share(double value) => value is >= 0 and <= 1 ? value : throw new ArgumentException("it must be from 0 to 1");
}
