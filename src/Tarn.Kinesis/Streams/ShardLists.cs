using Tarn.Api.Kinesis;

namespace Tarn.Kinesis.Streams;

/// <summary>Which shards of a stream a list shows. Pure.</summary>
internal static class ShardLists
{
    /// <summary>The index in a shard's name; <c>ResourceNotFoundException</c> for what is no shard's name.</summary>
    public static int ParseId(StreamSnapshot stream, string shardId) =>
        ShardId.TryParse(shardId, out var index) ? index : throw KinesisErrors.ShardNotFound(stream.Scope, stream.Name, shardId);

    /// <summary>The shards of a stream that the filter lets through, by index; all that have not expired when there is none.</summary>
    public static IEnumerable<Shard> Filter(StreamSnapshot stream, ShardFilter? filter, DateTimeOffset now)
    {
        var visible = stream.VisibleShards(now);
        return filter?.Type switch
        {
            null or "FROM_TRIM_HORIZON" => visible,
            "AFTER_SHARD_ID" => After(stream, visible, filter.ShardId ?? throw KinesisErrors.InvalidArgument("ShardId must be specified for the shard filter type AFTER_SHARD_ID.")),
            "AT_TRIM_HORIZON" => At(visible, Clamp(stream, DateTimeOffset.MinValue, now)),
            "AT_LATEST" => visible.Where(shard => shard.IsOpen),
            "AT_TIMESTAMP" => At(visible, Clamp(stream, Timestamp(filter), now)),
            "FROM_TIMESTAMP" => From(visible, Clamp(stream, Timestamp(filter), now)),
            var other => throw KinesisErrors.InvalidArgument($"{other} is not a shard filter type."),
        };
    }

    private static IEnumerable<Shard> After(StreamSnapshot stream, IEnumerable<Shard> visible, string shardId)
    {
        var after = ParseId(stream, shardId);
        return visible.Where(shard => shard.Index > after);
    }

    /// <summary>Shards that were open at a moment.</summary>
    private static IEnumerable<Shard> At(IEnumerable<Shard> visible, DateTimeOffset moment) =>
        visible.Where(shard => shard.CreatedAt <= moment && (shard.ClosedAt is not { } closedAt || closedAt > moment));

    /// <summary>Shards that were open at a moment, or later.</summary>
    private static IEnumerable<Shard> From(IEnumerable<Shard> visible, DateTimeOffset moment) => visible.Where(shard => shard.ClosedAt is not { } closedAt || closedAt >= moment);

    private static DateTimeOffset Timestamp(ShardFilter filter) =>
        filter.Timestamp ?? throw KinesisErrors.InvalidArgument($"Timestamp must be specified for the shard filter type {filter.Type}.");

    /// <summary>A moment not before the stream's oldest record could be: its trim horizon, or when its first shards were made.</summary>
    private static DateTimeOffset Clamp(StreamSnapshot stream, DateTimeOffset moment, DateTimeOffset now)
    {
        var horizon = now - stream.Retention;
        var oldest = stream.Shards.IsEmpty ? horizon : stream.Shards.Min(shard => shard.CreatedAt);
        return new[] { moment, horizon, oldest }.Max();
    }
}
