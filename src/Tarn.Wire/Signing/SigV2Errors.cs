using System.Globalization;
using Tarn.Contracts;

namespace Tarn.Wire.Signing;

/// <summary>Each refusal that only signature version 2 has, in S3's code and words; what it shares with version 4 is in <see cref="SigningErrors"/>.</summary>
internal static class SigV2Errors
{
    public static AwsException TwoMechanisms() => new(
        "InvalidArgument",
        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified");

    public static AwsException MalformedHeader(string authorization) => new("InvalidArgument", "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature")
    {
        Members = [new("ArgumentName", "Authorization"), new("ArgumentValue", authorization)],
    };

    public static AwsException NoDate() => new("AccessDenied", "AWS authentication requires a valid Date or x-amz-date header", 403);

    public static AwsException IncompleteQuery() => new(
        "AccessDenied", "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters", 403);

    public static AwsException InvalidExpires(string expires) => new("AccessDenied", $"Invalid date (should be seconds since epoch): {expires}", 403);

    public static AwsException Skewed(DateTimeOffset time, DateTimeOffset now, TimeSpan skewMax) => new(
        "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.", 403)
    {
        Members =
        [
            new("RequestTime", time.ToString("r", CultureInfo.InvariantCulture)),
            new("ServerTime", Iso(now)),
            new("MaxAllowedSkewMilliseconds", skewMax.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)),
        ],
    };

    public static AwsException Expired(DateTimeOffset end, DateTimeOffset now) => new("AccessDenied", "Request has expired", 403)
    {
        Members = [new("Expires", Iso(end)), new("ServerTime", Iso(now))],
    };

    /// <summary>A query parameter selects an operation and is not part of what version 2 signs: whoever has the URL could have added it.</summary>
    public static AwsException UnsignedSubresource(string parameter) => new(
        "InvalidRequest", $"The query parameter '{parameter}' is not covered by signature version 2. Please presign this request with AWS4-HMAC-SHA256.");

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
