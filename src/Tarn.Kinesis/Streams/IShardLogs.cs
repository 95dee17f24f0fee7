namespace Tarn.Kinesis.Streams;

/// <summary>
/// What the control plane asks of the log that holds the records. Calls come one at a time, from <see cref="StreamStore"/>. The store decides which streams and
/// shards there are: what an interrupted change left behind in the log is put right by <see cref="StartAsync"/>.
/// </summary>
internal interface IShardLogs
{
    /// <summary>
    /// Called once, before any other. Exactly these streams and shards exist: makes what is missing, frees what the log has beyond them, and takes records for shards that
    /// are open.
    /// </summary>
    ValueTask StartAsync(IReadOnlyCollection<StreamSnapshot> streams, CancellationToken cancellationToken);

    /// <summary>
    /// Ends shards that will be split or merged: on return their last record is decided, and whoever still routes to them is told so and looks for the new
    /// shards (<see cref="StreamStore.NextAsync"/>). Reading goes on.
    /// </summary>
    ValueTask CloseAsync(StreamSnapshot stream, IReadOnlyList<Shard> shards, CancellationToken cancellationToken);

    /// <summary>Takes <see cref="CloseAsync"/> back: the change was not committed.</summary>
    ValueTask ReopenAsync(StreamSnapshot stream, IReadOnlyList<Shard> shards, CancellationToken cancellationToken);

    /// <summary>Makes room for new shards, before anybody can route to them. One that is closed already never takes a record.</summary>
    ValueTask AddAsync(StreamSnapshot stream, IReadOnlyList<Shard> shards, CancellationToken cancellationToken);

    /// <summary>Frees shards: their retention has passed, or the change that added them was not committed.</summary>
    ValueTask FreeAsync(StreamSnapshot stream, IReadOnlyList<Shard> shards, CancellationToken cancellationToken);

    /// <summary>Frees everything of a stream that was deleted.</summary>
    ValueTask FreeAsync(StreamSnapshot stream, CancellationToken cancellationToken);
}
