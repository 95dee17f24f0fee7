using Tarn.Clients.Consumer.Leases;
using Tarn.Clients.Kinesis;

namespace Tarn.Clients.Consumer.Processing;

/// <summary>
/// What an application does with the records of one shard, while this worker holds its lease. Calls come one after another. Each record is given at least once, and again after anything that
/// was not checkpointed: so it must be safe to process one twice.
/// </summary>
/// <remarks>
/// A call that throws is made again after a while. Tokens are cancelled when the lease is lost: what a call does after that, another worker may be doing at the same time, so it should end.
/// </remarks>
public interface IRecordProcessor
{
    /// <summary>Before the first records.</summary>
    Task InitializeAsync(ShardStart start, CancellationToken cancellationToken);

    /// <summary>Records in the order of the shard. To checkpoint every batch, or every tenth, is the application's choice.</summary>
    Task ProcessRecordsAsync(RecordBatch batch, ICheckpointer checkpointer, CancellationToken cancellationToken);

    /// <summary>All of a closed shard was processed. When it returns the end is checkpointed, and the shards that follow may begin: so what is buffered must be safe by then.</summary>
    Task ShardEndedAsync(CancellationToken cancellationToken);

    /// <summary>Another worker has the shard, or will have it. Nothing can be checkpointed any more. A failure is told to OnFailure and not repeated.</summary>
    Task LeaseLostAsync();

    /// <summary>The shard is handed over, or the worker stops: the last chance for a checkpoint, within the GracefulHandOverTime. A failure is told to OnFailure and not repeated.</summary>
    Task ShutdownRequestedAsync(ICheckpointer checkpointer, CancellationToken cancellationToken);
}

/// <summary>Makes the processor of a shard each time that this worker begins to read it.</summary>
public interface IRecordProcessorFactory
{
    IRecordProcessor Create(string shardId);
}

/// <param name="ShardId">The shard.</param>
/// <param name="Checkpoint">What was processed before; reading goes on behind it.</param>
/// <param name="HashKeyRange">The shard's hash keys; null when the lease does not say.</param>
public sealed record ShardStart(string ShardId, Checkpoint Checkpoint, HashKeyRange? HashKeyRange);

/// <summary>A record as its producer put it: of an aggregate, one of those within.</summary>
/// <param name="SequenceNumber">Of the stream's record.</param>
/// <param name="SubSequenceNumber">The place in an aggregate, from 0; 0 for a record that is none.</param>
/// <param name="ApproximateArrival">When the stream's record arrived; null only when the service left it out.</param>
public sealed record ConsumerRecord(string PartitionKey, ReadOnlyMemory<byte> Data, string SequenceNumber, long SubSequenceNumber, DateTimeOffset? ApproximateArrival)
{
    internal Checkpoint Position => Checkpoint.At(SequenceNumber, SubSequenceNumber);
}

/// <param name="Records">At least one.</param>
/// <param name="MillisBehindLatest">How far the read that brought them was behind the end of the shard, in milliseconds.</param>
/// <param name="Attempt">1, and higher when the processor has thrown at these records before.</param>
public sealed record RecordBatch(string ShardId, IReadOnlyList<ConsumerRecord> Records, long MillisBehindLatest, int Attempt);

/// <summary>Stores how far the processor came. Safe for all threads.</summary>
public interface ICheckpointer
{
    /// <summary>All records that were given to the processor are processed.</summary>
    /// <exception cref="LeaseLostException">Another worker has the shard.</exception>
    Task CheckpointAsync(CancellationToken cancellationToken);

    /// <summary>All up to and including this record are processed. Does nothing when a later one was checkpointed already: a checkpoint never goes back.</summary>
    /// <exception cref="LeaseLostException">Another worker has the shard.</exception>
    /// <exception cref="ArgumentException">The record was not given to the processor yet.</exception>
    Task CheckpointAsync(ConsumerRecord record, CancellationToken cancellationToken);
}
