using System.Buffers.Binary;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Tarn.Wire.Checksums;

/// <summary>
/// One checksum over bytes that arrive in pieces. CRCs are in big-endian order, as in S3's headers. Not thread-safe;
/// <see cref="Finish"/> starts the next one, so that an instance can be used again.
/// </summary>
public sealed class Checksum : IDisposable
{
    private readonly Crc? crc;
    private readonly IncrementalHash? hash;
    private ulong crcValue;

    public Checksum(ChecksumAlgorithm algorithm)
    {
        Algorithm = algorithm;
        switch (algorithm)
        {
            case ChecksumAlgorithm.Crc32 or ChecksumAlgorithm.Crc32C or ChecksumAlgorithm.Crc64Nvme:
                crc = Crc.For(algorithm);
                break;
            default:
                hash = IncrementalHash.CreateHash(HashName(algorithm));
                break;
        }
    }

    public ChecksumAlgorithm Algorithm { get; }

    /// <summary>The length of the digest in bytes.</summary>
    public int SizeBytes => Algorithm.SizeBytes();

    /// <summary>The digest of <paramref name="source"/>, written to <paramref name="destination"/>, which holds at least its size. Returns the size in bytes.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "S3 has SHA-1 as a checksum; nothing is kept secret with it.")]
    [SuppressMessage("Security", "CA5351", Justification = "S3 has MD5 as a checksum; nothing is kept secret with it.")]
    public static int Compute(ChecksumAlgorithm algorithm, ReadOnlySpan<byte> source, Span<byte> destination) => algorithm switch
    {
        ChecksumAlgorithm.Sha1 => SHA1.HashData(source, destination),
        ChecksumAlgorithm.Sha256 => SHA256.HashData(source, destination),
        ChecksumAlgorithm.Sha512 => SHA512.HashData(source, destination),
        ChecksumAlgorithm.Md5 => MD5.HashData(source, destination),
        _ => WriteCrc(Crc.For(algorithm), Crc.For(algorithm).Append(0, source), destination),
    };

    /// <summary>The digest of <paramref name="source"/> in base64, as S3's headers have it.</summary>
    public static string ComputeBase64(ChecksumAlgorithm algorithm, ReadOnlySpan<byte> source)
    {
        Span<byte> digest = stackalloc byte[ChecksumAlgorithms.SizeBytesMax];
        return Convert.ToBase64String(digest[..Compute(algorithm, source, digest)]);
    }

    public void Append(ReadOnlySpan<byte> source)
    {
        if (crc is not null)
        {
            crcValue = crc.Append(crcValue, source);
        }
        else
        {
            hash!.AppendData(source);
        }
    }

    /// <summary>Writes the digest of all bytes since the start, or since the last call, and starts again. Returns its size in bytes.</summary>
    public int Finish(Span<byte> destination)
    {
        if (crc is null)
        {
            return hash!.GetHashAndReset(destination);
        }

        var value = crcValue;
        crcValue = 0;
        return WriteCrc(crc, value, destination);
    }

    /// <summary>As <see cref="Finish"/>, in base64.</summary>
    public string FinishBase64()
    {
        Span<byte> digest = stackalloc byte[ChecksumAlgorithms.SizeBytesMax];
        return Convert.ToBase64String(digest[..Finish(digest)]);
    }

    public void Dispose() => hash?.Dispose();

    internal static int WriteCrc(Crc crc, ulong value, Span<byte> destination)
    {
        if (crc.WidthBits == 32)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)value);
        }
        else
        {
            BinaryPrimitives.WriteUInt64BigEndian(destination, value);
        }

        return crc.WidthBits / 8;
    }

    private static HashAlgorithmName HashName(ChecksumAlgorithm algorithm) => algorithm switch
    {
        ChecksumAlgorithm.Sha1 => HashAlgorithmName.SHA1,
        ChecksumAlgorithm.Sha256 => HashAlgorithmName.SHA256,
        ChecksumAlgorithm.Sha512 => HashAlgorithmName.SHA512,
        ChecksumAlgorithm.Md5 => HashAlgorithmName.MD5,
        _ => throw new UnreachableException(),
    };
}
