using Microsoft.AspNetCore.Http;
using Tarn.Wire.Checksums;
using Tarn.Wire.Signing;

namespace Tarn.Lake.Objects;

/// <summary>What a client says of the body that it sends, so that a body which is not that is refused.</summary>
/// <param name="Md5">From Content-MD5; null for none.</param>
/// <param name="Algorithm">What is computed and kept.</param>
/// <param name="Named">Whether the client named the algorithm; otherwise it is S3's default, CRC64NVME.</param>
/// <param name="Digest">What it must be; null when not told, or told in the trailer.</param>
/// <param name="Trailer">Where the trailer's checksum comes from, verified; null when there is none.</param>
internal sealed record BodyChecks(byte[]? Md5, ChecksumAlgorithm Algorithm, bool Named, byte[]? Digest, ITrailingChecksums? Trailer)
{
    /// <param name="sdkAlgorithm">The header x-amz-sdk-checksum-algorithm.</param>
    /// <param name="unsupported">A checksum of the model that Tarn does not compute; null for none.</param>
    public static BodyChecks From(string? contentMd5, ChecksumTexts texts, string? unsupported, string? sdkAlgorithm, HttpContext http, ChecksumAlgorithm fallback)
    {
        if (unsupported is not null)
        {
            throw LakeErrors.InvalidRequest("The checksum algorithms XXHASH64, XXHASH3 and XXHASH128 are not supported.");
        }

        var md5 = contentMd5 is null ? null : Decode(contentMd5, 16) ?? throw LakeErrors.InvalidDigest(contentMd5);
        if (texts.Single() is var (algorithm, text))
        {
            return new BodyChecks(md5, algorithm, Named: true, Decode(text, algorithm.SizeBytes()) ?? throw LakeErrors.InvalidChecksumHeader(algorithm.HeaderName()), Trailer: null);
        }

        if (http.Features.Get<ITrailingChecksums>() is { Algorithm: { } trailing } trailer)
        {
            return new BodyChecks(md5, trailing, Named: true, Digest: null, trailer);
        }

        return sdkAlgorithm is null
            ? new BodyChecks(md5, fallback, Named: false, Digest: null, Trailer: null)
            : throw LakeErrors.InvalidRequest("x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.");
    }

    /// <summary>What the receiver computes beside MD5: nothing when the stream under it does.</summary>
    public ChecksumAlgorithm? Computed => Trailer is null ? Algorithm : null;

    /// <summary>Compares what came with what was said, and answers the digest to keep.</summary>
    public byte[] Verify(BodyDigests received)
    {
        if (Md5 is not null && !Md5.AsSpan().SequenceEqual(received.Md5))
        {
            throw LakeErrors.BadMd5(Convert.ToBase64String(Md5), Convert.ToBase64String(received.Md5));
        }

        if (Trailer is not null)
        {
            return Trailer.Value is { } value ? Convert.FromBase64String(value) : throw LakeErrors.InvalidRequest($"The trailer {Algorithm.HeaderName()} is missing.");
        }

        if (Digest is not null && !Digest.AsSpan().SequenceEqual(received.Checksum))
        {
            throw LakeErrors.BadChecksum(Algorithm.AwsName());
        }

        return received.Checksum;
    }

    /// <summary>Base64 of exactly so many bytes, or null.</summary>
    public static byte[]? Decode(string text, int bytes)
    {
        var buffer = new byte[bytes + 3];
        return Convert.TryFromBase64String(text, buffer, out var written) && written == bytes ? buffer[..bytes] : null;
    }
}
