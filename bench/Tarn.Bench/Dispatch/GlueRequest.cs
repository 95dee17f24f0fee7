using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Tarn.Api.Glue;
using Tarn.Contracts;
using Tarn.Wire.Authentication;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Edge;

namespace Tarn.Bench.Dispatch;

/// <summary>
/// One small Glue request that can be sent again and again through the whole edge without a socket: dispatch, decode, validate, call,
/// encode. The HTTP context is used again, so what is measured is the edge's own work; signatures are measured apart.
/// </summary>
internal sealed class GlueRequest
{
    private readonly DefaultHttpContext http = new();
    private readonly AwsEndpoint endpoint;
    private readonly MemoryStream body;
    private readonly MemoryStream response = new(new byte[16 * 1024]);

    public GlueRequest()
    {
        var stored = new Database
        {
            Name = "sales",
            Description = "Orders of all countries",
            LocationUri = "s3://lake/sales/",
            Parameters = new Dictionary<string, string> { ["owner"] = "data" },
            CreateTime = DateTimeOffset.UnixEpoch,
            CatalogId = "000000000000",
        };
        var answer = new GetDatabaseResponse { Database = stored };
        var table = new OperationTable(GlueModel.Service).On(GlueModel.GetDatabase, (_, _, _) => ValueTask.FromResult(answer));
        endpoint = new AwsEndpoint([table], new Anyone(), new EdgeOptions(), NullLogger<AwsEndpoint>.Instance);
        body = new MemoryStream(Encoding.UTF8.GetBytes("""{"CatalogId":"000000000000","Name":"sales"}"""));
        http.Request.Method = "POST";
        http.Request.Headers["X-Amz-Target"] = "AWSGlue.GetDatabase";
        http.Request.ContentType = "application/x-amz-json-1.1";
        http.Request.ContentLength = body.Length;
        http.Request.Body = body;
        http.Response.Body = response;
    }

    public async Task<int> SendAsync()
    {
        body.Position = 0;
        response.Position = 0;
        http.Response.Headers.Clear();
        http.Response.StatusCode = StatusCodes.Status200OK;
        await endpoint.InvokeAsync(http);
        return http.Response.StatusCode == StatusCodes.Status200OK ? (int)response.Position : throw new InvalidOperationException($"status {http.Response.StatusCode}");
    }

    private sealed class Anyone : IRequestAuthenticator
    {
        public ValueTask<CallerIdentity> AuthenticateAsync(HttpContext http, ServiceModel service, ReadOnlyMemory<byte>? body, CancellationToken cancellationToken) =>
            new(new CallerIdentity(new AwsScope("000000000000", "us-east-1"), "test", "arn:aws:iam::000000000000:root"));
    }
}
