using Tarn.Kinesis.Streams;
using Tarn.Wire.Dispatch;

namespace Tarn.Kinesis.Consumers;

/// <summary>The ARN of a stream or a consumer, where an operation takes either.</summary>
internal static class ResourceArn
{
    /// <summary>Answers the ARN when what it names is there, and of the stream with the id when one is given.</summary>
    public static async ValueTask<string> CheckAsync(StreamStore streams, ConsumerStore consumers, RequestContext context, string arn, string? streamId, CancellationToken cancellationToken)
    {
        if (!ConsumerArn.TryParse(arn, out _, out _, out _))
        {
            return (await streams.GetAsync(StreamReference.Of(context, name: null, arn, streamId), cancellationToken)).Arn;
        }

        var (stream, _) = await ConsumerOperations.FindByArnAsync(streams, consumers, context, arn, cancellationToken);
        return streamId is null || streamId == stream.Id ? arn : throw KinesisErrors.StreamsDiffer();
    }
}
