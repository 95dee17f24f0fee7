using System.Collections.Concurrent;

namespace Tarn.Kinesis.Tests.Simulation;

/// <summary>Runs asynchronous work on the calling thread alone, so that nothing in it happens at the same time as anything else, and a seed runs the same way each time.</summary>
internal sealed class OneThread : SynchronizationContext
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> work = [];

    public static void Run(Func<Task> main)
    {
        var before = Current;
        var thread = new OneThread();
        SetSynchronizationContext(thread);
        try
        {
            var task = main();
            task.ContinueWith(_ => thread.work.CompleteAdding(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            foreach (var (callback, state) in thread.work.GetConsumingEnumerable())
            {
                callback(state);
            }

            task.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public override void Post(SendOrPostCallback callback, object? state)
    {
        // What a crash left waiting may still be told something when all is over.
        if (!work.IsAddingCompleted)
        {
            work.Add((callback, state));
        }
    }
}
