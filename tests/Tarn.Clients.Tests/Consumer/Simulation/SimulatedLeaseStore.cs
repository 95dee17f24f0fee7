using Tarn.Clients.Consumer.Leases;

namespace Tarn.Clients.Tests.Consumer.Simulation;

/// <summary>A lease store behind a network: requests and answers take their time, get lost, and arrive though who sent them is held up, dead, or has given up.</summary>
internal sealed class SimulatedLeaseStore(World world, InMemoryLeaseStore inner) : ILeaseStore
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(6);

    public ValueTask PrepareAsync(CancellationToken cancellationToken) => new(CallAsync(() => true, cancellationToken));

    public ValueTask<IReadOnlyList<Lease>> ListAsync(CancellationToken cancellationToken) => new(CallAsync(() => Now(inner.ListAsync(cancellationToken)), cancellationToken));

    public ValueTask<Lease?> FindAsync(string key, CancellationToken cancellationToken) => new(CallAsync(() => Now(inner.FindAsync(key, cancellationToken)), cancellationToken));

    public ValueTask<bool> CreateAsync(Lease lease, CancellationToken cancellationToken) => new(CallAsync(() => Now(inner.CreateAsync(lease, cancellationToken)), cancellationToken));

    public ValueTask<bool> DeleteAsync(Lease lease, CancellationToken cancellationToken) => new(CallAsync(() => Now(inner.DeleteAsync(lease, cancellationToken)), cancellationToken));

    public ValueTask<Lease?> UpdateAsync(Lease lease, CancellationToken cancellationToken) => new(CallAsync(
        () =>
        {
            var before = Now(inner.FindAsync(lease.Key, cancellationToken));
            var after = Now(inner.UpdateAsync(lease, cancellationToken));
            if (before is not null && after is not null && after.Checkpoint < before.Checkpoint)
            {
                world.Violate($"the checkpoint of {lease.Key} went back from {before.Checkpoint} to {after.Checkpoint}");
            }

            return after;
        },
        cancellationToken));

    private static T Now<T>(ValueTask<T> call)
    {
        Assert.True(call.IsCompleted);
        return call.Result;
    }

    private async Task<T> CallAsync<T>(Func<T> apply, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        world.At(Timeout, () => answer.TrySetException(new LeaseStoreException("The simulation's timeout.", inner: null)));
        if (world.Random.Next(50) != 0)
        {
            world.At(Latency(), () =>
            {
                var result = apply();
                if (world.Random.Next(50) != 0)
                {
                    world.At(Latency(), () => answer.TrySetResult(result));
                }
            });
        }

        using var cancelled = cancellationToken.Register(() => answer.TrySetCanceled(cancellationToken));
        return await answer.Task;
    }

    private TimeSpan Latency() => world.Between(0.001, world.Random.Next(30) == 0 ? 7 : 0.05);
}
