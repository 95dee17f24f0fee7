using Tarn.Api.Glue;
using Tarn.Contracts;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Glue.Tags;

/// <summary>TagResource, UntagResource and GetTags for every kind of resource that a folder of Glue has announced with <see cref="Resource"/>.</summary>
internal sealed class TagOperations(IMetadataStore store)
{
    private readonly Dictionary<string, Func<IStoreReader, AwsScope, string, bool>> kinds = new(StringComparer.Ordinal);

    /// <summary>Announces a kind of resource that carries tags. Called while the service is put together, before the first request.</summary>
    /// <param name="kind">The word in its ARN, such as <c>crawler</c> in <c>arn:aws:glue:us-east-1:000000000000:crawler/name</c>.</param>
    /// <param name="exists">Whether there is one of the name, which is what follows the first slash in the ARN.</param>
    public TagOperations Resource(string kind, Func<IStoreReader, AwsScope, string, bool> exists)
    {
        kinds.Add(kind, exists);
        return this;
    }

    public void AddTo(OperationTable operations) => operations
        .On(GlueModel.TagResource, TagResource)
        .On(GlueModel.UntagResource, UntagResource)
        .On(GlueModel.GetTags, GetTags);

    public async ValueTask<TagResourceResponse> TagResource(TagResourceRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.WriteAsync(
            writer =>
            {
                RequireResource(writer, context.Scope, request.ResourceArn!);
                GlueTags.Add(writer, context.Scope, request.ResourceArn!, request.TagsToAdd);
                return 0;
            },
            cancellationToken);
        return new TagResourceResponse();
    }

    public async ValueTask<UntagResourceResponse> UntagResource(UntagResourceRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.WriteAsync(
            writer =>
            {
                RequireResource(writer, context.Scope, request.ResourceArn!);
                GlueTags.Remove(writer, context.Scope, request.ResourceArn!, request.TagsToRemove!);
                return 0;
            },
            cancellationToken);
        return new UntagResourceResponse();
    }

    public async ValueTask<GetTagsResponse> GetTags(GetTagsRequest request, RequestContext context, CancellationToken cancellationToken) =>
        await store.ReadAsync(
            reader =>
            {
                RequireResource(reader, context.Scope, request.ResourceArn!);
                return new GetTagsResponse { Tags = GlueTags.Read(reader, context.Scope, request.ResourceArn!) };
            },
            cancellationToken);

    private void RequireResource(IStoreReader reader, AwsScope scope, string arn)
    {
        // arn:aws:glue:region:account:kind/name; a name may hold colons and slashes.
        var parts = arn.Split(':', 6);
        var slash = parts.Length == 6 ? parts[5].IndexOf('/', StringComparison.Ordinal) : -1;
        if (slash <= 0)
        {
            throw GlueErrors.InvalidInput($"Invalid resource ARN: {arn}");
        }

        if (parts[3] != scope.Region || parts[4] != scope.AccountId
            || !kinds.TryGetValue(parts[5][..slash], out var exists) || !exists(reader, scope, parts[5][(slash + 1)..]))
        {
            throw GlueErrors.EntityNotFound($"Resource {arn} not found.");
        }
    }
}
