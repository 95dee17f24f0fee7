namespace Tarn.Clients.Producer.Streams;

/// <summary>Wakes the one loop that waits on it; waking twice before it looks is the same as once.</summary>
internal sealed class Wakeup(TimeProvider time)
{
    private readonly SemaphoreSlim signal = new(0, 1);
    private int isSet;

    /// <summary>Any thread.</summary>
    public void Set()
    {
        if (Interlocked.Exchange(ref isSet, 1) == 0)
        {
            signal.Release();
        }
    }

    /// <summary>Waits to be woken, or for so long; null waits for as long as it takes.</summary>
    public async Task WaitAsync(TimeSpan? delay)
    {
        // A timer that is late wakes the loop once for nothing.
        await using var timer = delay is { } due ? time.CreateTimer(_ => Set(), null, due > TimeSpan.Zero ? due : TimeSpan.Zero, Timeout.InfiniteTimeSpan) : null;
        await signal.WaitAsync().ConfigureAwait(false);
        Volatile.Write(ref isSet, 0);
    }
}
