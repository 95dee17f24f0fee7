using Tarn.Contracts;
using Tarn.Wire.Checksums;

namespace Tarn.Wire.Signing;

/// <summary>Each refusal of a body, in S3's code and words: what was signed, announced or framed is not what came.</summary>
internal static class PayloadErrors
{
    public static AwsException MissingContentSha256() => new("InvalidRequest", "Missing required header for this request: x-amz-content-sha256");

    public static AwsException InvalidContentSha256(string value) => new(
        "InvalidArgument",
        "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.")
    {
        Members = [new("ArgumentName", "x-amz-content-sha256"), new("ArgumentValue", value)],
    };

    public static AwsException ContentSha256Mismatch(string client, string server) => new(
        "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.")
    {
        Members = [new("ClientComputedContentSHA256", client), new("S3ComputedContentSHA256", server)],
    };

    public static AwsException MissingDecodedLength() => new("MissingContentLength", "You must provide the Content-Length HTTP header.", 411);

    public static AwsException IncompleteBody() => new("IncompleteBody", "The request body terminated unexpectedly");

    /// <summary>More or fewer bytes than <c>x-amz-decoded-content-length</c> announced.</summary>
    public static AwsException LengthDiffers() => new("IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header");

    public static AwsException MalformedChunk(string what) => new("InvalidRequest", $"The aws-chunked body is malformed: {what}");

    public static AwsException ChunkTooSmall(int chunkNumber, long sizeBytes) => new(
        "InvalidChunkSizeError", "Only the last chunk is allowed to have a size less than 8192 bytes", 403)
    {
        Members = [new("Chunk", $"{chunkNumber}"), new("BadChunkSize", $"{sizeBytes}")],
    };

    public static AwsException MalformedTrailer() => new(
        "MalformedTrailerError", "The request contained trailing data that was not well-formed or did not conform to our published schema.");

    public static AwsException SeveralTrailingChecksums() => new("InvalidRequest", "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");

    public static AwsException UnknownTrailer(string name) => new("InvalidRequest", $"The value specified in the x-amz-trailer header is not supported: {name}");

    public static AwsException InvalidTrailingChecksum(ChecksumAlgorithm algorithm) => new(
        "InvalidRequest", $"Value for {algorithm.HeaderName()} trailing header is invalid.");

    public static AwsException BadDigest(ChecksumAlgorithm algorithm) => new(
        "BadDigest", $"The {algorithm.AwsName()} you specified did not match the calculated checksum.");

    public static AwsException BodyTooLarge(long bytesMax) => new("RequestEntityTooLargeException", $"Request size exceeded {bytesMax} bytes", 413);
}
