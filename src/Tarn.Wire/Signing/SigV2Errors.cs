using System.Globalization;
using Tarn.Contracts;

namespace Tarn.Wire.Signing;

/// <summary>Each refusal that only signature version 2 has, in S3's code and words; what it shares with version 4 is in <see cref="SigningErrors"/>.</summary>
internal static class SigV2Errors
{
    public static AwsException MalformedHeader(string authorization) => new("InvalidArgument", "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature")
    {
        Members = [new("ArgumentName", "Authorization"), new("ArgumentValue", authorization)],
    };

    public static AwsException IncompleteQuery() => new(
        "AccessDenied", "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters", 403);

    public static AwsException InvalidExpires(string expires) => new("AccessDenied", $"Invalid date (should be seconds since epoch): {expires}", 403);

    public static AwsException Expired(DateTimeOffset end, DateTimeOffset now) => new("AccessDenied", "Request has expired", 403)
    {
        Members = [new("Expires", SigningErrors.Iso(end)), new("ServerTime", SigningErrors.Iso(now))],
    };

    /// <summary>A query parameter selects an operation and is not part of what version 2 signs: whoever has the URL could have added it.</summary>
    public static AwsException UnsignedSubresource(string parameter) => new(
        "InvalidRequest", $"The query parameter '{parameter}' is not covered by signature version 2. Please presign this request with AWS4-HMAC-SHA256.");
}
