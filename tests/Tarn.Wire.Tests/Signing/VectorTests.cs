using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Signing;
using Tarn.Wire.Tests.Support;

namespace Tarn.Wire.Tests.Signing;

/// <summary>The signing vectors of aws-c-auth: canonical request, string to sign and signature of each, and the whole verification.</summary>
public sealed class VectorTests
{
    private const string Skip = "the signing vectors (../shared/data/sigv4) are not beside this checkout";

    [Fact]
    public async Task Every_vector_is_verified_in_its_header_form() => await VerifyAllAsync("header");

    [Fact]
    public async Task Every_vector_is_verified_in_its_query_form() => await VerifyAllAsync("query");

    private static async Task VerifyAllAsync(string form)
    {
        if (SharedData.Find("sigv4/v4") is not { } root)
        {
            Assert.Skip(Skip);
            return;
        }

        var vectors = Directory.GetDirectories(root);
        Assert.True(vectors.Length >= 20);
        foreach (var vector in vectors)
        {
            try
            {
                await VerifyAsync(vector, form);
            }
            catch (Exception failure) when (failure is not Xunit.Sdk.IAssertionException)
            {
                Assert.Fail($"{Path.GetFileName(vector)}, {form}: {failure.Message}");
            }
        }
    }

    private static async Task VerifyAsync(string vector, string form)
    {
        using var context = JsonDocument.Parse(File.ReadAllText(Path.Combine(vector, "context.json")));
        var credentials = context.RootElement.GetProperty("credentials");
        var time = context.RootElement.GetProperty("timestamp").GetDateTimeOffset();
        var normalize = context.RootElement.GetProperty("normalize").GetBoolean();
        var service = TestServices.Model(context.RootElement.GetProperty("service").GetString()!, "json", null);
        var request = Parse(File.ReadAllText(Path.Combine(vector, $"{form}-signed-request.txt")));
        var expectedCanonical = File.ReadAllText(Path.Combine(vector, $"{form}-canonical-request.txt"));
        var expectedToSign = File.ReadAllText(Path.Combine(vector, $"{form}-string-to-sign.txt"));
        var name = Path.GetFileName(vector);

        // The canonical form, piece by piece. A token that is added after signing is not part of it.
        var omitsToken = context.RootElement.TryGetProperty("omit_session_token", out var omit) && omit.GetBoolean();
        var target = omitsToken ? WithoutToken(request.RawTarget) : request.RawTarget;
        var payloadHash = expectedCanonical[(expectedCanonical.LastIndexOf('\n') + 1)..];
        CanonicalRequest.SplitTarget(request.RawTarget, out _, out var query);
        var parameters = SignatureParameters.Read(request.Http.Request, query, service)!.Value;
        var rule = normalize ? PathRule.NormalizedAndEncodedTwice : PathRule.EncodedOnce;
        AssertForm(request, target, parameters, payloadHash, rule, expectedCanonical, expectedToSign, name);

        // And the whole, through the front door. Paths that were not normalised are S3's, whose headers are stricter.
        if (normalize && !(omitsToken && form == "query"))
        {
            var authenticator = TestRequest.Authenticator(time, keys: new AccessKeyOptions
            {
                Id = credentials.GetProperty("access_key_id").GetString()!,
                Secret = credentials.GetProperty("secret_access_key").GetString()!,
            });
            var identity = await request.AuthenticateAsync(authenticator, service);
            Assert.Equal("AKIDEXAMPLE", identity.AccessKeyId);
            Assert.Equal("us-east-1", identity.Scope.Region);
        }
    }

    private static void AssertForm(
        TestRequest request, string target, SignatureParameters parameters, string payloadHash, PathRule rule, string expectedCanonical, string expectedToSign, string name)
    {
        var canonical = new ByteWriter(stackalloc byte[16]);
        CanonicalRequest.Write(ref canonical, request.Http.Request.Method, target, request.Headers, parameters.SignedHeaders.Span, payloadHash, rule);
        Assert.Equal((name, expectedCanonical), (name, Encoding.UTF8.GetString(canonical.Written)));
        var stringToSign = new ByteWriter(stackalloc byte[16]);
        Assert.True(CredentialScope.TryParse(parameters.Credential.Span, out var scope));
        StringToSign.Write(ref stringToSign, parameters.Date, scope.Text, canonical.Written);
        Assert.Equal((name, expectedToSign), (name, Encoding.UTF8.GetString(stringToSign.Written)));
        canonical.Dispose();
        stringToSign.Dispose();
    }

    private static string WithoutToken(string target)
    {
        var start = target.IndexOf("&X-Amz-Security-Token=", StringComparison.Ordinal);
        return start < 0 ? target : target.Remove(start, target.IndexOf('&', start + 1) - start);
    }

    private static TestRequest Parse(string text)
    {
        var bodyStart = text.IndexOf("\n\n", StringComparison.Ordinal);
        var head = (bodyStart < 0 ? text : text[..bodyStart]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var body = bodyStart < 0 ? "" : text[(bodyStart + 2)..].TrimEnd('\n');
        var requestLine = head[0];
        var method = requestLine[..requestLine.IndexOf(' ')];
        var target = requestLine[(method.Length + 1)..requestLine.LastIndexOf(' ')];
        var request = new TestRequest(method, target, Encoding.UTF8.GetBytes(body));
        request.Headers.Clear();
        string? lastName = null;
        foreach (var line in head.Skip(1))
        {
            if (line[0] == ' ')
            {
                // A folded header: a server that accepts it hands it out as one value.
                request.Headers[lastName!] = request.Headers[lastName!] + "\n" + line;
                continue;
            }

            var colon = line.IndexOf(':');
            lastName = line[..colon];
            if (lastName.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                request.Http.Request.ContentLength = long.Parse(line[(colon + 1)..], CultureInfo.InvariantCulture);
            }
            else
            {
                request.Headers.Append(lastName, line[(colon + 1)..]);
            }
        }

        return request;
    }
}
