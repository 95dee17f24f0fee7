using Tarn.Lake.Objects;
using Tarn.Wire.Checksums;

namespace Tarn.Lake.Multipart;

/// <summary>A multipart upload in progress.</summary>
/// <param name="Algorithm">Of the parts' checksums: what the client asked for, or CRC64NVME.</param>
/// <param name="Asked">Whether the client named the algorithm.</param>
/// <param name="Record">What the object will have: types, metadata, tags.</param>
internal sealed record Upload(string Id, string Bucket, string Key, DateTimeOffset Initiated, ChecksumAlgorithm Algorithm, bool Asked, bool Composite, ObjectRecord Record)
{
    public string ChecksumTypeName => Composite ? "COMPOSITE" : "FULL_OBJECT";
}

/// <summary>A part that has been uploaded.</summary>
/// <param name="File">Its file in the upload's folder.</param>
internal sealed record UploadedPart(int Number, long Size, byte[] Md5, byte[] Checksum, DateTimeOffset Modified, string File)
{
    public string ETag => ObjectRecord.ETagText(Md5, parts: 0);
}
