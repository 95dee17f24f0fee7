using System.Threading.Tasks.Sources;

namespace Tarn.Kinesis.Log;

/// <summary>
/// One append: records for one shard or several, that are written and synced together with whatever else waits. Rent it from the log, add records to the frames of their
/// shards, append, read the frames' outcomes, dispose. The frames are not atomic together: a crash may keep some of an append that was not answered.
/// </summary>
public sealed class AppendBatch : IDisposable, IValueTaskSource
{
    private readonly StreamLog log;
    private readonly List<FrameBuilder> builders = [];
    private readonly Dictionary<long, int> byShard = [];
    private ManualResetValueTaskSourceCore<bool> done = new() { RunContinuationsAsynchronously = true };
    private int used;
    private State state;

    internal AppendBatch(StreamLog log) => this.log = log;

    /// <summary>The frames begun so far.</summary>
    public ReadOnlySpan<FrameBuilder> Frames => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(builders)[..used];

    internal long TotalLength { get; private set; }

    /// <summary>Frames that the writer has not decided yet. Only the writer touches it.</summary>
    internal int Undecided { get; set; }

    /// <summary>The frame of a shard in this batch; begun when it is asked for first.</summary>
    /// <param name="shard">A shard that was opened.</param>
    /// <param name="keyId">The data key to encrypt with, or 0. It counts when the frame is begun.</param>
    /// <exception cref="LogShardGoneException">The shard was deleted.</exception>
    /// <exception cref="LogKeyMissingException">There is no such data key.</exception>
    public FrameBuilder FrameFor(long shard, int keyId)
    {
        Expect(State.Filling);
        if (byShard.TryGetValue(shard, out var index))
        {
            return builders[index];
        }

        var opened = log.Opened(shard);
        var dataKey = keyId == 0 ? null : log.DataKey(opened, keyId);
        byShard.Add(shard, used);
        var builder = Begin(FrameKind.Records, shard, keyId, dataKey);
        builder.Shard = opened;
        return builder;
    }

    /// <summary>
    /// Appends, and completes when every frame is on disk or has another outcome. Waits while the queue is full, which may be cancelled; an append that is in the queue is
    /// no longer cancelled.
    /// </summary>
    /// <exception cref="LogFailedException">A write or sync failed, now or before: only frames with <see cref="FrameOutcome.Appended"/> are on disk for certain.</exception>
    /// <exception cref="LogFullException">There was no room for some frame; see each frame's outcome.</exception>
    public ValueTask AppendAsync(CancellationToken cancellationToken)
    {
        Expect(State.Filling);
        TotalLength = 0;
        foreach (var builder in Frames)
        {
            builder.Seal();
            TotalLength += builder.TotalLength;
        }

        Undecided = used;
        done.Reset();
        if (used == 0)
        {
            return ValueTask.CompletedTask;
        }

        state = State.Appending;
        if (log.TryEnqueue(this))
        {
            return new ValueTask(this, done.Version);
        }

        return AppendWhenThereIsRoomAsync(cancellationToken);
    }

    /// <summary>Gives the batch and its memory back. Not while it is being appended.</summary>
    public void Dispose()
    {
        if (state == State.Idle)
        {
            return;
        }

        if (state == State.Appending)
        {
            throw new InvalidOperationException("A batch that is being appended cannot be given back; await the append first.");
        }

        foreach (var builder in Frames)
        {
            builder.End();
        }

        byShard.Clear();
        used = 0;
        state = State.Idle;
        log.Return(this);
    }

    void IValueTaskSource.GetResult(short token) => done.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => done.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        done.OnCompleted(continuation, state, token, flags);

    internal void Rented() => state = State.Filling;

    internal FrameBuilder Begin(FrameKind kind, long shard, int keyId, byte[]? dataKey)
    {
        if (used == builders.Count)
        {
            builders.Add(log.NewBuilder());
        }

        var builder = builders[used++];
        builder.Begin(this, kind, shard, keyId, dataKey);
        return builder;
    }

    internal void Complete()
    {
        state = State.Done;
        done.SetResult(true);
    }

    internal void Fail(Exception error)
    {
        state = State.Done;
        done.SetException(error);
    }

    private async ValueTask AppendWhenThereIsRoomAsync(CancellationToken cancellationToken)
    {
        try
        {
            await log.EnqueueAsync(this, cancellationToken);
        }
        catch
        {
            state = State.Done;
            throw;
        }

        await new ValueTask(this, done.Version);
    }

    private void Expect(State expected)
    {
        if (state != expected)
        {
            throw new InvalidOperationException($"The batch is {state}, not {expected}.");
        }
    }

    private enum State
    {
        Idle,
        Filling,
        Appending,
        Done,
    }
}
