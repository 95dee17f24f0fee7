using System.Diagnostics;
using System.Text;
using Tarn.Clients.Consumer;
using Tarn.Clients.Consumer.Leases;
using Tarn.Clients.Consumer.Processing;
using Tarn.Clients.Kinesis;

namespace Tarn.Clients.KillWorker;

/// <summary>
/// Processes the stream with the others, and writes <c>time key number</c> for each record; the time is the machine's monotonic clock, so that lines of several processes can be put in
/// order.
/// </summary>
internal static class Consuming
{
    public static async Task RunAsync(KinesisClientOptions options, string stream, LineLog log)
    {
        using var client = new KinesisClient(options);
        using var leases = new TarnLeaseStore(options, "kill");
        var settings = new ConsumerSettings
        {
            ApplicationName = "kill",
            Stream = stream,
            FailoverTime = TimeSpan.FromSeconds(2),
            LeaseTakingInterval = TimeSpan.FromMilliseconds(300),
            IdleTimeBetweenReads = TimeSpan.FromMilliseconds(100),
            ReadIntervalMin = TimeSpan.FromMilliseconds(20),
            GracefulHandOverTime = TimeSpan.FromSeconds(5),
            OnFailure = (what, failure) => Console.Error.WriteLine($"{what}: {failure.Message}"),
        };
        await new ConsumerWorker(settings, client, leases, new Processors(log)).RunAsync(CancellationToken.None);
    }

    private sealed class Processors(LineLog log) : IRecordProcessorFactory
    {
        public IRecordProcessor Create(string shardId) => new Processor(log);
    }

    private sealed class Processor(LineLog log) : IRecordProcessor
    {
        public Task InitializeAsync(ShardStart start, CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task ProcessRecordsAsync(RecordBatch batch, ICheckpointer checkpointer, CancellationToken cancellationToken)
        {
            log.Write(batch.Records.Select(record => $"{Stopwatch.GetTimestamp():D20} {record.PartitionKey} {Encoding.ASCII.GetString(record.Data.Span)}"));
            await checkpointer.CheckpointAsync(cancellationToken);
        }

        public Task ShardEndedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task LeaseLostAsync() => Task.CompletedTask;

        public Task ShutdownRequestedAsync(ICheckpointer checkpointer, CancellationToken cancellationToken) => checkpointer.CheckpointAsync(cancellationToken);
    }
}
