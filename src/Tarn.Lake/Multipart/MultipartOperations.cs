using Tarn.Api.S3;
using Tarn.Lake.Buckets;
using Tarn.Lake.Files;
using Tarn.Lake.Objects;
using Tarn.Wire.Checksums;
using Tarn.Wire.Dispatch;
using ChecksumAlgorithm = Tarn.Wire.Checksums.ChecksumAlgorithm;

namespace Tarn.Lake.Multipart;

/// <summary>CreateMultipartUpload, UploadPart, UploadPartCopy, AbortMultipartUpload and ListParts.</summary>
internal sealed class MultipartOperations(BucketStore buckets, ObjectStore objects, UploadStore uploads, DiskThreads disk, FolderSyncs folderSyncs, LakeOptions options, TimeProvider time)
{
    public async ValueTask<CreateMultipartUploadOutput> CreateMultipartUpload(CreateMultipartUploadRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner);
        bucket.RequireWritable();
        RequestedRecord.RequireKey(request.Key!);
        var record = RequestedRecord.Of(request, context.Http, options);
        var (algorithm, composite) = ChecksumOf(request.ChecksumAlgorithm, request.ChecksumType);
        var upload = new Upload(Guid.NewGuid().ToString("N") + Guid.NewGuid().ToString("N"), bucket.Name, request.Key!, time.GetUtcNow(), algorithm, Asked: request.ChecksumAlgorithm is not null, composite, record);
        await uploads.AddAsync(upload, cancellationToken).ConfigureAwait(false);
        return new CreateMultipartUploadOutput
        {
            Bucket = request.Bucket,
            Key = request.Key,
            UploadId = upload.Id,
            ServerSideEncryption = record.ShownEncryption,
            ChecksumAlgorithm = upload.Asked ? algorithm.AwsName() : null,
            ChecksumType = upload.Asked ? upload.ChecksumTypeName : null,
        };
    }

    public async ValueTask<UploadPartOutput> UploadPart(UploadPartRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner);
        bucket.RequireWritable();
        RequirePartNumber(request.PartNumber!.Value);
        if (request.ContentLength > options.PutBytesMax)
        {
            throw LakeErrors.EntityTooLarge(request.ContentLength.Value, options.PutBytesMax);
        }

        var upload = await uploads.GetAsync(bucket.Name, request.Key!, request.UploadId!, cancellationToken).ConfigureAwait(false);
        var checks = BodyChecks.From(
            request.ContentMD5,
            new ChecksumTexts(request.ChecksumCRC32, request.ChecksumCRC32C, request.ChecksumCRC64NVME, request.ChecksumSHA1, request.ChecksumSHA256, request.ChecksumSHA512, request.ChecksumMD5),
            request.ChecksumXXHASH64 ?? request.ChecksumXXHASH3 ?? request.ChecksumXXHASH128,
            request.ChecksumAlgorithm,
            context.Http,
            upload.Algorithm);
        if (upload.Asked && checks.Named && checks.Algorithm != upload.Algorithm)
        {
            throw LakeErrors.InvalidRequest($"Checksum Type mismatch occurred, expected checksum Type: {upload.Algorithm.AwsName().ToLowerInvariant()}, actual checksum Type: {checks.Algorithm.AwsName().ToLowerInvariant()}");
        }

        var part = await ReceiveAsync(upload, request.PartNumber.Value, request.Body, checks, cancellationToken).ConfigureAwait(false);
        var texts = ChecksumTexts.Of(checks.Algorithm, part.Shown);
        return new UploadPartOutput
        {
            ETag = part.Part.ETag,
            ServerSideEncryption = upload.Record.ShownEncryption,
            ChecksumCRC32 = texts.Crc32,
            ChecksumCRC32C = texts.Crc32C,
            ChecksumCRC64NVME = texts.Crc64Nvme,
            ChecksumSHA1 = texts.Sha1,
            ChecksumSHA256 = texts.Sha256,
            ChecksumSHA512 = texts.Sha512,
            ChecksumMD5 = texts.Md5,
        };
    }

    public async ValueTask<UploadPartCopyOutput> UploadPartCopy(UploadPartCopyRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner);
        bucket.RequireWritable();
        RequirePartNumber(request.PartNumber!.Value);
        var upload = await uploads.GetAsync(bucket.Name, request.Key!, request.UploadId!, cancellationToken).ConfigureAwait(false);
        var origin = CopySource.Parse(request.CopySource!);
        var sourceBucket = buckets.Get(context.Scope, origin.Bucket, request.ExpectedSourceBucketOwner);
        using var source = await objects.OpenAsync(sourceBucket, origin.Key, cancellationToken).ConfigureAwait(false) ?? throw LakeErrors.NoSuchKey(origin.Key);
        Conditions.RequireForCopy(source, request.CopySourceIfMatch, request.CopySourceIfUnmodifiedSince, request.CopySourceIfNoneMatch, request.CopySourceIfModifiedSince);
        var range = RangeOf(request.CopySourceRange, source.Size);
        if (range.Length > options.PutBytesMax)
        {
            throw LakeErrors.CopySourceTooLarge(options.PutBytesMax);
        }

        using var body = new ObjectBody(source.File.Handle, range.Offset, range.Length, owner: null);
        var checks = new BodyChecks(Md5: null, upload.Algorithm, Named: false, Digest: null, Trailer: null);
        var part = (await ReceiveAsync(upload, request.PartNumber.Value, body, checks, cancellationToken).ConfigureAwait(false)).Part;
        var texts = upload.Asked ? ChecksumTexts.Of(upload.Algorithm, part.Checksum) : default;
        return new UploadPartCopyOutput
        {
            ServerSideEncryption = upload.Record.ShownEncryption,
            CopyPartResult = new CopyPartResult
            {
                ETag = part.ETag,
                LastModified = part.Modified,
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

    public async ValueTask<AbortMultipartUploadOutput> AbortMultipartUpload(AbortMultipartUploadRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner);
        var upload = await uploads.GetAsync(bucket.Name, request.Key!, request.UploadId!, cancellationToken).ConfigureAwait(false);
        if (request.IfMatchInitiatedTime is { } initiated && initiated.ToUnixTimeSeconds() != upload.Initiated.ToUnixTimeSeconds())
        {
            throw LakeErrors.PreconditionFailed("x-amz-if-match-initiated-time");
        }

        return await uploads.RemoveAsync(upload.Id, cancellationToken).ConfigureAwait(false) ? new AbortMultipartUploadOutput() : throw LakeErrors.NoSuchUpload(upload.Id);
    }

    public async ValueTask<ListPartsOutput> ListParts(ListPartsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner);
        var upload = await uploads.GetAsync(bucket.Name, request.Key!, request.UploadId!, cancellationToken).ConfigureAwait(false);
        var countMax = request.MaxParts < 0
            ? throw LakeErrors.InvalidArgument("Argument max-parts must be an integer between 0 and 2147483647", "max-parts", $"{request.MaxParts}")
            : Math.Min(request.MaxParts ?? options.PageMax, options.PageMax);
        var marker = request.PartNumberMarker ?? 0;
        var parts = await uploads.PartsAsync(upload.Id, marker, countMax + 1, cancellationToken).ConfigureAwait(false);
        var page = parts.Take(countMax).ToList();
        var user = CanonicalUser.IdOf(bucket.Record.AccountId);
        return new ListPartsOutput
        {
            Bucket = request.Bucket,
            Key = request.Key,
            UploadId = upload.Id,
            PartNumberMarker = marker,
            NextPartNumberMarker = page.Count > 0 ? page[^1].Number : marker,
            MaxParts = countMax,
            IsTruncated = countMax > 0 && parts.Count > countMax,
            StorageClass = upload.Record.StorageClass ?? "STANDARD",
            Owner = new Owner { ID = user },
            Initiator = new Initiator { ID = user },
            ChecksumAlgorithm = upload.Asked ? upload.Algorithm.AwsName() : null,
            ChecksumType = upload.Asked ? upload.ChecksumTypeName : null,
            Parts = [.. page.Select(part =>
            {
                var texts = upload.Asked ? ChecksumTexts.Of(upload.Algorithm, part.Checksum) : default;
                return new Part
                {
                    PartNumber = part.Number,
                    LastModified = part.Modified,
                    ETag = part.ETag,
                    Size = part.Size,
                    ChecksumCRC32 = texts.Crc32,
                    ChecksumCRC32C = texts.Crc32C,
                    ChecksumCRC64NVME = texts.Crc64Nvme,
                    ChecksumSHA1 = texts.Sha1,
                    ChecksumSHA256 = texts.Sha256,
                    ChecksumSHA512 = texts.Sha512,
                    ChecksumMD5 = texts.Md5,
                };
            })],
        };
    }

    /// <summary>Receives a part into the upload's folder and makes it durable.</summary>
    /// <returns>The part, and the digest that the client sees: in its own algorithm, where the part keeps that of the upload.</returns>
    private async ValueTask<(UploadedPart Part, byte[] Shown)> ReceiveAsync(Upload upload, int number, Stream? body, BodyChecks checks, CancellationToken cancellationToken)
    {
        using var file = buckets.Staging.CreateFile();

        // The upload's own algorithm is always computed: the object's checksum is made of the parts'. Another one that the client sends is verified beside.
        var other = checks.Algorithm != upload.Algorithm && checks.Trailer is null ? new Tarn.Wire.Checksums.Checksum(checks.Algorithm) : null;
        using var observed = other is null ? null : new ChecksummedStream(body ?? Stream.Null, other);
        var digests = await BodyReceiver.ReceiveAsync(observed ?? body, file, upload.Algorithm, options.PutBytesMax, cancellationToken).ConfigureAwait(false);
        var shown = checks.Verify(other is null ? digests : digests with { Checksum = Convert.FromBase64String(other.FinishBase64()) });
        await disk.SyncAsync(file.Handle).ConfigureAwait(false);
        var part = new UploadedPart(number, file.Size, digests.Md5, digests.Checksum, time.GetUtcNow(), $"{number:d5}-{Guid.NewGuid().ToString("N")[..16]}");
        if (!Directory.Exists(uploads.FolderOf(upload.Id)))
        {
            throw LakeErrors.NoSuchUpload(upload.Id);
        }

        using (var folder = FolderHandle.Open(uploads.FolderOf(upload.Id)))
        {
            var moved = file.MoveTo(folder, part.File);
            if (moved < 0)
            {
                throw moved == -Native.ENOENT ? LakeErrors.NoSuchUpload(upload.Id) : Native.Failure(moved, "placing a part");
            }

            await folderSyncs.SyncAsync(folder).ConfigureAwait(false);
        }

        await uploads.AddPartAsync(upload.Id, part, cancellationToken).ConfigureAwait(false);
        return (part, shown);
    }

    private void RequirePartNumber(int number)
    {
        if (number < 1 || number > options.PartsMax)
        {
            throw LakeErrors.InvalidArgument($"Part number must be an integer between 1 and {options.PartsMax}, inclusive", "partNumber", $"{number}");
        }
    }

    private static ByteRange RangeOf(string? header, long size)
    {
        if (header is null)
        {
            return new ByteRange(0, size);
        }

        var text = header.StartsWith("bytes=", StringComparison.Ordinal) ? header[6..] : "";
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash < 1 || !long.TryParse(text[..dash], out var first) || !long.TryParse(text[(dash + 1)..], out var last) || last < first)
        {
            throw LakeErrors.InvalidArgument("The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy", "x-amz-copy-source-range", header);
        }

        return last < size ? new ByteRange(first, last - first + 1) : throw LakeErrors.InvalidArgument($"Range specified is not valid for source object of size: {size}", "x-amz-copy-source-range", header);
    }

    private static (ChecksumAlgorithm Algorithm, bool Composite) ChecksumOf(string? name, string? type)
    {
        if (name is null)
        {
            return type is null ? (ChecksumAlgorithm.Crc64Nvme, false) : throw LakeErrors.InvalidRequest("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
        }

        if (!ChecksumAlgorithms.TryParse(name, out var algorithm))
        {
            throw LakeErrors.InvalidRequest("Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
        }

        var composite = type switch
        {
            null => algorithm.SupportsComposite(),
            "COMPOSITE" => true,
            "FULL_OBJECT" => false,
            _ => throw LakeErrors.InvalidRequest("Value for x-amz-checksum-type header is invalid."),
        };
        return (composite ? algorithm.SupportsComposite() : algorithm.SupportsFullObject())
            ? (algorithm, composite)
            : throw LakeErrors.InvalidRequest($"The {type} checksum type cannot be used with the {algorithm.AwsName().ToLowerInvariant()} checksum algorithm.");
    }
}
