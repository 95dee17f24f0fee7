using Tarn.Api.Athena;
using Tarn.Athena.WorkGroups;
using Tarn.Contracts;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Athena.Tags;

/// <summary>The operations on tags; workgroups can be tagged.</summary>
internal sealed class TagOperations(IMetadataStore store, WorkGroupStore workGroups)
{
    private const int PageSize = 75;

    public async ValueTask<TagResourceOutput> TagResource(TagResourceInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var arn = await CheckAsync(request.ResourceARN!, context.Scope, cancellationToken);
        await store.WriteAsync(
            writer =>
            {
                TagStore.Set(writer, context.Scope, arn, Pairs(request.Tags));
                return true;
            },
            cancellationToken);
        return new TagResourceOutput();
    }

    public async ValueTask<UntagResourceOutput> UntagResource(UntagResourceInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var arn = await CheckAsync(request.ResourceARN!, context.Scope, cancellationToken);
        await store.WriteAsync(
            writer =>
            {
                TagStore.Remove(writer, context.Scope, arn, request.TagKeys!);
                return true;
            },
            cancellationToken);
        return new UntagResourceOutput();
    }

    public async ValueTask<ListTagsForResourceOutput> ListTagsForResource(ListTagsForResourceInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var arn = await CheckAsync(request.ResourceARN!, context.Scope, cancellationToken);
        var size = request.MaxResults ?? PageSize;
        var list = $"ListTagsForResource/{context.Scope}/{arn}";
        var after = PageToken.DecodeText(list, request.NextToken, AthenaErrors.InvalidToken) ?? "";
        var rows = await store.ReadAsync(reader => TagStore.List(reader, context.Scope, arn, after, size + 1), cancellationToken);
        var (page, next) = PageToken.Cut(rows, size, list, row => row.Key);
        return new ListTagsForResourceOutput { Tags = [.. page.Select(pair => new Tag { Key = pair.Key, Value = pair.Value })], NextToken = next };
    }

    public static IReadOnlyList<KeyValuePair<string, string>> Pairs(IReadOnlyList<Tag>? tags) =>
        [.. (tags ?? []).Select(tag => KeyValuePair.Create(tag.Key ?? "", tag.Value ?? ""))];

    private async ValueTask<string> CheckAsync(string arn, AwsScope scope, CancellationToken cancellationToken)
    {
        var prefix = WorkGroupStore.Arn(scope, "");
        if (!arn.StartsWith(prefix, StringComparison.Ordinal) || await workGroups.FindAsync(scope, arn[prefix.Length..], cancellationToken) is null)
        {
            throw AthenaErrors.ResourceNotFound(arn);
        }

        return arn;
    }
}
