using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tarn.Bench.Measuring;

/// <summary>Signature version 4 as a client makes it, with the default key of a server on loopback.</summary>
internal sealed class RequestSigner
{
    public const string Unsigned = "UNSIGNED-PAYLOAD";

    private const string KeyId = "test";
    private const string Secret = "test";
    private const string Region = "us-east-1";

    private readonly DateTime now = DateTime.UtcNow;
    private readonly string service;
    private readonly byte[] key;

    public RequestSigner(string service)
    {
        this.service = service;
        key = Encoding.UTF8.GetBytes("AWS4" + Secret);
        foreach (var part in (string[])[Date, Region, service, "aws4_request"])
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }
    }

    private string Date => now.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    private string Time => now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private string Scope => $"{Date}/{Region}/{service}/aws4_request";

    /// <summary>The headers that a signed request carries; the time in them is that of the signer, so a request can be sent for 15 minutes.</summary>
    /// <param name="path">Absolute, encoded, without a query.</param>
    /// <param name="more">Headers to sign beside host, date and hash; names in lower case.</param>
    public Dictionary<string, string> Headers(string method, string host, string path, string payloadHash, params (string Name, string Value)[] more)
    {
        var headers = new Dictionary<string, string> { ["host"] = host, ["x-amz-content-sha256"] = payloadHash, ["x-amz-date"] = Time };
        foreach (var (name, value) in more)
        {
            headers[name] = value;
        }

        var sorted = headers.OrderBy(header => header.Key, StringComparer.Ordinal).ToList();
        var names = string.Join(';', sorted.Select(header => header.Key));
        var canonical = $"{method}\n{path}\n\n{string.Concat(sorted.Select(header => $"{header.Key}:{header.Value}\n"))}\n{names}\n{payloadHash}";
        headers["authorization"] = $"AWS4-HMAC-SHA256 Credential={KeyId}/{Scope}, SignedHeaders={names}, Signature={Sign(canonical)}";
        return headers;
    }

    /// <summary>A presigned URL's path and query.</summary>
    public string Presign(string method, string host, string path)
    {
        var query = $"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={Uri.EscapeDataString($"{KeyId}/{Scope}")}&X-Amz-Date={Time}&X-Amz-Expires=900&X-Amz-SignedHeaders=host";
        return $"{path}?{query}&X-Amz-Signature={Sign($"{method}\n{path}\n{query}\nhost:{host}\n\nhost\n{Unsigned}")}";
    }

    public static string Hash(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(SHA256.HashData(body));

    private string Sign(string canonical)
    {
        var text = $"AWS4-HMAC-SHA256\n{Time}\n{Scope}\n{Hash(Encoding.UTF8.GetBytes(canonical))}";
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }
}
