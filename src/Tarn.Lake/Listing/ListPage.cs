using System.Text;
using Tarn.Lake.Buckets;
using Tarn.Lake.Files;
using Tarn.Lake.Keys;
using Tarn.Lake.Objects;

namespace Tarn.Lake.Listing;

/// <summary>What a page of a listing asks for.</summary>
/// <param name="After">Only keys and common prefixes above it; empty for the beginning.</param>
/// <param name="CountMax">Keys and common prefixes together.</param>
internal readonly record struct ListQuery(string Prefix, string Delimiter, string After, int CountMax);

/// <summary>One page of a bucket: entries in the order of their bytes, keys and common prefixes in one row.</summary>
/// <param name="Last">The last key or prefix of a page that is not the last one; null on the last page.</param>
internal sealed record ListPage(IReadOnlyList<ListedObject> Objects, IReadOnlyList<string> CommonPrefixes, string? Last)
{
    public bool IsTruncated => Last is not null;
}

/// <param name="Beside">Whether the object lies at its second place (docs/adr/0021).</param>
internal readonly record struct ListedObject(string Key, bool Beside, FileFacts Facts, ObjectRecord Record, string ETag)
{
    /// <summary>Below the bucket's folder.</summary>
    public string Path => Beside ? KeyPath.BesideOf(Key) : KeyPath.PlainOf(Key);
}

/// <summary>Reads pages. Existence, size and time of each entry are asked of the file system when its page is made.</summary>
internal sealed class BucketLister(ForeignETags foreign)
{
    public async ValueTask<ListPage> ReadAsync(OpenBucket bucket, ListQuery query, CancellationToken cancellationToken)
    {
        var objects = new List<ListedObject>(Math.Min(query.CountMax, 1000));
        List<string> groups = [];
        var last = Walk(bucket.Tree, query, objects, groups, cancellationToken);
        await FillETagsAsync(bucket, objects, cancellationToken).ConfigureAwait(false);
        return new ListPage(objects, groups, last);
    }

    private static string? Walk(BucketTree tree, ListQuery query, List<ListedObject> objects, List<string> groups, CancellationToken cancellationToken)
    {
        if (query.CountMax == 0)
        {
            return null;
        }

        using var walker = new KeyWalker(tree, Encoding.UTF8.GetBytes(query.Prefix), groupFolders: query.Delimiter == "/");
        walker.Seek(StartAfter(query));
        string? last = null;
        while (walker.MoveNext(out var entry))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var group = entry.IsGroup ? entry.Key : GroupOf(entry.Key, query);
            ListedObject listed = default;
            if (group is null && !TryRead(tree, entry, out listed))
            {
                continue;
            }

            if (objects.Count + groups.Count == query.CountMax)
            {
                return last;
            }

            if (group is null)
            {
                objects.Add(listed);
                last = entry.Key;
                continue;
            }

            groups.Add(group);
            last = group;
            if (!entry.IsGroup)
            {
                walker.Seek(Beyond(group));
            }
        }

        return null;
    }

    /// <summary>A marker that is a common prefix stands for everything below it; one inside a common prefix does not.</summary>
    private static byte[] StartAfter(ListQuery query) =>
        query.After.Length > 0 && GroupOf(query.After, query) == query.After ? Beyond(query.After) : Encoding.UTF8.GetBytes(query.After);

    private static string? GroupOf(string key, ListQuery query)
    {
        if (query.Delimiter.Length == 0 || !key.StartsWith(query.Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var at = key.IndexOf(query.Delimiter, query.Prefix.Length, StringComparison.Ordinal);
        return at < 0 ? null : key[..(at + query.Delimiter.Length)];
    }

    /// <summary>Above every key that begins with a prefix: 0xFF is in no UTF-8.</summary>
    private static byte[] Beyond(string prefix) => [.. Encoding.UTF8.GetBytes(prefix), 0xFF];

    private static bool TryRead(BucketTree tree, WalkedEntry entry, out ListedObject listed)
    {
        var component = entry.Key.AsSpan(entry.Key.LastIndexOf('/') + 1);
        var path = new StringBuilder();
        ComponentName.Append(path, component, entry.Kind == FolderEntryKind.FileBeside);
        var name = path.ToString();
        listed = default;
        if (Native.Stat(entry.Folder, name, out var facts) < 0 || facts.Kind != FileKind.File)
        {
            return false;
        }

        var record = tree.Records.Read($"/proc/self/fd/{entry.Folder.DangerousGetHandle()}/{name}", entry.Key, facts);
        listed = new ListedObject(entry.Key, entry.Kind == FolderEntryKind.FileBeside, facts, record, record.ETag ?? "");
        return true;
    }

    private async ValueTask FillETagsAsync(OpenBucket bucket, List<ListedObject> objects, CancellationToken cancellationToken)
    {
        List<int> missing = [];
        for (var index = 0; index < objects.Count; index++)
        {
            if (objects[index].ETag.Length == 0)
            {
                missing.Add(index);
            }
        }

        if (missing.Count == 0)
        {
            return;
        }

        var etags = await foreign.GetAsync(bucket.Name, bucket.Tree, [.. missing.Select(index => (objects[index].Key, objects[index].Facts))], cancellationToken).ConfigureAwait(false);
        for (var index = 0; index < missing.Count; index++)
        {
            objects[missing[index]] = objects[missing[index]] with { ETag = etags[index] };
        }
    }
}
