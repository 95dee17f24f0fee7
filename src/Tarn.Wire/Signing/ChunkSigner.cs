using System.Security.Cryptography;
using System.Text;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;

namespace Tarn.Wire.Signing;

/// <summary>
/// The chain of signatures through an aws-chunked body: each chunk's covers the one before, beginning with that of the request. Not
/// thread-safe; belongs to one body.
/// </summary>
internal sealed class ChunkSigner(ServiceModel service, string accessKeyId, byte[] signingKey, string date, string scope, string seedSignature)
{
    private readonly byte[] previousSignature = Encoding.ASCII.GetBytes(seedSignature);

    /// <summary>Checks the signature of one chunk, given the SHA-256 of its data.</summary>
    public void VerifyChunk(ReadOnlySpan<byte> dataHash, ReadOnlySpan<char> provided)
    {
        var stringToSign = new ByteWriter(stackalloc byte[512]);
        WritePreamble(ref stringToSign, "AWS4-HMAC-SHA256-PAYLOAD"u8);
        stringToSign.Write(PayloadHash.OfNothing);
        stringToSign.Write((byte)'\n');
        stringToSign.WriteHex(dataHash);
        Verify(ref stringToSign, provided);
    }

    /// <summary>Checks the signature of the trailers, given their canonical text: <c>name:value\n</c> each.</summary>
    public void VerifyTrailer(ReadOnlySpan<byte> canonicalTrailers, ReadOnlySpan<char> provided)
    {
        var stringToSign = new ByteWriter(stackalloc byte[512]);
        WritePreamble(ref stringToSign, "AWS4-HMAC-SHA256-TRAILER"u8);
        Span<byte> hash = stackalloc byte[SigningKey.SizeBytes];
        SHA256.HashData(canonicalTrailers, hash);
        stringToSign.WriteHex(hash);
        Verify(ref stringToSign, provided);
    }

    private void WritePreamble(ref ByteWriter stringToSign, ReadOnlySpan<byte> algorithm)
    {
        stringToSign.Write(algorithm);
        stringToSign.Write((byte)'\n');
        stringToSign.Write(date);
        stringToSign.Write((byte)'\n');
        stringToSign.Write(scope);
        stringToSign.Write((byte)'\n');
        stringToSign.Write(previousSignature);
        stringToSign.Write((byte)'\n');
    }

    private void Verify(ref ByteWriter stringToSign, ReadOnlySpan<char> provided)
    {
        SigningKey.Sign(signingKey, stringToSign.Written, previousSignature);
        AwsException? refusal = SigningKey.Matches(previousSignature, provided)
            ? null
            : SigningErrors.Mismatch(service, accessKeyId, provided, stringToSign.Written, canonicalRequest: default);
        stringToSign.Dispose();
        if (refusal is not null)
        {
            throw refusal;
        }
    }
}
