namespace Tarn.Clients.Consumer.Leases;

/// <summary>Leases in this process, gone with it: for tests, and for consumers of a single process that read everything again after a restart.</summary>
public sealed class InMemoryLeaseStore : ILeaseStore
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, Lease> leases = new(StringComparer.Ordinal);

    public ValueTask PrepareAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<IReadOnlyList<Lease>> ListAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return ValueTask.FromResult<IReadOnlyList<Lease>>([.. leases.Values]);
        }
    }

    public ValueTask<Lease?> FindAsync(string key, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return ValueTask.FromResult(leases.GetValueOrDefault(key));
        }
    }

    public ValueTask<bool> CreateAsync(Lease lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        lock (gate)
        {
            return ValueTask.FromResult(leases.TryAdd(lease.Key, lease with { Counter = 0 }));
        }
    }

    public ValueTask<Lease?> UpdateAsync(Lease lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        lock (gate)
        {
            if (leases.GetValueOrDefault(lease.Key)?.Counter != lease.Counter)
            {
                return ValueTask.FromResult<Lease?>(null);
            }

            return ValueTask.FromResult<Lease?>(leases[lease.Key] = lease with { Counter = lease.Counter + 1 });
        }
    }

    public ValueTask<bool> DeleteAsync(Lease lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        lock (gate)
        {
            if (leases.GetValueOrDefault(lease.Key) is { } found && found.Counter != lease.Counter)
            {
                return ValueTask.FromResult(false);
            }

            leases.Remove(lease.Key);
            return ValueTask.FromResult(true);
        }
    }
}
