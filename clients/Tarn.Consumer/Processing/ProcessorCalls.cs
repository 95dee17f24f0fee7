using Tarn.Clients.Consumer.Leases;
using Tarn.Clients.Kinesis;

namespace Tarn.Clients.Consumer.Processing;

/// <summary>
/// Calls into the application's processor. What it throws is an outcome here and nowhere else: this is the border to code that may throw anything. No call begins without a good
/// lease.
/// </summary>
internal sealed class ProcessorCalls(ConsumerSettings settings, HeldLease lease, ConsumerMetrics metrics)
{
    private readonly Backoff backoff = new(TimeSpan.FromMilliseconds(100), settings.RetryDelayMax);

    /// <summary>Null when it did what it should, else what it threw.</summary>
    /// <exception cref="LeaseLostException">The lease was lost before or during the call.</exception>
    public async Task<Exception?> TryAsync(string name, Func<CancellationToken, Task> call)
    {
        lease.ThrowIfLost();
        try
        {
            await call(lease.Lost);
            return null;
        }
        catch (Exception e)
        {
            lease.ThrowIfLost();
            settings.OnFailure?.Invoke($"{name} {lease.Key}", e);
            return e;
        }
    }

    /// <summary>Calls until it does not throw.</summary>
    /// <exception cref="OperationCanceledException">Between two calls the worker was asked to leave the shard.</exception>
    public async Task InsistAsync(string name, Func<CancellationToken, Task> call, CancellationToken waits)
    {
        for (var failures = 1; await TryAsync(name, call) is not null; failures++)
        {
            await WaitAsync(name, failures, waits);
        }
    }

    public async Task WaitAsync(string name, int failures, CancellationToken waits)
    {
        metrics.Retry(name);
        await Task.Delay(backoff.Delay(failures, settings.Random), settings.TimeProvider, waits);
    }

    /// <summary>The last word to a processor: what it throws changes nothing any more.</summary>
    public async Task OnceAsync(string name, Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (Exception e)
        {
            settings.OnFailure?.Invoke($"{name} {lease.Key}", e);
        }
    }
}
