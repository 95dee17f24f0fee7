using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Tarn.Kinesis.Streams;

namespace Tarn.Kinesis.Limits;

/// <summary>
/// Failures on purpose. Each choice is a number that follows from the seed and from how many choices the stream has had since the process started, so that choices of other streams and other threads do
/// not change it. Any thread.
/// </summary>
internal sealed partial class Faults(FaultOptions options, TimeProvider time, ILogger logger)
{
    private readonly ulong seed = options.Seed > 0 ? (ulong)options.Seed : (ulong)RandomNumberGenerator.GetInt32(1, int.MaxValue);

    /// <summary>Says in the log which faults there are; nothing when there are none.</summary>
    public void Announce(IEnumerable<StreamSnapshot> streams)
    {
        if (options.ThrottleShare > 0 || options.FailShare > 0 || options.LatencyMs > 0)
        {
            LogOn(options.ThrottleShare, options.FailShare, options.LatencyMs, seed);
        }

        var tagged = streams.Count(stream => stream.Rules.HasFaults);
        if (tagged > 0)
        {
            LogStreams(tagged, seed);
        }
    }

    /// <summary>Delays a call and lets some fail, before anything was done for it.</summary>
    /// <exception cref="Contracts.AwsException"><c>InternalFailureException</c>.</exception>
    public async ValueTask DisturbAsync(StreamSnapshot stream, CancellationToken cancellationToken)
    {
        if (stream.Rules.Latency > TimeSpan.Zero)
        {
            await Task.Delay(stream.Rules.Latency, time, cancellationToken);
        }

        if (Chooses(stream, stream.Rules.FailShare))
        {
            throw KinesisErrors.InternalFailure();
        }
    }

    /// <summary>Whether this record or call is one of those that are throttled.</summary>
    public bool Throttles(StreamSnapshot stream) => Chooses(stream, stream.Rules.ThrottleShare);

    private bool Chooses(StreamSnapshot stream, double share) => share > 0 && Fraction(seed, stream.Traffic.NextChoice()) < share;

    /// <summary>The choice of a number, evenly in [0, 1): SplitMix64.</summary>
    private static double Fraction(ulong seed, ulong choice)
    {
        var x = unchecked(seed + (choice * 0x9E3779B97F4A7C15));
        x = unchecked((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9);
        x = unchecked((x ^ (x >> 27)) * 0x94D049BB133111EB);
        return ((x ^ (x >> 31)) >> 11) * (1.0 / (1L << 53));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kinesis fails on purpose (kinesis.faults): throttleShare {ThrottleShare}, failShare {FailShare}, latencyMs {LatencyMs}, seed {Seed}")]
    private partial void LogOn(double throttleShare, double failShare, int latencyMs, ulong seed);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Streams that fail on purpose, by settings or by their tags: {Streams}; seed {Seed}")]
    private partial void LogStreams(int streams, ulong seed);
}
