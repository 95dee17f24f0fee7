namespace Tarn.Clients.Tests.Consumer.Simulation;

/// <summary>
/// Virtual time, and all that happens in it, on one thread and in an order that the seed decides. Whole workers run in it, each in a process of its own that can stand still or die at any
/// moment between two steps.
/// </summary>
internal sealed class World(int seed)
{
    private readonly PriorityQueue<Action, (long At, long Order)> events = new();
    private readonly Thread thread = Thread.CurrentThread;
    private long order;

    public Random Random { get; } = new(seed);

    /// <summary>Ticks since the beginning.</summary>
    public long Now { get; private set; }

    public TimeSpan Elapsed => TimeSpan.FromTicks(Now);

    /// <summary>What must not have happened.</summary>
    public List<string> Violations { get; } = [];

    public void At(TimeSpan delay, Action action) => events.Enqueue(action, (Now + Math.Max(0, delay.Ticks), order++));

    public void Violate(string what) => Violations.Add($"{Elapsed}: {what}");

    public void CheckThread()
    {
        if (Thread.CurrentThread != thread)
        {
            throw new InvalidOperationException("A step of a worker left the simulation's thread.");
        }
    }

    /// <summary>Lets things happen until the condition holds or the time is over.</summary>
    /// <returns>Whether the condition holds.</returns>
    public bool Run(TimeSpan limit, Func<bool> until)
    {
        var end = Now + limit.Ticks;
        while (Violations.Count == 0 && !until())
        {
            if (!events.TryPeek(out _, out var next) || next.At > end)
            {
                Now = end;
                return until();
            }

            var action = events.Dequeue();
            Now = next.At;
            action();
        }

        return until();
    }

    public TimeSpan Between(double low, double high) => TimeSpan.FromSeconds(low + (Random.NextDouble() * (high - low)));
}

/// <summary>A process: its steps run while it is alive and not held up.</summary>
internal sealed class Process(World world) : SynchronizationContext
{
    private readonly Queue<Action> held = new();

    public bool IsDead { get; private set; }

    public bool IsPaused { get; private set; }

    public TimeProvider Time => new ProcessTime(world, this);

    public override void Post(SendOrPostCallback callback, object? state)
    {
        world.CheckThread();
        world.At(TimeSpan.Zero, () => Run(() => callback(state)));
    }

    public override void Send(SendOrPostCallback callback, object? state) => throw new NotSupportedException("A step would wait for another.");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs a step now, later, or never.</summary>
    public void Run(Action step)
    {
        if (IsPaused)
        {
            held.Enqueue(step);
        }
        else if (!IsDead)
        {
            var before = Current;
            SetSynchronizationContext(this);
            try
            {
                step();
            }
            finally
            {
                SetSynchronizationContext(before);
            }
        }
    }

    public void Kill() => IsDead = true;

    public void Pause() => IsPaused = true;

    public void Resume()
    {
        IsPaused = false;
        while (held.TryDequeue(out var step))
        {
            world.At(TimeSpan.Zero, () => Run(step));
        }
    }

    private sealed class ProcessTime(World world, Process process) : TimeProvider
    {
        private static readonly DateTimeOffset Start = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => world.Now;

        public override DateTimeOffset GetUtcNow() => Start.AddTicks(world.Now);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new ProcessTimer(world, process, callback, state);
            timer.Change(dueTime, period);
            return timer;
        }
    }

    private sealed class ProcessTimer(World world, Process process, TimerCallback callback, object? state) : ITimer
    {
        private int version;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Assert.Equal(Timeout.InfiniteTimeSpan, period);
            var armed = ++version;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                world.At(dueTime, () => process.Run(() =>
                {
                    if (armed == version)
                    {
                        callback(state);
                    }
                }));
            }

            return true;
        }

        public void Dispose() => version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
