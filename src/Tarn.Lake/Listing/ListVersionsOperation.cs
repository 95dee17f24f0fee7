using Tarn.Api.S3;
using Tarn.Lake.Buckets;
using Tarn.Wire.Checksums;
using Tarn.Wire.Dispatch;

namespace Tarn.Lake.Listing;

/// <summary>
/// ListObjectVersions. No bucket has versions, so each object has one, whose id is <c>null</c>, as in a bucket of S3 that never was versioned. Clients that
/// empty a bucket list it this way.
/// </summary>
internal sealed class ListVersionsOperation(BucketStore buckets, BucketLister lister, LakeOptions options)
{
    private const string OnlyVersion = "null";

    public async ValueTask<ListObjectVersionsOutput> ListObjectVersions(ListObjectVersionsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner);
        RequireMarkers(request);
        var encoding = new ListEncoding(request.EncodingType);
        var countMax = ListOperations.CountMax(request.MaxKeys, options.PageMax);

        // One version a key: what follows a version of a key is what follows the key.
        var query = new ListQuery(request.Prefix ?? "", request.Delimiter ?? "", request.KeyMarker ?? "", countMax);
        var page = await lister.ReadAsync(bucket, query, cancellationToken).ConfigureAwait(false);
        var owner = new Owner { ID = CanonicalUser.IdOf(bucket.Record.AccountId) };
        var endsInKey = page.Last is { } last && !page.CommonPrefixes.Contains(last);
        return new ListObjectVersionsOutput
        {
            Name = request.Bucket,
            Prefix = encoding.Encode(query.Prefix),
            KeyMarker = encoding.Encode(query.After),
            VersionIdMarker = request.VersionIdMarker ?? "",
            NextKeyMarker = page.Last is { } next ? encoding.Encode(next) : null,
            NextVersionIdMarker = endsInKey ? OnlyVersion : null,
            MaxKeys = countMax,
            Delimiter = query.Delimiter.Length == 0 ? null : encoding.Encode(query.Delimiter),
            IsTruncated = page.IsTruncated,
            EncodingType = request.EncodingType,
            Versions = [.. page.Objects.Select(found => new ObjectVersion
            {
                Key = encoding.Encode(found.Key),
                VersionId = OnlyVersion,
                IsLatest = true,
                LastModified = found.Facts.Modified,
                ETag = found.ETag,
                Size = found.Facts.Size,
                StorageClass = found.Record.StorageClass ?? "STANDARD",
                Owner = owner,
                ChecksumAlgorithm = found.Record.Checksum is { } checksum ? [checksum.Algorithm.AwsName()] : null,
                ChecksumType = found.Record.Checksum?.TypeName,
            })],
            CommonPrefixes = ListOperations.Prefixes(page, encoding),
        };
    }

    private static void RequireMarkers(ListObjectVersionsRequest request)
    {
        if (string.IsNullOrEmpty(request.VersionIdMarker))
        {
            return;
        }

        if (string.IsNullOrEmpty(request.KeyMarker))
        {
            throw LakeErrors.InvalidArgument("A version-id marker cannot be specified without a key marker.", "version-id-marker", request.VersionIdMarker);
        }

        if (request.VersionIdMarker != OnlyVersion)
        {
            throw LakeErrors.InvalidArgument("Invalid version id specified", "version-id-marker", request.VersionIdMarker);
        }
    }
}
