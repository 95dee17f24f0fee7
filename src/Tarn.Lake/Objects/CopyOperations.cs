using Tarn.Api.S3;
using Tarn.Lake.Buckets;
using Tarn.Lake.Files;
using Tarn.Wire.Checksums;
using Tarn.Wire.Dispatch;
using ChecksumAlgorithm = Tarn.Wire.Checksums.ChecksumAlgorithm;

namespace Tarn.Lake.Objects;

/// <summary>CopyObject. Bytes are copied inside the kernel when every digest of the copy is known from the source.</summary>
internal sealed class CopyOperations(BucketStore buckets, ObjectStore objects, LakeOptions options)
{
    public async ValueTask<CopyObjectOutput> CopyObject(CopyObjectRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner);
        bucket.RequireWritable();
        RequestedRecord.RequireKey(request.Key!);
        var origin = CopySource.Parse(request.CopySource!);
        var replacesMetadata = Directive(request.MetadataDirective, "x-amz-metadata-directive");
        var replacesTags = Directive(request.TaggingDirective, "x-amz-tagging-directive");
        var asked = RequestedRecord.Of(request, context.Http, options);
        var algorithm = AlgorithmOf(request.ChecksumAlgorithm);
        var condition = Conditions.ForWrite(request.Key!, request.IfMatch, request.IfNoneMatch);
        if (origin.Bucket == request.Bucket && origin.Key == request.Key && !replacesMetadata
            && request.StorageClass is null && request.WebsiteRedirectLocation is null && request.ServerSideEncryption is null)
        {
            throw LakeErrors.IllegalSelfCopy();
        }

        var sourceBucket = buckets.Get(context.Scope, origin.Bucket, request.ExpectedSourceBucketOwner);
        using var source = await objects.OpenAsync(sourceBucket, origin.Key, cancellationToken).ConfigureAwait(false) ?? throw LakeErrors.NoSuchKey(origin.Key);
        Conditions.RequireForCopy(source, request.CopySourceIfMatch, request.CopySourceIfUnmodifiedSince, request.CopySourceIfNoneMatch, request.CopySourceIfModifiedSince);
        if (source.Size > options.PutBytesMax)
        {
            throw LakeErrors.CopySourceTooLarge(options.PutBytesMax);
        }

        var kept = source.Record;
        var record = (replacesMetadata ? asked : kept with { WebsiteRedirectLocation = asked.WebsiteRedirectLocation, StorageClass = asked.StorageClass, ServerSideEncryption = asked.ServerSideEncryption })
            with { Tags = replacesTags ? asked.Tags : kept.Tags, ETagParts = 0, Parts = [], UploadId = null };
        using var file = bucket.Staging.CreateFile();
        record = await CopyBytesAsync(source, file, record, algorithm ?? kept.Checksum?.Algorithm ?? ChecksumAlgorithm.Crc64Nvme, cancellationToken).ConfigureAwait(false);
        var written = await objects.PlaceAsync(bucket, request.Key!, file, record, condition, cancellationToken).ConfigureAwait(false);
        var texts = ChecksumTexts.Of(written.Record);
        return new CopyObjectOutput
        {
            ServerSideEncryption = record.ShownEncryption,
            CopyObjectResult = new CopyObjectResult
            {
                ETag = written.Record.ETag,
                LastModified = written.LastModified,
                ChecksumType = written.Record.Checksum?.TypeName,
                ChecksumCRC32 = texts.Crc32,
                ChecksumCRC32C = texts.Crc32C,
                ChecksumCRC64NVME = texts.Crc64Nvme,
                ChecksumSHA1 = texts.Sha1,
                ChecksumSHA256 = texts.Sha256,
                ChecksumSHA512 = texts.Sha512,
                ChecksumMD5 = texts.Md5,
            },
        };
    }

    private async ValueTask<ObjectRecord> CopyBytesAsync(StoredObject source, StagedFile file, ObjectRecord record, ChecksumAlgorithm algorithm, CancellationToken cancellationToken)
    {
        var kept = source.Record;
        if (!kept.Md5.IsEmpty && kept.ETagParts == 0 && kept.Checksum is { Composite: false } checksum && checksum.Algorithm == algorithm)
        {
            await Task.Run(() => file.AppendFrom(source.File.Handle, 0, source.Size, cancellationToken), cancellationToken).ConfigureAwait(false);
            return record with { Md5 = kept.Md5, Checksum = checksum };
        }

        using var body = new ObjectBody(source.File.Handle, 0, source.Size, owner: null);
        var digests = await BodyReceiver.ReceiveAsync(body, file, algorithm, options.PutBytesMax, cancellationToken).ConfigureAwait(false);
        return record with { Md5 = digests.Md5, Checksum = new ObjectChecksum(algorithm, Composite: false, digests.Checksum) };
    }

    /// <returns>True for REPLACE.</returns>
    private static bool Directive(string? value, string header) => value switch
    {
        null or "COPY" => false,
        "REPLACE" => true,
        _ => throw LakeErrors.InvalidArgument("Unknown metadata directive.", header, value),
    };

    private static ChecksumAlgorithm? AlgorithmOf(string? name) =>
        name is null ? null : ChecksumAlgorithms.TryParse(name, out var algorithm) ? algorithm : throw LakeErrors.InvalidRequest("Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
}
