using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Tarn.Wire.Signing;

/// <summary>
/// What a request to S3 says of its signature in version 2: <c>Authorization: AWS key:signature</c>, or the query parameters
/// <c>AWSAccessKeyId</c>, <c>Signature</c> and <c>Expires</c> of a presigned URL. Read strictly, in S3's words.
/// </summary>
internal readonly struct SigV2Parameters
{
    public const string Scheme = "AWS ";

    /// <summary>RFC 1123, and the same with a numeric zone, as s3cmd writes it.</summary>
    private static readonly string[] DateFormats = ["r", "ddd, dd MMM yyyy HH:mm:ss zzz", "ddd, dd MMM yyyy HH:mm:ss 'UTC'", "yyyyMMdd'T'HHmmss'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"];

    public required string AccessKeyId { get; init; }

    /// <summary>Base64 of an HMAC-SHA1.</summary>
    public required string Signature { get; init; }

    /// <summary>The line of the string to sign that holds the time: the Date header, empty where x-amz-date stands for it, or what <c>Expires</c> says.</summary>
    public required string DateLine { get; init; }

    /// <summary>The time of signing; of a presigned URL the time at which it ends.</summary>
    public required DateTimeOffset Time { get; init; }

    public required bool IsPresigned { get; init; }

    /// <summary>The session token of temporary credentials; null when there is none.</summary>
    public string? SecurityToken { get; init; }

    /// <summary>Whether a request is signed in this version, or tries to be.</summary>
    public static bool IsUsedBy(HttpRequest request, ReadOnlySpan<char> query) =>
        request.Headers.Authorization.ToString().StartsWith(Scheme, StringComparison.Ordinal) || IsPresignedQuery(query);

    /// <summary>Whether the query holds the access key or the signature of a presigned URL.</summary>
    public static bool IsPresignedQuery(ReadOnlySpan<char> query)
    {
        foreach (var range in query.Split('&'))
        {
            if (query[range].StartsWith("AWSAccessKeyId=", StringComparison.Ordinal) || query[range].StartsWith("Signature=", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The access key id alone, for those who verify nothing; empty when there is none.</summary>
    public static string AccessKeyIdOf(string authorization, string query)
    {
        if (authorization.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return authorization[Scheme.Length..].Split(':')[0].Trim();
        }

        var parameter = query.Split('&').FirstOrDefault(parameter => parameter.StartsWith("AWSAccessKeyId=", StringComparison.Ordinal));
        return parameter is null ? "" : Uri.UnescapeDataString(parameter["AWSAccessKeyId=".Length..]);
    }

    /// <exception cref="Tarn.Contracts.AwsException">The request is signed by half, twice, or without a time.</exception>
    public static SigV2Parameters Read(HttpRequest request, ReadOnlySpan<char> query)
    {
        var authorization = request.Headers.Authorization.ToString();
        return authorization.Length == 0 ? FromQuery(request, query)
            : IsPresignedQuery(query) || query.Contains("X-Amz-Algorithm=", StringComparison.Ordinal) ? throw SigningErrors.S3TwoMechanisms()
            : FromHeader(request, authorization);
    }

    private static SigV2Parameters FromHeader(HttpRequest request, string authorization)
    {
        var credential = authorization[Scheme.Length..].Trim();
        var colon = credential.LastIndexOf(':');
        if (colon < 1 || colon == credential.Length - 1)
        {
            throw SigV2Errors.MalformedHeader(authorization);
        }

        var amzDate = request.Headers["x-amz-date"].ToString();
        var date = request.Headers.Date.ToString();
        if (!TryReadTime(amzDate.Length > 0 ? amzDate : date, out var time))
        {
            throw SigningErrors.S3NoDate();
        }

        return new SigV2Parameters
        {
            AccessKeyId = credential[..colon],
            Signature = credential[(colon + 1)..],
            DateLine = amzDate.Length > 0 ? "" : date,
            Time = time,
            IsPresigned = false,
            SecurityToken = TokenOf(request),
        };
    }

    private static SigV2Parameters FromQuery(HttpRequest request, ReadOnlySpan<char> query)
    {
        string? accessKeyId = null, signature = null, expires = null;
        foreach (var range in query.Split('&'))
        {
            var parameter = query[range];
            var equals = parameter.IndexOf('=');
            var value = equals < 0 ? default : parameter[(equals + 1)..];
            switch (equals < 0 ? default : parameter[..equals])
            {
                case "AWSAccessKeyId": accessKeyId = Uri.UnescapeDataString(value); break;
                case "Signature": signature = Uri.UnescapeDataString(value); break;
                case "Expires": expires = Uri.UnescapeDataString(value); break;
            }
        }

        if (string.IsNullOrEmpty(accessKeyId) || string.IsNullOrEmpty(signature) || string.IsNullOrEmpty(expires))
        {
            throw SigV2Errors.IncompleteQuery();
        }

        // The years that DateTimeOffset knows.
        if (!long.TryParse(expires, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) || seconds is < 0 or > 253_402_300_799)
        {
            throw SigV2Errors.InvalidExpires(expires);
        }

        return new SigV2Parameters
        {
            AccessKeyId = accessKeyId,
            Signature = signature,
            DateLine = expires,
            Time = DateTimeOffset.FromUnixTimeSeconds(seconds),
            IsPresigned = true,
            SecurityToken = TokenOf(request),
        };
    }

    /// <summary>The token of a presigned URL has become a header by now, as the rest of its <c>x-amz-</c> parameters.</summary>
    private static string? TokenOf(HttpRequest request) => request.Headers["x-amz-security-token"] is { Count: > 0 } token ? token.ToString() : null;

    private static bool TryReadTime(string text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text.Trim(), DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
}
