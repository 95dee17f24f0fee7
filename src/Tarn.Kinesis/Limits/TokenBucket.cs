namespace Tarn.Kinesis.Limits;

/// <summary>
/// Tokens that come back at a steady rate up to a maximum, counted without rounding: a token is cut into as many parts as a second has ticks, so each tick brings a whole number of
/// parts. Full at first. Not thread-safe; the clock may be set back, which brings nothing and takes nothing.
/// </summary>
/// <param name="perSecond">Tokens that come back in a second, 1 and up.</param>
/// <param name="burst">The most tokens there are, 1 to 2^39.</param>
internal struct TokenBucket(long perSecond, long burst)
{
    private readonly long full = burst * TimeSpan.TicksPerSecond;
    private long parts = burst * TimeSpan.TicksPerSecond;
    private long at;

    public readonly bool IsFull => parts == full;

    /// <summary>How long until there are so many tokens, at most the burst, when nobody takes any; zero when they are there.</summary>
    public readonly TimeSpan Until(long tokens)
    {
        var missing = (tokens * TimeSpan.TicksPerSecond) - parts;
        return missing <= 0 ? TimeSpan.Zero : TimeSpan.FromTicks((missing + perSecond - 1) / perSecond);
    }

    public readonly bool Has(long tokens) => parts >= tokens * TimeSpan.TicksPerSecond;

    /// <summary>Adds what has come back by now. Called before anything is asked or taken.</summary>
    public void Refill(DateTimeOffset now)
    {
        var elapsed = now.UtcTicks - at;
        at = now.UtcTicks;
        if (elapsed > 0)
        {
            parts = elapsed > (full - parts) / perSecond ? full : parts + (elapsed * perSecond);
        }
    }

    /// <summary>Takes tokens, also such as are not there: then it is overdrawn.</summary>
    public void Take(long tokens) => parts -= tokens * TimeSpan.TicksPerSecond;
}
