using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tarn.Api.S3;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Edge;
using Tarn.Wire.Hosting;
using Tarn.Wire.Signing;

namespace Tarn.Wire.Tests.Hosting;

public sealed class SlowTransferTests
{
    [Fact]
    public async Task A_client_that_stops_in_its_body_is_told_that_it_was_too_slow()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTarnListener(new ListenerOptions { Port = 0, TransferGrace = TimeSpan.FromSeconds(1.1) });
        await using var server = builder.Build();
        var read = 0L;
        var table = new OperationTable(S3Model.Service).On(S3Model.PutObject, async (request, _, cancellationToken) =>
        {
            var buffer = new byte[100];
            while (await request.Body!.ReadAsync(buffer, cancellationToken) is var count and > 0)
            {
                read += count;
            }

            return new PutObjectOutput();
        });
        var authenticator = new SigV4Authenticator(new SigningOptions { Mode = AuthMode.Open }, TemporaryCredentials.ForThisProcess(), loopbackOnly: true, TimeProvider.System);
        server.Run(new AwsEndpoint([table], authenticator, new EdgeOptions(), NullLogger<AwsEndpoint>.Instance).InvokeAsync);
        await server.StartAsync(TestContext.Current.CancellationToken);

        var address = new Uri(server.Urls.First());
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"PUT /bucket/key HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Length: 600\r\n\r\nhello"), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        Assert.Equal("HTTP/1.1 400 Bad Request", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Contains("<Code>RequestTimeout</Code>", await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal(5, read);
    }
}
