using System.Text;
using Microsoft.AspNetCore.Http;
using Tarn.Api.S3;
using Tarn.Wire.Protocols.Rest;

namespace Tarn.Lake.Objects;

/// <summary>
/// The record that the headers of PutObject, CopyObject and CreateMultipartUpload ask for, and the refusal of headers that ask for what Tarn does not do.
/// </summary>
internal static class RequestedRecord
{
    private const int KeyBytesMax = 1024;

    private static readonly HashSet<string> StorageClasses = new(StringComparer.Ordinal)
    {
        "STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE", "GLACIER_IR",
    };

    public static ObjectRecord Of(PutObjectRequest request, HttpContext http, LakeOptions options)
    {
        if (request.WriteOffsetBytes is not null)
        {
            throw LakeErrors.NotImplementedHeader("x-amz-write-offset-bytes");
        }

        RefuseProtection(request.ACL, request.GrantFullControl ?? request.GrantRead ?? request.GrantReadACP ?? request.GrantWriteACP, request.ServerSideEncryption, request.SSECustomerAlgorithm ?? request.SSECustomerKey, request.ObjectLockMode ?? request.ObjectLockLegalHoldStatus);
        return new ObjectRecord
        {
            ContentType = string.IsNullOrEmpty(request.ContentType) ? null : request.ContentType,
            CacheControl = request.CacheControl,
            ContentDisposition = request.ContentDisposition,
            ContentEncoding = WithoutChunked(request.ContentEncoding),
            ContentLanguage = request.ContentLanguage,
            Expires = request.Expires,
            ExpiresText = LenientDates.ExpiresText(http),
            WebsiteRedirectLocation = RedirectOf(request.WebsiteRedirectLocation),
            StorageClass = StorageClassOf(request.StorageClass),
            ServerSideEncryption = request.ServerSideEncryption,
            UserMetadata = UserMetadata(request.Metadata, options),
            Tags = TagSet.FromHeader(request.Tagging),
        };
    }

    public static ObjectRecord Of(CopyObjectRequest request, HttpContext http, LakeOptions options)
    {
        RefuseProtection(request.ACL, request.GrantFullControl ?? request.GrantRead ?? request.GrantReadACP ?? request.GrantWriteACP, request.ServerSideEncryption, request.SSECustomerAlgorithm ?? request.SSECustomerKey ?? request.CopySourceSSECustomerAlgorithm, request.ObjectLockMode ?? request.ObjectLockLegalHoldStatus);
        return new ObjectRecord
        {
            ContentType = string.IsNullOrEmpty(request.ContentType) ? null : request.ContentType,
            CacheControl = request.CacheControl,
            ContentDisposition = request.ContentDisposition,
            ContentEncoding = WithoutChunked(request.ContentEncoding),
            ContentLanguage = request.ContentLanguage,
            Expires = request.Expires,
            ExpiresText = LenientDates.ExpiresText(http),
            WebsiteRedirectLocation = RedirectOf(request.WebsiteRedirectLocation),
            StorageClass = StorageClassOf(request.StorageClass),
            ServerSideEncryption = request.ServerSideEncryption,
            UserMetadata = UserMetadata(request.Metadata, options),
            Tags = TagSet.FromHeader(request.Tagging),
        };
    }

    public static ObjectRecord Of(CreateMultipartUploadRequest request, HttpContext http, LakeOptions options)
    {
        RefuseProtection(request.ACL, request.GrantFullControl ?? request.GrantRead ?? request.GrantReadACP ?? request.GrantWriteACP, request.ServerSideEncryption, request.SSECustomerAlgorithm ?? request.SSECustomerKey, request.ObjectLockMode ?? request.ObjectLockLegalHoldStatus);
        return new ObjectRecord
        {
            ContentType = string.IsNullOrEmpty(request.ContentType) ? null : request.ContentType,
            CacheControl = request.CacheControl,
            ContentDisposition = request.ContentDisposition,
            ContentEncoding = WithoutChunked(request.ContentEncoding),
            ContentLanguage = request.ContentLanguage,
            Expires = request.Expires,
            ExpiresText = LenientDates.ExpiresText(http),
            WebsiteRedirectLocation = RedirectOf(request.WebsiteRedirectLocation),
            StorageClass = StorageClassOf(request.StorageClass),
            ServerSideEncryption = request.ServerSideEncryption,
            UserMetadata = UserMetadata(request.Metadata, options),
            Tags = TagSet.FromHeader(request.Tagging),
        };
    }

    /// <summary>Refuses a key that is longer than S3's 1,024 bytes, which is also what paths are made for.</summary>
    public static void RequireKey(string key)
    {
        var bytes = Encoding.UTF8.GetByteCount(key);
        if (bytes > KeyBytesMax)
        {
            throw LakeErrors.KeyTooLong(bytes, KeyBytesMax);
        }
    }

    /// <summary>Refuses what the default bucket of AWS refuses (ACLs) and what Tarn does not do (keys of the client or of KMS, object lock).</summary>
    public static void RefuseProtection(string? acl, string? grant, string? encryption, string? customerKey, string? objectLock)
    {
        if (acl is not (null or "private" or "bucket-owner-full-control") || grant is not null)
        {
            throw new Tarn.Contracts.AwsException("AccessControlListNotSupported", "The bucket does not allow ACLs", 400);
        }

        if (encryption is not (null or "AES256"))
        {
            throw LakeErrors.NotImplementedHeader("x-amz-server-side-encryption");
        }

        if (customerKey is not null)
        {
            throw LakeErrors.NotImplementedHeader("x-amz-server-side-encryption-customer-algorithm");
        }

        if (objectLock is not null)
        {
            throw LakeErrors.InvalidRequest("Bucket is missing Object Lock Configuration");
        }
    }

    private static string? StorageClassOf(string? storageClass) =>
        storageClass is null or "STANDARD" ? null : StorageClasses.Contains(storageClass) ? storageClass : throw LakeErrors.InvalidStorageClass(storageClass);

    private static string? RedirectOf(string? location) =>
        location is null || location.StartsWith('/') || location.StartsWith("http://", StringComparison.Ordinal) || location.StartsWith("https://", StringComparison.Ordinal)
            ? location
            : throw LakeErrors.InvalidRedirectLocation();

    /// <summary>aws-chunked is the encoding of the transfer, not of the object.</summary>
    private static string? WithoutChunked(string? contentEncoding)
    {
        if (contentEncoding is null)
        {
            return null;
        }

        var rest = string.Join(",", contentEncoding.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(token => !token.Equals("aws-chunked", StringComparison.OrdinalIgnoreCase)));
        return rest.Length == 0 ? null : rest;
    }

    private static IReadOnlyList<KeyValuePair<string, string>> UserMetadata(IReadOnlyDictionary<string, string>? metadata, LakeOptions options)
    {
        if (metadata is null || metadata.Count == 0)
        {
            return [];
        }

        var bytes = metadata.Sum(entry => Encoding.UTF8.GetByteCount(entry.Key) + Encoding.UTF8.GetByteCount(entry.Value));
        return bytes > options.UserMetadataBytesMax
            ? throw LakeErrors.MetadataTooLarge(bytes, options.UserMetadataBytesMax)
            : [.. metadata.Select(entry => KeyValuePair.Create(entry.Key.ToLowerInvariant(), MailWords.Decode(entry.Value)))];
    }
}
