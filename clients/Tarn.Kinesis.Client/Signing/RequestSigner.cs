using System.Security.Cryptography;
using System.Text;
using Tarn.Clients.Kinesis.Credentials;

namespace Tarn.Clients.Kinesis.Signing;

/// <summary>
/// AWS Signature Version 4 in its header form, for what this client sends: POST to the root with a body that is at hand. The signing key is kept, because it changes once a day. Safe for all threads.
/// </summary>
internal sealed class RequestSigner(string region, string service)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private SigningKey? last;

    /// <summary>Adds x-amz-date, x-amz-security-token when there is one, and authorization. Host, content type and target must be set.</summary>
    public void Sign(HttpRequestMessage request, string contentType, string target, ReadOnlySpan<byte> body, AwsCredentials credentials, DateTimeOffset now)
    {
        var stamp = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'");
        var day = stamp[..8];
        var scope = $"{day}/{region}/{service}/aws4_request";
        var token = credentials.SessionToken;
        var signedHeaders = token is null ? "content-type;host;x-amz-date;x-amz-target" : "content-type;host;x-amz-date;x-amz-security-token;x-amz-target";
        var canonical = new StringBuilder(512)
            .Append("POST\n/\n\ncontent-type:").Append(contentType)
            .Append("\nhost:").Append(request.Headers.Host)
            .Append("\nx-amz-date:").Append(stamp);
        if (token is not null)
        {
            canonical.Append("\nx-amz-security-token:").Append(token);
        }

        canonical.Append("\nx-amz-target:").Append(target).Append("\n\n").Append(signedHeaders).Append('\n').Append(Convert.ToHexStringLower(SHA256.HashData(body)));
        var canonicalHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())));
        var signature = HMACSHA256.HashData(KeyOf(credentials, day), Encoding.UTF8.GetBytes($"{Algorithm}\n{stamp}\n{scope}\n{canonicalHash}"));
        request.Headers.TryAddWithoutValidation("x-amz-date", stamp);
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("x-amz-security-token", token);
        }

        request.Headers.TryAddWithoutValidation(
            "authorization", $"{Algorithm} Credential={credentials.AccessKeyId}/{scope}, SignedHeaders={signedHeaders}, Signature={Convert.ToHexStringLower(signature)}");
    }

    private byte[] KeyOf(AwsCredentials credentials, string day)
    {
        if (last is { } known && known.Day == day && known.Secret == credentials.SecretAccessKey)
        {
            return known.Key;
        }

        var key = HMACSHA256.HashData(Encoding.UTF8.GetBytes("AWS4" + credentials.SecretAccessKey), Encoding.UTF8.GetBytes(day));
        key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(region));
        key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(service));
        key = HMACSHA256.HashData(key, "aws4_request"u8);
        last = new SigningKey(day, credentials.SecretAccessKey, key);
        return key;
    }

    private sealed record SigningKey(string Day, string Secret, byte[] Key);
}
