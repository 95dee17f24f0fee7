using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Tarn.Api.Glue;
using Tarn.Api.Kinesis;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Edge;
using Tarn.Wire.Tests.Support;

namespace Tarn.Wire.Tests.Edge;

/// <summary>
/// A request allocates a small constant: about 700 bytes in an optimised build, 530 for a raw one (bench/Tarn.Bench, `dispatch`). The limit leaves room for the
/// state machines that an unoptimised build allocates; raise it only with a reason.
/// </summary>
public sealed class AllocationTests
{
    private const int BytesPerRequestMax = 2_000;

    [Fact]
    public void A_small_Glue_request_allocates_no_more_than_the_limit()
    {
        var answer = new GetDatabaseResponse { Database = new Database { Name = "sales", CatalogId = "000000000000" } };
        var table = new OperationTable(GlueModel.Service).On(GlueModel.GetDatabase, (_, _, _) => ValueTask.FromResult(answer));
        var endpoint = new AwsEndpoint([table], new EveryoneIsWelcome(), new EdgeOptions(), NullLogger<AwsEndpoint>.Instance);
        var body = new MemoryStream(Encoding.UTF8.GetBytes("""{"CatalogId":"000000000000","Name":"sales"}"""));
        var http = Request("AWSGlue.GetDatabase", "application/x-amz-json-1.1", body);

        Assert.InRange(BytesPerRequest(endpoint, http, body, 500), 1, BytesPerRequestMax);
    }

    /// <summary>A raw operation: what it costs does not depend on the size of the body, in which 1,000 records may be.</summary>
    [Theory]
    [InlineData("application/x-amz-json-1.1", 1_000)]
    [InlineData("application/x-amz-json-1.1", 1_000_000)]
    [InlineData("application/x-amz-cbor-1.1", 1_000)]
    [InlineData("application/x-amz-cbor-1.1", 1_000_000)]
    public void A_raw_Kinesis_request_of_any_size_allocates_no_more_than_the_limit(string contentType, int bodyBytes)
    {
        var table = new OperationTable(KinesisModel.Service).OnRaw(KinesisModel.PutRecords, static (exchange, _, _) =>
        {
            exchange.Response.Write(exchange.Body.Span);
            return ValueTask.CompletedTask;
        });
        var endpoint = new AwsEndpoint([table], new EveryoneIsWelcome(), new EdgeOptions(), NullLogger<AwsEndpoint>.Instance);
        var body = new MemoryStream(new byte[bodyBytes]);
        var http = Request("Kinesis_20131202.PutRecords", contentType, body);

        Assert.InRange(BytesPerRequest(endpoint, http, body, 100), 1, BytesPerRequestMax);
    }

    /// <summary>A typed operation in CBOR: no more than in JSON, and its shapes.</summary>
    [Fact]
    public void A_small_Kinesis_request_in_CBOR_allocates_no_more_than_the_limit()
    {
        var answer = new GetShardIteratorOutput { ShardIterator = "AAA=" };
        var table = new OperationTable(KinesisModel.Service).On(KinesisModel.GetShardIterator, (_, _, _) => ValueTask.FromResult(answer));
        var endpoint = new AwsEndpoint([table], new EveryoneIsWelcome(), new EdgeOptions(), NullLogger<AwsEndpoint>.Instance);
        var body = new MemoryStream(Convert.FromHexString("bf6753686172644964613071536861726449746572" + "61746f7254797065664c4154455354ff"));
        var http = Request("Kinesis_20131202.GetShardIterator", "application/x-amz-cbor-1.1", body);

        Assert.InRange(BytesPerRequest(endpoint, http, body, 500), 1, BytesPerRequestMax);
    }

    private static DefaultHttpContext Request(string target, string contentType, MemoryStream body)
    {
        var http = new DefaultHttpContext();
        http.Request.Method = "POST";
        http.Request.Headers["X-Amz-Target"] = target;
        http.Request.ContentType = contentType;
        http.Request.ContentLength = body.Length;
        http.Request.Body = body;
        http.Response.Body = Stream.Null;
        return http;
    }

    private static long BytesPerRequest(AwsEndpoint endpoint, DefaultHttpContext http, MemoryStream body, int count)
    {
        Send(endpoint, http, body, count);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Send(endpoint, http, body, count);
        var bytesPerRequest = (GC.GetAllocatedBytesForCurrentThread() - before) / count;
        TestContext.Current.SendDiagnosticMessage($"{bytesPerRequest} bytes per request");
        return bytesPerRequest;
    }

    private static void Send(AwsEndpoint endpoint, DefaultHttpContext http, MemoryStream body, int count)
    {
        for (var i = 0; i < count; i++)
        {
            body.Position = 0;
            http.Response.Headers.Clear();
            Assert.True(endpoint.InvokeAsync(http).IsCompletedSuccessfully);
            Assert.Equal(200, http.Response.StatusCode);
        }
    }
}
