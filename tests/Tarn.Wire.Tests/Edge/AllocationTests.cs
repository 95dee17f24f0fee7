using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Tarn.Api.Glue;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Edge;
using Tarn.Wire.Tests.Support;

namespace Tarn.Wire.Tests.Edge;

/// <summary>
/// A request allocates a small constant: 704 bytes in an optimised build (bench/Tarn.Bench, `dispatch`). The limit leaves room for the
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
        var http = new DefaultHttpContext();
        http.Request.Method = "POST";
        http.Request.Headers["X-Amz-Target"] = "AWSGlue.GetDatabase";
        http.Request.ContentType = "application/x-amz-json-1.1";
        http.Request.ContentLength = body.Length;
        http.Request.Body = body;
        http.Response.Body = Stream.Null;

        Send(endpoint, http, body, 500);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Send(endpoint, http, body, 500);
        var bytesPerRequest = (GC.GetAllocatedBytesForCurrentThread() - before) / 500;

        TestContext.Current.SendDiagnosticMessage($"{bytesPerRequest} bytes per request");
        Assert.InRange(bytesPerRequest, 1, BytesPerRequestMax);
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
