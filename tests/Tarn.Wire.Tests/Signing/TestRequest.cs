using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tarn.Contracts;
using Tarn.Wire.Authentication;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Signing;
using Tarn.Wire.Tests.Support;

namespace Tarn.Wire.Tests.Signing;

/// <summary>A request and a clock for tests of the authenticator: no server, but the features that a server gives.</summary>
internal sealed class TestRequest
{
    public static readonly ServiceModel S3 = TestServices.Model("s3", "rest-xml", null);
    public static readonly ServiceModel Glue = TestServices.Model("glue", "json", "AWSGlue");
    public static readonly ServiceModel Sts = TestServices.Model("sts", "query", null);
    public static readonly ServiceModel DataBrew = TestServices.Model("databrew", "rest-json", null);

    public static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    public TestRequest(string method, string rawTarget, byte[]? body = null)
    {
        var feature = Http.Features.GetRequiredFeature<IHttpRequestFeature>();
        feature.Method = method;
        feature.RawTarget = rawTarget;
        Http.Request.Headers.Host = "localhost:4566";
        SetBody(body);
    }

    public DefaultHttpContext Http { get; } = new();

    public IHeaderDictionary Headers => Http.Request.Headers;

    public string RawTarget
    {
        get => Http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        set => Http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = value;
    }

    public byte[] Body { get; private set; } = [];

    public static SigV4Authenticator Authenticator(
        DateTimeOffset? now = null, AuthMode mode = AuthMode.Signed, bool loopbackOnly = true, TemporaryCredentials? temporary = null, params AccessKeyOptions[] keys) =>
        new(new SigningOptions { Mode = mode, AccessKeys = keys }, temporary ?? TemporaryCredentials.ForThisProcess(), loopbackOnly, new FixedTime(now ?? Now));

    public void SetBody(byte[]? body)
    {
        Body = body ?? [];
        Http.Request.Body = new MemoryStream(Body);
        Http.Request.ContentLength = body?.Length;
        Http.Features.Set<IHttpRequestBodyDetectionFeature>(new BodyDetection(body is { Length: > 0 }));
    }

    /// <summary>Hands the body out in pieces of at most this many bytes, as a slow network does.</summary>
    public void SetBodyInPieces(byte[] body, int pieceBytes)
    {
        SetBody(body);
        Http.Request.Body = new PiecesStream(body, pieceBytes);
    }

    public async Task<CallerIdentity> AuthenticateAsync(SigV4Authenticator authenticator, ServiceModel service) =>
        await authenticator.AuthenticateAsync(Http, service, body: null, CancellationToken.None);

    public async Task<AwsException> RefusedAsync(SigV4Authenticator authenticator, ServiceModel service) =>
        await Assert.ThrowsAsync<AwsException>(() => AuthenticateAsync(authenticator, service));

    public async Task<byte[]> ReadBodyAsync()
    {
        var bytes = new MemoryStream();
        await Http.Request.Body.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    public static string Basic(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private sealed class BodyDetection(bool canHaveBody) : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody { get; } = canHaveBody;
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }

    private sealed class PiecesStream(byte[] body, int pieceBytes) : MemoryStream(body)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            return await base.ReadAsync(buffer[..Math.Min(buffer.Length, pieceBytes)], cancellationToken);
        }
    }
}
