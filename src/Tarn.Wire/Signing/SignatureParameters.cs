using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tarn.Wire.Dispatch;

namespace Tarn.Wire.Signing;

/// <summary>
/// What a signed request says of its signature, from the <c>Authorization</c> header or, when presigned, from the query string. Read
/// strictly: a request that is half signed is refused with AWS's words.
/// </summary>
internal readonly struct SignatureParameters
{
    public const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>SigV4 with elliptic curves, which serves one signature for many regions.</summary>
    private const string AsymmetricAlgorithm = "AWS4-ECDSA-P256-SHA256";

    private const string DateFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>One week, in seconds.</summary>
    private const int ExpirySecondsMax = 604_800;

    public required ReadOnlyMemory<char> Credential { get; init; }

    public required ReadOnlyMemory<char> SignedHeaders { get; init; }

    public required ReadOnlyMemory<char> Signature { get; init; }

    /// <summary>The time of signing, as <c>20150830T123600Z</c>.</summary>
    public required string Date { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>How long a presigned request lives; null for one that is signed in its header.</summary>
    public TimeSpan? Expiry { get; init; }

    /// <summary>The session token of temporary credentials; null when there is none.</summary>
    public string? SecurityToken { get; init; }

    public bool IsPresigned => Expiry is not null;

    /// <summary>The signature parameters of a request; null when it is not signed at all.</summary>
    public static SignatureParameters? Read(HttpRequest request, ReadOnlySpan<char> query, ServiceModel service)
    {
        var authorization = request.Headers.Authorization.ToString();
        var isPresigned = query.Contains("X-Amz-Algorithm=", StringComparison.Ordinal) || query.Contains("X-Amz-Signature=", StringComparison.Ordinal);
        if (authorization.Length > 0)
        {
            return isPresigned ? throw SigningErrors.TwoMechanisms(service) : FromHeader(request, authorization, service);
        }

        if (isPresigned)
        {
            return FromQuery(query, service);
        }

        // Version 2, which S3 alone takes: SigV2Parameters reads it.
        return query.Contains("AWSAccessKeyId=", StringComparison.Ordinal) ? throw SigningErrors.UnsupportedMechanism(service) : null;
    }

    /// <summary>The signature parameters of a browser's form, which signs its policy and no headers.</summary>
    public static SignatureParameters OfForm(PostForm form)
    {
        var algorithm = form.Required("x-amz-algorithm");
        if (algorithm != Algorithm)
        {
            throw PostFormErrors.InvalidField("x-amz-algorithm", algorithm, $"x-amz-algorithm only supports \"{Algorithm}\"");
        }

        var date = form.Required("x-amz-date");
        return new SignatureParameters
        {
            Credential = form.Required("x-amz-credential").AsMemory(),
            SignedHeaders = default,
            Signature = form.Required("x-amz-signature").AsMemory(),
            Date = date,
            Time = TryReadTime(date, out var time)
                ? time
                : throw PostFormErrors.InvalidField("x-amz-date", date, "x-amz-date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""),
            SecurityToken = form["x-amz-security-token"],
        };
    }

    private static SignatureParameters FromHeader(HttpRequest request, string authorization, ServiceModel service)
    {
        if (!authorization.StartsWith(Algorithm, StringComparison.Ordinal) || authorization.Length == Algorithm.Length || authorization[Algorithm.Length] != ' ')
        {
            throw authorization.StartsWith(AsymmetricAlgorithm, StringComparison.Ordinal)
                ? SigningErrors.AsymmetricSignature(service)
                : SigningErrors.UnsupportedMechanism(service);
        }

        ReadOnlyMemory<char> credential = default, signedHeaders = default, signature = default;
        var rest = authorization.AsMemory(Algorithm.Length + 1);
        while (!rest.IsEmpty)
        {
            var comma = rest.Span.IndexOf(',');
            var parameter = (comma < 0 ? rest : rest[..comma]).Trim();
            rest = comma < 0 ? default : rest[(comma + 1)..];
            var equals = parameter.Span.IndexOf('=');
            var name = equals < 0 ? default : parameter.Span[..equals];
            switch (name)
            {
                case "Credential": credential = parameter[(equals + 1)..]; break;
                case "SignedHeaders": signedHeaders = parameter[(equals + 1)..]; break;
                case "Signature": signature = parameter[(equals + 1)..]; break;
            }
        }

        var date = request.Headers["X-Amz-Date"].ToString();
        if (!TryReadTime(date, out var time) && DateTimeOffset.TryParseExact(
            request.Headers.Date.ToString(), "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time))
        {
            date = time.UtcDateTime.ToString(DateFormat, CultureInfo.InvariantCulture);
        }

        if (credential.IsEmpty || signedHeaders.IsEmpty || signature.IsEmpty || time == default)
        {
            throw SigningErrors.IncompleteHeader(
                service, authorization, credential: !credential.IsEmpty, signature: !signature.IsEmpty, signedHeaders: !signedHeaders.IsEmpty, date: time != default);
        }

        var token = request.Headers["X-Amz-Security-Token"];
        return new SignatureParameters
        {
            Credential = credential,
            SignedHeaders = signedHeaders,
            Signature = signature,
            Date = date,
            Time = time,
            SecurityToken = token.Count == 0 ? null : token.ToString(),
        };
    }

    private static SignatureParameters FromQuery(ReadOnlySpan<char> query, ServiceModel service)
    {
        string? algorithm = null, credential = null, date = null, signedHeaders = null, signature = null, expires = null, token = null;
        foreach (var range in query.Split('&'))
        {
            var parameter = query[range];
            var equals = parameter.IndexOf('=');
            if (equals < 0)
            {
                continue;
            }

            var value = parameter[(equals + 1)..];
            switch (parameter[..equals])
            {
                case "X-Amz-Algorithm": algorithm = Decode(value); break;
                case "X-Amz-Credential": credential = Decode(value); break;
                case "X-Amz-Date": date = Decode(value); break;
                case "X-Amz-SignedHeaders": signedHeaders = Decode(value); break;
                case "X-Amz-Signature": signature = Decode(value); break;
                case "X-Amz-Expires": expires = Decode(value); break;
                case "X-Amz-Security-Token": token = Decode(value); break;
            }
        }

        if (algorithm == AsymmetricAlgorithm)
        {
            throw SigningErrors.AsymmetricSignature(service);
        }

        if (algorithm is null || credential is null || date is null || signedHeaders is null || signature is null || expires is null)
        {
            throw SigningErrors.IncompleteQuery(service);
        }

        if (algorithm != Algorithm)
        {
            throw SigningErrors.QueryParameters(service, $"X-Amz-Algorithm only supports \"{Algorithm}\"");
        }

        if (!TryReadTime(date, out var time))
        {
            throw SigningErrors.QueryParameters(service, "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
        }

        return new SignatureParameters
        {
            Credential = credential.AsMemory(),
            SignedHeaders = signedHeaders.AsMemory(),
            Signature = signature.AsMemory(),
            Date = date,
            Time = time,
            Expiry = ReadExpiry(expires, service),
            SecurityToken = token,
        };
    }

    private static TimeSpan ReadExpiry(string text, ServiceModel service)
    {
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds))
        {
            throw SigningErrors.QueryParameters(service, "X-Amz-Expires should be a number");
        }

        return seconds switch
        {
            < 0 => throw SigningErrors.QueryParameters(service, "X-Amz-Expires must be non-negative"),
            > ExpirySecondsMax => throw SigningErrors.QueryParameters(
                service, "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds"),
            _ => TimeSpan.FromSeconds(seconds),
        };
    }

    private static bool TryReadTime(string text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text, DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);

    private static string Decode(ReadOnlySpan<char> value) => Uri.UnescapeDataString(value);
}

/// <summary>The parts of a credential: <c>AKID/20150830/us-east-1/glue/aws4_request</c>.</summary>
internal readonly ref struct CredentialScope
{
    public ReadOnlySpan<char> AccessKeyId { get; private init; }

    public ReadOnlySpan<char> Date { get; private init; }

    public ReadOnlySpan<char> Region { get; private init; }

    public ReadOnlySpan<char> Service { get; private init; }

    /// <summary>The credential without the access key, as strings to sign have it.</summary>
    public ReadOnlySpan<char> Text { get; private init; }

    /// <summary>False when there are not exactly five parts, none empty, ending in <c>aws4_request</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> credential, out CredentialScope scope)
    {
        scope = default;
        Span<Range> parts = stackalloc Range[6];
        if (credential.Split(parts, '/') != 5 || credential[parts[4]] is not "aws4_request")
        {
            return false;
        }

        scope = new CredentialScope
        {
            AccessKeyId = credential[parts[0]],
            Date = credential[parts[1]],
            Region = credential[parts[2]],
            Service = credential[parts[3]],
            Text = credential[parts[1].Start..],
        };
        return scope is { AccessKeyId.IsEmpty: false, Date.Length: 8, Region.IsEmpty: false, Service.IsEmpty: false };
    }
}
