using System.Globalization;
using System.Text;
using Tarn.Clients.Consumer.Processing;

namespace Tarn.Clients.Tests.Consumer.Simulation;

/// <summary>What all processors of the simulation saw, and whether they may have.</summary>
internal sealed class Sightings(World world, SimulatedStream stream)
{
    private readonly Dictionary<string, object> owners = [];
    private readonly Dictionary<string, int> lastOfKey = [];
    private readonly HashSet<(string Key, int Number)> processed = [];

    public int ProcessedCount => processed.Count;

    /// <summary>Highest number of owners that a shard had one after the other, to see that something was going on.</summary>
    public int Takeovers { get; private set; }

    public void Begin(string shardId, object owner)
    {
        foreach (var parent in stream[shardId].Parents)
        {
            if (stream[parent].Records.Find(record => !processed.Contains(Identity(record.PartitionKey, record.Data))) is { } missing)
            {
                world.Violate($"{shardId} begins before record {missing.SequenceNumber} of its parent {parent} is processed");
            }
        }

        Takeovers += owners.ContainsKey(shardId) ? 1 : 0;
        owners[shardId] = owner;
    }

    public void See(string shardId, object owner, IReadOnlyList<ConsumerRecord> records)
    {
        CheckOwner(shardId, owner);
        foreach (var (key, number) in records.Select(record => Identity(record.PartitionKey, record.Data)))
        {
            var last = lastOfKey.GetValueOrDefault(key);
            if (number > last + 1)
            {
                world.Violate($"{key} comes with {number} after {last}");
            }

            lastOfKey[key] = Math.Max(last, number);
        }
    }

    public void Processed(IReadOnlyList<ConsumerRecord> records) => processed.UnionWith(records.Select(record => Identity(record.PartitionKey, record.Data)));

    public void CheckOwner(string shardId, object owner)
    {
        if (owners[shardId] != owner)
        {
            world.Violate($"{shardId} is given to a worker after another one began with it");
        }
    }

    private static (string Key, int Number) Identity(string key, ReadOnlyMemory<byte> data) => (key, int.Parse(Encoding.ASCII.GetString(data.Span), CultureInfo.InvariantCulture));
}

/// <summary>Processors that take their time, fail, and checkpoint now and then.</summary>
internal sealed class SimulatedProcessors(World world, Process process, Sightings sightings) : IRecordProcessorFactory
{
    public IRecordProcessor Create(string shardId) => new Processor(world, process, sightings, shardId);

    private sealed class Processor(World world, Process process, Sightings sightings, string shardId) : IRecordProcessor
    {
        public async Task InitializeAsync(ShardStart start, CancellationToken cancellationToken)
        {
            sightings.Begin(shardId, this);
            await WorkAsync(cancellationToken);
        }

        public async Task ProcessRecordsAsync(RecordBatch batch, ICheckpointer checkpointer, CancellationToken cancellationToken)
        {
            sightings.See(shardId, this, batch.Records);
            await WorkAsync(cancellationToken);
            sightings.Processed(batch.Records);
            if (world.Random.Next(3) == 0)
            {
                await checkpointer.CheckpointAsync(batch.Records[world.Random.Next(batch.Records.Count)], cancellationToken);
                await WorkAsync(cancellationToken);
            }

            if (world.Random.Next(3) == 0)
            {
                await checkpointer.CheckpointAsync(cancellationToken);
            }
        }

        public Task ShardEndedAsync(CancellationToken cancellationToken)
        {
            sightings.CheckOwner(shardId, this);
            return WorkAsync(cancellationToken);
        }

        public Task LeaseLostAsync() => Task.CompletedTask;

        public async Task ShutdownRequestedAsync(ICheckpointer checkpointer, CancellationToken cancellationToken)
        {
            await WorkAsync(cancellationToken);
            await checkpointer.CheckpointAsync(cancellationToken);
        }

        private async Task WorkAsync(CancellationToken cancellationToken)
        {
            await Task.Delay(world.Between(0, world.Random.Next(100) == 0 ? 90 : 0.1), process.Time, cancellationToken);
            if (world.Random.Next(25) == 0)
            {
                throw new InvalidOperationException("The simulation's.");
            }
        }
    }
}
