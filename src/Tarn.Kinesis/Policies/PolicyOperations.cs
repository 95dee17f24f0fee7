using System.Text;
using System.Text.Json;
using Tarn.Api.Kinesis;
using Tarn.Contracts;
using Tarn.Kinesis.Consumers;
using Tarn.Kinesis.Streams;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Kinesis.Policies;

/// <summary>Resource policies of streams and consumers. They are kept as they were given; no other account is let in by one.</summary>
internal sealed class PolicyOperations(IMetadataStore store, StreamStore streams, ConsumerStore consumers, KinesisOptions options)
{
    public async ValueTask<PutResourcePolicyOutput> PutResourcePolicy(PutResourcePolicyInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var arn = await ResourceArn.CheckAsync(streams, consumers, context, request.ResourceARN!, request.StreamId, cancellationToken);
        Check(request.Policy!);
        await store.WriteAsync(
            writer =>
            {
                PolicyStore.Set(writer, context.Scope, arn, request.Policy!);
                return true;
            },
            cancellationToken);
        return new PutResourcePolicyOutput();
    }

    public async ValueTask<GetResourcePolicyOutput> GetResourcePolicy(GetResourcePolicyInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var arn = await ResourceArn.CheckAsync(streams, consumers, context, request.ResourceARN!, request.StreamId, cancellationToken);
        return new GetResourcePolicyOutput { Policy = await store.ReadAsync(reader => PolicyStore.Find(reader, context.Scope, arn), cancellationToken) ?? throw NotFound(arn) };
    }

    public async ValueTask<DeleteResourcePolicyOutput> DeleteResourcePolicy(DeleteResourcePolicyInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var arn = await ResourceArn.CheckAsync(streams, consumers, context, request.ResourceARN!, request.StreamId, cancellationToken);
        return await store.WriteAsync(writer => PolicyStore.Remove(writer, context.Scope, arn), cancellationToken) ? new DeleteResourcePolicyOutput() : throw NotFound(arn);
    }

    private static AwsException NotFound(string arn) => KinesisErrors.ResourceNotFound($"No resource policy found for resource {arn}.");

    private void Check(string policy)
    {
        if (Encoding.UTF8.GetByteCount(policy) > options.PolicyBytesMax)
        {
            throw KinesisErrors.InvalidArgument($"The policy is larger than {options.PolicyBytesMax} bytes.");
        }

        try
        {
            using var document = JsonDocument.Parse(policy);
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("Statement", out _))
            {
                return;
            }
        }
        catch (JsonException)
        {
            // Said below, as for any other text that is no policy.
        }

        throw KinesisErrors.InvalidArgument("The policy is not a JSON document with statements.");
    }
}
