using System.Collections.Concurrent;
using System.Text;
using Tarn.Clients.Consumer.Processing;

namespace Tarn.Clients.Tests.Consumer;

/// <summary>Processors that note what they get, and do with it what the test says.</summary>
internal sealed class RecordingProcessors : IRecordProcessorFactory
{
    /// <summary>Called with each batch; it may checkpoint or throw. The default checkpoints each batch.</summary>
    public Func<RecordBatch, ICheckpointer, CancellationToken, Task> OnBatch { get; init; } = (_, checkpointer, token) => checkpointer.CheckpointAsync(token);

    /// <summary>What was processed without a failure, in order: key and text.</summary>
    public ConcurrentQueue<string> Records { get; } = new();

    /// <summary>What else happened, such as <c>begin shardId-000000000000 TRIM_HORIZON</c>.</summary>
    public ConcurrentQueue<string> Events { get; } = new();

    public IRecordProcessor Create(string shardId) => new Processor(this, shardId);

    public static string Text(ConsumerRecord record) => $"{record.PartitionKey} {Encoding.UTF8.GetString(record.Data.Span)}";

    private sealed class Processor(RecordingProcessors all, string shardId) : IRecordProcessor
    {
        public Task InitializeAsync(ShardStart start, CancellationToken cancellationToken) => Note($"begin {start.ShardId} {(start.Checkpoint.IsRecord ? "record" : start.Checkpoint.Position)}");

        public async Task ProcessRecordsAsync(RecordBatch batch, ICheckpointer checkpointer, CancellationToken cancellationToken)
        {
            await all.OnBatch(batch, checkpointer, cancellationToken);
            foreach (var record in batch.Records)
            {
                all.Records.Enqueue(Text(record));
            }
        }

        public Task ShardEndedAsync(CancellationToken cancellationToken) => Note($"end {shardId}");

        public Task LeaseLostAsync() => Note($"lost {shardId}");

        public async Task ShutdownRequestedAsync(ICheckpointer checkpointer, CancellationToken cancellationToken)
        {
            await checkpointer.CheckpointAsync(cancellationToken);
            await Note($"stop {shardId}");
        }

        private Task Note(string text)
        {
            all.Events.Enqueue(text);
            return Task.CompletedTask;
        }
    }
}
