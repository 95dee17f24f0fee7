using Tarn.Clients.Consumer.Leases;

namespace Tarn.Clients.Consumer.Processing;

/// <summary>The checkpoints of one shard, while its lease is held.</summary>
internal sealed class Checkpointer(HeldLease lease) : ICheckpointer
{
    private volatile Checkpoint done = lease.Row.Checkpoint;
    private volatile Checkpoint given = lease.Row.Checkpoint;

    /// <summary>The last that is stored.</summary>
    public Checkpoint Stored => lease.Row.Checkpoint;

    /// <summary>A call with records up to this one begins; it may checkpoint them.</summary>
    public void Begin(ConsumerRecord last) => given = last.Position;

    /// <summary>The call has returned: its records can be checkpointed later, too. (So can a record that was parked.)</summary>
    public void Succeed() => done = given;

    /// <summary>The call has thrown: none of its records counts as processed, unless it was checkpointed.</summary>
    public void Fail() => given = done;

    public Task CheckpointAsync(CancellationToken cancellationToken) => lease.CheckpointAsync(given, cancellationToken);

    public Task CheckpointAsync(ConsumerRecord record, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record.Position <= given
            ? lease.CheckpointAsync(record.Position, cancellationToken)
            : throw new ArgumentException($"Record {record.SequenceNumber} was not given to the processor of {lease.Key} yet.");
    }
}
