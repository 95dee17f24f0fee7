using System.Security.Cryptography;
using System.Text;

namespace Tarn.Wire.Signing;

/// <summary>SigV4's key derivation and signature. Pure.</summary>
internal static class SigningKey
{
    public const int SizeBytes = 32;

    /// <summary>The key that signs everything of one access key on one day in one region for one service.</summary>
    public static byte[] Derive(string secret, ReadOnlySpan<char> date, ReadOnlySpan<char> region, ReadOnlySpan<char> service)
    {
        var key = new byte[SizeBytes];
        var text = new ByteWriter(stackalloc byte[256]);
        text.Write("AWS4"u8);
        text.Write(secret);
        HMACSHA256.HashData(text.Written, Utf8(date), key);
        text.Dispose();
        HMACSHA256.HashData(key, Utf8(region), key);
        HMACSHA256.HashData(key, Utf8(service), key);
        HMACSHA256.HashData(key, "aws4_request"u8, key);
        return key;
    }

    /// <summary>The signature of a text in lower-case hexadecimal ASCII, 64 bytes.</summary>
    public static void Sign(ReadOnlySpan<byte> key, ReadOnlySpan<byte> stringToSign, Span<byte> signatureHex)
    {
        Span<byte> signature = stackalloc byte[SizeBytes];
        HMACSHA256.HashData(key, stringToSign, signature);
        Convert.TryToHexStringLower(signature, signatureHex, out _);
    }

    /// <summary>Compares a signature with the one a client sent, in a time that does not depend on where they differ.</summary>
    public static bool Matches(ReadOnlySpan<byte> signatureHex, ReadOnlySpan<char> provided)
    {
        Span<byte> bytes = stackalloc byte[2 * SizeBytes];
        return provided.Length == bytes.Length
            && Encoding.ASCII.TryGetBytes(provided, bytes, out _)
            && CryptographicOperations.FixedTimeEquals(signatureHex, bytes);
    }

    private static byte[] Utf8(ReadOnlySpan<char> text)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }
}
