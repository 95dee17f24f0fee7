using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;

namespace Tarn.Wire.Signing;

/// <summary>The last line of a canonical request: a SHA-256 in hexadecimal, or one of AWS's words for a body that is signed otherwise.</summary>
internal static class PayloadHash
{
    /// <summary>The SHA-256 of no bytes.</summary>
    public const string OfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    public const string Unsigned = "UNSIGNED-PAYLOAD";

    public const string SignedChunks = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";

    public const string SignedChunksAndTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";

    public const string UnsignedChunksAndTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

    public static bool IsChunked(string value) => value is SignedChunks or SignedChunksAndTrailer or UnsignedChunksAndTrailer;

    public static bool IsHash(ReadOnlySpan<char> value)
    {
        if (value.Length != 64)
        {
            return false;
        }

        foreach (var digit in value)
        {
            if (!char.IsAsciiHexDigit(digit))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// The hash of a whole body, which stays in the reader: whoever reads next gets it from its first byte. Holds up to
    /// <paramref name="bytesMax"/> in the reader's buffers and throws beyond.
    /// </summary>
    public static async ValueTask<string> ComputeAsync(PipeReader body, long bytesMax, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await body.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            if (buffer.Length > bytesMax)
            {
                body.AdvanceTo(buffer.Start, buffer.End);
                throw PayloadErrors.BodyTooLarge(bytesMax);
            }

            if (result.IsCompleted)
            {
                var hash = Compute(buffer);

                // Nothing consumed, nothing examined: the next read returns at once with the same bytes.
                body.AdvanceTo(buffer.Start, buffer.Start);
                return hash;
            }

            body.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>The hash of a body that has been read.</summary>
    public static string Compute(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            return OfNothing;
        }

        Span<byte> hash = stackalloc byte[SigningKey.SizeBytes];
        SHA256.HashData(body, hash);
        return Convert.ToHexStringLower(hash);
    }

    private static string Compute(ReadOnlySequence<byte> body)
    {
        if (body.IsSingleSegment)
        {
            return Compute(body.FirstSpan);
        }

        Span<byte> hash = stackalloc byte[SigningKey.SizeBytes];
        using var incremental = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var segment in body)
        {
            incremental.AppendData(segment.Span);
        }

        incremental.GetHashAndReset(hash);
        return Convert.ToHexStringLower(hash);
    }
}
