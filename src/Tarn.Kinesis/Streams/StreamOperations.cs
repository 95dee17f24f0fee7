using Tarn.Api.Kinesis;
using Tarn.Kinesis.Accounts;
using Tarn.Kinesis.Consumers;
using Tarn.Wire.Dispatch;

namespace Tarn.Kinesis.Streams;

/// <summary>Making, deleting, describing and listing streams.</summary>
internal sealed class StreamOperations(StreamStore streams, ConsumerStore consumers, AccountStore accounts, KinesisOptions options)
{
    private const int DescribedShardsMax = 100;
    private const int ListedStreamsMax = 100;

    public async ValueTask<CreateStreamOutput> CreateStream(CreateStreamInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var mode = StreamMapping.ParseMode(request.StreamModeDetails?.StreamMode);
        var settings = new StreamSettings
        {
            Mode = mode,
            MaxRecordSizeKiB = request.MaxRecordSizeInKiB ?? new StreamSettings().MaxRecordSizeKiB,
            WarmThroughputMiBps = request.WarmThroughputMiBps,
        };
        await CheckModeAsync(request, mode, context, cancellationToken);
        var shards = mode == StreamMode.OnDemand ? Math.Max(options.OnDemandShards, request.WarmThroughputMiBps ?? 0) : request.ShardCount!.Value;
        await streams.CreateAsync(context.Scope, request.StreamName!, settings, shards, request.Tags ?? new Dictionary<string, string>(), cancellationToken);
        return new CreateStreamOutput();
    }

    public async ValueTask<DeleteStreamOutput> DeleteStream(DeleteStreamInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var reference = StreamReference.Of(context, request.StreamName, request.StreamARN, request.StreamId);
        await streams.DeleteAsync(reference, request.EnforceConsumerDeletion ?? false, cancellationToken);
        return new DeleteStreamOutput();
    }

    public async ValueTask<DescribeStreamOutput> DescribeStream(DescribeStreamInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var stream = await streams.GetAsync(StreamReference.Of(context, request.StreamName, request.StreamARN, request.StreamId), cancellationToken);
        var size = Math.Min(request.Limit ?? DescribedShardsMax, DescribedShardsMax);
        var after = request.ExclusiveStartShardId is { } start ? ShardLists.ParseId(stream, start) : -1;
        var shards = stream.VisibleShards(streams.Now()).Where(shard => shard.Index > after).Take(size + 1).ToList();
        var hasMore = shards.Count > size;
        return new DescribeStreamOutput { StreamDescription = StreamMapping.ToDescription(stream, shards[..Math.Min(size, shards.Count)], hasMore) };
    }

    public async ValueTask<DescribeStreamSummaryOutput> DescribeStreamSummary(DescribeStreamSummaryInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var stream = await streams.GetAsync(StreamReference.Of(context, request.StreamName, request.StreamARN, request.StreamId), cancellationToken);
        var count = await consumers.CountAsync(stream, cancellationToken);
        return new DescribeStreamSummaryOutput { StreamDescriptionSummary = StreamMapping.ToDescriptionSummary(stream, count) };
    }

    public async ValueTask<ListStreamsOutput> ListStreams(ListStreamsInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var size = Math.Min(request.Limit ?? ListedStreamsMax, ListedStreamsMax);
        var list = $"ListStreams/{context.Scope}";
        var after = NamePosition.Decode(list, request.NextToken, streams.Now())?.After ?? request.ExclusiveStartStreamName ?? "";
        var rows = await streams.ListAsync(context.Scope, after, size + 1, cancellationToken);
        var (page, next) = PageToken.Cut(rows, size, list, stream => new NamePosition(stream.Name, streams.Now() + options.NextTokenLifetime).ToString());
        return new ListStreamsOutput
        {
            StreamNames = [.. page.Select(stream => stream.Name)],
            StreamSummaries = [.. page.Select(StreamMapping.ToSummary)],
            HasMoreStreams = next is not null,
            NextToken = next,
        };
    }

    public ValueTask<DescribeLimitsOutput> DescribeLimits(DescribeLimitsInput request, RequestContext context, CancellationToken cancellationToken) => new(new DescribeLimitsOutput
    {
        ShardLimit = options.ShardsMax,
        OpenShardCount = streams.CountOpenShards(context.Scope),
        OnDemandStreamCount = streams.CountOnDemand(context.Scope),
        OnDemandStreamCountLimit = options.OnDemandStreamsMax,
    });

    private async ValueTask CheckModeAsync(CreateStreamInput request, StreamMode mode, RequestContext context, CancellationToken cancellationToken)
    {
        if (mode == StreamMode.Provisioned && request.ShardCount is null)
        {
            throw KinesisErrors.Validation("ShardCount must be specified for a stream in PROVISIONED mode.");
        }

        if (mode == StreamMode.OnDemand && request.ShardCount is not null)
        {
            throw KinesisErrors.Validation("ShardCount must not be specified for a stream in ON_DEMAND mode.");
        }

        if (request.WarmThroughputMiBps is { } warm)
        {
            await accounts.CheckWarmThroughputAsync(context.Scope, mode, warm, cancellationToken);
        }
    }
}
