using System.Collections.Concurrent;

namespace Tarn.Kinesis.Tests.Simulation;

/// <summary>Runs asynchronous work on the calling thread alone, so that nothing in it happens at the same time as anything else, and a seed runs the same way each time.</summary>
internal sealed class OneThread : SynchronizationContext
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> work = [];

    /// <param name="idle">Called whenever nothing can go on.</param>
    public static void Run(Func<Task> main, Action idle)
    {
        var before = Current;
        var thread = new OneThread();
        SetSynchronizationContext(thread);
        try
        {
            var task = main();
            while (!task.IsCompleted)
            {
                thread.RunNext(idle);
            }

            task.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public override void Post(SendOrPostCallback callback, object? state) => work.Add((callback, state));

    private void RunNext(Action idle)
    {
        if (!work.TryTake(out var next))
        {
            idle();
            Assert.True(work.TryTake(out next, WaitMax), $"nothing has gone on for {WaitMax.TotalSeconds} s");
        }

        next.Callback(next.State);
    }
}
