using System.Text;
using Tarn.Clients.Consumer;
using Tarn.Clients.Consumer.Leases;
using Tarn.Clients.Consumer.Processing;
using Tarn.Clients.Kinesis;

namespace Tarn.Clients.Examples;

internal sealed class ConsumerExample(TextWriter output) : IRecordProcessorFactory
{
    /// <summary>Reads the shards that fall to this worker, until it is stopped. Start more of them, and they share the shards.</summary>
    public static async Task RunAsync(KinesisClientOptions kinesis, TextWriter output, CancellationToken stop)
    {
        using var client = new KinesisClient(kinesis);
        using var leases = new TarnLeaseStore(kinesis, "order-counts"); // on AWS: DynamoDbLeaseStore
        var settings = new ConsumerSettings { ApplicationName = "order-counts", Stream = "orders" };
        await new ConsumerWorker(settings, client, leases, new ConsumerExample(output)).RunAsync(stop);
    }

    public IRecordProcessor Create(string shardId) => new Counter(shardId, output);

    private sealed class Counter(string shardId, TextWriter output) : IRecordProcessor
    {
        private int count;

        public async Task ProcessRecordsAsync(RecordBatch batch, ICheckpointer checkpointer, CancellationToken cancellationToken)
        {
            count += batch.Records.Count;
            await output.WriteLineAsync($"{shardId}: {count} records, the last one is {Encoding.UTF8.GetString(batch.Records[^1].Data.Span)}");
            await checkpointer.CheckpointAsync(cancellationToken);
        }

        public Task InitializeAsync(ShardStart start, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task ShardEndedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task LeaseLostAsync() => Task.CompletedTask;

        public Task ShutdownRequestedAsync(ICheckpointer checkpointer, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
