using Tarn.Api.Kinesis;
using Tarn.Kinesis.Consumers;
using Tarn.Kinesis.Log;
using Tarn.Kinesis.Records;
using Tarn.Kinesis.Streams;
using Tarn.Wire.Dispatch;
using Tarn.Wire.EventStreams;

namespace Tarn.Kinesis.Fanout;

/// <summary>SubscribeToShard: the records of a shard are sent to a registered consumer as they come, for five minutes a call.</summary>
internal sealed class FanoutOperations
{
    private readonly StreamStore streams;
    private readonly ConsumerStore consumers;
    private readonly StreamLog log;
    private readonly KinesisOptions options;
    private readonly TimeProvider time;

    public FanoutOperations(StreamStore streams, ConsumerStore consumers, StreamLog log, KinesisOptions options, TimeProvider time)
    {
        this.streams = streams;
        this.consumers = consumers;
        this.log = log;
        this.options = options;
        this.time = time;
        Events = new ShardEvents(log, options, time);
        Subscriptions = new SubscriptionDirectory(options, time);
        consumers.OnDeregistered = Subscriptions.EndAll;
    }

    public ShardEvents Events { get; }

    public SubscriptionDirectory Subscriptions { get; }

    public ValueTask SubscribeToShard(SubscribeToShardInput request, EventStreamWriter<SubscribeToShardOutput> events, RequestContext context, CancellationToken cancellationToken) =>
        SubscribeAsync(request, new WireSubscriber(events, context.Http), context, cancellationToken);

    /// <summary>What <see cref="SubscribeToShard"/> does, for any client.</summary>
    public async ValueTask SubscribeAsync(SubscribeToShardInput request, ISubscriber client, RequestContext context, CancellationToken cancellationToken)
    {
        var (stream, consumer) = await FindActiveAsync(request, context, cancellationToken);
        var shard = ShardPosition.FindShard(stream, request.ShardId!, time.GetUtcNow());
        var start = request.StartingPosition!;
        long fromIndex;
        bool isAtTip;
        try
        {
            fromIndex = new ShardPosition(start.Type!, start.SequenceNumber, start.Timestamp).FindIndex(log, stream, shard, time.GetUtcNow(), nameof(SubscribeToShard));
            isAtTip = fromIndex >= log.TipIndex(stream.LogNumber(shard.Index));
        }
        catch (LogShardGoneException)
        {
            throw KinesisErrors.ShardDoesNotExist(stream, shard.Index);
        }

        if (request.DryRun == true)
        {
            throw KinesisErrors.DryRun();
        }

        using var subscription = Subscriptions.Begin(stream, consumer, shard);

        // A deregistration that came between ended all subscriptions that it found, and this was not among them.
        await FindActiveAsync(request, context, cancellationToken);
        await client.StartAsync(cancellationToken);
        await new ShardFeed(streams.Directory, log, Events, options, time, client, subscription, stream.Id).RunAsync(stream, fromIndex, isAtTip, cancellationToken);
    }

    private async ValueTask<(StreamSnapshot Stream, ConsumerRecord Consumer)> FindActiveAsync(SubscribeToShardInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var named = await NamedResource.FindAsync(streams, consumers, context, request.ConsumerARN!, request.StreamId, cancellationToken);
        var consumer = named.Consumer ?? throw KinesisErrors.InvalidArn(request.ConsumerARN!);
        return consumer.Status(time.GetUtcNow()) == "ACTIVE" ? (named.Stream, consumer) : throw KinesisErrors.ConsumerNotActive(named.Stream, consumer);
    }
}
