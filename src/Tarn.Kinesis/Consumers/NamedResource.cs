using Tarn.Kinesis.Streams;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Kinesis.Consumers;

/// <summary>A stream, or a consumer of one, where an operation takes the ARN of either.</summary>
/// <param name="Stream">The stream, or the consumer's stream.</param>
/// <param name="Consumer">Null for a stream.</param>
internal sealed record NamedResource(StreamSnapshot Stream, ConsumerRecord? Consumer)
{
    public string Arn => Consumer is null ? Stream.Arn : ConsumerArn.Format(Stream, Consumer);

    /// <summary><c>stream</c> or <c>consumer</c>, for messages.</summary>
    public string Kind => Consumer is null ? "stream" : "consumer";

    /// <summary>What messages call it.</summary>
    public string Name => Consumer is null ? Stream.Name : Arn;

    /// <summary>What an ARN names; of the stream with the id when one is given.</summary>
    public static async ValueTask<NamedResource> FindAsync(StreamStore streams, ConsumerStore consumers, RequestContext context, string arn, string? streamId, CancellationToken cancellationToken)
    {
        if (!ConsumerArn.TryParse(arn, out _, out _, out _))
        {
            return new NamedResource(await streams.GetAsync(StreamReference.Of(context, name: null, arn, streamId), cancellationToken), Consumer: null);
        }

        var (stream, consumer) = await ConsumerOperations.FindByArnAsync(streams, consumers, context, arn, cancellationToken);
        return streamId is null || streamId == stream.Id ? new NamedResource(stream, consumer) : throw KinesisErrors.StreamsDiffer();
    }

    /// <summary>For a transaction that hangs something on the resource, which may have been deleted since the request looked.</summary>
    public void CheckIsThere(IStoreReader reader, DateTimeOffset now)
    {
        StreamRows.CheckIsThere(reader, Stream);
        if (Consumer is not null && ConsumerStore.Find(reader, Stream.Id, Consumer.Name, now)?.CreatedAt != Consumer.CreatedAt)
        {
            throw KinesisErrors.ConsumerNotFound(Stream.Scope, Arn);
        }
    }
}
