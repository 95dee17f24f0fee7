using Tarn.Wire.Checksums;

namespace Tarn.Wire.Signing;

/// <summary>
/// The trailers of an aws-chunked body, on <c>HttpContext.Features</c> when a request has one. They are known once the body has been
/// read to its end, and verified by then: a body whose checksum, or trailer signature, is wrong fails the read instead.
/// </summary>
public interface ITrailingChecksums
{
    /// <summary>The checksum that <c>x-amz-trailer</c> announces; null when it announces none. Known from the start.</summary>
    ChecksumAlgorithm? Algorithm { get; }

    /// <summary>The checksum of the whole decoded body in base64, verified; null before the end of the body, and when none is announced.</summary>
    string? Value { get; }
}
