using Tarn.Wire.Checksums;

namespace Tarn.Lake.Objects;

/// <summary>The members <c>ChecksumCRC32</c>, <c>ChecksumSHA256</c>, ... that many shapes of S3 share; at most one is set.</summary>
internal readonly record struct ChecksumTexts(string? Crc32, string? Crc32C, string? Crc64Nvme, string? Sha1, string? Sha256, string? Sha512, string? Md5)
{
    public static ChecksumTexts Of(ChecksumAlgorithm algorithm, string? text) => new(
        algorithm == ChecksumAlgorithm.Crc32 ? text : null,
        algorithm == ChecksumAlgorithm.Crc32C ? text : null,
        algorithm == ChecksumAlgorithm.Crc64Nvme ? text : null,
        algorithm == ChecksumAlgorithm.Sha1 ? text : null,
        algorithm == ChecksumAlgorithm.Sha256 ? text : null,
        algorithm == ChecksumAlgorithm.Sha512 ? text : null,
        algorithm == ChecksumAlgorithm.Md5 ? text : null);

    /// <summary>Of a digest; none when it is empty.</summary>
    public static ChecksumTexts Of(ChecksumAlgorithm algorithm, ReadOnlyMemory<byte> digest) =>
        digest.IsEmpty ? default : Of(algorithm, Convert.ToBase64String(digest.Span));

    public static ChecksumTexts Of(ObjectRecord record) =>
        record.Checksum is { } checksum ? Of(checksum.Algorithm, checksum.Text(record.ETagParts)) : default;

    /// <summary>The one that is set; throws <c>InvalidRequest</c> when there are several.</summary>
    public (ChecksumAlgorithm Algorithm, string Text)? Single()
    {
        (ChecksumAlgorithm, string)? found = null;
        foreach (var (algorithm, text) in (ReadOnlySpan<(ChecksumAlgorithm, string?)>)
            [
                (ChecksumAlgorithm.Crc32, Crc32), (ChecksumAlgorithm.Crc32C, Crc32C), (ChecksumAlgorithm.Crc64Nvme, Crc64Nvme),
                (ChecksumAlgorithm.Sha1, Sha1), (ChecksumAlgorithm.Sha256, Sha256), (ChecksumAlgorithm.Sha512, Sha512), (ChecksumAlgorithm.Md5, Md5),
            ])
        {
            if (text is not null)
            {
                found = found is null ? (algorithm, text) : throw LakeErrors.InvalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
            }
        }

        return found;
    }
}
