using Tarn.Api.Kinesis;
using Tarn.Kinesis.Streams;
using Tarn.Wire.Dispatch;
using StreamStatus = Tarn.Kinesis.Streams.StreamStatus;

namespace Tarn.Kinesis.Consumers;

/// <summary>Registering, deregistering, describing and listing the consumers of a stream.</summary>
internal sealed class ConsumerOperations(StreamStore streams, ConsumerStore consumers, KinesisOptions options, TimeProvider time)
{
    private const int ListedConsumersMax = 100;

    public async ValueTask<RegisterStreamConsumerOutput> RegisterStreamConsumer(RegisterStreamConsumerInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var stream = await streams.GetAsync(StreamReference.Of(context, name: null, request.StreamARN, request.StreamId), cancellationToken);
        if (stream.Status is StreamStatus.Creating or StreamStatus.Deleting)
        {
            throw KinesisErrors.StreamNotActive(stream);
        }

        var consumer = await consumers.RegisterAsync(stream, request.ConsumerName!, request.Tags ?? new Dictionary<string, string>(), cancellationToken);
        return new RegisterStreamConsumerOutput { Consumer = ToShape(stream, consumer) };
    }

    public async ValueTask<DeregisterStreamConsumerOutput> DeregisterStreamConsumer(DeregisterStreamConsumerInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var (stream, consumer) = await FindAsync(context, request.StreamARN, request.ConsumerName, request.ConsumerARN, request.StreamId, cancellationToken);
        await consumers.DeregisterAsync(stream, consumer, cancellationToken);
        return new DeregisterStreamConsumerOutput();
    }

    public async ValueTask<DescribeStreamConsumerOutput> DescribeStreamConsumer(DescribeStreamConsumerInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var (stream, consumer) = await FindAsync(context, request.StreamARN, request.ConsumerName, request.ConsumerARN, request.StreamId, cancellationToken);
        return new DescribeStreamConsumerOutput
        {
            ConsumerDescription = new ConsumerDescription
            {
                ConsumerName = consumer.Name,
                ConsumerARN = ConsumerArn.Format(stream, consumer),
                ConsumerStatus = consumer.Status(time.GetUtcNow()),
                ConsumerCreationTimestamp = consumer.CreatedAt,
                StreamARN = stream.Arn,
            },
        };
    }

    public async ValueTask<ListStreamConsumersOutput> ListStreamConsumers(ListStreamConsumersInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var stream = await streams.GetAsync(StreamReference.Of(context, name: null, request.StreamARN, request.StreamId), cancellationToken);
        if (request.NextToken is not null && request.StreamCreationTimestamp is not null)
        {
            throw KinesisErrors.TokenWith("StreamCreationTimestamp");
        }

        if (request.StreamCreationTimestamp is { } creation && creation.ToUnixTimeSeconds() != stream.Record.CreatedAt.ToUnixTimeSeconds())
        {
            throw KinesisErrors.StreamNotFound(context.Scope, stream.Name);
        }

        var list = $"ListStreamConsumers/{stream.Id}";
        var now = time.GetUtcNow();
        var position = NamePosition.Decode(list, request.NextToken, now);
        var size = Math.Min(request.MaxResults ?? ListedConsumersMax, ListedConsumersMax);
        var rows = await consumers.ListAsync(stream, position?.After ?? "", size + 1, cancellationToken);
        var (page, next) = PageToken.Cut(rows, size, list, last => new NamePosition(last.Name, now + options.NextTokenLifetime).ToString());
        return new ListStreamConsumersOutput { Consumers = [.. page.Select(consumer => ToShape(stream, consumer))], NextToken = next };
    }

    /// <summary>A consumer by its ARN, or by the stream's ARN and its name; all that is given must agree.</summary>
    private async ValueTask<(StreamSnapshot Stream, ConsumerRecord Consumer)> FindAsync(
        RequestContext context, string? streamArn, string? name, string? arn, string? streamId, CancellationToken cancellationToken)
    {
        if (arn is null && (name is null || (streamArn is null && streamId is null)))
        {
            throw KinesisErrors.InvalidArgument("Either ConsumerARN, or ConsumerName and StreamARN should be provided.");
        }

        if (arn is null)
        {
            var stream = await streams.GetAsync(StreamReference.Of(context, name: null, streamArn, streamId), cancellationToken);
            return (stream, await consumers.FindAsync(stream, name!, cancellationToken) ?? throw KinesisErrors.ConsumerNotFound(context.Scope, name!));
        }

        var found = await FindByArnAsync(streams, consumers, context, arn, cancellationToken);
        return (name is null || name == found.Consumer.Name) && (streamArn is null || streamArn == found.Stream.Arn) && (streamId is null || streamId == found.Stream.Id)
            ? found
            : throw KinesisErrors.InvalidArgument("ConsumerARN, ConsumerName and StreamARN do not name the same consumer.");
    }

    public static async ValueTask<(StreamSnapshot Stream, ConsumerRecord Consumer)> FindByArnAsync(
        StreamStore streams, ConsumerStore consumers, RequestContext context, string arn, CancellationToken cancellationToken)
    {
        if (!ConsumerArn.TryParse(arn, out var scope, out var streamName, out var name))
        {
            throw KinesisErrors.InvalidArn(arn);
        }

        if (scope.AccountId != context.Scope.AccountId)
        {
            throw KinesisErrors.AccessDenied(context.CallerArn, arn);
        }

        var stream = await streams.GetAsync(StreamReference.Of(context, name: null, StreamArn.Format(scope, streamName), id: null), cancellationToken);
        return await consumers.FindAsync(stream, name, cancellationToken) is { } consumer && ConsumerArn.Format(stream, consumer) == arn
            ? (stream, consumer)
            : throw KinesisErrors.ConsumerNotFound(context.Scope, arn);
    }

    private Consumer ToShape(StreamSnapshot stream, ConsumerRecord consumer) => new()
    {
        ConsumerName = consumer.Name,
        ConsumerARN = ConsumerArn.Format(stream, consumer),
        ConsumerStatus = consumer.Status(time.GetUtcNow()),
        ConsumerCreationTimestamp = consumer.CreatedAt,
    };
}
