using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tarn.Wire.Tests.Signing;

/// <summary>
/// A client's side of SigV4, written from the specification with strings and sorting, sharing no code with the server, so that a
/// mistake in one is not made in both.
/// </summary>
internal sealed class TestSigner(string keyId = "test", string secret = "test", string region = "us-east-1", string service = "s3")
{
    public const string EmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    public string KeyId { get; init; } = keyId;

    public DateTimeOffset Time { get; init; } = TestRequest.Now;

    public string? Token { get; init; }

    private string Date => TestRequest.Basic(Time);

    private string Scope => $"{Date[..8]}/{region}/{service}/aws4_request";

    private byte[] Key
    {
        get
        {
            var key = Encoding.UTF8.GetBytes("AWS4" + secret);
            foreach (var part in Scope.Split('/'))
            {
                key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
            }

            return key;
        }
    }

    public static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static string Encode(string text) => string.Concat(Encoding.UTF8.GetBytes(text).Select(
        b => char.IsAsciiLetterOrDigit((char)b) || "-._~".Contains((char)b) ? ((char)b).ToString() : "%" + b.ToString("X2", CultureInfo.InvariantCulture)));

    /// <summary>Signs in the header; returns the signature, which seeds that of the chunks.</summary>
    public string SignHeader(TestRequest request, string? payloadHash = null, bool sendHash = true)
    {
        payloadHash ??= Hash(request.Body);
        request.Headers["X-Amz-Date"] = Date;
        if (sendHash && service == "s3")
        {
            request.Headers["x-amz-content-sha256"] = payloadHash;
        }

        if (Token is not null)
        {
            request.Headers["X-Amz-Security-Token"] = Token;
        }

        var names = request.Headers.Keys.Select(name => name.ToLowerInvariant()).Order(StringComparer.Ordinal).ToArray();
        var signature = Sign(request, names, request.RawTarget, payloadHash);
        request.Headers.Authorization = $"AWS4-HMAC-SHA256 Credential={KeyId}/{Scope}, SignedHeaders={string.Join(';', names)}, Signature={signature}";
        return signature;
    }

    /// <summary>Adds the signature to the query string, signing the host alone.</summary>
    public void Presign(TestRequest request, int expiresSeconds = 3600, string payloadHash = "UNSIGNED-PAYLOAD")
    {
        var target = request.RawTarget + (request.RawTarget.Contains('?') ? "&" : "?")
            + $"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={Encode($"{KeyId}/{Scope}")}&X-Amz-Date={Date}&X-Amz-Expires={expiresSeconds}&X-Amz-SignedHeaders=host"
            + (Token is null ? "" : "&X-Amz-Security-Token=" + Encode(Token));
        request.RawTarget = target + "&X-Amz-Signature=" + Sign(request, ["host"], target, payloadHash);
    }

    /// <summary>Frames data as aws-chunked, with signatures when a seed is given, and a trailer when one is named.</summary>
    public byte[] Chunk(byte[] data, int chunkBytes, string? seed, (string Name, string Value)? trailer = null)
    {
        var body = new MemoryStream();
        var previous = seed;
        for (var offset = 0; ;)
        {
            var chunk = data.AsSpan(offset, Math.Min(chunkBytes, data.Length - offset)).ToArray();
            var extension = "";
            if (previous is not null)
            {
                previous = SignText($"AWS4-HMAC-SHA256-PAYLOAD\n{Date}\n{Scope}\n{previous}\n{EmptyHash}\n{Hash(chunk)}");
                extension = ";chunk-signature=" + previous;
            }

            Write(body, $"{chunk.Length:x}{extension}\r\n");
            body.Write(chunk);
            offset += chunk.Length;
            if (chunk.Length == 0)
            {
                break;
            }

            Write(body, "\r\n");
        }

        if (trailer is var (name, value))
        {
            Write(body, $"{name}:{value}\r\n");
            if (previous is not null)
            {
                var trailerHash = Hash(Encoding.UTF8.GetBytes($"{name}:{value}\n"));
                Write(body, $"x-amz-trailer-signature:{SignText($"AWS4-HMAC-SHA256-TRAILER\n{Date}\n{Scope}\n{previous}\n{trailerHash}")}\r\n");
            }
        }

        Write(body, "\r\n");
        return body.ToArray();
    }

    private string Sign(TestRequest request, string[] names, string target, string payloadHash)
    {
        var parts = target.Split('?', 2);
        var path = service == "s3" ? parts[0] : string.Join('/', parts[0].Split('/').Select(Encode));
        var query = parts.Length == 1 ? "" : string.Join('&', parts[1].Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(parameter => parameter.Contains('=') ? parameter : parameter + "=")
            .OrderBy(parameter => parameter.Split('=')[0], StringComparer.Ordinal).ThenBy(parameter => parameter, StringComparer.Ordinal));
        var headers = string.Concat(names.Select(name => $"{name}:{string.Join(',', request.Headers[name].Select(v => v!.Trim()))}\n"));
        var canonical = $"{request.Http.Request.Method}\n{path}\n{query}\n{headers}\n{string.Join(';', names)}\n{payloadHash}";
        return SignText($"AWS4-HMAC-SHA256\n{Date}\n{Scope}\n{Hash(Encoding.UTF8.GetBytes(canonical))}");
    }

    private string SignText(string stringToSign) => Convert.ToHexStringLower(HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes(stringToSign)));

    private static void Write(Stream body, string text) => body.Write(Encoding.ASCII.GetBytes(text));
}
