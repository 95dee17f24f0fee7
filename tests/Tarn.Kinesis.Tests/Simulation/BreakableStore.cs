using Tarn.Store;

namespace Tarn.Kinesis.Tests.Simulation;

/// <summary>A store whose next write can be made to fail: before it was committed, or after, when only a crash can follow.</summary>
internal sealed class BreakableStore(IMetadataStore store) : IMetadataStore
{
    /// <summary>What happens to the next write; then it is <see cref="StoreBreak.None"/> again.</summary>
    public StoreBreak Next { get; set; }

    public ValueTask<T> ReadAsync<T>(Func<IStoreReader, T> read, CancellationToken cancellationToken) => store.ReadAsync(read, cancellationToken);

    public async ValueTask<T> WriteAsync<T>(Func<IStoreWriter, T> write, CancellationToken cancellationToken)
    {
        var now = Next;
        Next = StoreBreak.None;
        if (now == StoreBreak.BeforeCommit)
        {
            throw new IOException("the store fails before the commit, as the simulation asked");
        }

        var result = await store.WriteAsync(write, cancellationToken);
        return now == StoreBreak.AfterCommit ? throw new IOException("the store fails after the commit, as the simulation asked") : result;
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();
}

internal enum StoreBreak
{
    None,
    BeforeCommit,
    AfterCommit,
}
