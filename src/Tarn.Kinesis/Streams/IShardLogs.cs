namespace Tarn.Kinesis.Streams;

/// <summary>
/// What the control plane asks of the log that holds the records. Calls come one at a time, from <see cref="StreamStore"/>. The store decides which streams and
/// shards there are: what an interrupted change left behind in the log is put right by <see cref="StartAsync"/>. The log's name for a shard is <see cref="StreamSnapshot.LogNumber"/>.
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

    /// <summary>
    /// Makes room for new shards, before anybody can route to them. One that is closed already never takes a record. When the change is not committed they stay, empty, and
    /// the same shards may be added again.
    /// </summary>
    ValueTask AddAsync(StreamSnapshot stream, IReadOnlyList<Shard> shards, CancellationToken cancellationToken);

    /// <summary>Called before longer retention is committed, and after shorter retention was. Records that had expired before stay gone, also when the process ends here.</summary>
    ValueTask SetRetentionAsync(StreamSnapshot stream, CancellationToken cancellationToken);

    /// <summary>Frees shards whose retention has passed.</summary>
    ValueTask FreeAsync(StreamSnapshot stream, IReadOnlyList<Shard> shards, CancellationToken cancellationToken);

    /// <summary>Frees everything of a stream that was deleted.</summary>
    ValueTask FreeAsync(StreamSnapshot stream, CancellationToken cancellationToken);
}
