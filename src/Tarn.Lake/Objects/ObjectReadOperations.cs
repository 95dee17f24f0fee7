using Tarn.Api.S3;
using Tarn.Lake.Buckets;
using Tarn.Wire.Dispatch;

namespace Tarn.Lake.Objects;

/// <summary>GetObject, HeadObject and GetObjectAttributes.</summary>
internal sealed class ObjectReadOperations(BucketStore buckets, ObjectStore objects, LakeOptions options)
{
    private const string DefaultContentType = "binary/octet-stream";

    public async ValueTask<GetObjectOutput> GetObject(GetObjectRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        Versions.Require(request.VersionId);
        ResponseOverrides.Require(request.ResponseContentType, request.ResponseCacheControl, request.ResponseContentDisposition, request.ResponseContentEncoding, request.ResponseContentLanguage);
        var found = await FindAsync(request.Bucket!, request.Key!, request.ExpectedBucketOwner, context, cancellationToken).ConfigureAwait(false);
        try
        {
            Conditions.RequireForRead(found, request.IfMatch, request.IfUnmodifiedSince, request.IfNoneMatch, request.IfModifiedSince);
            var selection = Select(found, request.Range, request.PartNumber, context);
            ShowExpiresText(found.Record, request.ResponseExpires, context);
            var checksums = ChecksumsFor(found, selection, request.ChecksumMode, request.PartNumber);
            var record = found.Record;
            var body = new ObjectBody(found.File.Handle, selection.Range.Offset, selection.Range.Length, found);
            found = null;
            return new GetObjectOutput
            {
                Body = body,
                AcceptRanges = "bytes",
                LastModified = selection.Found.LastModified,
                ContentLength = selection.Range.Length,
                ETag = selection.Found.ETag,
                ContentRange = selection.ContentRange,
                ContentType = request.ResponseContentType ?? record.ContentType ?? DefaultContentType,
                CacheControl = request.ResponseCacheControl ?? record.CacheControl,
                ContentDisposition = request.ResponseContentDisposition ?? record.ContentDisposition,
                ContentEncoding = request.ResponseContentEncoding ?? record.ContentEncoding,
                ContentLanguage = request.ResponseContentLanguage ?? record.ContentLanguage,
                Expires = request.ResponseExpires ?? record.Expires,
                WebsiteRedirectLocation = record.WebsiteRedirectLocation,
                StorageClass = record.StorageClass,
                ServerSideEncryption = record.ShownEncryption,
                Metadata = Metadata(record),
                PartsCount = selection.PartsCount,
                TagCount = record.Tags.Count > 0 ? record.Tags.Count : null,
                ChecksumCRC32 = checksums.Texts.Crc32,
                ChecksumCRC32C = checksums.Texts.Crc32C,
                ChecksumCRC64NVME = checksums.Texts.Crc64Nvme,
                ChecksumSHA1 = checksums.Texts.Sha1,
                ChecksumSHA256 = checksums.Texts.Sha256,
                ChecksumSHA512 = checksums.Texts.Sha512,
                ChecksumMD5 = checksums.Texts.Md5,
                ChecksumType = checksums.Type,
            };
        }
        finally
        {
            found?.Dispose();
        }
    }

    public async ValueTask<HeadObjectOutput> HeadObject(HeadObjectRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        Versions.Require(request.VersionId);
        ResponseOverrides.Require(request.ResponseContentType, request.ResponseCacheControl, request.ResponseContentDisposition, request.ResponseContentEncoding, request.ResponseContentLanguage);
        using var found = await FindAsync(request.Bucket!, request.Key!, request.ExpectedBucketOwner, context, cancellationToken).ConfigureAwait(false);
        Conditions.RequireForRead(found, request.IfMatch, request.IfUnmodifiedSince, request.IfNoneMatch, request.IfModifiedSince);
        var selection = Select(found, request.Range, request.PartNumber, context);
        ShowExpiresText(found.Record, request.ResponseExpires, context);
        var checksums = ChecksumsFor(found, selection, request.ChecksumMode, request.PartNumber);
        var record = found.Record;
        return new HeadObjectOutput
        {
            AcceptRanges = "bytes",
            LastModified = found.LastModified,
            ContentLength = selection.Range.Length,
            ETag = found.ETag,
            ContentRange = selection.ContentRange,
            ContentType = request.ResponseContentType ?? record.ContentType ?? DefaultContentType,
            CacheControl = request.ResponseCacheControl ?? record.CacheControl,
            ContentDisposition = request.ResponseContentDisposition ?? record.ContentDisposition,
            ContentEncoding = request.ResponseContentEncoding ?? record.ContentEncoding,
            ContentLanguage = request.ResponseContentLanguage ?? record.ContentLanguage,
            Expires = request.ResponseExpires ?? record.Expires,
            WebsiteRedirectLocation = record.WebsiteRedirectLocation,
            StorageClass = record.StorageClass,
            ServerSideEncryption = record.ShownEncryption,
            Metadata = Metadata(record),
            PartsCount = selection.PartsCount,
            TagCount = record.Tags.Count > 0 ? record.Tags.Count : null,
            ChecksumCRC32 = checksums.Texts.Crc32,
            ChecksumCRC32C = checksums.Texts.Crc32C,
            ChecksumCRC64NVME = checksums.Texts.Crc64Nvme,
            ChecksumSHA1 = checksums.Texts.Sha1,
            ChecksumSHA256 = checksums.Texts.Sha256,
            ChecksumSHA512 = checksums.Texts.Sha512,
            ChecksumMD5 = checksums.Texts.Md5,
            ChecksumType = checksums.Type,
        };
    }

    public async ValueTask<GetObjectAttributesOutput> GetObjectAttributes(GetObjectAttributesRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        Versions.Require(request.VersionId);
        using var found = await FindAsync(request.Bucket!, request.Key!, request.ExpectedBucketOwner, context, cancellationToken).ConfigureAwait(false);
        var record = found.Record;
        var wanted = (request.ObjectAttributes ?? []).SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries)).ToHashSet(StringComparer.Ordinal);
        var texts = ChecksumTexts.Of(record);
        return new GetObjectAttributesOutput
        {
            LastModified = found.LastModified,
            ETag = wanted.Contains("ETag") ? found.ETag.Trim('"') : null,
            ObjectSize = wanted.Contains("ObjectSize") ? found.Size : null,
            StorageClass = wanted.Contains("StorageClass") ? record.StorageClass ?? "STANDARD" : null,
            Checksum = wanted.Contains("Checksum") && record.Checksum is { } checksum
                ? new Checksum
                {
                    ChecksumCRC32 = texts.Crc32,
                    ChecksumCRC32C = texts.Crc32C,
                    ChecksumCRC64NVME = texts.Crc64Nvme,
                    ChecksumSHA1 = texts.Sha1,
                    ChecksumSHA256 = texts.Sha256,
                    ChecksumSHA512 = texts.Sha512,
                    ChecksumMD5 = texts.Md5,
                    ChecksumType = checksum.TypeName,
                }
                : null,
            ObjectParts = wanted.Contains("ObjectParts") && record.Parts.Count > 0 ? Parts(record, request.PartNumberMarker ?? 0, Math.Min(request.MaxParts ?? options.PageMax, options.PageMax)) : null,
        };
    }

    private async ValueTask<StoredObject> FindAsync(string bucketName, string key, string? expectedOwner, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = buckets.Get(context.Scope, bucketName, expectedOwner);
        RequestedRecord.RequireKey(key);
        return await objects.OpenAsync(bucket, key, cancellationToken).ConfigureAwait(false) ?? throw LakeErrors.NoSuchKey(key);
    }

    /// <summary>What of the object is asked for: all, a range, or a part of a multipart object. Sets the status to 206 for the latter two.</summary>
    private Selection Select(StoredObject found, string? rangeHeader, int? partNumber, RequestContext context)
    {
        if (partNumber is { } number)
        {
            if (rangeHeader is not null)
            {
                throw LakeErrors.InvalidRequest("Cannot specify both Range header and partNumber query parameter");
            }

            if (number < 1 || number > options.PartsMax)
            {
                throw LakeErrors.InvalidArgument($"Part number must be an integer between 1 and {options.PartsMax}, inclusive", "partNumber", $"{number}");
            }

            var parts = found.Record.Parts;
            var count = Math.Max(1, parts.Count);
            if (number > count)
            {
                throw LakeErrors.InvalidPartNumber(number, count);
            }

            var offset = parts.Take(number - 1).Sum(part => part.Size);
            var part = new ByteRange(offset, parts.Count == 0 ? found.Size : parts[number - 1].Size);
            context.Http.Response.StatusCode = 206;
            return new Selection(found, part, found.Size == 0 ? null : part.ContentRange(found.Size), parts.Count == 0 ? null : parts.Count);
        }

        if (Conditions.RangeHolds(found, context.Http.Request.Headers.IfRange.ToString()) && ByteRange.Parse(rangeHeader, found.Size) is { } range)
        {
            context.Http.Response.StatusCode = 206;
            return new Selection(found, range, range.ContentRange(found.Size), PartsCount: null);
        }

        return new Selection(found, new ByteRange(0, found.Size), ContentRange: null, PartsCount: null);
    }

    /// <summary>The stored checksum covers the whole object: it goes with the whole body, and a part's own with a part; a range has none.</summary>
    private static (ChecksumTexts Texts, string? Type) ChecksumsFor(StoredObject found, Selection selection, string? checksumMode, int? partNumber)
    {
        if (!"ENABLED".Equals(checksumMode, StringComparison.OrdinalIgnoreCase) || found.Record.Checksum is not { } checksum)
        {
            return default;
        }

        if (partNumber is { } number && found.Record.Parts.Count > 0)
        {
            return (ChecksumTexts.Of(checksum.Algorithm, found.Record.Parts[number - 1].Digest), checksum.TypeName);
        }

        return selection.Range.Length == found.Size ? (ChecksumTexts.Of(found.Record), checksum.TypeName) : default;
    }

    /// <summary>The shape has a date only.</summary>
    private static void ShowExpiresText(ObjectRecord record, DateTimeOffset? responseExpires, RequestContext context)
    {
        if (record.ExpiresText is { } text && responseExpires is null)
        {
            context.Http.Response.Headers.Expires = text;
        }
    }

    private static Dictionary<string, string>? Metadata(ObjectRecord record)
    {
        if (record.UserMetadata.Count == 0)
        {
            return null;
        }

        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in record.UserMetadata)
        {
            metadata[name] = MailWords.Encode(value);
        }

        return metadata;
    }

    private static GetObjectAttributesParts Parts(ObjectRecord record, int marker, int countMax)
    {
        var page = record.Parts.Select((part, index) => (Number: index + 1, Part: part)).Where(entry => entry.Number > marker).Take(countMax).ToList();
        var algorithm = record.Checksum?.Algorithm;
        var last = page.Count == 0 ? marker : page[^1].Number;
        return new GetObjectAttributesParts
        {
            TotalPartsCount = record.Parts.Count,
            PartNumberMarker = marker,
            NextPartNumberMarker = last,
            MaxParts = countMax,
            IsTruncated = last < record.Parts.Count,

            // S3 lists the parts only of objects whose checksum is made of them.
            Parts = record.Checksum is not { Composite: true } ? null : [.. page.Select(entry =>
            {
                var texts = algorithm is { } name ? ChecksumTexts.Of(name, entry.Part.Digest) : default;
                return new Api.S3.ObjectPart
                {
                    PartNumber = entry.Number,
                    Size = entry.Part.Size,
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

    private readonly record struct Selection(StoredObject Found, ByteRange Range, string? ContentRange, int? PartsCount);
}
