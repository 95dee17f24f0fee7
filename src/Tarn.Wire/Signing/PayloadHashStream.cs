using System.Security.Cryptography;

namespace Tarn.Wire.Signing;

/// <summary>
/// A request body whose SHA-256 was signed: hashed as it is read, and refused (<c>XAmzContentSHA256Mismatch</c>) before its last
/// bytes are handed out when the hash is another. Not thread-safe, as any stream.
/// </summary>
internal sealed class PayloadHashStream(Stream body, string expectedHash, long? contentLength) : ReadOnlyBodyStream
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long bytesRead;
    private bool verified;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await body.ReadAsync(buffer, cancellationToken);
        hash.AppendData(buffer.Span[..count]);
        bytesRead += count;

        // With a known length the check comes with the last bytes, for readers that do not go on to see the end.
        if (!verified && ((count == 0 && buffer.Length > 0) || bytesRead == contentLength))
        {
            Verify();
        }

        return count;
    }

    protected override void Dispose(bool disposing)
    {
        hash.Dispose();
        base.Dispose(disposing);
    }

    private void Verify()
    {
        Span<byte> computed = stackalloc byte[SigningKey.SizeBytes];
        hash.GetHashAndReset(computed);
        var text = Convert.ToHexStringLower(computed);
        if (!text.Equals(expectedHash, StringComparison.OrdinalIgnoreCase))
        {
            throw PayloadErrors.ContentSha256Mismatch(expectedHash, text);
        }

        verified = true;
    }
}
