using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tarn.Server.Demo;

/// <summary>
/// What the demo needs of an AWS SDK: signed requests to the public API of a server on loopback. The AWS SDK for .NET has no Glue or
/// Athena package in every registry, and the demo may not take a way in that users do not have.
/// </summary>
internal sealed class DemoClient(Uri endpoint, string accessKeyId, string secretAccessKey) : IDisposable
{
    private const string Region = "us-east-1";

    private readonly HttpClient http = new() { BaseAddress = endpoint, Timeout = TimeSpan.FromMinutes(5) };

    public void Dispose() => http.Dispose();

    /// <summary>Calls an operation of an AWS JSON 1.1 service; throws <see cref="DemoException"/> with AWS's error on failure.</summary>
    /// <param name="target">The first part of X-Amz-Target: <c>AWSGlue</c> or <c>AmazonAthena</c>.</param>
    public async Task<JsonNode> CallAsync(string service, string target, string operation, JsonObject input, CancellationToken cancellationToken)
    {
        var body = Encoding.UTF8.GetBytes(input.ToJsonString());
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1");
        request.Headers.Add("X-Amz-Target", $"{target}.{operation}");
        Sign(request, service, Hex(SHA256.HashData(body)));
        using var response = await http.SendAsync(request, cancellationToken);
        var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var json = answer.Length == 0 ? new JsonObject() : JsonNode.Parse(answer)!;
        return response.IsSuccessStatusCode
            ? json
            : throw new DemoException($"{operation}: {(string?)json["__type"]}: {(string?)json["Message"] ?? (string?)json["message"]}");
    }

    public Task<JsonNode> GlueAsync(string operation, JsonObject input, CancellationToken cancellationToken) =>
        CallAsync("glue", "AWSGlue", operation, input, cancellationToken);

    public Task<JsonNode> AthenaAsync(string operation, JsonObject input, CancellationToken cancellationToken) =>
        CallAsync("athena", "AmazonAthena", operation, input, cancellationToken);

    public Task<JsonNode> KinesisAsync(string operation, JsonObject input, CancellationToken cancellationToken) =>
        CallAsync("kinesis", "Kinesis_20131202", operation, input, cancellationToken);

    public async Task CreateBucketAsync(string bucket, CancellationToken cancellationToken) =>
        await PutAsync("/" + bucket, new ByteArrayContent([]), cancellationToken);

    public async Task PutObjectAsync(string bucket, string key, HttpContent content, CancellationToken cancellationToken) =>
        await PutAsync($"/{bucket}/{string.Join('/', key.Split('/').Select(Uri.EscapeDataString))}", content, cancellationToken);

    public async Task<byte[]> GetObjectAsync(string bucket, string key, CancellationToken cancellationToken)
    {
        var path = $"/{bucket}/{string.Join('/', key.Split('/').Select(Uri.EscapeDataString))}";
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        Sign(request, "s3", "UNSIGNED-PAYLOAD");
        using var response = await http.SendAsync(request, cancellationToken);
        return response.IsSuccessStatusCode
            ? await response.Content.ReadAsByteArrayAsync(cancellationToken)
            : throw new DemoException($"GET {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}");
    }

    private async Task PutAsync(string path, HttpContent content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = content };
        Sign(request, "s3", "UNSIGNED-PAYLOAD");
        using var response = await http.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new DemoException($"PUT {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }

    /// <summary>Signature version 4 over the host, the date, the payload hash and the target.</summary>
    private void Sign(HttpRequestMessage request, string service, string payloadHash)
    {
        var now = DateTime.UtcNow;
        var date = now.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var time = now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        request.Headers.Host = endpoint.Authority;
        request.Headers.Add("X-Amz-Date", time);
        request.Headers.Add("X-Amz-Content-Sha256", payloadHash);
        var headers = request.Headers
            .Where(header => header.Key.Equals("Host", StringComparison.OrdinalIgnoreCase) || header.Key.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase))
            .Select(header => (Name: header.Key.ToLowerInvariant(), Value: string.Join(",", header.Value)))
            .OrderBy(header => header.Name, StringComparer.Ordinal)
            .ToList();
        var signed = string.Join(';', headers.Select(header => header.Name));
        var canonical = string.Join('\n',
            request.Method.Method,
            new Uri(endpoint, request.RequestUri!).AbsolutePath,
            "",
            string.Concat(headers.Select(header => $"{header.Name}:{header.Value}\n")),
            signed,
            payloadHash);
        var scope = $"{date}/{Region}/{service}/aws4_request";
        var toSign = $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = Encoding.UTF8.GetBytes("AWS4" + secretAccessKey);
        foreach (var part in (string[])[date, Region, service, "aws4_request"])
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        var signature = Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
        request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential={accessKeyId}/{scope}, SignedHeaders={signed}, Signature={signature}");
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}

/// <summary>A stage of the demo that did not do what it should; the message is for the person at the terminal.</summary>
internal sealed class DemoException(string message) : Exception(message);
