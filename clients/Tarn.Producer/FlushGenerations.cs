namespace Tarn.Clients.Producer;

/// <summary>The user records between two flushes: a flush waits for those that were there when it began, and not for what comes after.</summary>
internal sealed class FlushGeneration
{
    private readonly TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool isFlushing;
    private int outstanding;

    /// <summary>Its records are not to wait for others.</summary>
    public bool IsFlushing => isFlushing;

    public Task Done => done.Task;

    /// <summary>Only while it is the current one, under the lock of <see cref="FlushGenerations"/>.</summary>
    public void Enter() => Interlocked.Increment(ref outstanding);

    /// <summary>A record has its result. Any thread.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref outstanding) == 0 && isFlushing)
        {
            done.TrySetResult();
        }
    }

    /// <summary>Nothing enters any more.</summary>
    public void Flush()
    {
        Enter();
        isFlushing = true;
        Leave();
    }
}

/// <summary>The generations that have records. Safe for all threads.</summary>
internal sealed class FlushGenerations
{
    private readonly Lock gate = new();
    private readonly List<Task> earlier = [];
    private FlushGeneration current = new();

    /// <summary>A place in the current generation for a record; whoever took it leaves it when the record has its result.</summary>
    public FlushGeneration Enter()
    {
        lock (gate)
        {
            current.Enter();
            return current;
        }
    }

    /// <summary>Begins a new generation; the task ends with the last record of all before.</summary>
    public Task Flush()
    {
        lock (gate)
        {
            earlier.RemoveAll(task => task.IsCompleted);
            current.Flush();
            earlier.Add(current.Done);
            current = new FlushGeneration();
            return Task.WhenAll(earlier);
        }
    }
}
