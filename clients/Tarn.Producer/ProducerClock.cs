namespace Tarn.Clients.Producer;

/// <summary>Time since the producer was made, which no change of the system's clock touches.</summary>
internal sealed class ProducerClock(TimeProvider time)
{
    private readonly long start = time.GetTimestamp();

    public TimeSpan Now => time.GetElapsedTime(start);

    /// <summary>For people.</summary>
    public DateTimeOffset UtcNow => time.GetUtcNow();
}
