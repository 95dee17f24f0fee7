namespace Tarn.Store.Sqlite;

/// <summary>A write between the caller that waits for it and the writer's loop that runs it.</summary>
internal abstract class PendingWrite(CancellationToken cancellationToken)
{
    /// <summary>The caller went away before the write began; it is not run.</summary>
    public bool IsCanceled => CancellationToken.IsCancellationRequested;

    /// <summary>What the write threw; null while it has not.</summary>
    public Exception? Failure { get; set; }

    protected CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>Runs the write inside the open transaction.</summary>
    public abstract void Run(IStoreWriter store);

    /// <summary>Tells the caller how it ended. Called after the COMMIT is on disk, never before.</summary>
    public abstract void Settle();
}

/// <summary>A write with its result.</summary>
internal sealed class PendingWrite<T>(Func<IStoreWriter, T> write, CancellationToken cancellationToken) : PendingWrite(cancellationToken)
{
    private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? result;

    public Task<T> Done => done.Task;

    public override void Run(IStoreWriter store) => result = write(store);

    public override void Settle()
    {
        switch (Failure)
        {
            case null:
                done.TrySetResult(result!);
                break;
            case OperationCanceledException:
                done.TrySetCanceled(CancellationToken);
                break;
            default:
                done.TrySetException(Failure);
                break;
        }
    }
}
