namespace Tarn.Testing;

/// <summary>A clock that a test turns. Timers fire when they are passed.</summary>
internal sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<ManualTimer> timers = [];
    private readonly List<(DateTimeOffset Due, TaskCompletionSource Made)> awaited = [];
    private DateTimeOffset now = start;

    /// <summary>Released when something waits for a time.</summary>
    public SemaphoreSlim TimerMade { get; } = new(0);

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate)
        {
            return now;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (gate)
        {
            var timer = new ManualTimer(this, callback, state, dueTime == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue : now + dueTime);
            timers.Add(timer);
            Announce(timer);
            TimerMade.Release();
            return timer;
        }
    }

    /// <summary>Completes when something waits for exactly this time.</summary>
    public Task WaiterAsync(DateTimeOffset due)
    {
        lock (gate)
        {
            if (timers.Exists(timer => timer.Due == due))
            {
                return Task.CompletedTask;
            }

            var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            awaited.Add((due, made));
            return made.Task;
        }
    }

    public void Advance(TimeSpan by)
    {
        ManualTimer[] due;
        lock (gate)
        {
            now += by;
            due = [.. timers.Where(timer => timer.Due <= now)];
            timers.RemoveAll(timer => timer.Due <= now);
        }

        foreach (var timer in due)
        {
            timer.Fire();
        }
    }

    private void Announce(ManualTimer timer)
    {
        foreach (var (_, made) in awaited.Where(waiter => waiter.Due == timer.Due))
        {
            made.TrySetResult();
        }

        awaited.RemoveAll(waiter => waiter.Due == timer.Due);
    }

    private sealed class ManualTimer(ManualTime time, TimerCallback callback, object? state, DateTimeOffset due) : ITimer
    {
        public DateTimeOffset Due { get; private set; } = due;

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.gate)
            {
                Due = dueTime == Timeout.InfiniteTimeSpan ? DateTimeOffset.MaxValue : time.now + dueTime;
                time.Announce(this);
                return true;
            }
        }

        public void Dispose()
        {
            lock (time.gate)
            {
                time.timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
