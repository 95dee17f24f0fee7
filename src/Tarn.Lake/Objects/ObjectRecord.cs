using Tarn.Wire.Checksums;

namespace Tarn.Lake.Objects;

/// <summary>What S3 knows of an object beside its bytes (docs/formats/lake.md, "Record of an object"). Immutable.</summary>
internal sealed record ObjectRecord
{
    /// <summary>The record of a file that did not come through S3: everything at its default.</summary>
    public static readonly ObjectRecord Foreign = new();

    /// <summary>Bytes of the body that the digests belong to.</summary>
    public long Size { get; init; }

    /// <summary>Modification time of that body, nanoseconds since 1970 UTC.</summary>
    public long ModifiedNs { get; init; }

    /// <summary>16 bytes: of the body, or over the parts' MD5s; empty when not known.</summary>
    public ReadOnlyMemory<byte> Md5 { get; init; }

    /// <summary>The number behind the dash of a multipart ETag; 0 for a plain one.</summary>
    public int ETagParts { get; init; }

    public string? ContentType { get; init; }
    public string? CacheControl { get; init; }
    public string? ContentDisposition { get; init; }
    public string? ContentEncoding { get; init; }
    public string? ContentLanguage { get; init; }
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The same where it was sent as something else than a date of HTTP; then <see cref="Expires"/> is null.</summary>
    public string? ExpiresText { get; init; }

    public string? WebsiteRedirectLocation { get; init; }

    /// <summary>Null for STANDARD.</summary>
    public string? StorageClass { get; init; }

    /// <summary>What was asked for; null for nothing.</summary>
    public string? ServerSideEncryption { get; init; }

    /// <summary>What answers say: every object of S3 has at least AES256 (docs/adr/0023).</summary>
    public string ShownEncryption => ServerSideEncryption ?? "AES256";

    /// <summary>Names in lower case without <c>x-amz-meta-</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> UserMetadata { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    public ObjectChecksum? Checksum { get; init; }

    /// <summary>Parts of a multipart upload in order; empty for others.</summary>
    public IReadOnlyList<ObjectPart> Parts { get; init; } = [];

    /// <summary>The id of the multipart upload that made the object, by which completing it again is known; null for other objects.</summary>
    public string? UploadId { get; init; }

    /// <summary>The ETag in double quotes; null when not known.</summary>
    public string? ETag => Md5.IsEmpty ? null : ETagText(Md5.Span, ETagParts);

    /// <summary>The same without what belongs to the bytes, for a body that another tool has changed.</summary>
    public ObjectRecord WithoutDigests => this with { Md5 = default, ETagParts = 0, Checksum = null, Parts = [], UploadId = null };

    public static string ETagText(ReadOnlySpan<byte> md5, int parts) =>
        parts == 0 ? $"\"{Convert.ToHexStringLower(md5)}\"" : $"\"{Convert.ToHexStringLower(md5)}-{parts}\"";
}

/// <param name="Composite">Over the parts' digests (COMPOSITE) rather than over the bytes (FULL_OBJECT).</param>
internal sealed record ObjectChecksum(ChecksumAlgorithm Algorithm, bool Composite, ReadOnlyMemory<byte> Digest)
{
    public string TypeName => Composite ? "COMPOSITE" : "FULL_OBJECT";

    /// <summary>As headers give it: base64, with the number of parts behind it when it is composite.</summary>
    public string Text(int partCount) => Composite ? $"{Convert.ToBase64String(Digest.Span)}-{partCount}" : Convert.ToBase64String(Digest.Span);
}

/// <param name="Size">Bytes.</param>
/// <param name="Digest">In the algorithm of the object's checksum; empty when it has none.</param>
internal readonly record struct ObjectPart(long Size, ReadOnlyMemory<byte> Digest);
