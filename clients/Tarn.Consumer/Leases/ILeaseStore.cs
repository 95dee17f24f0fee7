namespace Tarn.Clients.Consumer.Leases;

/// <summary>
/// Where the leases of one application are. Every change but creation names the counter that the caller knows, and is not done when the row has another: that is all the locking
/// there is. Safe for all threads.
/// </summary>
/// <remarks>A call that failed, so that it may or may not have been done, throws <see cref="LeaseStoreException"/>; it is tried again. A cancelled one throws <see cref="OperationCanceledException"/>.</remarks>
public interface ILeaseStore
{
    /// <summary>Makes what is needed (a table), once, before the other calls; it may be there already.</summary>
    ValueTask PrepareAsync(CancellationToken cancellationToken);

    /// <summary>All leases, each as it was at some moment of the call.</summary>
    ValueTask<IReadOnlyList<Lease>> ListAsync(CancellationToken cancellationToken);

    /// <summary>The lease as it is now; null when there is none.</summary>
    ValueTask<Lease?> FindAsync(string key, CancellationToken cancellationToken);

    /// <summary>Adds a lease with counter 0; false when there is one with its key.</summary>
    ValueTask<bool> CreateAsync(Lease lease, CancellationToken cancellationToken);

    /// <summary>Takes the place of the row whose counter is <c>lease.Counter</c>, and answers it with its new counter, one higher; null when the row is gone or has another counter.</summary>
    ValueTask<Lease?> UpdateAsync(Lease lease, CancellationToken cancellationToken);

    /// <summary>Deletes the row whose counter is <c>lease.Counter</c>; false when it has another one. A row that is gone already counts as deleted.</summary>
    ValueTask<bool> DeleteAsync(Lease lease, CancellationToken cancellationToken);
}

/// <summary>A call to a lease store that failed: whether it was done is not known.</summary>
public sealed class LeaseStoreException(string message, Exception? inner) : Exception(message, inner);

/// <summary>The lease belongs to another worker by now, or could not be renewed in time: what is processed of the shard from here on is another worker's affair.</summary>
public sealed class LeaseLostException(string key) : Exception($"The lease of {key} was lost.");
