using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Tarn.Api.Kinesis;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Edge;
using Tarn.Wire.EventStreams;
using Tarn.Wire.Signing;
using Tarn.Wire.Tests.Support;

namespace Tarn.Wire.Tests.Edge;

/// <summary>
/// AWS's own Kinesis clients against operations of this test, with signatures verified. The one for JavaScript (of tests/conformance/js) speaks
/// HTTP/2 with prior knowledge, as it does by default, and JSON; told to, it speaks rpc-v2-cbor. The one for Python speaks HTTP/1.1 and JSON.
/// Skipped where they are not installed.
/// </summary>
public sealed class KinesisClientTests
{
    private const string PythonScript = """
        import json, sys
        try:
            import boto3
            from botocore.config import Config
            from botocore.exceptions import ClientError, EventStreamError
        except ImportError:
            print("no boto3"); sys.exit(77)
        client = boto3.client("kinesis", endpoint_url=sys.argv[1], region_name="eu-west-1", aws_access_key_id="test", aws_secret_access_key="test",
            config=Config(retries={"max_attempts": 0}))
        results = {}
        def fail(name):
            try:
                client.describe_stream_summary(StreamName=name)
            except ClientError as e:
                return [e.response["Error"]["Code"], e.response["Error"]["Message"], e.response["ResponseMetadata"]["HTTPStatusCode"]]
        put = client.put_records(StreamName="s", Records=[{"PartitionKey": "gr\u00f6\u00dfe", "Data": bytes([0, 255, 123])}])
        results["put"] = [put["FailedRecordCount"], put["Records"][0]["ShardId"], put["Records"][0]["SequenceNumber"]]
        got = client.get_records(ShardIterator="AAA=")["Records"][0]
        results["got"] = [got["PartitionKey"], list(got["Data"]), got["ApproximateArrivalTimestamp"].astimezone(__import__("datetime").timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"]
        results["iterator"] = client.get_shard_iterator(StreamName="s", ShardId="0", ShardIteratorType="AT_TIMESTAMP", Timestamp=1700000000.25)["ShardIterator"]
        results["missing"] = fail("gone")
        results["invalid"] = fail("#")
        results["events"] = []
        for shard in ["0", "fails"]:
            try:
                stream = client.subscribe_to_shard(ConsumerARN="arn:aws:kinesis:eu-west-1:000000000000:stream/s/consumer/c:1", ShardId=shard, StartingPosition={"Type": "LATEST"})["EventStream"]
                for event in stream:
                    e = event["SubscribeToShardEvent"]
                    results["events"].append([e["ContinuationSequenceNumber"], e["MillisBehindLatest"],
                        [[r["SequenceNumber"], list(r["Data"]), round(r["ApproximateArrivalTimestamp"].timestamp() * 1000)] for r in e["Records"]]])
                results["events"].append("end")
            except EventStreamError as e:
                results["events"].append([e.response["Error"]["Code"], e.response["Error"]["Message"]])
        print(json.dumps(results))
        """;

    private const string JavaScript = """
        import { KinesisClient, PutRecordsCommand, GetRecordsCommand, DescribeStreamSummaryCommand, GetShardIteratorCommand, SubscribeToShardCommand } from "@aws-sdk/client-kinesis";
        import { AwsSmithyRpcV2CborProtocol } from "@aws-sdk/core/protocols";
        const [endpoint, kind] = process.argv.slice(2);
        const client = new KinesisClient({
          endpoint, region: "eu-west-1", credentials: { accessKeyId: "test", secretAccessKey: "test" }, maxAttempts: 1,
          ...(kind === "cbor" ? { protocol: AwsSmithyRpcV2CborProtocol } : {}),
        });
        const results = {};
        const fail = async (command) => { try { await client.send(command); return "no error"; } catch (e) { return [e.name, e.message, e.$metadata.httpStatusCode]; } };
        const put = await client.send(new PutRecordsCommand({ StreamName: "s", Records: [{ PartitionKey: "größe", Data: new Uint8Array([0, 255, 123]) }] }));
        results.put = [put.FailedRecordCount, put.Records[0].ShardId, put.Records[0].SequenceNumber];
        const got = await client.send(new GetRecordsCommand({ ShardIterator: "AAA=" }));
        results.got = [got.Records[0].PartitionKey, [...got.Records[0].Data], got.Records[0].ApproximateArrivalTimestamp.toISOString()];
        const iterator = await client.send(new GetShardIteratorCommand({ StreamName: "s", ShardId: "0", ShardIteratorType: "AT_TIMESTAMP", Timestamp: new Date(1700000000250) }));
        results.iterator = iterator.ShardIterator;
        results.missing = await fail(new DescribeStreamSummaryCommand({ StreamName: "gone" }));
        results.invalid = await fail(new DescribeStreamSummaryCommand({ StreamName: "#" }));
        const subscribe = (ShardId) => client.send(new SubscribeToShardCommand({
          ConsumerARN: "arn:aws:kinesis:eu-west-1:000000000000:stream/s/consumer/c:1", ShardId, StartingPosition: { Type: "LATEST" } }));
        results.events = [];
        for (const shard of ["0", "fails"]) {
          try {
            for await (const event of (await subscribe(shard)).EventStream) {
              const e = event.SubscribeToShardEvent;
              results.events.push([e.ContinuationSequenceNumber, e.MillisBehindLatest, e.Records.map(r => [r.SequenceNumber, [...r.Data], r.ApproximateArrivalTimestamp.getTime()])]);
            }
            results.events.push("end");
          } catch (e) {
            results.events.push([e.name, e.message]);
          }
        }
        console.log(JSON.stringify(results));
        client.destroy();
        """;

    private static readonly DateTimeOffset Time = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250);

    [Theory]
    [InlineData("json", BodyEncoding.Json)]
    [InlineData("cbor", BodyEncoding.SmithyCbor)]
    public async Task The_JavaScript_client_understands_answers_errors_and_events(string kind, BodyEncoding encoding)
    {
        var clients = Path.Combine(Repository(), "tests", "conformance", "js");
        if (!Directory.Exists(Path.Combine(clients, "node_modules", "@aws-sdk", "client-kinesis")))
        {
            Assert.Skip("the clients of tests/conformance/js are not installed: its `run` does that");
        }

        await AssertClientAsync("HTTP/2", encoding, 1_700_000_000_250, address => RunAsync("node", ["--input-type=module", "-", address, kind], clients, JavaScript));
    }

    /// <summary>botocore sends whole seconds.</summary>
    [Fact]
    public Task The_Python_client_understands_answers_errors_and_events() =>
        AssertClientAsync("HTTP/1.1", BodyEncoding.Json, 1_700_000_000_000, address => RunAsync("python3", ["-", address], Repository(), PythonScript));

    private static async Task AssertClientAsync(string http, BodyEncoding encoding, long sentTimestampMs, Func<string, Task<(int ExitCode, string Output, string Errors)>> run)
    {
        var seen = new ConcurrentBag<(string Http, BodyEncoding Encoding)>();
        using var temporary = TemporaryCredentials.ForThisProcess();
        var authenticator = new SigV4Authenticator(new SigningOptions(), temporary, loopbackOnly: true, TimeProvider.System);
        await using var host = await EdgeHost.StartAsync(new EdgeOptions(), authenticator, Kinesis(seen));

        var (exitCode, output, errors) = await run(host.Client.BaseAddress!.ToString());
        if (exitCode is 77 or 127)
        {
            Assert.Skip("the client is not installed");
        }

        Assert.True(exitCode == 0, errors);
        using var results = JsonDocument.Parse(output);
        AssertResult("""[0,"shardId-000000000000","5"]""", results, "put");
        AssertResult("""["größe",[0,255,123],"2023-11-14T22:13:20.250Z"]""", results, "got");
        AssertResult($"\"{sentTimestampMs}\"", results, "iterator");
        AssertResult("""["ResourceNotFoundException","Stream gone under account 000000000000 not found.",400]""", results, "missing");
        AssertResult(
            """
            ["ValidationException","1 validation error detected: Value '#' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",400]
            """, results, "invalid");
        AssertResult(
            """[["1",0,[["1",[49],1700000000250]]],["2",0,[["2",[50],1700000000250]]],"end",["1",0,[["1",[49],1700000000250]]],["ResourceInUseException","Taken over."]]""",
            results, "events");
        Assert.All(seen, request => Assert.Equal((http, encoding), request));
        Assert.Equal(3, seen.Count);
    }

    private static OperationTable Kinesis(ConcurrentBag<(string Http, BodyEncoding Encoding)> seen) => new OperationTable(KinesisModel.Service)
        .OnRaw(KinesisModel.PutRecords, (exchange, context, _) =>
        {
            seen.Add((context.Http.Request.Protocol, exchange.Encoding));
            var input = exchange.ReadInput();
            Assert.Equal(("größe", "00FF7B"), (input.Records![0].PartitionKey, Convert.ToHexString(input.Records[0].Data!.Value.Span)));
            exchange.WriteOutput(new PutRecordsOutput { FailedRecordCount = 0, Records = [new PutRecordsResultEntry { ShardId = "shardId-000000000000", SequenceNumber = "5" }] });
            return ValueTask.CompletedTask;
        })
        .On(KinesisModel.GetRecords, (_, _, _) => ValueTask.FromResult(new GetRecordsOutput
        {
            Records = [new Api.Kinesis.Record { SequenceNumber = "5", PartitionKey = "größe", Data = new byte[] { 0, 255, 123 }, ApproximateArrivalTimestamp = Time }],
            MillisBehindLatest = 0,
        }))
        .On(KinesisModel.GetShardIterator, (input, _, _) => ValueTask.FromResult(new GetShardIteratorOutput { ShardIterator = $"{input.Timestamp!.Value.ToUnixTimeMilliseconds()}" }))
        .On(KinesisModel.DescribeStreamSummary, (input, context, _) =>
            throw new AwsException("ResourceNotFoundException", $"Stream {input.StreamName} under account {context.Scope.AccountId} not found."))
        .OnEventStream(KinesisModel.SubscribeToShard, async (input, events, context, cancellationToken) =>
        {
            seen.Add((context.Http.Request.Protocol, events.Encoding));
            await events.StartAsync(new SubscribeToShardOutput(), cancellationToken);
            foreach (var number in input.ShardId == "0" ? ["1", "2"] : new[] { "1" })
            {
                await events.WriteAsync(EncodedEvent.Create(SubscribeToShardEventStream.SubscribeToShardEvent, Event(number), events.Encoding), cancellationToken);
            }

            if (input.ShardId != "0")
            {
                throw new AwsException("ResourceInUseException", "Taken over.");
            }
        });

    private static SubscribeToShardEvent Event(string number) => new()
    {
        Records = [new Api.Kinesis.Record { SequenceNumber = number, PartitionKey = "k", Data = System.Text.Encoding.ASCII.GetBytes(number), ApproximateArrivalTimestamp = Time }],
        ContinuationSequenceNumber = number,
        MillisBehindLatest = 0,
    };

    private static void AssertResult(string expected, JsonDocument results, string name)
    {
        using var wanted = JsonDocument.Parse(expected);
        Assert.True(JsonElement.DeepEquals(wanted.RootElement, results.RootElement.GetProperty(name)), $"expected {expected}\nactual   {results.RootElement.GetProperty(name).GetRawText()}");
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string program, string[] arguments, string folder, string script)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process? process;
        try
        {
            process = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (127, "", "");
        }

        using (process)
        {
            await process!.StandardInput.WriteAsync(script);
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, output, await errors);
        }
    }

    private static string Repository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "Tarn.slnx")))
        {
            directory = directory.Parent;
        }

        return directory.FullName;
    }
}
