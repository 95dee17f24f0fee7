using System.Buffers.Text;
using System.Text;
using Tarn.Api.S3;
using Tarn.Lake.Buckets;
using Tarn.Wire.Checksums;
using Tarn.Wire.Dispatch;
using Object = Tarn.Api.S3.Object;

namespace Tarn.Lake.Listing;

/// <summary>ListObjects and ListObjectsV2.</summary>
internal sealed class ListOperations(BucketStore buckets, BucketLister lister, LakeOptions options)
{
    public async ValueTask<ListObjectsOutput> ListObjects(ListObjectsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner);
        var encoding = new ListEncoding(request.EncodingType);
        var countMax = CountMax(request.MaxKeys, options.PageMax);
        var query = new ListQuery(request.Prefix ?? "", request.Delimiter ?? "", request.Marker ?? "", countMax);
        var page = await lister.ReadAsync(bucket, query, cancellationToken).ConfigureAwait(false);
        return new ListObjectsOutput
        {
            Name = request.Bucket,
            Prefix = encoding.Encode(query.Prefix),
            Marker = encoding.Encode(query.After),
            MaxKeys = countMax,
            Delimiter = query.Delimiter.Length == 0 ? null : encoding.Encode(query.Delimiter),
            IsTruncated = page.IsTruncated,

            // Without a delimiter the client takes the last key.
            NextMarker = page.Last is { } last && query.Delimiter.Length > 0 ? encoding.Encode(last) : null,
            EncodingType = request.EncodingType,
            Contents = Contents(page, encoding, new Owner { ID = CanonicalUser.IdOf(bucket.Record.AccountId) }),
            CommonPrefixes = Prefixes(page, encoding),
        };
    }

    public async ValueTask<ListObjectsV2Output> ListObjectsV2(ListObjectsV2Request request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner);
        var encoding = new ListEncoding(request.EncodingType);
        var countMax = CountMax(request.MaxKeys, options.PageMax);
        var after = request.ContinuationToken is { } token ? ContinuationToken.Read(token) : request.StartAfter ?? "";
        var query = new ListQuery(request.Prefix ?? "", request.Delimiter ?? "", after, countMax);
        var page = await lister.ReadAsync(bucket, query, cancellationToken).ConfigureAwait(false);
        return new ListObjectsV2Output
        {
            Name = request.Bucket,
            Prefix = encoding.Encode(query.Prefix),
            MaxKeys = countMax,
            KeyCount = page.Objects.Count + page.CommonPrefixes.Count,
            Delimiter = query.Delimiter.Length == 0 ? null : encoding.Encode(query.Delimiter),
            IsTruncated = page.IsTruncated,
            ContinuationToken = request.ContinuationToken,
            NextContinuationToken = page.Last is { } last ? ContinuationToken.Write(last) : null,
            StartAfter = request.StartAfter is { } start ? encoding.Encode(start) : null,
            EncodingType = request.EncodingType,
            Contents = Contents(page, encoding, request.FetchOwner == true ? new Owner { ID = CanonicalUser.IdOf(bucket.Record.AccountId) } : null),
            CommonPrefixes = Prefixes(page, encoding),
        };
    }

    /// <summary>What a page may hold of what the client asked for.</summary>
    public static int CountMax(int? asked, int pageMax) =>
        asked < 0 ? throw LakeErrors.InvalidArgument("Argument maxKeys must be an integer between 0 and 2147483647", "maxKeys", $"{asked}") : Math.Min(asked ?? pageMax, pageMax);

    private static IReadOnlyList<Object> Contents(ListPage page, ListEncoding encoding, Owner? owner) =>
        [.. page.Objects.Select(found => new Object
        {
            Key = encoding.Encode(found.Key),
            LastModified = found.Facts.Modified,
            ETag = found.ETag,
            Size = found.Facts.Size,
            StorageClass = found.Record.StorageClass ?? "STANDARD",
            Owner = owner,
            ChecksumAlgorithm = found.Record.Checksum is { } checksum ? [checksum.Algorithm.AwsName()] : null,
            ChecksumType = found.Record.Checksum?.TypeName,
        })];

    public static IReadOnlyList<CommonPrefix> Prefixes(ListPage page, ListEncoding encoding) =>
        [.. page.CommonPrefixes.Select(prefix => new CommonPrefix { Prefix = encoding.Encode(prefix) })];
}

/// <summary>The parameter encoding-type: <c>url</c>, or nothing.</summary>
internal readonly struct ListEncoding
{
    private readonly bool url;

    public ListEncoding(string? encodingType)
    {
        url = encodingType switch
        {
            null => false,
            "url" => true,
            _ => throw LakeErrors.InvalidArgument("Invalid Encoding Method specified in Request", "encoding-type", encodingType),
        };
    }

    public string Encode(string text) => url ? Uri.EscapeDataString(text).Replace("%2F", "/", StringComparison.Ordinal) : text;
}

/// <summary>The point at which a listing goes on, opaque to clients: base64url of a version byte and the last key or common prefix.</summary>
internal static class ContinuationToken
{
    private const byte Version = 1;

    public static string Write(string last) => Base64Url.EncodeToString([Version, .. Encoding.UTF8.GetBytes(last)]);

    public static string Read(string token)
    {
        var bytes = new byte[token.Length];
        return Base64Url.IsValid(token) && Base64Url.TryDecodeFromChars(token, bytes, out var count) && count > 1 && bytes[0] == Version
            ? Encoding.UTF8.GetString(bytes, 1, count - 1)
            : throw LakeErrors.InvalidArgument("The continuation token provided is incorrect", "continuation-token", token);
    }
}
