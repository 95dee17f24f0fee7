using System.Text.Json.Nodes;
using Tarn.Api.Kinesis;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Protocols;
using Tarn.Wire.Protocols.Cbor;
using Tarn.Wire.Tests.Protocols.Cbor;
using Tarn.Wire.Tests.Support;

namespace Tarn.Wire.Tests.Edge;

/// <summary>The two protocols of CBOR through the front door, with the operations that also speak JSON.</summary>
public sealed class CborTests
{
    private const string AwsCbor = "application/x-amz-cbor-1.1";
    private static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250);

    [Fact]
    public async Task A_request_of_the_Java_client_is_read_and_answered_in_kind()
    {
        GetShardIteratorInput? seen = null;
        await using var host = await EdgeHost.StartAsync(Kinesis(input => seen = input));

        // What Jackson writes for the Java SDK: a map of indefinite length, the timestamp as tag 1 and milliseconds.
        var answer = await CallAsync(host, "GetShardIterator", static cbor =>
        {
            cbor.WriteMapStart();
            cbor.WriteText("StreamName"u8);
            cbor.WriteText("orders");
            cbor.WriteText("ShardId"u8);
            cbor.WriteText("shardId-000000000000");
            cbor.WriteText("ShardIteratorType"u8);
            cbor.WriteText("AT_TIMESTAMP");
            cbor.WriteText("Timestamp"u8);
            cbor.WriteTag(1);
            cbor.WriteInt64(1_700_000_000_250);
            cbor.WriteText("Unknown"u8);
            cbor.WriteArrayStart(2);
            cbor.WriteNull();
            cbor.WriteMapStart(0);
            cbor.WriteBreak();
        });

        Assert.Equal(200, answer.Status);
        Assert.Equal(AwsCbor, answer.Headers["Content-Type"]);
        Assert.True(Guid.TryParse(answer.Headers["x-amzn-RequestId"], out _));
        Assert.Equal(("orders", "AT_TIMESTAMP", Time), (seen!.StreamName, seen.ShardIteratorType, seen.Timestamp));
        AssertSays("""{"ShardIterator":"AAA="}""", answer.Bytes);
    }

    [Fact]
    public async Task Blobs_are_raw_and_times_are_tagged_milliseconds()
    {
        await using var host = await EdgeHost.StartAsync(Kinesis());

        var answer = await CallAsync(host, "GetRecords", static cbor =>
        {
            cbor.WriteMapStart(1);
            cbor.WriteText("ShardIterator"u8);
            cbor.WriteText("AAA=");
        });

        Assert.Equal(200, answer.Status);
        Assert.Equal(
            "bf" + "675265636f726473" + "9fbf" + "6e53657175656e63654e756d626572" + "6135"
            + "781b417070726f78696d6174654172726976616c54696d657374616d70" + "c11b0000018bcfe568fa"
            + "6444617461" + "4300ff7b" + "6c506172746974696f6e4b6579" + "616b" + "ffff"
            + "724d696c6c6973426568696e644c6174657374" + "00" + "ff",
            Convert.ToHexStringLower(answer.Bytes));
    }

    [Fact]
    public async Task An_error_is_a_map_with_its_type()
    {
        await using var host = await EdgeHost.StartAsync(Kinesis());

        var missing = await CallAsync(host, "PutRecord", static cbor => cbor.WriteMapStart(0));
        var notFound = await CallAsync(host, "DescribeStream", static cbor => cbor.WriteMapStart(0));
        var bug = await CallAsync(host, "ListStreams", static cbor => cbor.WriteMapStart(0));

        Assert.All([missing, notFound, bug], answer => Assert.Equal(AwsCbor, answer.Headers["Content-Type"]));
        Assert.Equal((400, 400, 500), (missing.Status, notFound.Status, bug.Status));
        AssertSays("""
            {"__type":"ValidationException","message":"2 validation errors detected: Value null at 'partitionKey' failed to satisfy constraint: Member must not be null; Value null at 'data' failed to satisfy constraint: Member must not be null"}
            """, missing.Bytes);
        AssertSays("""{"__type":"ResourceNotFoundException","message":"Stream größe not found."}""", notFound.Bytes);
        AssertSays("""{"__type":"InternalFailure"}""", bug.Bytes);
    }

    [Fact]
    public async Task Bodies_that_are_no_document_and_operations_that_do_not_exist_are_refused_as_in_JSON()
    {
        await using var host = await EdgeHost.StartAsync(Kinesis());

        // Byte for byte what AWS sent to kinesalite's author.
        foreach (var body in new byte[][] { [], [0xF6], [0x61, 0x61], "{}"u8.ToArray(), [0xBF], [0xA0, 0xA0] })
        {
            var answer = await CallAsync(host, "DescribeStream", body);
            Assert.Equal((400, "bf665f5f747970657653657269616c697a6174696f6e457863657074696f6eff"), (answer.Status, Convert.ToHexStringLower(answer.Bytes)));
        }

        var unknown = await CallAsync(host, "MakeCoffee", [0xA0]);
        Assert.Equal(400, unknown.Status);
        Assert.Equal("UnknownOperationException", CborJson.Parse(unknown.Bytes)!["__type"]!.GetValue<string>());

        using var request = EdgeHost.Request("Nothing_20200101.Do", [0xA0], AwsCbor);
        var elsewhere = await host.SendAsync(request);
        Assert.Equal("UnknownOperationException", CborJson.Parse(elsewhere.Bytes)!["__type"]!.GetValue<string>());
    }

    [Fact]
    public async Task Values_of_the_wrong_kind_are_a_SerializationException_that_says_which()
    {
        await using var host = await EdgeHost.StartAsync(Kinesis());

        var answer = await CallAsync(host, "PutRecord", static cbor =>
        {
            cbor.WriteMapStart(1);
            cbor.WriteText("Data"u8);
            cbor.WriteText("AAAA");
        });

        Assert.Equal(400, answer.Status);
        AssertSays("""{"__type":"SerializationException","Message":"STRING_VALUE can not be converted to a Blob"}""", answer.Bytes);
    }

    [Fact]
    public async Task A_service_that_speaks_no_CBOR_does_not_know_the_operation()
    {
        await using var host = await EdgeHost.StartAsync(new OperationTable(Api.Glue.GlueModel.Service)
            .On(Api.Glue.GlueModel.GetDatabase, (_, _, _) => ValueTask.FromResult(new Api.Glue.GetDatabaseResponse())));
        using var request = EdgeHost.Request("AWSGlue.GetDatabase", [0xA0], AwsCbor);

        var answer = await host.SendAsync(request);

        Assert.Equal((400, """{"__type":"UnknownOperationException"}"""), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task The_same_operations_speak_rpc_v2_cbor_whose_times_are_seconds()
    {
        GetShardIteratorInput? seen = null;
        await using var host = await EdgeHost.StartAsync(Kinesis(input => seen = input));

        var iterator = await CallRpcV2Async(host, "Kinesis_20131202", "GetShardIterator", Convert.FromHexString(
            "a36753686172644964613071" + "53686172644974657261746f7254797065" + "664c4154455354" + "6954696d657374616d70" + "c1fb41d954fc40100000"));
        var records = await CallRpcV2Async(host, "Kinesis_20131202", "GetRecords", Convert.FromHexString("bf6d53686172644974657261746f726161ff"));
        var failed = await CallRpcV2Async(host, "Kinesis_20131202", "DescribeStream", []);
        var unknown = await CallRpcV2Async(host, "Elsewhere", "DescribeStream", []);

        Assert.Equal((200, Time), (iterator.Status, seen!.Timestamp));
        Assert.Equal(("application/cbor", "rpc-v2-cbor"), (records.Headers["Content-Type"], records.Headers["smithy-protocol"]));
        Assert.Equal(1_700_000_000.25, CborJson.Parse(records.Bytes)!["Records"]![0]!["ApproximateArrivalTimestamp"]!.GetValue<double>());
        Assert.Equal((400, "rpc-v2-cbor"), (failed.Status, failed.Headers["smithy-protocol"]));
        AssertSays("""{"__type":"ResourceNotFoundException","message":"Stream größe not found."}""", failed.Bytes);
        Assert.Equal(400, unknown.Status);
        AssertSays("""
            {"__type":"UnknownOperationException","message":"Tarn has no service that answers to /service/Elsewhere/operation/DescribeStream."}
            """, unknown.Bytes);
    }

    private static OperationTable Kinesis(Action<GetShardIteratorInput>? seeIterator = null) => new OperationTable(KinesisModel.Service)
        .On(KinesisModel.GetShardIterator, (input, _, _) =>
        {
            seeIterator?.Invoke(input);
            return ValueTask.FromResult(new GetShardIteratorOutput { ShardIterator = "AAA=" });
        })
        .On(KinesisModel.GetRecords, (_, _, _) => ValueTask.FromResult(new GetRecordsOutput
        {
            Records = [new Api.Kinesis.Record { SequenceNumber = "5", ApproximateArrivalTimestamp = Time, Data = new byte[] { 0, 255, 123 }, PartitionKey = "k" }],
            MillisBehindLatest = 0,
        }))
        .On(KinesisModel.PutRecord, (_, _, _) => ValueTask.FromResult(new PutRecordOutput()))
        .On(KinesisModel.DescribeStream, (_, _, _) => throw new AwsException("ResourceNotFoundException", "Stream größe not found."))
        .On(KinesisModel.ListStreams, (_, _, _) => throw new InvalidOperationException("secret detail"));

    private delegate void Writing(CborWriter writer);

    private static Task<Answer> CallAsync(EdgeHost host, string operation, Writing write)
    {
        using var buffer = new PooledBuffer();
        write(new CborWriter(buffer));
        return CallAsync(host, operation, buffer.WrittenSpan.ToArray());
    }

    private static async Task<Answer> CallAsync(EdgeHost host, string operation, byte[] body)
    {
        using var request = EdgeHost.Request("Kinesis_20131202." + operation, body, AwsCbor);
        return await host.SendAsync(request);
    }

    private static async Task<Answer> CallRpcV2Async(EdgeHost host, string service, string operation, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/service/{service}/operation/{operation}") { Content = new ByteArrayContent(body) };
        request.Headers.Add("smithy-protocol", "rpc-v2-cbor");
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/cbor");
        return await host.SendAsync(request);
    }

    private static void AssertSays(string json, byte[] cbor)
    {
        var actual = CborJson.Parse(cbor);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), actual), $"expected {json}\nactual   {actual?.ToJsonString()}");
    }
}
