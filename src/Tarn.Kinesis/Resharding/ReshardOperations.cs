using Tarn.Api.Kinesis;
using Tarn.Kinesis.Streams;
using Tarn.Wire.Dispatch;
using Shard = Tarn.Kinesis.Streams.Shard;
using StreamMode = Tarn.Kinesis.Streams.StreamMode;
using StreamStatus = Tarn.Kinesis.Streams.StreamStatus;

namespace Tarn.Kinesis.Resharding;

/// <summary>Changing a stream's shards. Parents stay readable until their retention has passed.</summary>
internal sealed class ReshardOperations(StreamStore streams, KinesisOptions options)
{
    public async ValueTask<SplitShardOutput> SplitShard(SplitShardInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var reference = StreamReference.Of(context, request.StreamName, request.StreamARN, request.StreamId);
        var index = ParseId(reference, request.ShardToSplit!);
        await streams.ChangeAsync(
            reference,
            (stream, _) =>
            {
                RefuseOnDemand(stream);
                var shard = Find(stream, index);
                RefuseClosed(stream, shard);
                return UInt128.TryParse(request.NewStartingHashKey, out var at) && at > shard.StartingHash && at - shard.StartingHash > 1 && at < shard.EndingHash
                    ? new StreamChange { Reshard = new Reshard { Split = shard.Index, At = at, Target = stream.OpenShards.Length + 1 } }
                    : throw KinesisErrors.SplitOutside(stream, shard, request.NewStartingHashKey!);
            },
            cancellationToken);
        return new SplitShardOutput();
    }

    public async ValueTask<MergeShardsOutput> MergeShards(MergeShardsInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var reference = StreamReference.Of(context, request.StreamName, request.StreamARN, request.StreamId);
        var lowerIndex = ParseId(reference, request.ShardToMerge!);
        var upperIndex = ParseId(reference, request.AdjacentShardToMerge!);
        await streams.ChangeAsync(
            reference,
            (stream, _) =>
            {
                RefuseOnDemand(stream);
                var lower = Find(stream, lowerIndex);
                var upper = Find(stream, upperIndex);
                RefuseClosed(stream, lower);
                RefuseClosed(stream, upper);
                return lower.EndingHash != Shard.LastHash && lower.EndingHash + 1 == upper.StartingHash
                    ? new StreamChange { Reshard = new Reshard { Lower = lower.Index, Upper = upper.Index, Target = stream.OpenShards.Length - 1 } }
                    : throw KinesisErrors.NotAdjacent(stream, lower, upper);
            },
            cancellationToken);
        return new MergeShardsOutput();
    }

    public async ValueTask<UpdateShardCountOutput> UpdateShardCount(UpdateShardCountInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var target = request.TargetShardCount!.Value;
        var before = await streams.ChangeAsync(
            StreamReference.Of(context, request.StreamName, request.StreamARN, request.StreamId),
            (stream, now) =>
            {
                RefuseOnDemand(stream);
                CheckTarget(stream, target);
                var updates = CallHistory.Add(stream.Record.Calls.ShardCountUpdates, now, options.ShardCountUpdatesPerDayMax)
                    ?? throw KinesisErrors.TooManyCalls("UpdateShardCount", stream, options.ShardCountUpdatesPerDayMax);
                return new StreamChange { Reshard = new Reshard { Target = target }, Calls = stream.Record.Calls with { ShardCountUpdates = updates } };
            },
            cancellationToken);
        return new UpdateShardCountOutput { StreamName = before.Name, StreamARN = before.Arn, CurrentShardCount = before.OpenShards.Length, TargetShardCount = target };
    }

    private void CheckTarget(StreamSnapshot stream, int target)
    {
        var open = stream.OpenShards.Length;
        if (stream.Status != StreamStatus.Active)
        {
            throw KinesisErrors.StreamNotActive(stream);
        }

        if (target > options.ShardsPerStreamMax)
        {
            throw KinesisErrors.TargetTooHigh(options.ShardsPerStreamMax, open, target);
        }

        if (target > open * 2)
        {
            throw KinesisErrors.ScalesOverDouble(open, target);
        }

        if (target * 2 < open)
        {
            throw KinesisErrors.ScalesBelowHalf(open, target);
        }
    }

    private Shard Find(StreamSnapshot stream, int index) =>
        stream.FindVisible(index, streams.Now()) ?? throw KinesisErrors.ShardNotFound(stream.Scope, stream.Name, ShardId.Format(index));

    /// <summary>AWS looks at the shard's name first: what is none is missed even in a stream that is not there.</summary>
    private static int ParseId(StreamReference reference, string shardId) =>
        ShardId.TryParse(shardId, out var index) ? index : throw KinesisErrors.ShardNotFound(reference.Scope, reference.Label, shardId);

    private static void RefuseClosed(StreamSnapshot stream, Shard shard)
    {
        if (!shard.IsOpen)
        {
            throw KinesisErrors.ShardClosed(stream, shard);
        }
    }

    private static void RefuseOnDemand(StreamSnapshot stream)
    {
        if (stream.Settings.Mode == StreamMode.OnDemand)
        {
            throw KinesisErrors.OnDemand(stream);
        }
    }
}
