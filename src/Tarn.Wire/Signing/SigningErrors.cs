using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;

namespace Tarn.Wire.Signing;

/// <summary>
/// Each refusal of a signature, in AWS's code and words. The same failure has three faces: S3's, that of the query protocol, and that
/// of the JSON protocols (400 over AWS JSON, 403 over REST-JSON, as the front ends of those services answer).
/// </summary>
internal static class SigningErrors
{
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";
    private const string IsoFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private enum Face
    {
        S3,
        Query,
        Json,
    }

    /// <summary>The request carries no signature at all.</summary>
    public static AwsException Anonymous(ServiceModel service) => FaceOf(service) switch
    {
        Face.S3 => new("AccessDenied", "Access Denied", 403),
        Face.Query => new("MissingAuthenticationToken", "Request is missing Authentication Token", 403),
        _ => new("MissingAuthenticationTokenException", "Request is missing Authentication Token", JsonStatus(service)),
    };

    public static AwsException UnsupportedMechanism(ServiceModel service) => FaceOf(service) switch
    {
        Face.S3 => new("InvalidArgument", "Unsupported Authorization Type") { Members = [new("ArgumentName", "Authorization")] },
        _ => Incomplete(service, "Unsupported AWS 'algorithm'. Please use AWS4-HMAC-SHA256."),
    };

    /// <summary>SigV4A is not built; the message says how to go on.</summary>
    public static AwsException AsymmetricSignature(ServiceModel service) => FaceOf(service) switch
    {
        Face.S3 => new("InvalidRequest", "The authorization mechanism AWS4-ECDSA-P256-SHA256 (SigV4A) is not supported by this server. Please use AWS4-HMAC-SHA256."),
        _ => Incomplete(service, "AWS4-ECDSA-P256-SHA256 (SigV4A) is not supported by this server. Please use AWS4-HMAC-SHA256."),
    };

    public static AwsException TwoMechanisms(ServiceModel service) => FaceOf(service) switch
    {
        Face.S3 => S3TwoMechanisms(),
        _ => Incomplete(service, "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter or the Authorization header should be specified"),
    };

    /// <summary>The Authorization header, or the date beside it, lacks a part. The header is shown hashed, since it may hold a signature.</summary>
    public static AwsException IncompleteHeader(ServiceModel service, string authorization, bool credential, bool signature, bool signedHeaders, bool date)
    {
        if (FaceOf(service) == Face.S3)
        {
            return date
                ? HeaderMalformed($"the authorization header requires three components: Credential, SignedHeaders, and Signature.")
                : S3NoDate();
        }

        var message = new StringBuilder();
        Append(credential, "Authorization header requires 'Credential' parameter. ");
        Append(signature, "Authorization header requires 'Signature' parameter. ");
        Append(signedHeaders, "Authorization header requires 'SignedHeaders' parameter. ");
        Append(date, "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
        var hashed = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(authorization)));
        return Incomplete(service, $"{message}(Hashed with SHA-256 and encoded with Base64) Authorization={hashed}");

        void Append(bool present, string sentence) => message.Append(present ? "" : sentence);
    }

    public static AwsException IncompleteQuery(ServiceModel service) => QueryParameters(
        service,
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.");

    public static AwsException QueryParameters(ServiceModel service, string message) => FaceOf(service) switch
    {
        Face.S3 => new("AuthorizationQueryParametersError", message),
        _ => Incomplete(service, message),
    };

    public static AwsException MalformedCredential(ServiceModel service, bool presigned) => FaceOf(service) switch
    {
        Face.S3 when presigned => new(
            "AuthorizationQueryParametersError",
            "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."),
        Face.S3 => HeaderMalformed("the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."),
        _ => Incomplete(service, "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term"),
    };

    public static AwsException WrongService(ServiceModel service, ReadOnlySpan<char> provided, bool presigned) => FaceOf(service) switch
    {
        Face.S3 when presigned => new(
            "AuthorizationQueryParametersError",
            $"Error parsing the X-Amz-Credential parameter; incorrect service \"{provided}\". This endpoint belongs to \"{service.SigningName}\"."),
        Face.S3 => HeaderMalformed($"incorrect service \"{provided}\". This endpoint belongs to \"{service.SigningName}\"."),
        _ => InvalidSignature(service, $"Credential should be scoped to correct service: '{service.SigningName}'. "),
    };

    public static AwsException InvalidRegion(ServiceModel service, ReadOnlySpan<char> region, bool presigned) => FaceOf(service) switch
    {
        Face.S3 when presigned => new(
            "AuthorizationQueryParametersError",
            $"Error parsing the X-Amz-Credential parameter; the region '{region}' is wrong; expecting '{CallerNames.DefaultRegion}'") { Members = [new("Region", CallerNames.DefaultRegion)] },
        Face.S3 => new("AuthorizationHeaderMalformed", $"The authorization header is malformed; the region '{region}' is wrong; expecting '{CallerNames.DefaultRegion}'")
        {
            Members = [new("Region", CallerNames.DefaultRegion)],
        },
        _ => InvalidSignature(service, "Credential should be scoped to a valid region. "),
    };

    public static AwsException ScopeDateDiffers(ServiceModel service, ReadOnlySpan<char> scopeDate, string date) => FaceOf(service) switch
    {
        Face.S3 => HeaderMalformed($"Invalid credential date \"{scopeDate}\". This date is not the same as X-Amz-Date: \"{date.AsSpan(0, 8)}\"."),
        _ => InvalidSignature(
            service, $"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{scopeDate}' != '{date.AsSpan(0, 8)}', from '{date}'."),
    };

    public static AwsException HostNotSigned(ServiceModel service) => FaceOf(service) switch
    {
        Face.S3 => HeadersNotSigned("host"),
        _ => InvalidSignature(service, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."),
    };

    public static AwsException HeadersNotSigned(string names) =>
        new("AccessDenied", "There were headers present in the request which were not signed", 403) { Members = [new("HeadersNotSigned", names)] };

    /// <summary>The key does not exist here. <paramref name="hint"/> names those that do.</summary>
    public static AwsException UnknownKey(ServiceModel service, string accessKeyId, string hint) => FaceOf(service) switch
    {
        Face.S3 => new("InvalidAccessKeyId", $"The AWS Access Key Id you provided does not exist in our records. {hint}", 403)
        {
            Members = [new("AWSAccessKeyId", accessKeyId)],
        },
        Face.Query => new("InvalidClientTokenId", $"The security token included in the request is invalid. {hint}", 403),
        _ => new("UnrecognizedClientException", $"The security token included in the request is invalid. {hint}", JsonStatus(service)),
    };

    /// <summary>The session token was not issued here, or not for this access key.</summary>
    public static AwsException InvalidToken(ServiceModel service, string? token) => FaceOf(service) switch
    {
        Face.S3 => new("InvalidToken", "The provided token is malformed or otherwise invalid.") { Members = token is null ? null : [new("Token-0", token)] },
        Face.Query => new("InvalidClientTokenId", "The security token included in the request is invalid.", 403),
        _ => new("UnrecognizedClientException", "The security token included in the request is invalid.", JsonStatus(service)),
    };

    public static AwsException ExpiredToken(ServiceModel service) => FaceOf(service) switch
    {
        Face.S3 => new("ExpiredToken", "The provided token has expired."),
        Face.Query => new("ExpiredToken", "The security token included in the request is expired", 403),
        _ => new("ExpiredTokenException", "The security token included in the request is expired", JsonStatus(service)),
    };

    public static AwsException S3TwoMechanisms() => new(
        "InvalidArgument", "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified");

    public static AwsException S3NoDate() => new("AccessDenied", "AWS authentication requires a valid Date or x-amz-date header", 403);

    /// <param name="requestTime">As the request wrote it, or as its version of the signature does.</param>
    public static AwsException S3Skewed(string requestTime, DateTimeOffset now, TimeSpan skewMax) => new(
        "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.", 403)
    {
        Members =
        [
            new("RequestTime", requestTime),
            new("ServerTime", Iso(now)),
            new("MaxAllowedSkewMilliseconds", skewMax.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)),
        ],
    };

    /// <summary>The request was signed longer ago, or further in the future, than the clocks may differ.</summary>
    public static AwsException Skewed(ServiceModel service, in SignatureParameters parameters, DateTimeOffset now, TimeSpan skewMax)
    {
        if (FaceOf(service) == Face.S3)
        {
            return S3Skewed(parameters.Date, now, skewMax);
        }

        var minutes = skewMax.TotalMinutes.ToString(CultureInfo.InvariantCulture);
        return InvalidSignature(service, parameters.Time < now
            ? $"Signature expired: {parameters.Date} is now earlier than {Basic(now - skewMax)} ({Basic(now)} - {minutes} min.)"
            : $"Signature not yet current: {parameters.Date} is still later than {Basic(now + skewMax)} ({Basic(now)} + {minutes} min.)");
    }

    /// <summary>A presigned request is used after its end, or before its beginning.</summary>
    public static AwsException PresignedOutOfTime(ServiceModel service, in SignatureParameters parameters, DateTimeOffset now, TimeSpan skewMax)
    {
        var expiry = parameters.Expiry ?? TimeSpan.Zero;
        if (parameters.Time > now)
        {
            return FaceOf(service) == Face.S3
                ? new AwsException("AccessDenied", "Request is not valid yet", 403) { Members = [new("X-Amz-Date", parameters.Date), new("ServerTime", Iso(now))] }
                : Skewed(service, parameters, now, skewMax);
        }

        return FaceOf(service) == Face.S3
            ? new AwsException("AccessDenied", "Request has expired", 403)
            {
                Members =
                [
                    new("X-Amz-Expires", expiry.TotalSeconds.ToString(CultureInfo.InvariantCulture)),
                    new("Expires", Iso(parameters.Time + expiry)),
                    new("ServerTime", Iso(now)),
                ],
            }
            : InvalidSignature(service, $"Signature expired: {parameters.Date} is now earlier than {Basic(now - expiry)} ({Basic(now)} - {expiry.TotalMinutes:0.##} min.)");
    }

    /// <summary>The signature is not ours. S3 shows what it signed, so that a client's author can compare; it holds nothing secret.</summary>
    public static AwsException Mismatch(
        ServiceModel service, string accessKeyId, ReadOnlySpan<char> provided, ReadOnlySpan<byte> stringToSign, ReadOnlySpan<byte> canonicalRequest)
    {
        if (FaceOf(service) != Face.S3)
        {
            return InvalidSignature(
                service,
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.");
        }

        List<KeyValuePair<string, string>> members =
        [
            new("AWSAccessKeyId", accessKeyId),
            new("StringToSign", Encoding.UTF8.GetString(stringToSign)),
            new("SignatureProvided", provided.ToString()),
            new("StringToSignBytes", Bytes(stringToSign)),
        ];
        if (!canonicalRequest.IsEmpty)
        {
            members.Add(new("CanonicalRequest", Encoding.UTF8.GetString(canonicalRequest)));
            members.Add(new("CanonicalRequestBytes", Bytes(canonicalRequest)));
        }

        return new AwsException(
            "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your key and signing method.", 403)
        {
            Members = members,
        };
    }

    private static AwsException HeaderMalformed(string what) => new("AuthorizationHeaderMalformed", $"The authorization header is malformed; {what}");

    private static AwsException Incomplete(ServiceModel service, string message) => FaceOf(service) == Face.Query
        ? new("IncompleteSignature", message)
        : new("IncompleteSignatureException", message, JsonStatus(service));

    private static AwsException InvalidSignature(ServiceModel service, string message) => FaceOf(service) == Face.Query
        ? new("SignatureDoesNotMatch", message, 403)
        : new("InvalidSignatureException", message, JsonStatus(service));

    private static Face FaceOf(ServiceModel service) => service.Protocol switch
    {
        "rest-xml" => Face.S3,
        "query" or "ec2" => Face.Query,
        _ => Face.Json,
    };

    private static int JsonStatus(ServiceModel service) => service.Protocol == "rest-json" ? 403 : 400;

    private static string Basic(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    internal static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString(IsoFormat, CultureInfo.InvariantCulture);

    /// <summary>Bytes as S3 lists them: two hexadecimal digits each, a space between.</summary>
    private static string Bytes(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length * 3);
        foreach (var value in bytes)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(text.Length > 0 ? " " : "")}{value:x2}");
        }

        return text.ToString();
    }
}
