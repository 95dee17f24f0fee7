namespace Tarn.Kinesis.Log;

/// <summary>The appends that wait for the writer, bounded in number and bytes. Any thread adds; only the writer takes.</summary>
internal sealed class AppendQueue(long bytesMax, int countMax)
{
    private readonly object gate = new();
    private readonly Queue<AppendBatch> waiting = new();
    private long bytes;
    private TaskCompletionSource? room;
    private Exception? closed;

    /// <summary>False when it is full. An append larger than the whole queue is taken when the queue is empty.</summary>
    /// <exception cref="StreamLogException">The queue was closed.</exception>
    public bool TryAdd(AppendBatch batch)
    {
        lock (gate)
        {
            if (closed is not null)
            {
                batch.Fail(closed);
                return true;
            }

            if (waiting.Count > 0 && (waiting.Count >= countMax || bytes + batch.TotalLength > bytesMax))
            {
                return false;
            }

            waiting.Enqueue(batch);
            bytes += batch.TotalLength;
            if (waiting.Count == 1)
            {
                Monitor.Pulse(gate);
            }

            return true;
        }
    }

    public async ValueTask AddAsync(AppendBatch batch, CancellationToken cancellationToken)
    {
        while (!TryAdd(batch))
        {
            Task wait;
            lock (gate)
            {
                // What left between the try and here has already completed the last promise, so look again.
                if (waiting.Count == 0 || closed is not null)
                {
                    continue;
                }

                wait = (room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await wait.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Waits for appends and takes some, up to <paramref name="commitBytes"/> and at least one; false when the queue is closed and empty.</summary>
    public bool Take(List<AppendBatch> target, long commitBytes, bool wait)
    {
        TaskCompletionSource? completed;
        lock (gate)
        {
            while (waiting.Count == 0)
            {
                if (closed is not null || !wait)
                {
                    return false;
                }

                Monitor.Wait(gate);
            }

            var taken = 0L;
            while (waiting.TryPeek(out var batch) && (target.Count == 0 || taken + batch.TotalLength <= commitBytes))
            {
                taken += batch.TotalLength;
                target.Add(waiting.Dequeue());
            }

            bytes -= taken;
            completed = room;
            room = null;
        }

        completed?.TrySetResult();
        return true;
    }

    /// <summary>Takes no more appends: each fails with <paramref name="reason"/>. Those that wait already stay for the writer.</summary>
    public void Close(Exception reason)
    {
        TaskCompletionSource? completed;
        lock (gate)
        {
            closed ??= reason;
            completed = room;
            room = null;
            Monitor.PulseAll(gate);
        }

        completed?.TrySetResult();
    }
}
