using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tarn.Wire.Hosting;

namespace Tarn.Wire.Tests.Hosting;

public sealed class ListenerTests
{
    [Fact]
    public void Kestrel_still_has_the_feature_that_http2_on_a_shared_port_needs() =>
        Assert.True(
            PriorKnowledge.TryCreate(TimeSpan.FromSeconds(1)) is not null,
            $"{PriorKnowledge.FeatureTypeName} vanished or changed: see docs/adr/0010 for the other ways.");

    [Fact]
    public async Task One_cleartext_port_serves_http1_and_http2_with_prior_knowledge()
    {
        await using var server = await StartAsync(new ListenerOptions { Port = 0 });
        using var client = new HttpClient();
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20, HttpVersion.Version11, HttpVersion.Version20 })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, server.Urls.First())
            {
                Version = version,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent(new byte[200_000]),
            };
            using var response = await client.SendAsync(request);
            Assert.Equal(version, response.Version);
            Assert.Equal($"HTTP/{(version.Major == 2 ? "2" : "1.1")} 200000", await response.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task First_bytes_that_arrive_one_by_one_are_not_lost()
    {
        await using var server = await StartAsync(new ListenerOptions { Port = 0 });

        // "PUT" shares its first letter with the preface, so the decision needs the second one.
        var answer = await ExchangeByteByByteAsync(server, "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"u8.ToArray());
        Assert.StartsWith("HTTP/1.1 200 OK", Encoding.ASCII.GetString(answer));
        Assert.EndsWith("HTTP/1.1 5", Encoding.ASCII.GetString(answer).TrimEnd('\r', '\n', '0'));

        // The preface and an empty SETTINGS frame: the server's SETTINGS frame (type 4) comes back.
        answer = await ExchangeByteByByteAsync(server, [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0], answerBytes: 9);
        Assert.Equal(4, answer[3]);
    }

    [Fact]
    public async Task A_connection_that_sends_nothing_is_closed_in_time()
    {
        await using var server = await StartAsync(new ListenerOptions { Port = 0, HeadersTimeout = TimeSpan.FromMilliseconds(200) });
        foreach (var beginning in new[] { "", "P", "PR" })
        {
            using var client = await ConnectAsync(server);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(beginning));
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            try
            {
                Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1], patience.Token));
            }
            catch (IOException)
            {
                // Closed by a reset, which is as good.
            }
        }
    }

    [Fact]
    public async Task A_client_that_leaves_at_once_does_no_harm()
    {
        await using var server = await StartAsync(new ListenerOptions { Port = 0 });
        foreach (var beginning in new[] { "", "P", "PRI", "GET / HT" })
        {
            using var client = await ConnectAsync(server);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(beginning));
        }

        using var http = new HttpClient();
        Assert.Equal("HTTP/1.1 0", await http.GetStringAsync(server.Urls.First()));
    }

    [Theory]
    [InlineData(".pem")]
    [InlineData(".pfx")]
    public async Task Tls_serves_both_versions_by_alpn(string kind)
    {
        var folder = Directory.CreateTempSubdirectory("tarn-tls-");
        try
        {
            await using var server = await StartAsync(CertificateOptions(folder.FullName, kind));
            using var handler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = delegate { return true; } } };
            using var client = new HttpClient(handler);
            foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, server.Urls.First()) { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
                using var response = await client.SendAsync(request);
                Assert.Equal(version, response.Version);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static ListenerOptions CertificateOptions(string folder, string kind)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var path = Path.Combine(folder, "server" + kind);
        if (kind == ".pfx")
        {
            File.WriteAllBytes(path, certificate.Export(X509ContentType.Pfx, "pass"));
            return new ListenerOptions { Port = 0, CertificatePath = path, CertificatePassword = "pass" };
        }

        File.WriteAllText(path, certificate.ExportCertificatePem());
        var keyPath = Path.Combine(folder, "server.key");
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
        return new ListenerOptions { Port = 0, CertificatePath = path, CertificateKeyPath = keyPath };
    }

    private static async Task<WebApplication> StartAsync(ListenerOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTarnListener(options);
        var server = builder.Build();
        server.Run(async http =>
        {
            var bytes = 0L;
            var buffer = new byte[8192];
            while (await http.Request.Body.ReadAsync(buffer) is var count and > 0)
            {
                bytes += count;
            }

            await http.Response.WriteAsync($"{http.Request.Protocol} {bytes}");
        });
        await server.StartAsync();
        return server;
    }

    private static async Task<TcpClient> ConnectAsync(WebApplication server)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, new Uri(server.Urls.First()).Port);
        return client;
    }

    /// <summary>Sends a byte at a time, each in a packet of its own, and reads to the end, or as many bytes as asked for.</summary>
    private static async Task<byte[]> ExchangeByteByByteAsync(WebApplication server, byte[] request, int? answerBytes = null)
    {
        using var client = await ConnectAsync(server);
        var stream = client.GetStream();
        foreach (var value in request)
        {
            await stream.WriteAsync(new[] { value });
            await Task.Yield();
        }

        if (answerBytes is { } count)
        {
            var answer = new byte[count];
            await stream.ReadExactlyAsync(answer);
            return answer;
        }

        var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }
}
