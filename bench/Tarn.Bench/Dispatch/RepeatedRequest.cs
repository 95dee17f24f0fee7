using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Tarn.Api.Glue;
using Tarn.Api.Kinesis;
using Tarn.Contracts;
using Tarn.Wire.Authentication;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Edge;

namespace Tarn.Bench.Dispatch;

/// <summary>
/// One request that can be sent again and again through the whole edge without a socket: dispatch, decode, validate, call,
/// encode. The HTTP context is used again, so what is measured is the edge's own work; signatures are measured apart.
/// </summary>
internal sealed class RepeatedRequest
{
    private readonly DefaultHttpContext http = new();
    private readonly AwsEndpoint endpoint;
    private readonly MemoryStream body;
    private readonly MemoryStream response = new(new byte[16 * 1024]);

    private RepeatedRequest(OperationTable table, string target, string contentType, byte[] body)
    {
        endpoint = new AwsEndpoint([table], new Anyone(), new EdgeOptions(), NullLogger<AwsEndpoint>.Instance);
        this.body = new MemoryStream(body);
        http.Request.Method = "POST";
        http.Request.Headers["X-Amz-Target"] = target;
        http.Request.ContentType = contentType;
        http.Request.ContentLength = body.Length;
        http.Request.Body = this.body;
        http.Response.Body = response;
    }

    /// <summary>A small typed request in JSON.</summary>
    public static RepeatedRequest GetDatabase()
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
        return new RepeatedRequest(table, "AWSGlue.GetDatabase", "application/x-amz-json-1.1", Encoding.UTF8.GetBytes("""{"CatalogId":"000000000000","Name":"sales"}"""));
    }

    /// <summary>A small typed request in CBOR.</summary>
    public static RepeatedRequest GetShardIteratorInCbor()
    {
        var answer = new GetShardIteratorOutput { ShardIterator = new string('A', 220) };
        var table = new OperationTable(KinesisModel.Service).On(KinesisModel.GetShardIterator, (_, _, _) => ValueTask.FromResult(answer));
        return new RepeatedRequest(table, "Kinesis_20131202.GetShardIterator", "application/x-amz-cbor-1.1",
            Convert.FromHexString("bf" + "67536861726449646130" + "7153686172644974657261746f7254797065" + "664c4154455354" + "6a53747265616d4e616d65" + "666f7264657273" + "ff"));
    }

    /// <summary>A raw request of the size of 500 records of 200 bytes, whose handler looks at nothing: what the edge adds to a handler's own work.</summary>
    public static RepeatedRequest RawPutRecords()
    {
        var table = new OperationTable(KinesisModel.Service).OnRaw(KinesisModel.PutRecords, static (exchange, _, _) =>
        {
            exchange.Response.Write("{\"FailedRecordCount\":0,\"Records\":[]}"u8);
            return ValueTask.CompletedTask;
        });
        return new RepeatedRequest(table, "Kinesis_20131202.PutRecords", "application/x-amz-json-1.1", new byte[153_000]);
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
