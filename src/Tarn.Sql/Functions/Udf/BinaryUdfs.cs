using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tarn.Sql.Functions.Udf;

/// <summary>Functions on bytes: parts, encodings, hashes.</summary>
internal static class BinaryUdfs
{
    private const string Base32Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static void Register(UdfTable udfs)
    {
        udfs.Add("trino_bytes_substr", (byte[] bytes, long start, long length) => Substring(bytes, start, length));
        udfs.Add("trino_bytes_reverse", (byte[] bytes) => bytes.Reverse().ToArray());
        udfs.Add("trino_bytes_pad", (byte[] bytes, long length, byte[] padding, bool left) => Pad(bytes, length, padding, left));
        udfs.Add("trino_md5", (byte[] bytes) => MD5.HashData(bytes));
        udfs.Add("trino_sha1", (byte[] bytes) => SHA1.HashData(bytes));
        udfs.Add("trino_sha256", (byte[] bytes) => SHA256.HashData(bytes));
        udfs.Add("trino_sha512", (byte[] bytes) => SHA512.HashData(bytes));
        udfs.Add("trino_hmac_md5", (byte[] bytes, byte[] key) => HMACMD5.HashData(key, bytes));
        udfs.Add("trino_hmac_sha1", (byte[] bytes, byte[] key) => HMACSHA1.HashData(key, bytes));
        udfs.Add("trino_hmac_sha256", (byte[] bytes, byte[] key) => HMACSHA256.HashData(key, bytes));
        udfs.Add("trino_hmac_sha512", (byte[] bytes, byte[] key) => HMACSHA512.HashData(key, bytes));
        udfs.Add("trino_xxhash64", (byte[] bytes) => Hashes.XxHash64(bytes));
        udfs.Add("trino_murmur3", (byte[] bytes) => Hashes.Murmur3(bytes));
        udfs.Add("trino_crc32", (byte[] bytes) => Hashes.Crc32(bytes));
        udfs.Add("trino_to_hex", (byte[] bytes) => Convert.ToHexString(bytes));
        udfs.Add("trino_from_hex", (string text) => FromHex(text));
        udfs.Add("trino_to_base64", (byte[] bytes) => Convert.ToBase64String(bytes));
        udfs.Add("trino_from_base64", (string text) => FromBase64(text));
        udfs.Add("trino_to_base64url", (byte[] bytes) => Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_'));
        udfs.Add("trino_from_base64url", (string text) => FromBase64(text.Replace('-', '+').Replace('_', '/')));
        udfs.Add("trino_to_base32", (byte[] bytes) => ToBase32(bytes));
        udfs.Add("trino_from_base32", (string text) => FromBase32(text));
        udfs.Add("trino_to_big_endian", (long value, int size) => ToBigEndian(value, size));
        udfs.Add("trino_from_big_endian", (byte[] bytes, int size) => FromBigEndian(bytes, size));
        udfs.Add("trino_to_ieee754_64", (double value) => ToBigEndian(double.IsNaN(value) ? 0x7FF8000000000000 : BitConverter.DoubleToInt64Bits(value), 8));
        udfs.Add("trino_to_ieee754_32", (float value) => ToBigEndian(float.IsNaN(value) ? 0x7FC00000 : BitConverter.SingleToInt32Bits(value), 4));
        udfs.Add("trino_from_ieee754_64", (byte[] bytes) => bytes.Length == 8 ? BinaryPrimitives.ReadDoubleBigEndian(bytes) : throw MathUdfs.Argument("Input floating-point value must be exactly 8 bytes long"));
        udfs.Add("trino_from_ieee754_32", (byte[] bytes) => bytes.Length == 4 ? BinaryPrimitives.ReadSingleBigEndian(bytes) : throw MathUdfs.Argument("Input floating-point value must be exactly 4 bytes long"));
        udfs.Add("trino_uuid_text", (byte[] bytes) => bytes.Length == 16 ? new Guid(bytes, bigEndian: true).ToString() : throw NumberTexts.Invalid($"Invalid UUID binary length: {bytes.Length}"));
        udfs.Add("trino_text_to_uuid", (string text) => text.Length == 36 && Guid.TryParseExact(text, "D", out var id) ? id.ToString() : throw NumberTexts.Invalid($"Cannot cast value to UUID: {text}"));
        udfs.Add("trino_text_to_ip", (string text) => IpAddresses.Parse(text));
        udfs.Add("trino_ip_text", (byte[] bytes) => IpAddresses.Format(bytes));
        udfs.Add("trino_ip_bytes", (byte[] bytes) => IpAddresses.FromBytes(bytes));
    }

    private static byte[] Substring(byte[] bytes, long start, long length)
    {
        var from = start > 0 ? start - 1 : bytes.Length + start;
        return start == 0 || length <= 0 || from < 0 || from >= bytes.Length ? [] : bytes.AsSpan((int)from, (int)Math.Min(length, bytes.Length - from)).ToArray();
    }

    private static byte[] Pad(byte[] bytes, long length, byte[] padding, bool left)
    {
        if (length is < 0 or > 16 * 1024 * 1024)
        {
            throw MathUdfs.Argument($"Target length must be in the range [0..{int.MaxValue}]");
        }

        if (padding.Length == 0)
        {
            throw MathUdfs.Argument("Padding bytes must not be empty");
        }

        if (bytes.Length >= length)
        {
            return bytes[..(int)length];
        }

        var fill = Enumerable.Range(0, (int)length - bytes.Length).Select(i => padding[i % padding.Length]).ToArray();
        return left ? [.. fill, .. bytes] : [.. bytes, .. fill];
    }

    private static byte[] FromHex(string text)
    {
        if (text.Length % 2 != 0)
        {
            throw MathUdfs.Argument("expected an even number of hex characters");
        }

        var bad = text.AsSpan().IndexOfAnyExcept("0123456789abcdefABCDEF");
        return bad < 0 ? Convert.FromHexString(text) : throw MathUdfs.Argument($"invalid hex character: {text[bad]}");
    }

    private static byte[] FromBase64(string text)
    {
        var padded = text.TrimEnd('=');
        padded = padded.PadRight((padded.Length + 3) / 4 * 4, '=');
        try
        {
            return Convert.FromBase64String(padded);
        }
        catch (FormatException)
        {
            throw MathUdfs.Argument($"Illegal base64 text: {text}");
        }
    }

    private static string ToBase32(byte[] bytes)
    {
        var text = new StringBuilder();
        for (var i = 0; i < bytes.Length; i += 5)
        {
            var chunk = new byte[8];
            bytes.AsSpan(i, Math.Min(5, bytes.Length - i)).CopyTo(chunk.AsSpan(3));
            var bits = BinaryPrimitives.ReadUInt64BigEndian(chunk);
            var used = ((Math.Min(5, bytes.Length - i) * 8) + 4) / 5;
            for (var c = 0; c < 8; c++)
            {
                text.Append(c < used ? Base32Alphabet[(int)(bits >> (35 - (c * 5))) & 31] : '=');
            }
        }

        return text.ToString();
    }

    private static byte[] FromBase32(string text)
    {
        var bytes = new List<byte>();
        var (bits, count) = (0, 0);
        foreach (var c in text.TrimEnd('='))
        {
            var value = Base32Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (value < 0)
            {
                throw MathUdfs.Argument($"Unrecognized character: {c}");
            }

            bits = ((bits << 5) | value) & 0xFFFF;
            count += 5;
            if (count >= 8)
            {
                count -= 8;
                bytes.Add((byte)(bits >> count));
            }
        }

        return [.. bytes];
    }

    private static byte[] ToBigEndian(long value, int size)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes[(8 - size)..];
    }

    private static long FromBigEndian(byte[] bytes, int size) => bytes.Length != size
        ? throw MathUdfs.Argument($"expected {size}-byte input, but got instead: {bytes.Length}")
        : size == 8 ? BinaryPrimitives.ReadInt64BigEndian(bytes) : BinaryPrimitives.ReadInt32BigEndian(bytes);
}
