using System.Text;
using Tarn.Api.S3;
using Tarn.Lake.Buckets;
using Tarn.Lake.Listing;
using Tarn.Wire.Checksums;
using Tarn.Wire.Dispatch;

namespace Tarn.Lake.Multipart;

/// <summary>ListMultipartUploads: by key, then by upload id.</summary>
internal sealed class ListUploadsOperation(BucketStore buckets, UploadStore uploads, LakeOptions options)
{
    public async ValueTask<ListMultipartUploadsOutput> ListMultipartUploads(ListMultipartUploadsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var bucket = buckets.Get(context.Scope, request.Bucket!, request.ExpectedBucketOwner);
        var encoding = new ListEncoding(request.EncodingType);
        var countMax = request.MaxUploads < 0
            ? throw LakeErrors.InvalidArgument("Argument max-uploads must be an integer between 0 and 2147483647", "max-uploads", $"{request.MaxUploads}")
            : Math.Min(request.MaxUploads ?? options.PageMax, options.PageMax);
        var page = await ReadAsync(bucket.Name, request, countMax, cancellationToken).ConfigureAwait(false);
        var user = CanonicalUser.IdOf(bucket.Record.AccountId);
        return new ListMultipartUploadsOutput
        {
            Bucket = request.Bucket,
            KeyMarker = encoding.Encode(request.KeyMarker ?? ""),
            UploadIdMarker = request.UploadIdMarker ?? "",
            Prefix = encoding.Encode(request.Prefix ?? ""),
            Delimiter = string.IsNullOrEmpty(request.Delimiter) ? null : encoding.Encode(request.Delimiter),
            MaxUploads = countMax,
            IsTruncated = page.Truncated,
            NextKeyMarker = page.Truncated ? encoding.Encode(page.NextKey) : null,
            NextUploadIdMarker = page.Truncated ? page.NextId : null,
            EncodingType = request.EncodingType,
            Uploads = [.. page.Uploads.Select(upload => new MultipartUpload
            {
                UploadId = upload.Id,
                Key = encoding.Encode(upload.Key),
                Initiated = upload.Initiated,
                StorageClass = upload.Record.StorageClass ?? "STANDARD",
                Owner = new Owner { ID = user },
                Initiator = new Initiator { ID = user },
                ChecksumAlgorithm = upload.Asked ? upload.Algorithm.AwsName() : null,
                ChecksumType = upload.Asked ? upload.ChecksumTypeName : null,
            })],
            CommonPrefixes = [.. page.Groups.Select(group => new CommonPrefix { Prefix = encoding.Encode(group) })],
        };
    }

    private async ValueTask<Page> ReadAsync(string bucket, ListMultipartUploadsRequest request, int countMax, CancellationToken cancellationToken)
    {
        var (prefix, delimiter) = (request.Prefix ?? "", request.Delimiter ?? "");
        var page = new Page([], [], Truncated: false, "", "");
        var after = Encoding.UTF8.GetBytes(request.KeyMarker ?? "");
        if (request.KeyMarker is { Length: > 0 } marker && GroupOf(marker, prefix, delimiter) == marker)
        {
            after = [.. after, 0xFF];
        }

        // Without a key marker an id marker means nothing.
        var afterId = string.IsNullOrEmpty(request.KeyMarker) ? "" : string.IsNullOrEmpty(request.UploadIdMarker) ? null : request.UploadIdMarker;
        while (countMax > 0)
        {
            var rows = await uploads.ListAsync(bucket, Encoding.UTF8.GetBytes(prefix), after, afterId, countMax + 1, cancellationToken).ConfigureAwait(false);
            var skipped = false;
            foreach (var upload in rows)
            {
                if (page.Uploads.Count + page.Groups.Count == countMax)
                {
                    return page with { Truncated = true };
                }

                if (GroupOf(upload.Key, prefix, delimiter) is { } group)
                {
                    page.Groups.Add(group);
                    page = page with { NextKey = group, NextId = "" };
                    (after, afterId, skipped) = ([.. Encoding.UTF8.GetBytes(group), 0xFF], null, true);
                    break;
                }

                page.Uploads.Add(upload);
                page = page with { NextKey = upload.Key, NextId = upload.Id };
                (after, afterId) = (Encoding.UTF8.GetBytes(upload.Key), upload.Id);
            }

            if (!skipped && rows.Count <= countMax)
            {
                break;
            }
        }

        return page;
    }

    private static string? GroupOf(string key, string prefix, string delimiter)
    {
        if (delimiter.Length == 0 || !key.StartsWith(prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var at = key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
        return at < 0 ? null : key[..(at + delimiter.Length)];
    }

    private sealed record Page(List<Upload> Uploads, List<string> Groups, bool Truncated, string NextKey, string NextId);
}
