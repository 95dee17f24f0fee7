namespace Tarn.Clients.Consumer.Waiting;

/// <summary>
/// Lets tasks wait until something has changed. Waiters go on through their own context, never on the stack of who pulses, and never on threads of the pool when they have a context: so a
/// simulation can run whole workers on one thread.
/// </summary>
internal sealed class Signal
{
    private readonly Lock gate = new();
    private readonly List<TaskCompletionSource> waiting = [];

    /// <summary>Ends with the next pulse. To be asked for before the condition can change, as under the lock that guards it.</summary>
    public async Task NextAsync(CancellationToken cancellationToken)
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            waiting.Add(source);
        }

        using var cancelled = cancellationToken.Register(() =>
        {
            lock (gate)
            {
                waiting.Remove(source);
            }

            source.TrySetCanceled(cancellationToken);
        });
        await source.Task;
    }

    public void Pulse()
    {
        TaskCompletionSource[] pulsed;
        lock (gate)
        {
            pulsed = [.. waiting];
            waiting.Clear();
        }

        foreach (var source in pulsed)
        {
            source.TrySetResult();
        }
    }
}

/// <summary>A lock that is held across awaits, by one at a time.</summary>
internal sealed class AsyncGate
{
    private readonly Lock gate = new();
    private readonly Signal left = new();
    private bool isTaken;

    public async Task EnterAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task wait;
            lock (gate)
            {
                if (!isTaken)
                {
                    isTaken = true;
                    return;
                }

                wait = left.NextAsync(cancellationToken);
            }

            await wait;
        }
    }

    public void Leave()
    {
        lock (gate)
        {
            isTaken = false;
        }

        left.Pulse();
    }
}

/// <summary>Ends a wait early. One that is set while nobody waits ends the next wait.</summary>
internal sealed class WakeUp
{
    private readonly Lock gate = new();
    private readonly Signal signal = new();
    private bool isSet;

    public void Set()
    {
        lock (gate)
        {
            isSet = true;
        }

        signal.Pulse();
    }

    /// <summary>Until it is set, the time is over, or the worker stops.</summary>
    public async Task WaitAsync(TimeSpan limit, TimeProvider time, CancellationToken stop)
    {
        using var timer = new CancellationTokenSource(limit, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop, timer.Token);
        Task wait;
        lock (gate)
        {
            wait = isSet ? Task.CompletedTask : signal.NextAsync(over.Token);
        }

        await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        lock (gate)
        {
            isSet = false;
        }
    }
}
