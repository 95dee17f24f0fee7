namespace Tarn.Clients.Producer.Streams;

/// <summary>
/// So many a second, and as many at once as a second gives. It lends: who finds a token may take more than there are, and the next waits until all of them are paid back; so a record that is
/// larger than a second's bytes passes too. Not safe for two threads.
/// </summary>
internal sealed class TokenBucket
{
    private readonly double perSecond;
    private double tokens;
    private TimeSpan filledAt;

    public TokenBucket(double perSecond, TimeSpan now)
    {
        this.perSecond = perSecond;
        tokens = perSecond;
        filledAt = now;
    }

    /// <summary>How long until there is a token; zero when there is one.</summary>
    public TimeSpan Delay(TimeSpan now)
    {
        Fill(now);
        return tokens >= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - tokens) / perSecond) + TimeSpan.FromTicks(1);
    }

    public void Take(double count) => tokens -= count;

    private void Fill(TimeSpan now)
    {
        tokens = Math.Min(perSecond, tokens + ((now - filledAt).TotalSeconds * perSecond));
        filledAt = now;
    }
}
