using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tarn.Clients.Kinesis;

/// <summary>A shard's part of the hash keys, 0 to 2^128-1; both ends belong to it.</summary>
public readonly record struct HashKeyRange(UInt128 Starting, UInt128 Ending)
{
    /// <summary>Every hash key: the range of a stream with one shard.</summary>
    public static HashKeyRange All { get; } = new(UInt128.MinValue, UInt128.MaxValue);

    public bool Contains(UInt128 hashKey) => hashKey >= Starting && hashKey <= Ending;
}

/// <summary>How Kinesis turns a partition key into a hash key.</summary>
public static class HashKey
{
    /// <summary>The MD5 of the key's UTF-8 as a big-endian number.</summary>
    public static UInt128 OfPartitionKey(string partitionKey)
    {
        ArgumentNullException.ThrowIfNull(partitionKey);
        // 256 characters are at most 768 bytes of UTF-8; a longer key is refused by the service, and hashed here all the same.
        var length = Encoding.UTF8.GetMaxByteCount(partitionKey.Length);
        var bytes = length <= 1024 ? stackalloc byte[length] : new byte[length];
        var written = Encoding.UTF8.GetBytes(partitionKey, bytes);
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(bytes[..written], hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    /// <summary>Reads the decimal form that AWS writes: no sign, no leading zero, below 2^128. False for anything else.</summary>
    public static bool TryParse(string? text, out UInt128 hashKey)
    {
        hashKey = default;
        return text is { Length: > 0 and <= 39 } && (text[0] != '0' || text.Length == 1)
            && UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out hashKey);
    }
}
