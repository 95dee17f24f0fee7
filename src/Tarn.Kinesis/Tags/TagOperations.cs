using Tarn.Api.Kinesis;
using Tarn.Kinesis.Consumers;
using Tarn.Kinesis.Limits;
using Tarn.Kinesis.Streams;
using Tarn.Store;
using Tarn.Wire.Dispatch;
using StreamStatus = Tarn.Kinesis.Streams.StreamStatus;

namespace Tarn.Kinesis.Tags;

/// <summary>Tags of streams by name or ARN, and of consumers by ARN.</summary>
internal sealed class TagOperations(IMetadataStore store, StreamStore streams, ConsumerStore consumers, KinesisOptions options)
{
    public async ValueTask<AddTagsToStreamOutput> AddTagsToStream(AddTagsToStreamInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var stream = await streams.GetAsync(StreamReference.Of(context, request.StreamName, request.StreamARN, request.StreamId), cancellationToken);
        await SetAsync(new NamedResource(stream, Consumer: null), request.Tags!, cancellationToken);
        return new AddTagsToStreamOutput();
    }

    public async ValueTask<RemoveTagsFromStreamOutput> RemoveTagsFromStream(RemoveTagsFromStreamInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var stream = await streams.GetAsync(StreamReference.Of(context, request.StreamName, request.StreamARN, request.StreamId), cancellationToken);
        await RemoveAsync(new NamedResource(stream, Consumer: null), request.TagKeys!, cancellationToken);
        return new RemoveTagsFromStreamOutput();
    }

    public async ValueTask<ListTagsForStreamOutput> ListTagsForStream(ListTagsForStreamInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var stream = await streams.GetAsync(StreamReference.Of(context, request.StreamName, request.StreamARN, request.StreamId), cancellationToken);
        var size = request.Limit ?? options.TagsPerResourceMax;
        var rows = await store.ReadAsync(reader => TagStore.List(reader, stream.Scope, stream.Arn, request.ExclusiveStartTagKey ?? "", size + 1), cancellationToken);
        return new ListTagsForStreamOutput { Tags = [.. rows.Take(size).Select(ToShape)], HasMoreTags = rows.Count > size };
    }

    public async ValueTask<TagResourceOutput> TagResource(TagResourceInput request, RequestContext context, CancellationToken cancellationToken)
    {
        await SetAsync(await NamedResource.FindAsync(streams, consumers, context, request.ResourceARN!, request.StreamId, cancellationToken), request.Tags!, cancellationToken);
        return new TagResourceOutput();
    }

    public async ValueTask<UntagResourceOutput> UntagResource(UntagResourceInput request, RequestContext context, CancellationToken cancellationToken)
    {
        await RemoveAsync(await NamedResource.FindAsync(streams, consumers, context, request.ResourceARN!, request.StreamId, cancellationToken), request.TagKeys!, cancellationToken);
        return new UntagResourceOutput();
    }

    public async ValueTask<ListTagsForResourceOutput> ListTagsForResource(ListTagsForResourceInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var resource = await NamedResource.FindAsync(streams, consumers, context, request.ResourceARN!, request.StreamId, cancellationToken);
        var rows = await store.ReadAsync(reader => TagStore.List(reader, resource.Stream.Scope, resource.Arn, "", options.TagsPerResourceMax), cancellationToken);
        return new ListTagsForResourceOutput { Tags = [.. rows.Select(ToShape)] };
    }

    private async ValueTask SetAsync(NamedResource resource, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        CheckIsMade(resource);
        var scope = resource.Stream.Scope;
        var max = options.TagsPerResourceMax;
        TagStore.Check(tags, resource.Kind, resource.Name, scope, max);
        if (resource.Consumer is null)
        {
            TrafficTags.Check(tags);
        }

        await store.WriteAsync(
            writer =>
            {
                resource.CheckIsThere(writer, streams.Now());
                TagStore.Set(writer, scope, resource.Arn, tags);
                return TagStore.List(writer, scope, resource.Arn, "", max + 1).Count <= max
                    ? true
                    : throw KinesisErrors.TooManyTags(resource.Kind, resource.Name, scope, max);
            },
            cancellationToken);
        await FollowAsync(resource, tags.Keys);
    }

    private async ValueTask RemoveAsync(NamedResource resource, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        CheckIsMade(resource);
        TagStore.CheckTexts(keys, $"remove tags from {resource.Kind} {resource.Name}", resource.Stream.Scope);
        await store.WriteAsync(
            writer =>
            {
                resource.CheckIsThere(writer, streams.Now());
                TagStore.Remove(writer, resource.Stream.Scope, resource.Arn, keys);
                return true;
            },
            cancellationToken);
        await FollowAsync(resource, keys);
    }

    /// <summary>The tags that a stream was made with stay until it is.</summary>
    private static void CheckIsMade(NamedResource resource)
    {
        if (resource.Stream.Status == StreamStatus.Creating)
        {
            throw KinesisErrors.StreamNotActive(resource.Stream);
        }
    }

    /// <summary>Has the stream treat its calls as the tags that were changed say.</summary>
    private async ValueTask FollowAsync(NamedResource resource, IEnumerable<string> changed)
    {
        if (resource.Consumer is null && changed.Any(TrafficTags.IsOwn))
        {
            await streams.ReadTagsAsync(resource.Stream);
        }
    }

    private static Tag ToShape(KeyValuePair<string, string> tag) => new() { Key = tag.Key, Value = tag.Value };
}
