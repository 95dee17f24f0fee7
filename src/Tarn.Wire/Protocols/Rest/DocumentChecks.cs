using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Tarn.Contracts;
using Tarn.Wire.Checksums;
using Tarn.Wire.Signing;

namespace Tarn.Wire.Protocols.Rest;

/// <summary>Content-MD5 and the checksum headers of a body that is a document: S3 refuses one that is not what its client sent.</summary>
internal static class DocumentChecks
{
    /// <param name="isMember">Whether a header is a member of the input, and so says nothing of the body.</param>
    public static void Verify(HttpRequest request, ReadOnlySpan<byte> body, Func<string, bool> isMember)
    {
        if (request.Headers.TryGetValue("Content-MD5", out var md5))
        {
            VerifyMd5(md5.ToString(), body);
        }

        foreach (var header in request.Headers)
        {
            if (!ChecksumAlgorithms.TryFromHeaderName(header.Key, out var algorithm) || isMember(algorithm.HeaderName()))
            {
                continue;
            }

            using var checksum = new Checksum(algorithm);
            checksum.Append(body);
            if (checksum.FinishBase64() != header.Value.ToString())
            {
                throw PayloadErrors.BadDigest(algorithm);
            }
        }
    }

    private static void VerifyMd5(string sent, ReadOnlySpan<byte> body)
    {
        Span<byte> digest = stackalloc byte[MD5.HashSizeInBytes];
        Span<byte> expected = stackalloc byte[MD5.HashSizeInBytes + 3];
        if (!Convert.TryFromBase64String(sent, expected, out var length) || length != MD5.HashSizeInBytes)
        {
            throw new AwsException("InvalidDigest", "The Content-MD5 you specified was invalid.") { Members = [new("Content-MD5", sent)] };
        }

        MD5.HashData(body, digest);
        if (!digest.SequenceEqual(expected[..length]))
        {
            throw new AwsException("BadDigest", "The Content-MD5 you specified did not match what we received.")
            {
                Members = [new("ExpectedDigest", sent), new("CalculatedDigest", Convert.ToBase64String(digest))],
            };
        }
    }
}
