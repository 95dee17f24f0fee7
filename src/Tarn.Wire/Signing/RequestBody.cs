using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Tarn.Wire.Checksums;

namespace Tarn.Wire.Signing;

/// <summary>Puts a stream that decodes and verifies in place of a request body, as <c>x-amz-content-sha256</c> asks.</summary>
internal static class RequestBody
{
    private const string AwsChunked = "aws-chunked";

    /// <summary>Whether the request can have a body at all; true where the server does not say.</summary>
    public static bool CanExist(HttpContext http) =>
        http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? http.Request.ContentLength != 0;

    /// <param name="contentSha256">The value of <c>x-amz-content-sha256</c>; null when there is none, and then nothing happens.</param>
    /// <param name="signer">Verifies the chunks of a signed aws-chunked body; null to take them as they are.</param>
    public static void Attach(HttpContext http, string? contentSha256, ChunkSigner? signer)
    {
        if (contentSha256 is null or PayloadHash.Unsigned)
        {
            return;
        }

        if (PayloadHash.IsChunked(contentSha256))
        {
            AttachChunked(http, hasTrailer: contentSha256 != PayloadHash.SignedChunks, signer);
        }
        else if (CanExist(http))
        {
            var body = new PayloadHashStream(http.Request.Body, contentSha256, http.Request.ContentLength);
            http.Response.RegisterForDispose(body);
            http.Request.Body = body;
        }
        else if (!contentSha256.Equals(PayloadHash.OfNothing, StringComparison.OrdinalIgnoreCase))
        {
            throw PayloadErrors.ContentSha256Mismatch(contentSha256, PayloadHash.OfNothing);
        }
    }

    private static void AttachChunked(HttpContext http, bool hasTrailer, ChunkSigner? signer)
    {
        var request = http.Request;
        if (!long.TryParse(request.Headers["x-amz-decoded-content-length"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var decodedLength))
        {
            throw PayloadErrors.MissingDecodedLength();
        }

        var announced = hasTrailer ? AnnouncedChecksum(request) : null;
        var body = new AwsChunkedStream(request.BodyReader, decodedLength, hasTrailer, announced, signer);
        http.Response.RegisterForDispose(body);
        http.Features.Set<ITrailingChecksums>(body);
        request.Body = body;

        // From here on the request is what it would have been without the framing.
        request.ContentLength = decodedLength;
        RemoveAwsChunked(request);
    }

    private static ChecksumAlgorithm? AnnouncedChecksum(HttpRequest request)
    {
        ChecksumAlgorithm? announced = null;
        foreach (var name in request.Headers["x-amz-trailer"].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!ChecksumAlgorithms.TryFromHeaderName(name, out var algorithm))
            {
                throw PayloadErrors.UnknownTrailer(name);
            }

            if (announced is not null)
            {
                throw PayloadErrors.SeveralTrailingChecksums();
            }

            announced = algorithm;
        }

        return announced;
    }

    /// <summary>Takes <c>aws-chunked</c> out of the content encodings, so that only those of the object remain, as S3 keeps them.</summary>
    private static void RemoveAwsChunked(HttpRequest request)
    {
        var encodings = request.Headers.ContentEncoding.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var kept = encodings.Where(encoding => !encoding.Equals(AwsChunked, StringComparison.OrdinalIgnoreCase)).ToArray();
        if (kept.Length == encodings.Length)
        {
            return;
        }

        if (kept.Length == 0)
        {
            request.Headers.Remove(HeaderNames.ContentEncoding);
        }
        else
        {
            request.Headers.ContentEncoding = string.Join(',', kept);
        }
    }
}
