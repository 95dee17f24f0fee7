using Tarn.Kinesis.Streams;

namespace Tarn.Kinesis.Resharding;

/// <summary>What a reshard does with a stream's shards.</summary>
internal static class ReshardPlan
{
    public static ShardChanges Make(StreamSnapshot stream, Reshard reshard, DateTimeOffset now)
    {
        var changes = new ShardChanges(stream.Record.NextShard, now);
        if (reshard is { Split: { } split, At: { } at })
        {
            changes.Split(Known(stream, split), at);
        }
        else if (reshard is { Lower: { } lower, Upper: { } upper })
        {
            changes.Merge(Known(stream, lower), Known(stream, upper));
        }
        else if (stream.OpenShards.IsEmpty)
        {
            changes.Fill(reshard.Target);
        }
        else
        {
            UniformScaling.Apply(changes, stream.OpenShards, reshard.Target);
        }

        return changes;
    }

    private static Shard Known(StreamSnapshot stream, int index) =>
        stream.FindShard(index) ?? throw new InvalidOperationException($"Stream {stream.Id} is to reshard shard {index}, which it does not have.");
}
