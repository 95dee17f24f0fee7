using System.Security.Cryptography;
using System.Text;
using Tarn.Lake.Files;
using Tarn.Store;

namespace Tarn.Lake.Objects;

/// <summary>
/// ETags of files that did not come through S3, or that another tool changed since. The MD5 of a small file is computed once and kept in
/// the metadata store while inode, size and modification time stay the same; a large file gets an ETag made of these.
/// </summary>
internal sealed class ForeignETags(IMetadataStore store, long md5BytesMax)
{
    public async ValueTask<string> GetAsync(string bucket, ObjectFile file, CancellationToken cancellationToken)
    {
        var facts = file.Facts;
        if (facts.Size > md5BytesMax)
        {
            return OfIdentity(facts);
        }

        var key = Encoding.UTF8.GetBytes(file.Key);
        var kept = await store.ReadAsync(
            reader => reader.QueryFirst(
                "SELECT etag FROM lake_foreign_etags WHERE bucket = @p0 AND object_key = @p1 AND inode = @p2 AND size = @p3 AND modified_ns = @p4",
                row => row.Text(0), bucket, key, facts.Inode, facts.Size, facts.ModifiedNs),
            cancellationToken).ConfigureAwait(false);
        if (kept is not null)
        {
            return kept;
        }

        var etag = await Md5Async(file, cancellationToken).ConfigureAwait(false);
        await store.WriteAsync(writer => Keep(writer, bucket, key, facts, etag), cancellationToken).ConfigureAwait(false);
        return etag;
    }

    /// <summary>ETags of several files of one page of a listing, which are in order of their keys, with one query and one write.</summary>
    public async ValueTask<string[]> GetAsync(string bucket, BucketTree tree, IReadOnlyList<(string Key, FileFacts Facts)> files, CancellationToken cancellationToken)
    {
        var etags = new string[files.Count];
        var (first, last) = (Encoding.UTF8.GetBytes(files[0].Key), Encoding.UTF8.GetBytes(files[^1].Key));
        var kept = await store.ReadAsync(
            reader => reader.Query(
                "SELECT object_key, inode, size, modified_ns, etag FROM lake_foreign_etags WHERE bucket = @p0 AND object_key >= @p1 AND object_key <= @p2 ORDER BY object_key LIMIT 10000",
                row => (Key: Encoding.UTF8.GetString(row.Bytes(0)), Inode: row.Long(1), Size: row.Long(2), ModifiedNs: row.Long(3), ETag: row.Text(4)), bucket, first, last),
            cancellationToken).ConfigureAwait(false);
        var byKey = kept.ToDictionary(row => row.Key, StringComparer.Ordinal);
        List<(byte[] Key, FileFacts Facts, string ETag)> added = [];
        for (var index = 0; index < files.Count; index++)
        {
            var (key, facts) = files[index];
            if (facts.Size > md5BytesMax)
            {
                etags[index] = OfIdentity(facts);
            }
            else if (byKey.TryGetValue(key, out var row) && row.Inode == facts.Inode && row.Size == facts.Size && row.ModifiedNs == facts.ModifiedNs)
            {
                etags[index] = row.ETag;
            }
            else
            {
                using var file = tree.Open(key);
                if (file is null)
                {
                    etags[index] = OfIdentity(facts);
                    continue;
                }

                etags[index] = await Md5Async(file, cancellationToken).ConfigureAwait(false);
                added.Add((Encoding.UTF8.GetBytes(key), file.Facts, etags[index]));
            }
        }

        if (added.Count > 0)
        {
            await store.WriteAsync(
                writer =>
                {
                    foreach (var (key, facts, etag) in added)
                    {
                        Keep(writer, bucket, key, facts, etag);
                    }

                    return added.Count;
                },
                cancellationToken).ConfigureAwait(false);
        }

        return etags;
    }

    private static int Keep(IStoreWriter writer, string bucket, byte[] key, FileFacts facts, string etag) => writer.Execute(
        """
        INSERT INTO lake_foreign_etags (bucket, object_key, inode, size, modified_ns, etag) VALUES (@p0, @p1, @p2, @p3, @p4, @p5)
        ON CONFLICT (bucket, object_key) DO UPDATE SET inode = @p2, size = @p3, modified_ns = @p4, etag = @p5
        """,
        bucket, key, facts.Inode, facts.Size, facts.ModifiedNs, etag);

    private static async ValueTask<string> Md5Async(ObjectFile file, CancellationToken cancellationToken)
    {
        using var body = new ObjectBody(file.Handle, 0, file.Facts.Size, owner: null);
        return ObjectRecord.ETagText(await MD5.HashDataAsync(body, cancellationToken).ConfigureAwait(false), parts: 0);
    }

    private static string OfIdentity(FileFacts facts) =>
        ObjectRecord.ETagText(MD5.HashData(Encoding.ASCII.GetBytes($"{facts.Inode}/{facts.Size}/{facts.ModifiedNs}")), parts: 1);
}
