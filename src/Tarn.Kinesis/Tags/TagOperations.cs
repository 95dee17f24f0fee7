using Tarn.Api.Kinesis;
using Tarn.Kinesis.Consumers;
using Tarn.Kinesis.Streams;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Kinesis.Tags;

/// <summary>Tags of streams by name or ARN, and of consumers by ARN.</summary>
internal sealed class TagOperations(IMetadataStore store, StreamStore streams, ConsumerStore consumers, KinesisOptions options)
{
    public async ValueTask<AddTagsToStreamOutput> AddTagsToStream(AddTagsToStreamInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var stream = await streams.GetAsync(StreamReference.Of(context, request.StreamName, request.StreamARN, request.StreamId), cancellationToken);
        await SetAsync(context, stream.Arn, stream.Name, request.Tags!, cancellationToken);
        return new AddTagsToStreamOutput();
    }

    public async ValueTask<RemoveTagsFromStreamOutput> RemoveTagsFromStream(RemoveTagsFromStreamInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var stream = await streams.GetAsync(StreamReference.Of(context, request.StreamName, request.StreamARN, request.StreamId), cancellationToken);
        await RemoveAsync(context, stream.Arn, request.TagKeys!, cancellationToken);
        return new RemoveTagsFromStreamOutput();
    }

    public async ValueTask<ListTagsForStreamOutput> ListTagsForStream(ListTagsForStreamInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var stream = await streams.GetAsync(StreamReference.Of(context, request.StreamName, request.StreamARN, request.StreamId), cancellationToken);
        var size = request.Limit ?? options.TagsPerResourceMax;
        var rows = await store.ReadAsync(reader => TagStore.List(reader, context.Scope, stream.Arn, request.ExclusiveStartTagKey ?? "", size + 1), cancellationToken);
        return new ListTagsForStreamOutput { Tags = [.. rows.Take(size).Select(ToShape)], HasMoreTags = rows.Count > size };
    }

    public async ValueTask<TagResourceOutput> TagResource(TagResourceInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var arn = await CheckAsync(context, request.ResourceARN!, request.StreamId, cancellationToken);
        await SetAsync(context, arn, arn, request.Tags!, cancellationToken);
        return new TagResourceOutput();
    }

    public async ValueTask<UntagResourceOutput> UntagResource(UntagResourceInput request, RequestContext context, CancellationToken cancellationToken)
    {
        await RemoveAsync(context, await CheckAsync(context, request.ResourceARN!, request.StreamId, cancellationToken), request.TagKeys!, cancellationToken);
        return new UntagResourceOutput();
    }

    public async ValueTask<ListTagsForResourceOutput> ListTagsForResource(ListTagsForResourceInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var arn = await CheckAsync(context, request.ResourceARN!, request.StreamId, cancellationToken);
        var rows = await store.ReadAsync(reader => TagStore.List(reader, context.Scope, arn, "", options.TagsPerResourceMax), cancellationToken);
        return new ListTagsForResourceOutput { Tags = [.. rows.Select(ToShape)] };
    }

    private ValueTask<string> CheckAsync(RequestContext context, string arn, string? streamId, CancellationToken cancellationToken) =>
        ResourceArn.CheckAsync(streams, consumers, context, arn, streamId, cancellationToken);

    private async ValueTask SetAsync(RequestContext context, string arn, string resource, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        TagStore.Check(tags, resource, context.Scope, options.TagsPerResourceMax);
        await store.WriteAsync(
            writer =>
            {
                TagStore.Set(writer, context.Scope, arn, tags);
                return TagStore.List(writer, context.Scope, arn, "", options.TagsPerResourceMax + 1).Count <= options.TagsPerResourceMax
                    ? true
                    : throw KinesisErrors.TooManyTags(resource, context.Scope, options.TagsPerResourceMax);
            },
            cancellationToken);
    }

    private async ValueTask RemoveAsync(RequestContext context, string arn, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        foreach (var key in keys)
        {
            TagStore.CheckText(key);
        }

        await store.WriteAsync(
            writer =>
            {
                TagStore.Remove(writer, context.Scope, arn, keys);
                return true;
            },
            cancellationToken);
    }

    private static Tag ToShape(KeyValuePair<string, string> tag) => new() { Key = tag.Key, Value = tag.Value };
}
