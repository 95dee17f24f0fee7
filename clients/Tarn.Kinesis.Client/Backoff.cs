namespace Tarn.Clients.Kinesis;

/// <summary>How long to wait before the next attempt: a random time below a limit that doubles with each failure ("full jitter"), so that clients that failed together do not come back together.</summary>
/// <param name="First">The limit after the first failure.</param>
/// <param name="Longest">What the limit never passes.</param>
public sealed record Backoff(TimeSpan First, TimeSpan Longest)
{
    /// <summary>The wait after the <paramref name="failures"/>th failure in a row (1 is the first). Never zero, so a loop around it cannot spin.</summary>
    public TimeSpan Delay(int failures, Random random)
    {
        var limit = Math.Min(Longest.Ticks, First.Ticks * Math.Pow(2, Math.Clamp(failures - 1, 0, 30)));
        return TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerMillisecond, (long)(limit * random.NextDouble())));
    }
}
