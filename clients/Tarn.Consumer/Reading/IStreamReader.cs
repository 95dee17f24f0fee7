using Tarn.Clients.Kinesis;

namespace Tarn.Clients.Consumer.Reading;

/// <summary>A stream as the worker sees it; polling and fan-out are its two ways.</summary>
internal interface IStreamReader
{
    /// <summary>Once before the others; fan-out registers its consumer.</summary>
    Task PrepareAsync(CancellationToken cancellationToken);

    /// <summary>All shards that have not expired.</summary>
    Task<IReadOnlyList<Shard>> ListShardsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// What the shard holds from the position on, without end while it is open. The last answer of a closed shard has <see cref="ShardAnswer.Children"/>. When it ends otherwise (a subscription has its time), it is
    /// called again with the position behind the last answer.
    /// </summary>
    /// <exception cref="KinesisException">Called again after a while.</exception>
    IAsyncEnumerable<ShardAnswer> ReadAsync(string shardId, StartingPosition position, CancellationToken cancellationToken);
}

/// <param name="Next">Behind these records; null when there are none and the position is as before.</param>
/// <param name="Children">The shards that follow, at the end of a closed shard; null before.</param>
internal sealed record ShardAnswer(IReadOnlyList<KinesisRecord> Records, StartingPosition? Next, long MillisBehindLatest, IReadOnlyList<ChildShard>? Children)
{
    public long Bytes { get; } = Records.Sum(record => (long)record.Data.Length);
}
