namespace Tarn.Kinesis.Log;

/// <summary>
/// What is known of a shard. The writer publishes under <see cref="Gate"/> what has been synced; readers take it under the same lock, shortly. Fields named Assigned are the
/// writer's own and run ahead of what is published.
/// </summary>
internal sealed class LogShard(long id)
{
    private RingFrame[] ring = [];
    private int ringHead;
    private int ringCount;
    private TaskCompletionSource? appended;

    public Lock Gate { get; } = new();

    public long Id { get; } = id;

    /// <summary>Index of the next record: that after the last one on disk.</summary>
    public long NextIndex { get; set; }

    /// <summary>Arrival time of the last record, 0 before the first.</summary>
    public long LastMs { get; set; }

    /// <summary>Index of the first record that is not gone, as far as it was found yet; see <see cref="RetentionMs"/>.</summary>
    public long Horizon { get; set; }

    /// <summary>Arrival time of the record at the horizon; 0 when it has to be looked up.</summary>
    public long HorizonMs { get; set; }

    /// <summary>The horizon that the log holds durably.</summary>
    public long DurableHorizon { get; set; }

    /// <summary>How long records are kept, in milliseconds; <see cref="long.MaxValue"/> until the caller says it.</summary>
    public long RetentionMs { get; set; } = long.MaxValue;

    public bool IsDeleted { get; set; }

    /// <summary>Whether the caller opened it in this process.</summary>
    public bool IsOpen { get; set; }

    /// <summary>Ascending by index; those of dropped segments are taken out.</summary>
    public List<ShardRun> Runs { get; } = [];

    public long AssignedNext { get; set; }

    public long AssignedMs { get; set; }

    public bool AssignedDeleted { get; set; }

    /// <summary>Whether the log must remember the shard in the next start frame. Deleted ones only as long as a segment holds frames of them.</summary>
    public bool IsKnown => IsDeleted ? Runs.Count > 0 : NextIndex > 0;

    /// <summary>Index of the oldest record in memory; <see cref="NextIndex"/> when there is none. Under the lock.</summary>
    public long RingFirst => ringCount == 0 ? NextIndex : ring[ringHead].FirstIndex;

    public void AddToRing(FrameBuffer buffer, long firstIndex)
    {
        if (ringCount == ring.Length)
        {
            var larger = new RingFrame[Math.Max(8, ringCount * 2)];
            for (var index = 0; index < ringCount; index++)
            {
                larger[index] = RingAt(index);
            }

            ring = larger;
            ringHead = 0;
        }

        buffer.Hold();
        ring[(ringHead + ringCount++) & (ring.Length - 1)] = new RingFrame(buffer, firstIndex);
    }

    /// <summary>Lets the oldest frame in memory go, and answers the bytes it took.</summary>
    public int DropOldest()
    {
        FrameBuffer buffer;
        lock (Gate)
        {
            buffer = ring[ringHead].Buffer;
            ring[ringHead] = default;
            ringHead = (ringHead + 1) & (ring.Length - 1);
            ringCount--;
        }

        var length = buffer.Array.Length;
        buffer.Release();
        return length;
    }

    /// <summary>Holds the frame in memory that has this record, and those after it that <paramref name="take"/> wants. Under the lock; the record must be in memory.</summary>
    public void HoldFromRing(long index, Func<FrameBuffer, bool> take)
    {
        int low = 0, high = ringCount - 1;
        while (low < high)
        {
            var middle = (low + high + 1) >>> 1;
            if (RingAt(middle).FirstIndex <= index)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        for (; low < ringCount; low++)
        {
            var buffer = RingAt(low).Buffer;
            buffer.Hold();
            if (!take(buffer))
            {
                break;
            }
        }
    }

    /// <summary>Completes when a record is published after this call, or when the shard is deleted. Under the lock.</summary>
    public Task NextAppend => (appended ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Takes the promise that the caller completes outside of the lock. Under the lock.</summary>
    public TaskCompletionSource? TakeAppended()
    {
        var taken = appended;
        appended = null;
        return taken;
    }

    private ref RingFrame RingAt(int index) => ref ring[(ringHead + index) & (ring.Length - 1)];

    private readonly record struct RingFrame(FrameBuffer Buffer, long FirstIndex);
}
