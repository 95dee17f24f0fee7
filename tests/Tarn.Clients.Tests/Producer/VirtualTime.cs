namespace Tarn.Clients.Tests.Producer;

/// <summary>A clock that a test turns, of the system's time and of timestamps alike, on which a test waits until something has planned to wake.</summary>
internal sealed class VirtualTime : TimeProvider
{
    /// <summary>Real time after which a test that waits for a plan has failed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock gate = new();
    private readonly List<Timer> timers = [];
    private readonly List<(TimeSpan Due, TaskCompletionSource Made)> waiting = [];
    private TimeSpan elapsed;

    public TimeSpan Elapsed
    {
        get
        {
            lock (gate)
            {
                return elapsed;
            }
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Elapsed.Ticks;

    public override DateTimeOffset GetUtcNow() => Start + Elapsed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Assert.Equal(Timeout.InfiniteTimeSpan, period);
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Waits until something has planned to wake at that time since the start.</summary>
    public Task PlannedAsync(TimeSpan due)
    {
        lock (gate)
        {
            if (timers.Exists(timer => timer.Due == due))
            {
                return Task.CompletedTask;
            }

            var made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add((due, made));
            return made.Task.WaitAsync(Patience);
        }
    }

    /// <summary>Waits until something has planned to wake at that time since the start, and makes it that time.</summary>
    public async Task TurnToPlannedAsync(TimeSpan due)
    {
        await PlannedAsync(due);
        TurnTo(due);
    }

    public void TurnTo(TimeSpan time)
    {
        List<Timer> due;
        lock (gate)
        {
            Assert.True(time >= elapsed, $"{time} has passed already");
            elapsed = time;
            due = timers.FindAll(timer => timer.Due <= time);
            timers.RemoveAll(timer => timer.Due <= time);
        }

        foreach (var timer in due)
        {
            timer.Fire();
        }
    }

    private sealed class Timer(VirtualTime time, Action fire) : ITimer
    {
        public TimeSpan Due { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.gate)
            {
                time.timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan)
                {
                    return true;
                }

                Due = time.elapsed + dueTime;
                if (dueTime > TimeSpan.Zero)
                {
                    time.timers.Add(this);
                }

                foreach (var (_, made) in time.waiting.Where(one => one.Due == Due))
                {
                    made.TrySetResult();
                }

                time.waiting.RemoveAll(one => one.Due == Due);
            }

            if (dueTime <= TimeSpan.Zero)
            {
                fire();
            }

            return true;
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
