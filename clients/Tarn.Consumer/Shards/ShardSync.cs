using Tarn.Clients.Consumer.Leases;
using Tarn.Clients.Consumer.Reading;
using Tarn.Clients.Consumer.Waiting;
using Tarn.Clients.Kinesis;

namespace Tarn.Clients.Consumer.Shards;

/// <summary>Gives the stream's shards their leases, and takes away those that nobody needs. Every worker does it; rows are only created when they are not there, and only deleted as they were listed.</summary>
internal sealed class ShardSync(IStreamReader stream, ILeaseStore leases, Checkpoint initial)
{
    private readonly AsyncGate gate = new();

    /// <summary>The shards that have a lease, or had one, when it returns.</summary>
    /// <exception cref="KinesisException">The shards cannot be listed.</exception>
    /// <exception cref="LeaseStoreException">The leases cannot be listed or changed.</exception>
    public async Task<IReadOnlySet<string>> RunAsync(CancellationToken cancellationToken)
    {
        await gate.EnterAsync(cancellationToken);
        try
        {
            var known = await leases.ListAsync(cancellationToken);
            var shards = await stream.ListShardsAsync(cancellationToken);
            var plan = ShardPlan.Make(known, shards, initial);
            foreach (var lease in plan.Create)
            {
                await leases.CreateAsync(lease, cancellationToken);
            }

            foreach (var lease in plan.Delete)
            {
                await leases.DeleteAsync(lease, cancellationToken);
            }

            return shards.Select(shard => shard.ShardId).ToHashSet(StringComparer.Ordinal);
        }
        finally
        {
            gate.Leave();
        }
    }
}
