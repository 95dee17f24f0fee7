namespace Tarn.Kinesis.Limits;

/// <summary>
/// The 2 MiB/s that AWS gives each consumer with enhanced fan-out from each shard. A subscription makes one, because a consumer has one subscription to a shard at a time. One thread.
/// </summary>
internal sealed class FanOutThroughput(TimeProvider time)
{
    private const int BytesPerSecond = 2 << 20;

    private TokenBucket bytes = new(BytesPerSecond, BytesPerSecond);

    /// <summary>Says that an event was sent.</summary>
    /// <param name="eventBytes">Data and partition keys of its records.</param>
    /// <returns>How long to wait before the next event; zero while bytes of the second are left.</returns>
    public TimeSpan Took(long eventBytes)
    {
        bytes.Refill(time.GetUtcNow());
        bytes.Take(eventBytes);
        return bytes.Until(0);
    }
}
