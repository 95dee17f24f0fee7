using System.Runtime.CompilerServices;
using Tarn.Contracts;
using Tarn.Contracts.Lake;
using Tarn.Lake.Buckets;
using Tarn.Lake.Files;
using Tarn.Lake.Listing;
using Tarn.Lake.Objects;
using Tarn.Wire.Checksums;

namespace Tarn.Lake;

/// <summary>The lake as other services of the process use it: the same objects, rules and durability as through S3, without HTTP.</summary>
internal sealed class ObjectLake(BucketStore buckets, ObjectStore objects, BucketLister lister) : ILake
{
    private const int ListBatchCount = 1000;

    public string StagingDirectory => buckets.Staging.Path;

    public ValueTask<bool> BucketExistsAsync(AwsScope scope, string bucket, CancellationToken cancellationToken)
    {
        if (buckets.Find(bucket) is null)
        {
            return ValueTask.FromResult(false);
        }

        _ = buckets.Get(scope, bucket, expectedOwner: null);
        return ValueTask.FromResult(true);
    }

    public async IAsyncEnumerable<LakeObject> ListAsync(AwsScope scope, string bucket, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var open = buckets.Get(scope, bucket, expectedOwner: null);
        string? after = "";
        while (after is not null)
        {
            var page = await lister.ReadAsync(open, new ListQuery(prefix, Delimiter: "", after, ListBatchCount), cancellationToken).ConfigureAwait(false);
            foreach (var found in page.Objects)
            {
                yield return new LakeObject(bucket, found.Key, found.Facts.Size, found.ETag, found.Facts.Modified, Path.Combine(open.Tree.RootPath, found.Path));
            }

            after = page.Last;
        }
    }

    public async ValueTask<LakeObject?> HeadAsync(AwsScope scope, string bucket, string key, CancellationToken cancellationToken)
    {
        var open = buckets.Get(scope, bucket, expectedOwner: null);
        using var found = await objects.OpenAsync(open, key, cancellationToken).ConfigureAwait(false);
        return found is null ? null : new LakeObject(bucket, key, found.Size, found.ETag, found.LastModified, Path.Combine(open.Tree.RootPath, found.File.Path));
    }

    public ValueTask<Stream> OpenReadAsync(AwsScope scope, string bucket, string key, CancellationToken cancellationToken)
    {
        var open = buckets.Get(scope, bucket, expectedOwner: null);
        var file = open.Tree.Open(key) ?? throw LakeErrors.NoSuchKey(key);
        return ValueTask.FromResult<Stream>(new ObjectBody(file.Handle, 0, file.Facts.Size, file));
    }

    public async ValueTask<LakeObject> PutAsync(AwsScope scope, string bucket, string key, Stream content, string? contentType, CancellationToken cancellationToken)
    {
        var open = Writable(scope, bucket, key);
        using var file = open.Staging.CreateFile();
        return await PlaceAsync(open, key, file, content, contentType, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<LakeObject> AdoptAsync(AwsScope scope, string bucket, string key, string file, string? contentType, CancellationToken cancellationToken)
    {
        var open = Writable(scope, bucket, key);
        using var adopted = buckets.Staging.Adopt(file);
        using var content = new ObjectBody(adopted.Handle, 0, adopted.Size, owner: null);
        if (open.IsMount)
        {
            // A mount may be on another file system: its own staging takes a copy.
            using var copy = open.Staging.CreateFile();
            return await PlaceAsync(open, key, copy, content, contentType, cancellationToken).ConfigureAwait(false);
        }

        var digests = await BodyReceiver.ReadAsync(content, ChecksumAlgorithm.Crc64Nvme, cancellationToken).ConfigureAwait(false);
        return await PlaceAsync(open, key, adopted, digests, contentType, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<bool> DeleteAsync(AwsScope scope, string bucket, string key, CancellationToken cancellationToken)
    {
        var outcomes = await objects.DeleteAsync(Writable(scope, bucket, key), [key], condition: null, cancellationToken).ConfigureAwait(false);
        return outcomes[0].Failure is { } failure ? throw failure : outcomes[0].Existed;
    }

    private OpenBucket Writable(AwsScope scope, string bucket, string key)
    {
        var open = buckets.Get(scope, bucket, expectedOwner: null);
        open.RequireWritable();
        RequestedRecord.RequireKey(key);
        return open;
    }

    private async ValueTask<LakeObject> PlaceAsync(OpenBucket bucket, string key, StagedFile file, Stream content, string? contentType, CancellationToken cancellationToken)
    {
        var digests = await BodyReceiver.ReceiveAsync(content, file, ChecksumAlgorithm.Crc64Nvme, long.MaxValue, cancellationToken).ConfigureAwait(false);
        return await PlaceAsync(bucket, key, file, digests, contentType, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<LakeObject> PlaceAsync(OpenBucket bucket, string key, StagedFile file, BodyDigests digests, string? contentType, CancellationToken cancellationToken)
    {
        var record = new ObjectRecord { ContentType = contentType, Md5 = digests.Md5, Checksum = new ObjectChecksum(ChecksumAlgorithm.Crc64Nvme, Composite: false, digests.Checksum) };
        var written = await objects.PlaceAsync(bucket, key, file, record, condition: null, cancellationToken).ConfigureAwait(false);
        return new LakeObject(bucket.Name, key, written.Facts.Size, written.Record.ETag!, written.LastModified, Path.Combine(bucket.Tree.RootPath, written.Path));
    }
}
