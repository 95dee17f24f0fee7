using Tarn.Api.S3;
using Tarn.Lake.Buckets;
using Tarn.Wire.Checksums;
using Tarn.Wire.Dispatch;
using ChecksumAlgorithm = Tarn.Wire.Checksums.ChecksumAlgorithm;

namespace Tarn.Lake.Objects;

/// <summary>PutObject, DeleteObject and DeleteObjects.</summary>
internal sealed class ObjectWriteOperations(BucketStore buckets, ObjectStore objects, LakeOptions options)
{
    public async ValueTask<PutObjectOutput> PutObject(PutObjectRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner);
        bucket.RequireWritable();
        RequestedRecord.RequireKey(request.Key!);
        if (request.ContentLength > options.PutBytesMax)
        {
            throw LakeErrors.EntityTooLarge(request.ContentLength.Value, options.PutBytesMax);
        }

        var record = RequestedRecord.Of(request, context.Http, options);
        var condition = Conditions.ForWrite(request.Key!, request.IfMatch, request.IfNoneMatch);
        var checks = BodyChecks.From(
            request.ContentMD5,
            new ChecksumTexts(request.ChecksumCRC32, request.ChecksumCRC32C, request.ChecksumCRC64NVME, request.ChecksumSHA1, request.ChecksumSHA256, request.ChecksumSHA512, request.ChecksumMD5),
            request.ChecksumXXHASH64 ?? request.ChecksumXXHASH3 ?? request.ChecksumXXHASH128,
            request.ChecksumAlgorithm,
            context.Http,
            ChecksumAlgorithm.Crc64Nvme);
        if (condition is not null)
        {
            // A condition that fails already now spares the client the upload; it is decided again when the object is placed.
            using var current = await objects.OpenAsync(bucket, request.Key!, cancellationToken).ConfigureAwait(false);
            condition(current);
        }

        using var file = bucket.Staging.CreateFile();
        var digests = await BodyReceiver.ReceiveAsync(request.Body, file, checks.Computed, options.PutBytesMax, cancellationToken).ConfigureAwait(false);
        var checksum = new ObjectChecksum(checks.Algorithm, Composite: false, checks.Verify(digests));
        var written = await objects.PlaceAsync(bucket, request.Key!, file, record with { Md5 = digests.Md5, Checksum = checksum }, condition, cancellationToken).ConfigureAwait(false);
        var texts = ChecksumTexts.Of(written.Record);
        return new PutObjectOutput
        {
            ETag = written.Record.ETag,
            ServerSideEncryption = record.ShownEncryption,
            ChecksumCRC32 = texts.Crc32,
            ChecksumCRC32C = texts.Crc32C,
            ChecksumCRC64NVME = texts.Crc64Nvme,
            ChecksumSHA1 = texts.Sha1,
            ChecksumSHA256 = texts.Sha256,
            ChecksumSHA512 = texts.Sha512,
            ChecksumMD5 = texts.Md5,
            ChecksumType = checksum.TypeName,
        };
    }

    public async ValueTask<DeleteObjectOutput> DeleteObject(DeleteObjectRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner);
        bucket.RequireWritable();
        RequestedRecord.RequireKey(request.Key!);
        Versions.Require(request.VersionId);
        var condition = DeleteCondition(request.Key!, request.IfMatch, request.IfMatchLastModifiedTime, request.IfMatchSize);
        var outcomes = await objects.DeleteAsync(bucket, [request.Key!], condition is null ? null : (_, current) => condition(current), cancellationToken).ConfigureAwait(false);
        return outcomes[0].Failure is { } failure ? throw failure : new DeleteObjectOutput();
    }

    public async ValueTask<DeleteObjectsOutput> DeleteObjects(DeleteObjectsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner);
        bucket.RequireWritable();
        var identifiers = request.Delete?.Objects ?? [];
        if (identifiers.Count == 0 || identifiers.Count > options.PageMax || identifiers.Any(identifier => string.IsNullOrEmpty(identifier.Key)))
        {
            throw LakeErrors.MalformedXml();
        }

        var conditions = identifiers.Select(identifier => DeleteCondition(identifier.Key!, identifier.ETag, identifier.LastModifiedTime, identifier.Size)).ToList();
        var outcomes = await objects.DeleteAsync(
            bucket,
            [.. identifiers.Select(identifier => identifier.Key!)],
            conditions.All(condition => condition is null) && identifiers.All(identifier => identifier.VersionId is null)
                ? null
                : (index, current) =>
                {
                    Versions.Require(identifiers[index].VersionId);
                    conditions[index]?.Invoke(current);
                },
            cancellationToken).ConfigureAwait(false);
        var deleted = new List<DeletedObject>();
        var errors = new List<Error>();
        for (var index = 0; index < outcomes.Length; index++)
        {
            if (outcomes[index].Failure is { } failure)
            {
                errors.Add(new Error { Key = identifiers[index].Key, VersionId = identifiers[index].VersionId, Code = failure.Code, Message = failure.Message });
            }
            else if (request.Delete?.Quiet != true)
            {
                deleted.Add(new DeletedObject { Key = identifiers[index].Key, VersionId = identifiers[index].VersionId });
            }
        }

        return new DeleteObjectsOutput { Deleted = deleted, Errors = errors };
    }

    private static Action<StoredObject?>? DeleteCondition(string key, string? ifMatch, DateTimeOffset? lastModified, long? size)
    {
        if (ifMatch is null && lastModified is null && size is null)
        {
            return null;
        }

        return current =>
        {
            if (current is null)
            {
                throw LakeErrors.NoSuchKey(key);
            }

            var condition = ifMatch is not null && !Conditions.Matches(ifMatch, current.ETag) ? "If-Match"
                : lastModified is { } time && time.ToUnixTimeSeconds() != current.LastModified.ToUnixTimeSeconds() ? "x-amz-if-match-last-modified-time"
                : size is { } bytes && bytes != current.Size ? "x-amz-if-match-size" : null;
            if (condition is not null)
            {
                throw LakeErrors.PreconditionFailed(condition);
            }
        };
    }
}
