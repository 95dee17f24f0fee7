using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tarn.Api.Glue;
using Tarn.Api.S3;
using Tarn.Bench.Measuring;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Signing;

namespace Tarn.Bench.Signatures;

/// <summary>What one verification costs, of the three forms that clients send most, on one thread and without a socket.</summary>
internal static class SignaturesSubject
{
    private const int PerRound = 10_000;
    private const int Rounds = 10;
    private const string Host = "127.0.0.1:4566";

    /// <summary>The length of a usual canonical request; the baseline hashes as much.</summary>
    private const int CanonicalBytes = 300;
    private const int ToSignBytes = 135;

    public static Task RunAsync(string[] arguments)
    {
        var body = Encoding.UTF8.GetBytes("""{"CatalogId":"000000000000","Name":"sales"}""");
        var nothing = RequestSigner.Hash([]);
        var json = Request("POST", "/", new RequestSigner("glue").Headers("POST", Host, "/", RequestSigner.Hash(body), ("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "AWSGlue.GetDatabase")));
        var get = Request("GET", "/lake/sales/part-0.parquet", new RequestSigner("s3").Headers("GET", Host, "/lake/sales/part-0.parquet", nothing));
        var presigned = Request("GET", new RequestSigner("s3").Presign("GET", Host, "/lake/sales/part-0.parquet"), new Dictionary<string, string> { ["host"] = Host });
        Measure("JSON, header", json, GlueModel.Service, body);
        Measure("S3, header", get, S3Model.Service, body: null);
        Measure("S3, presigned", presigned, S3Model.Service, body: null);
        return Task.CompletedTask;
    }

    private static DefaultHttpContext Request(string method, string target, Dictionary<string, string> headers)
    {
        var http = new DefaultHttpContext();
        http.Request.Method = method;
        var path = target.Split('?');
        http.Request.Path = path[0];
        http.Request.QueryString = new QueryString(path.Length > 1 ? "?" + path[1] : "");
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        http.Request.ContentLength = 0;
        foreach (var (name, value) in headers)
        {
            http.Request.Headers[name] = value;
        }

        return http;
    }

    private static void Measure(string name, DefaultHttpContext http, ServiceModel service, byte[]? body)
    {
        using var temporary = TemporaryCredentials.ForThisProcess();
        var authenticator = new SigV4Authenticator(new SigningOptions(), temporary, loopbackOnly: true, TimeProvider.System);
        var key = new byte[32];
        var canonical = new byte[CanonicalBytes];
        var (bestNs, baselineNs, bytes) = (double.MaxValue, double.MaxValue, 0L);
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            bestNs = Math.Min(bestNs, Time(() =>
            {
                // A null literal converts to an empty body, not to an absent one.
                var verified = authenticator.AuthenticateAsync(http, service, body is null ? (ReadOnlyMemory<byte>?)null : body, CancellationToken.None);
                if (!verified.IsCompletedSuccessfully)
                {
                    throw new InvalidOperationException("the verification did not complete at once", verified.AsTask().Exception);
                }
            }));
            bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / PerRound;
            baselineNs = Math.Min(baselineNs, Time(() =>
            {
                Span<byte> hash = stackalloc byte[32];
                if (body is not null)
                {
                    SHA256.HashData(body, hash);
                }

                SHA256.HashData(canonical, hash);
                HMACSHA256.HashData(key, canonical.AsSpan(0, ToSignBytes), hash);
            }));
        }

        Console.WriteLine($"{name,-13}: {bestNs:N0} ns, {bytes} bytes allocated; the hashes alone {baselineNs:N0} ns, {bestNs / baselineNs:F2} times it");
    }

    private static double Time(System.Action work)
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < PerRound; i++)
        {
            work();
        }

        return Stopwatch.GetElapsedTime(started).TotalNanoseconds / PerRound;
    }
}
