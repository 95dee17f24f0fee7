using Tarn.Api.Kinesis;
using Tarn.Kinesis.Streams;
using Tarn.Wire.Dispatch;
using StreamStatus = Tarn.Kinesis.Streams.StreamStatus;

namespace Tarn.Kinesis.Encryption;

/// <summary>StartStreamEncryption and StopStreamEncryption. From a change on records are encrypted with its new data key, or not at all; those before it stay as they were written.</summary>
internal sealed class EncryptionOperations(StreamStore streams, KinesisOptions options)
{
    public async ValueTask<StartStreamEncryptionOutput> StartStreamEncryption(StartStreamEncryptionInput request, RequestContext context, CancellationToken cancellationToken)
    {
        CheckType(request.EncryptionType!);
        KmsKeyName.Check(context.Scope, request.KeyId!);
        await streams.ChangeAsync(
            StreamReference.Of(context, request.StreamName, request.StreamARN, request.StreamId),
            (stream, now) =>
            {
                var starts = CallHistory.Add(stream.Record.Calls.EncryptionStarts, now, options.EncryptionChangesPerDayMax)
                    ?? throw KinesisErrors.TooManyCalls("StartStreamEncryption", stream, options.EncryptionChangesPerDayMax);
                return new StreamChange { Settings = stream.Settings with { KeyId = request.KeyId }, NewDataKey = true, Calls = stream.Record.Calls with { EncryptionStarts = starts } };
            },
            cancellationToken);
        return new StartStreamEncryptionOutput();
    }

    /// <summary>A stream that is not encrypted is left alone.</summary>
    public async ValueTask<StopStreamEncryptionOutput> StopStreamEncryption(StopStreamEncryptionInput request, RequestContext context, CancellationToken cancellationToken)
    {
        CheckType(request.EncryptionType!);
        await streams.ChangeAsync(
            StreamReference.Of(context, request.StreamName, request.StreamARN, request.StreamId),
            (stream, now) =>
            {
                if (stream.Settings.KeyId is not { } current)
                {
                    // One that is being changed is refused all the same.
                    return stream.Status == StreamStatus.Active ? null : new StreamChange();
                }

                if (KmsKeyName.AreDifferent(current, request.KeyId!))
                {
                    throw KinesisErrors.NotTheStreamsKey(stream, request.KeyId!);
                }

                var stops = CallHistory.Add(stream.Record.Calls.EncryptionStops, now, options.EncryptionChangesPerDayMax)
                    ?? throw KinesisErrors.TooManyCalls("StopStreamEncryption", stream, options.EncryptionChangesPerDayMax);
                return new StreamChange { Settings = stream.Settings with { KeyId = null, DataKeyId = null }, Calls = stream.Record.Calls with { EncryptionStops = stops } };
            },
            cancellationToken);
        return new StopStreamEncryptionOutput();
    }

    private static void CheckType(string type)
    {
        if (type != "KMS")
        {
            throw KinesisErrors.InvalidArgument($"Encryption type {type} is not valid. The only valid encryption type is KMS.");
        }
    }
}
