using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tarn.Contracts;
using Tarn.Wire.Checksums;
using Tarn.Wire.Hosting;
using Tarn.Wire.Signing;

namespace Tarn.Wire.Tests.Signing;

/// <summary>Signed, chunked bodies through the real server: what replaces the body must not upset the connection that carries the next request.</summary>
public sealed class KestrelTests
{
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Chunked_uploads_follow_one_another_on_a_connection(string version)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTarnListener(new ListenerOptions { Port = 0 });
        await using var server = builder.Build();
        var authenticator = TestRequest.Authenticator();
        server.Run(async http =>
        {
            try
            {
                await authenticator.AuthenticateAsync(http, TestRequest.S3, body: null, http.RequestAborted);
                var body = new MemoryStream();
                await http.Request.Body.CopyToAsync(body);
                var trailers = http.Features.Get<ITrailingChecksums>()!;
                await http.Response.WriteAsync($"{http.Request.ContentLength} {body.Length} {trailers.Value} {http.Connection.Id}");
            }
            catch (AwsException refusal)
            {
                http.Response.StatusCode = refusal.HttpStatus;
                await http.Response.WriteAsync(refusal.Code);
            }
        });
        await server.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(server.Urls.First()) };
        var connections = new HashSet<string>();
        foreach (var length in new[] { 0, 10, 100_000, 1 })
        {
            var data = new byte[length];
            new Random(length).NextBytes(data);
            var (status, answer) = await PutAsync(client, new Version(version), data, Checksum.ComputeBase64(ChecksumAlgorithm.Crc32C, data));
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.StartsWith($"{length} {length} {Checksum.ComputeBase64(ChecksumAlgorithm.Crc32C, data)} ", answer);
            connections.Add(answer.Split(' ')[3]);

            (status, answer) = await PutAsync(client, new Version(version), [.. data, 1], Checksum.ComputeBase64(ChecksumAlgorithm.Crc32C, data));
            Assert.Equal((HttpStatusCode.BadRequest, "BadDigest"), (status, answer));
        }

        Assert.Single(connections);
    }

    private static async Task<(HttpStatusCode Status, string Answer)> PutAsync(HttpClient client, Version version, byte[] data, string checksum)
    {
        var signed = new TestRequest("PUT", "/bucket/key");
        signed.Headers.ContentEncoding = "aws-chunked";
        signed.Headers["x-amz-decoded-content-length"] = $"{data.Length}";
        signed.Headers["x-amz-trailer"] = "x-amz-checksum-crc32c";
        var signer = new TestSigner();
        var seed = signer.SignHeader(signed, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER");

        using var request = new HttpRequestMessage(HttpMethod.Put, signed.RawTarget) { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Content = new ByteArrayContent(signer.Chunk(data, 16_384, seed, ("x-amz-checksum-crc32c", checksum)));
        foreach (var (name, value) in signed.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value.ToString()))
            {
                request.Content.Headers.TryAddWithoutValidation(name, value.ToString());
            }
        }

        using var response = await client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
