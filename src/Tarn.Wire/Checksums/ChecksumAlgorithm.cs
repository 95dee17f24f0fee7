using System.Diagnostics;

namespace Tarn.Wire.Checksums;

/// <summary>
/// The checksums that S3 computes over an object. XXHASH64, XXHASH3 and XXHASH128, which the model also names, are not built:
/// <see cref="ChecksumAlgorithms.TryParse"/> does not know them.
/// </summary>
public enum ChecksumAlgorithm
{
    Crc32,
    Crc32C,
    Crc64Nvme,
    Sha1,
    Sha256,
    Sha512,
    Md5,
}

/// <summary>What S3 calls each algorithm, and what it may be used for.</summary>
public static class ChecksumAlgorithms
{
    /// <summary>Digests are at most this long (SHA-512).</summary>
    public const int SizeBytesMax = 64;

    private const string HeaderPrefix = "x-amz-checksum-";

    private static readonly ChecksumAlgorithm[] AllAlgorithms = Enum.GetValues<ChecksumAlgorithm>();

    public static IReadOnlyList<ChecksumAlgorithm> All => AllAlgorithms;

    /// <summary>The value of <c>x-amz-checksum-algorithm</c> and of the API, such as <c>CRC64NVME</c>.</summary>
    public static string AwsName(this ChecksumAlgorithm algorithm) => algorithm switch
    {
        ChecksumAlgorithm.Crc32 => "CRC32",
        ChecksumAlgorithm.Crc32C => "CRC32C",
        ChecksumAlgorithm.Crc64Nvme => "CRC64NVME",
        ChecksumAlgorithm.Sha1 => "SHA1",
        ChecksumAlgorithm.Sha256 => "SHA256",
        ChecksumAlgorithm.Sha512 => "SHA512",
        ChecksumAlgorithm.Md5 => "MD5",
        _ => throw new UnreachableException(),
    };

    /// <summary>The header, or trailer, that carries the base64 digest, in lower case, such as <c>x-amz-checksum-crc64nvme</c>.</summary>
    public static string HeaderName(this ChecksumAlgorithm algorithm) => algorithm switch
    {
        ChecksumAlgorithm.Crc32 => "x-amz-checksum-crc32",
        ChecksumAlgorithm.Crc32C => "x-amz-checksum-crc32c",
        ChecksumAlgorithm.Crc64Nvme => "x-amz-checksum-crc64nvme",
        ChecksumAlgorithm.Sha1 => "x-amz-checksum-sha1",
        ChecksumAlgorithm.Sha256 => "x-amz-checksum-sha256",
        ChecksumAlgorithm.Sha512 => "x-amz-checksum-sha512",
        ChecksumAlgorithm.Md5 => "x-amz-checksum-md5",
        _ => throw new UnreachableException(),
    };

    /// <summary>The length of the digest in bytes, before base64.</summary>
    public static int SizeBytes(this ChecksumAlgorithm algorithm) => algorithm switch
    {
        ChecksumAlgorithm.Crc32 or ChecksumAlgorithm.Crc32C => 4,
        ChecksumAlgorithm.Crc64Nvme => 8,
        ChecksumAlgorithm.Md5 => 16,
        ChecksumAlgorithm.Sha1 => 20,
        ChecksumAlgorithm.Sha256 => 32,
        ChecksumAlgorithm.Sha512 => 64,
        _ => throw new UnreachableException(),
    };

    /// <summary>Whether a multipart upload may ask for a FULL_OBJECT checksum: only CRCs of parts can be combined.</summary>
    public static bool SupportsFullObject(this ChecksumAlgorithm algorithm) =>
        algorithm is ChecksumAlgorithm.Crc32 or ChecksumAlgorithm.Crc32C or ChecksumAlgorithm.Crc64Nvme;

    /// <summary>Whether a multipart upload may ask for a COMPOSITE checksum: S3 has it for all but CRC64NVME.</summary>
    public static bool SupportsComposite(this ChecksumAlgorithm algorithm) => algorithm != ChecksumAlgorithm.Crc64Nvme;

    /// <summary>Reads the API's name in any case, as S3 does; false when there is no such algorithm here.</summary>
    public static bool TryParse(ReadOnlySpan<char> awsName, out ChecksumAlgorithm algorithm)
    {
        foreach (var candidate in AllAlgorithms)
        {
            if (awsName.Equals(candidate.AwsName(), StringComparison.OrdinalIgnoreCase))
            {
                algorithm = candidate;
                return true;
            }
        }

        algorithm = default;
        return false;
    }

    /// <summary>Reads a header or trailer name in any case; false for a header that carries no digest, such as <c>x-amz-checksum-type</c>.</summary>
    public static bool TryFromHeaderName(ReadOnlySpan<char> headerName, out ChecksumAlgorithm algorithm)
    {
        algorithm = default;
        return headerName.StartsWith(HeaderPrefix, StringComparison.OrdinalIgnoreCase)
            && TryParse(headerName[HeaderPrefix.Length..], out algorithm);
    }
}
