using System.Security.Cryptography;

namespace Tarn.Wire.Signing;

/// <summary>SigV4's string to sign: algorithm, time, scope and the hash of the canonical request, a line each.</summary>
internal static class StringToSign
{
    /// <param name="date">As <c>20150830T123600Z</c>.</param>
    /// <param name="scope">As <c>20150830/us-east-1/glue/aws4_request</c>.</param>
    public static void Write(ref ByteWriter writer, ReadOnlySpan<char> date, ReadOnlySpan<char> scope, ReadOnlySpan<byte> canonicalRequest)
    {
        Span<byte> hash = stackalloc byte[SigningKey.SizeBytes];
        SHA256.HashData(canonicalRequest, hash);
        writer.Write("AWS4-HMAC-SHA256\n"u8);
        writer.Write(date);
        writer.Write((byte)'\n');
        writer.Write(scope);
        writer.Write((byte)'\n');
        writer.WriteHex(hash);
    }
}
