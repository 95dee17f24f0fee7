using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging;
using Tarn.Api.Kinesis;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Tests.Protocols.Cbor;
using Tarn.Wire.Tests.Support;

namespace Tarn.Wire.Tests.Edge;

/// <summary>Operations that read and write bytes themselves: everything around them is as for typed ones.</summary>
public sealed class RawOperationTests
{
    private const string Json = "application/x-amz-json-1.1";
    private const string AwsCbor = "application/x-amz-cbor-1.1";

    [Theory]
    [InlineData(Json, BodyEncoding.Json)]
    [InlineData(AwsCbor, BodyEncoding.AwsCbor)]
    public async Task The_bytes_go_in_and_out_as_they_are(string contentType, BodyEncoding encoding)
    {
        var body = new byte[300_000];
        new Random(1).NextBytes(body);
        await using var host = await EdgeHost.StartAsync(new OperationTable(KinesisModel.Service).OnRaw(KinesisModel.PutRecords, (exchange, context, _) =>
        {
            Assert.Equal(encoding, exchange.Encoding);
            Assert.Equal("000000000000", context.Scope.AccountId);
            exchange.Response.Write(exchange.Body.Span);
            return ValueTask.CompletedTask;
        }));
        using var request = EdgeHost.Request("Kinesis_20131202.PutRecords", body, contentType);

        var answer = await host.SendAsync(request);

        Assert.Equal(200, answer.Status);
        Assert.Equal(contentType, answer.Headers["Content-Type"]);
        Assert.True(Guid.TryParse(answer.Headers["x-amzn-RequestId"], out _));
        Assert.Equal("300000", answer.Headers["Content-Length"]);
        Assert.Equal(body, answer.Bytes);
    }

    [Theory]
    [InlineData(Json, """{"Records":[{"PartitionKey":"k","Data":"eA=="}]}""", "{\"FailedRecordCount\":0,\"Records\":[{\"ShardId\":\"k\"}]}")]
    [InlineData(AwsCbor, "a1675265636f72647381a26c506172746974696f6e4b6579616b64446174614178", null)]
    public async Task What_a_handler_does_not_read_itself_it_reads_and_answers_as_a_typed_one(string contentType, string body, string? expected)
    {
        await using var host = await EdgeHost.StartAsync(new OperationTable(KinesisModel.Service).OnRaw(KinesisModel.PutRecords, (exchange, _, _) =>
        {
            var input = exchange.ReadInput();
            Assert.Equal("x"u8.ToArray(), input.Records![0].Data!.Value.ToArray());
            exchange.WriteOutput(new PutRecordsOutput { FailedRecordCount = 0, Records = [new PutRecordsResultEntry { ShardId = input.Records[0].PartitionKey }] });
            return ValueTask.CompletedTask;
        }));
        using var request = EdgeHost.Request("Kinesis_20131202.PutRecords", contentType == Json ? Encoding.UTF8.GetBytes(body) : Convert.FromHexString(body), contentType);
        using var invalid = EdgeHost.Request("Kinesis_20131202.PutRecords", contentType == Json ? "{}"u8.ToArray() : [0xA0], contentType);

        var answer = await host.SendAsync(request);
        var refusal = await host.SendAsync(invalid);

        Assert.Equal(expected ?? """{"FailedRecordCount":0,"Records":[{"ShardId":"k"}]}""", contentType == Json ? answer.Body : CborJson.Parse(answer.Bytes)!.ToJsonString());
        Assert.Equal(400, refusal.Status);
        Assert.Contains("1 validation error detected: Value null at 'records' failed to satisfy constraint: Member must not be null", refusal.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_written_before_an_error_is_not_sent()
    {
        await using var host = await EdgeHost.StartAsync(new OperationTable(KinesisModel.Service)
            .OnRaw(KinesisModel.PutRecords, (exchange, _, _) =>
            {
                exchange.Response.Write("{\"FailedRecordCount\":"u8);
                throw new AwsException("ProvisionedThroughputExceededException", "Rate exceeded.");
            })
            .OnRaw(KinesisModel.PutRecord, (exchange, _, _) =>
            {
                exchange.Response.Write("{\"ShardId\":"u8);
                throw new InvalidOperationException("secret detail");
            }));

        var refused = await host.CallAsync("Kinesis_20131202.PutRecords", "{}");
        var bug = await host.CallAsync("Kinesis_20131202.PutRecord", "{}");

        Assert.Equal((400, """{"__type":"ProvisionedThroughputExceededException","message":"Rate exceeded."}"""), (refused.Status, refused.Body));
        Assert.Equal((500, """{"__type":"InternalFailure"}"""), (bug.Status, bug.Body));
        Assert.Single(host.Logger.Entries, entry => entry.Level == LogLevel.Error);
    }

    [Fact]
    public async Task The_limit_of_the_body_is_the_services_own()
    {
        var table = new OperationTable(KinesisModel.Service) { RequestBodyBytesMax = 15 * 1024 * 1024 }.OnRaw(KinesisModel.PutRecords, (exchange, _, _) =>
        {
            exchange.Response.Write(Encoding.ASCII.GetBytes($"{exchange.Body.Length}"));
            return ValueTask.CompletedTask;
        });
        await using var host = await EdgeHost.StartAsync(table, new OperationTable(Api.Glue.GlueModel.Service)
            .On(Api.Glue.GlueModel.GetDatabase, (_, _, _) => ValueTask.FromResult(new Api.Glue.GetDatabaseResponse())));
        foreach (var contentType in new[] { Json, AwsCbor })
        {
            using var largest = EdgeHost.Request("Kinesis_20131202.PutRecords", new byte[15 * 1024 * 1024], contentType);
            using var tooLarge = EdgeHost.Request("Kinesis_20131202.PutRecords", new byte[15 * 1024 * 1024 + 1], contentType);
            var answer = await host.SendAsync(largest);
            var refusal = await host.SendAsync(tooLarge);
            Assert.Equal((200, "15728640"), (answer.Status, answer.Body));
            Assert.Equal(413, refusal.Status);
            Assert.Contains("Request must be smaller than 15728640 bytes.", refusal.Body, StringComparison.Ordinal);
        }

        using var other = EdgeHost.Request("AWSGlue.GetDatabase", new byte[8 * 1024 * 1024 + 1], Json);
        Assert.Equal(413, (await host.SendAsync(other)).Status);
    }

    [Fact]
    public void Services_of_other_protocols_have_no_raw_operations() => Assert.Throws<NotSupportedException>(() => new OperationTable(Api.S3.S3Model.Service)
        .OnRaw(Api.S3.S3Model.PutObject, (_, _, _) => ValueTask.CompletedTask));
}
