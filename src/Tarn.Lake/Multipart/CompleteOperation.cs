using System.Security.Cryptography;
using Tarn.Api.S3;
using Tarn.Lake.Buckets;
using Tarn.Lake.Files;
using Tarn.Lake.Objects;
using Tarn.Wire.Checksums;
using Tarn.Wire.Dispatch;
using ObjectPart = Tarn.Lake.Objects.ObjectPart;

namespace Tarn.Lake.Multipart;

/// <summary>
/// CompleteMultipartUpload: checks the list of parts, copies them into one file (inside the kernel, by shared extents where the file system can), and ends the
/// upload. A crash before the end leaves object and upload both: completing again makes the same object. After the end the object itself tells that it
/// was made by this upload.
/// </summary>
internal sealed class CompleteOperation(BucketStore buckets, ObjectStore objects, UploadStore uploads, LakeOptions options)
{
    private readonly KeyLocks completing = new();

    public async ValueTask<CompleteMultipartUploadOutput> CompleteMultipartUpload(CompleteMultipartUploadRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner);
        bucket.RequireWritable();
        var condition = Conditions.ForWrite(request.Key!, request.IfMatch, request.IfNoneMatch);
        using var held = await completing.TakeAsync(request.UploadId!, cancellationToken).ConfigureAwait(false);
        var upload = await uploads.FindAsync(bucket.Name, request.Key!, request.UploadId!, cancellationToken).ConfigureAwait(false);
        if (upload is null)
        {
            return await CompletedBeforeAsync(bucket, request, context, cancellationToken).ConfigureAwait(false);
        }

        var uploaded = await uploads.PartsAsync(upload.Id, above: 0, options.PartsMax, cancellationToken).ConfigureAwait(false);
        var parts = Check(upload, request.MultipartUpload?.Parts ?? [], uploaded);
        var record = RecordOf(upload, parts);
        CheckWhole(request, upload, parts, record);

        using var file = bucket.Staging.CreateFile();
        await Task.Factory.StartNew(() => Assemble(upload, parts, file, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        var written = await objects.PlaceAsync(bucket, upload.Key, file, record, condition, cancellationToken).ConfigureAwait(false);
        await uploads.RemoveAsync(upload.Id, CancellationToken.None).ConfigureAwait(false);
        return Answer(bucket, upload.Key, written.Record, context);
    }

    /// <summary>
    /// Completing an upload again succeeds while its object stands and the parts are the same, as on S3: a client whose answer was lost sends the request once
    /// more.
    /// </summary>
    private async ValueTask<CompleteMultipartUploadOutput> CompletedBeforeAsync(OpenBucket bucket, CompleteMultipartUploadRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        using var found = await objects.OpenAsync(bucket, request.Key!, cancellationToken).ConfigureAwait(false);
        return found?.Record is { UploadId: { } id } record && id == request.UploadId && record.ETag == ETagOf(request.MultipartUpload?.Parts ?? [])
            ? Answer(bucket, request.Key!, record, context)
            : throw LakeErrors.NoSuchUpload(request.UploadId!);
    }

    /// <summary>The ETag of an object of these parts; null when one of them is no MD5.</summary>
    private static string? ETagOf(IReadOnlyList<CompletedPart> parts)
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        Span<byte> digest = stackalloc byte[MD5.HashSizeInBytes];
        foreach (var part in parts)
        {
            if (Convert.FromHexString((part.ETag ?? "").Trim('"'), digest, out _, out var length) != System.Buffers.OperationStatus.Done || length != digest.Length)
            {
                return null;
            }

            md5.AppendData(digest);
        }

        return ObjectRecord.ETagText(md5.GetHashAndReset(), parts.Count);
    }

    private static CompleteMultipartUploadOutput Answer(OpenBucket bucket, string key, ObjectRecord record, RequestContext context)
    {
        var texts = ChecksumTexts.Of(record);
        var http = context.Http.Request;
        return new CompleteMultipartUploadOutput
        {
            Location = $"{http.Scheme}://{http.Host}/{bucket.Name}/{Uri.EscapeDataString(key).Replace("%2F", "/", StringComparison.Ordinal)}",
            Bucket = bucket.Name,
            Key = key,
            ETag = record.ETag,
            ServerSideEncryption = record.ShownEncryption,
            ChecksumType = record.Checksum?.TypeName,
            ChecksumCRC32 = texts.Crc32,
            ChecksumCRC32C = texts.Crc32C,
            ChecksumCRC64NVME = texts.Crc64Nvme,
            ChecksumSHA1 = texts.Sha1,
            ChecksumSHA256 = texts.Sha256,
            ChecksumSHA512 = texts.Sha512,
            ChecksumMD5 = texts.Md5,
        };
    }

    private List<UploadedPart> Check(Upload upload, IReadOnlyList<CompletedPart> listed, IReadOnlyList<UploadedPart> uploaded)
    {
        if (listed.Count == 0 || listed.Count > options.PartsMax)
        {
            throw LakeErrors.MalformedXml();
        }

        var byNumber = uploaded.ToDictionary(part => part.Number);
        var parts = new List<UploadedPart>(listed.Count);
        var previous = 0;
        foreach (var entry in listed)
        {
            var number = entry.PartNumber ?? throw LakeErrors.MalformedXml();
            if (number <= previous)
            {
                throw LakeErrors.InvalidPartOrder(upload.Id);
            }

            previous = number;
            if (!byNumber.TryGetValue(number, out var part) || (entry.ETag ?? "").Trim('"') != part.ETag.Trim('"'))
            {
                throw LakeErrors.InvalidPart(upload.Id, number, entry.ETag);
            }

            CheckChecksum(upload, entry, part);
            parts.Add(part);
        }

        foreach (var part in parts.SkipLast(1))
        {
            if (part.Size < options.PartBytesMin)
            {
                throw LakeErrors.EntityTooSmall(part.Number, part.ETag, part.Size, options.PartBytesMin);
            }
        }

        var size = parts.Sum(part => part.Size);
        return size <= options.ObjectBytesMax ? parts : throw LakeErrors.EntityTooLarge(size, options.ObjectBytesMax);
    }

    private static void CheckChecksum(Upload upload, CompletedPart entry, UploadedPart part)
    {
        var said = new ChecksumTexts(entry.ChecksumCRC32, entry.ChecksumCRC32C, entry.ChecksumCRC64NVME, entry.ChecksumSHA1, entry.ChecksumSHA256, entry.ChecksumSHA512, entry.ChecksumMD5).Single();
        if (said is null)
        {
            if (upload is { Asked: true, Composite: true })
            {
                throw LakeErrors.InvalidRequest($"The upload was created using a {upload.Algorithm.AwsName().ToLowerInvariant()} checksum. The complete request must include the checksum for each part. It was missing for part {part.Number} in the request.");
            }

            return;
        }

        if (said.Value.Algorithm == upload.Algorithm && said.Value.Text != Convert.ToBase64String(part.Checksum))
        {
            throw LakeErrors.InvalidPart(upload.Id, part.Number, entry.ETag);
        }
    }

    private static ObjectRecord RecordOf(Upload upload, List<UploadedPart> parts)
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        foreach (var part in parts)
        {
            md5.AppendData(part.Md5);
        }

        var checksums = parts.Select(part => new PartChecksum(part.Checksum, part.Size)).ToList();
        var text = upload.Composite ? MultipartChecksum.Composite(upload.Algorithm, checksums) : MultipartChecksum.FullObject(upload.Algorithm, checksums);
        var digest = Convert.FromBase64String(upload.Composite ? text[..text.LastIndexOf('-')] : text);
        return upload.Record with
        {
            Md5 = md5.GetHashAndReset(),
            ETagParts = parts.Count,
            Checksum = new ObjectChecksum(upload.Algorithm, upload.Composite, digest),
            Parts = [.. parts.Select(part => new ObjectPart(part.Size, part.Checksum))],
            UploadId = upload.Id,
        };
    }

    private static void CheckWhole(CompleteMultipartUploadRequest request, Upload upload, List<UploadedPart> parts, ObjectRecord record)
    {
        var size = parts.Sum(part => part.Size);
        if (request.MpuObjectSize is { } said && said != size)
        {
            throw LakeErrors.InvalidRequest($"The provided 'x-amz-mp-object-size' header value {said} does not match what was computed: {size}");
        }

        if (upload.Asked && request.ChecksumType is { } type && type != upload.ChecksumTypeName)
        {
            throw LakeErrors.InvalidRequest($"The upload was created using the {upload.ChecksumTypeName} checksum mode. The complete request must use the same checksum mode.");
        }

        var whole = new ChecksumTexts(request.ChecksumCRC32, request.ChecksumCRC32C, request.ChecksumCRC64NVME, request.ChecksumSHA1, request.ChecksumSHA256, request.ChecksumSHA512, request.ChecksumMD5).Single();
        if (whole is var (algorithm, text) && algorithm == upload.Algorithm && text.Split('-')[0] != Convert.ToBase64String(record.Checksum!.Digest.Span))
        {
            throw LakeErrors.BadChecksum(algorithm.AwsName());
        }
    }

    private void Assemble(Upload upload, List<UploadedPart> parts, StagedFile file, CancellationToken cancellationToken)
    {
        foreach (var part in parts)
        {
            using var source = File.OpenHandle(Path.Combine(uploads.FolderOf(upload.Id), part.File));
            file.AppendFrom(source, 0, part.Size, cancellationToken);
        }
    }
}
