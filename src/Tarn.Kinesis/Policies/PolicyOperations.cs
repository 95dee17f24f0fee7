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
        var resource = await FindAsync(context, request.ResourceARN!, request.StreamId, cancellationToken);
        Check(request.Policy!);
        await store.WriteAsync(
            writer =>
            {
                resource.CheckIsThere(writer, streams.Now());
                PolicyStore.Set(writer, resource.Stream.Scope, resource.Arn, request.Policy!);
                return true;
            },
            cancellationToken);
        return new PutResourcePolicyOutput();
    }

    public async ValueTask<GetResourcePolicyOutput> GetResourcePolicy(GetResourcePolicyInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var resource = await FindAsync(context, request.ResourceARN!, request.StreamId, cancellationToken);
        return new GetResourcePolicyOutput { Policy = await store.ReadAsync(reader => PolicyStore.Find(reader, resource.Stream.Scope, resource.Arn), cancellationToken) ?? throw NotFound(resource) };
    }

    public async ValueTask<DeleteResourcePolicyOutput> DeleteResourcePolicy(DeleteResourcePolicyInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var resource = await FindAsync(context, request.ResourceARN!, request.StreamId, cancellationToken);
        return await store.WriteAsync(writer => PolicyStore.Remove(writer, resource.Stream.Scope, resource.Arn), cancellationToken) ? new DeleteResourcePolicyOutput() : throw NotFound(resource);
    }

    private ValueTask<NamedResource> FindAsync(RequestContext context, string arn, string? streamId, CancellationToken cancellationToken) =>
        NamedResource.FindAsync(streams, consumers, context, arn, streamId, cancellationToken);

    private static AwsException NotFound(NamedResource resource) => KinesisErrors.ResourceNotFound($"No resource policy found for resource {resource.Arn}.");

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
