using System.Buffers.Binary;
using System.Globalization;

namespace Tarn.Wire.Checksums;

/// <summary>One part of a multipart upload as its checksum sees it.</summary>
/// <param name="Digest">The digest of the part's bytes, <see cref="ChecksumAlgorithms.SizeBytes"/> long.</param>
/// <param name="SizeBytes">The part's length; used by <see cref="MultipartChecksum.FullObject"/> only.</param>
public readonly record struct PartChecksum(ReadOnlyMemory<byte> Digest, long SizeBytes);

/// <summary>The checksum of an object that was uploaded in parts, from the checksums of the parts, in the order of their numbers.</summary>
public static class MultipartChecksum
{
    /// <summary>
    /// S3's COMPOSITE checksum: the digest of the parts' digests in a row, in base64, followed by <c>-</c> and the number of parts.
    /// </summary>
    public static string Composite(ChecksumAlgorithm algorithm, IReadOnlyList<PartChecksum> parts)
    {
        using var checksum = new Checksum(algorithm);
        foreach (var part in parts)
        {
            checksum.Append(CheckedDigest(algorithm, part));
        }

        return string.Create(CultureInfo.InvariantCulture, $"{checksum.FinishBase64()}-{parts.Count}");
    }

    /// <summary>
    /// S3's FULL_OBJECT checksum: that of the whole object's bytes, in base64, without reading them again. For CRCs only
    /// (<see cref="ChecksumAlgorithms.SupportsFullObject"/>).
    /// </summary>
    public static string FullObject(ChecksumAlgorithm algorithm, IReadOnlyList<PartChecksum> parts)
    {
        var crc = Crc.For(algorithm);
        var whole = 0UL;
        foreach (var part in parts)
        {
            var digest = CheckedDigest(algorithm, part);
            var value = crc.WidthBits == 32 ? BinaryPrimitives.ReadUInt32BigEndian(digest) : BinaryPrimitives.ReadUInt64BigEndian(digest);
            whole = crc.Combine(whole, value, part.SizeBytes);
        }

        Span<byte> destination = stackalloc byte[sizeof(ulong)];
        return Convert.ToBase64String(destination[..Checksum.WriteCrc(crc, whole, destination)]);
    }

    /// <summary>The ETag of a multipart object, without quotes: MD5 of the parts' MD5s in hexadecimal, <c>-</c>, number of parts.</summary>
    public static string ETag(IReadOnlyList<PartChecksum> parts)
    {
        using var checksum = new Checksum(ChecksumAlgorithm.Md5);
        foreach (var part in parts)
        {
            checksum.Append(CheckedDigest(ChecksumAlgorithm.Md5, part));
        }

        Span<byte> digest = stackalloc byte[16];
        checksum.Finish(digest);
        return string.Create(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(digest)}-{parts.Count}");
    }

    private static ReadOnlySpan<byte> CheckedDigest(ChecksumAlgorithm algorithm, PartChecksum part) =>
        part.Digest.Length == algorithm.SizeBytes()
            ? part.Digest.Span
            : throw new ArgumentException($"a {algorithm.AwsName()} digest has {algorithm.SizeBytes()} bytes, not {part.Digest.Length}", nameof(part));
}
