using System.Text;
using Tarn.Clients.Kinesis;

namespace Tarn.Clients.Producer.Streams;

/// <summary>A user record on its way. What changes in it is changed by its stream's loop alone, once it was accepted.</summary>
internal sealed class PendingRecord(StreamPipeline pipeline, FlushGeneration generation, string partitionKey, UInt128? explicitHashKey, ReadOnlyMemory<byte> data)
{
    private readonly TaskCompletionSource<PutResult> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PutAttempt> attempts = [];

    public StreamPipeline Pipeline { get; } = pipeline;

    public FlushGeneration Generation { get; } = generation;

    public string PartitionKey { get; } = partitionKey;

    public UInt128? ExplicitHashKey { get; } = explicitHashKey;

    /// <summary>What decides its shard.</summary>
    public UInt128 Hash { get; } = explicitHashKey ?? HashKey.OfPartitionKey(partitionKey);

    public ReadOnlyMemory<byte> Data { get; } = data;

    /// <summary>Key and data.</summary>
    public int Bytes { get; } = Encoding.UTF8.GetByteCount(partitionKey) + data.Length;

    /// <summary>Its place in the order of its stream.</summary>
    public long Ordinal { get; set; }

    /// <summary>When it was accepted, on the producer's clock.</summary>
    public TimeSpan AcceptedAt { get; set; }

    public Task<PutResult> Done => done.Task;

    public IReadOnlyList<PutAttempt> Attempts => attempts;

    public void AddAttempt(PutAttempt attempt)
    {
        if (attempts.Count == PutAttempt.KeptMax)
        {
            attempts.RemoveAt(0);
        }

        attempts.Add(attempt);
    }

    public void Succeed(string shardId, string sequenceNumber, long subSequenceNumber) =>
        done.TrySetResult(new PutResult(shardId, sequenceNumber, subSequenceNumber, attempts));

    public void Fail(string code, string message, Exception? inner) => done.TrySetException(new RecordFailedException(code, message, attempts, inner));
}
