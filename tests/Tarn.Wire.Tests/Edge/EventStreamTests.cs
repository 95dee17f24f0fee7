using System.Net;
using System.Text.Json.Nodes;
using Tarn.Api.Kinesis;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.EventStreams;
using Tarn.Wire.Tests.EventStreams;
using Tarn.Wire.Tests.Protocols.Cbor;
using Tarn.Wire.Tests.Support;

namespace Tarn.Wire.Tests.Edge;

/// <summary>Operations that answer with events, over both versions of HTTP and in every encoding.</summary>
public sealed class EventStreamTests
{
    private const string Json = "application/x-amz-json-1.1";
    private const string AwsCbor = "application/x-amz-cbor-1.1";
    private const string Input = """{"ConsumerARN":"arn:aws:kinesis:us-east-1:000000000000:stream/s/consumer/c:1","ShardId":"shardId-0","StartingPosition":{"Type":"LATEST"}}""";
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.1", Json)]
    [InlineData("2.0", Json)]
    [InlineData("1.1", AwsCbor)]
    [InlineData("2.0", AwsCbor)]
    public async Task Events_arrive_while_the_operation_goes_on(string version, string contentType)
    {
        var secondMayGo = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await EdgeHost.StartAsync(Subscribing(async (_, events, _, cancellationToken) =>
        {
            Assert.Equal(contentType == Json ? BodyEncoding.Json : BodyEncoding.AwsCbor, events.Encoding);
            await events.StartAsync(new SubscribeToShardOutput(), cancellationToken);
            await events.WriteAsync(SubscribeToShardEventStream.SubscribeToShardEvent, Event("1"), cancellationToken);
            await secondMayGo.Task.WaitAsync(cancellationToken);
            await events.WriteAsync(SubscribeToShardEventStream.SubscribeToShardEvent, Event("2"), cancellationToken);
        }));
        using var response = await SubscribeAsync(host, version, contentType);
        await using var stream = await response.Content.ReadAsStreamAsync(Cancellation);

        Assert.Equal((HttpStatusCode.OK, "application/vnd.amazon.eventstream"), (response.StatusCode, response.Content.Headers.ContentType!.ToString()));
        Assert.Equal(version, response.Version.ToString());
        Assert.True(response.Headers.Contains("x-amzn-RequestId"));
        AssertEvent("initial-response", contentType, "{}", await EventMessages.ReadAsync(stream, Cancellation));
        AssertEvent("SubscribeToShardEvent", contentType, Expected("1"), await EventMessages.ReadAsync(stream, Cancellation));

        // The first event was here before the operation was allowed to make the second.
        secondMayGo.SetResult();
        AssertEvent("SubscribeToShardEvent", contentType, Expected("2"), await EventMessages.ReadAsync(stream, Cancellation));
        Assert.Null(await EventMessages.ReadAsync(stream, Cancellation));
    }

    [Fact]
    public async Task One_encoded_event_goes_to_many_streams()
    {
        var encoded = EncodedEvent.Create(SubscribeToShardEventStream.SubscribeToShardEvent, Event("7"), BodyEncoding.Json);
        await using var host = await EdgeHost.StartAsync(Subscribing(async (_, events, _, cancellationToken) =>
        {
            await events.StartAsync(new SubscribeToShardOutput(), cancellationToken);
            await events.WriteAsync(encoded, cancellationToken);
        }));

        var bodies = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            using var response = await SubscribeAsync(host, i % 2 == 0 ? "1.1" : "2.0", Json);
            return await response.Content.ReadAsByteArrayAsync(Cancellation);
        }));

        Assert.All(bodies, body => Assert.Equal(encoded.Message.ToArray(), body[^encoded.Message.Length..]));
    }

    [Fact]
    public async Task An_error_before_the_start_is_an_answer_like_any_other()
    {
        await using var host = await EdgeHost.StartAsync(Subscribing((_, _, _, _) => throw new AwsException("ResourceInUseException", "Another active subscription exists.")));

        using var inUse = await SubscribeAsync(host, "1.1", Json);
        var invalid = await host.CallAsync("Kinesis_20131202.SubscribeToShard", "{}");

        Assert.Equal(HttpStatusCode.BadRequest, inUse.StatusCode);
        Assert.Equal(Json, inUse.Content.Headers.ContentType!.ToString());
        Assert.Equal("""{"__type":"ResourceInUseException","message":"Another active subscription exists."}""", await inUse.Content.ReadAsStringAsync(Cancellation));
        Assert.Contains("3 validation errors detected", invalid.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Json)]
    [InlineData(AwsCbor)]
    public async Task An_error_after_the_start_ends_the_stream_with_an_exception(string contentType)
    {
        await using var host = await EdgeHost.StartAsync(Subscribing(async (_, events, _, cancellationToken) =>
        {
            await events.StartAsync(new SubscribeToShardOutput(), cancellationToken);
            throw new AwsException("ResourceInUseException", "Taken over.");
        }));

        var (last, end) = await LastMessageAsync(host, contentType);

        Assert.Equal(
            new Dictionary<string, string> { [":exception-type"] = "ResourceInUseException", [":content-type"] = contentType, [":message-type"] = "exception" },
            last!.Headers);
        AssertSays("""{"message":"Taken over."}""", contentType, last.Payload);
        Assert.Null(end);
    }

    [Fact]
    public async Task An_error_that_the_stream_does_not_know_is_a_message_of_type_error()
    {
        await using var host = await EdgeHost.StartAsync(Subscribing(async (_, events, _, cancellationToken) =>
        {
            await events.StartAsync(new SubscribeToShardOutput(), cancellationToken);
            throw new AwsException("ExpiredTokenException", "Too late.");
        }));

        var (last, end) = await LastMessageAsync(host, Json);

        Assert.Equal(
            new Dictionary<string, string> { [":error-code"] = "ExpiredTokenException", [":error-message"] = "Too late.", [":message-type"] = "error" },
            last!.Headers);
        Assert.Empty(last.Payload);
        Assert.Null(end);
    }

    [Fact]
    public async Task A_bug_after_the_start_is_an_InternalFailureException_logged_once()
    {
        await using var host = await EdgeHost.StartAsync(Subscribing(async (_, events, _, cancellationToken) =>
        {
            await events.StartAsync(new SubscribeToShardOutput(), cancellationToken);
            throw new InvalidOperationException("secret detail");
        }));

        var (last, _) = await LastMessageAsync(host, Json);

        Assert.Equal(("InternalFailureException", "{}"), (last!.Headers[":exception-type"], last.Text));
        Assert.Single(host.Logger.Entries, entry => entry.Level == Microsoft.Extensions.Logging.LogLevel.Error);
    }

    [Fact]
    public async Task An_operation_that_forgets_to_start_is_a_bug()
    {
        await using var host = await EdgeHost.StartAsync(Subscribing((_, _, _, _) => ValueTask.CompletedTask));

        using var response = await SubscribeAsync(host, "1.1", Json);

        Assert.Equal((HttpStatusCode.InternalServerError, """{"__type":"InternalFailure"}"""), (response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation)));
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task The_operation_is_cancelled_when_the_client_goes_away(string version)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await EdgeHost.StartAsync(Subscribing(async (_, events, _, cancellationToken) =>
        {
            await events.StartAsync(new SubscribeToShardOutput(), cancellationToken);
            using var registration = cancellationToken.Register(cancelled.SetResult);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }));

        using (var response = await SubscribeAsync(host, version, Json))
        {
            await using var stream = await response.Content.ReadAsStreamAsync(Cancellation);
            Assert.NotNull(await EventMessages.ReadAsync(stream, Cancellation));
        }

        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        Assert.DoesNotContain(host.Logger.Entries, entry => entry.Level == Microsoft.Extensions.Logging.LogLevel.Error);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_server_that_stops_ends_its_streams_well_and_at_once(string version)
    {
        await using var host = await EdgeHost.StartAsync(Subscribing(async (_, events, _, cancellationToken) =>
        {
            await events.StartAsync(new SubscribeToShardOutput(), cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }));
        using var response = await SubscribeAsync(host, version, Json);
        await using var stream = await response.Content.ReadAsStreamAsync(Cancellation);
        AssertEvent("initial-response", Json, "{}", await EventMessages.ReadAsync(stream, Cancellation));

        var stop = host.StopAsync();

        Assert.Null(await EventMessages.ReadAsync(stream, Cancellation));
        response.Dispose();
        await stop.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
        Assert.DoesNotContain(host.Logger.Entries, entry => entry.Level == Microsoft.Extensions.Logging.LogLevel.Error);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_client_that_does_not_read_makes_the_operation_wait_and_its_going_ends_it(string version)
    {
        var encoded = EncodedEvent.Create(SubscribeToShardEventStream.SubscribeToShardEvent,
            new SubscribeToShardEvent { Records = [new Api.Kinesis.Record { SequenceNumber = "1", Data = new byte[200_000], PartitionKey = "k" }] }, BodyEncoding.Json);
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var host = await EdgeHost.StartAsync(Subscribing(async (_, events, _, cancellationToken) =>
        {
            await events.StartAsync(new SubscribeToShardOutput(), cancellationToken);
            try
            {
                // Without end: what is written to a client that has just gone is dropped at once, until the word of its going arrives.
                while (true)
                {
                    var write = events.WriteAsync(encoded, cancellationToken).AsTask();
                    if (!write.IsCompleted)
                    {
                        waits.TrySetResult();
                    }

                    await write;
                }
            }
            catch (Exception gone)
            {
                ended.SetResult(gone);
                throw;
            }
        }));

        using (await SubscribeAsync(host, version, Json))
        {
            await waits.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        }

        Assert.True(await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation) is OperationCanceledException or IOException);
        Assert.DoesNotContain(host.Logger.Entries, entry => entry.Level == Microsoft.Extensions.Logging.LogLevel.Error);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_message_that_is_cancelled_in_its_middle_breaks_the_stream(string version)
    {
        var encoded = EncodedEvent.Create(SubscribeToShardEventStream.SubscribeToShardEvent,
            new SubscribeToShardEvent { Records = [new Api.Kinesis.Record { SequenceNumber = "1", Data = new byte[10_000_000], PartitionKey = "k" }] }, BodyEncoding.Json);
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var cut = new CancellationTokenSource();
        await using var host = await EdgeHost.StartAsync(Subscribing(async (_, events, _, cancellationToken) =>
        {
            await events.StartAsync(new SubscribeToShardOutput(), cancellationToken);
            var write = events.WriteAsync(encoded, cut.Token).AsTask();
            Assert.False(write.IsCompleted);
            waits.SetResult();
            await write;
        }));
        using var response = await SubscribeAsync(host, version, Json);
        await using var stream = await response.Content.ReadAsStreamAsync(Cancellation);
        AssertEvent("initial-response", Json, "{}", await EventMessages.ReadAsync(stream, Cancellation));
        await waits.Task.WaitAsync(Cancellation);

        await cut.CancelAsync();

        await Assert.ThrowsAnyAsync<IOException>(() => stream.CopyToAsync(Stream.Null, Cancellation));
        Assert.DoesNotContain(host.Logger.Entries, entry => entry.Level == Microsoft.Extensions.Logging.LogLevel.Error);
    }

    [Fact]
    public async Task An_event_in_another_encoding_is_not_sent()
    {
        var encoded = EncodedEvent.Create(SubscribeToShardEventStream.SubscribeToShardEvent, Event("7"), BodyEncoding.AwsCbor);
        await using var host = await EdgeHost.StartAsync(Subscribing(async (_, events, _, cancellationToken) =>
        {
            await events.StartAsync(new SubscribeToShardOutput(), cancellationToken);
            await events.WriteAsync(encoded, cancellationToken);
        }));

        var (last, _) = await LastMessageAsync(host, Json);

        Assert.Equal("InternalFailureException", last!.Headers[":exception-type"]);
    }

    [Fact]
    public void Services_of_other_protocols_have_no_event_streams() => Assert.Throws<NotSupportedException>(() => new OperationTable(Api.S3.S3Model.Service)
        .OnEventStream(Api.S3.S3Model.SelectObjectContent, (_, _, _, _) => ValueTask.CompletedTask));

    private static OperationTable Subscribing(Func<SubscribeToShardInput, EventStreamWriter<SubscribeToShardOutput>, RequestContext, CancellationToken, ValueTask> handler) =>
        new OperationTable(KinesisModel.Service).OnEventStream(KinesisModel.SubscribeToShard, handler);

    private static SubscribeToShardEvent Event(string sequenceNumber) => new()
    {
        Records = [new Api.Kinesis.Record { SequenceNumber = sequenceNumber, Data = "{"u8.ToArray(), PartitionKey = "k" }],
        ContinuationSequenceNumber = sequenceNumber,
        MillisBehindLatest = 0,
    };

    /// <summary>In JSON the blob is base64; in CBOR, the byte itself.</summary>
    private static string Expected(string sequenceNumber) =>
        $$"""{"Records":[{"SequenceNumber":"{{sequenceNumber}}","Data":"DATA","PartitionKey":"k"}],"ContinuationSequenceNumber":"{{sequenceNumber}}","MillisBehindLatest":0}""";

    private static async Task<HttpResponseMessage> SubscribeAsync(EdgeHost host, string version, string contentType)
    {
        var body = contentType == Json ? System.Text.Encoding.UTF8.GetBytes(Input) : CborInput();
        using var request = EdgeHost.Request("Kinesis_20131202.SubscribeToShard", body, contentType);
        request.Version = Version.Parse(version);
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        return await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
    }

    private static byte[] CborInput()
    {
        using var buffer = new Wire.Protocols.PooledBuffer();
        var cbor = new Wire.Protocols.Cbor.CborWriter(buffer);
        cbor.WriteMapStart(3);
        cbor.WriteText("ConsumerARN"u8);
        cbor.WriteText("arn:aws:kinesis:us-east-1:000000000000:stream/s/consumer/c:1");
        cbor.WriteText("ShardId"u8);
        cbor.WriteText("shardId-0");
        cbor.WriteText("StartingPosition"u8);
        cbor.WriteMapStart(1);
        cbor.WriteText("Type"u8);
        cbor.WriteText("LATEST");
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The message after the initial response, and what comes behind it.</summary>
    private static async Task<(EventMessageRead? Last, EventMessageRead? End)> LastMessageAsync(EdgeHost host, string contentType)
    {
        using var response = await SubscribeAsync(host, "1.1", contentType);
        await using var stream = await response.Content.ReadAsStreamAsync(Cancellation);
        AssertEvent("initial-response", contentType, "{}", await EventMessages.ReadAsync(stream, Cancellation));
        return (await EventMessages.ReadAsync(stream, Cancellation), await EventMessages.ReadAsync(stream, Cancellation));
    }

    private static void AssertEvent(string type, string contentType, string payload, EventMessageRead? message)
    {
        Assert.Equal(new Dictionary<string, string> { [":event-type"] = type, [":content-type"] = contentType, [":message-type"] = "event" }, message!.Headers);
        AssertSays(payload.Replace("DATA", contentType == Json ? "ew==" : "{", StringComparison.Ordinal), contentType, message.Payload);
    }

    private static void AssertSays(string json, string contentType, byte[] payload)
    {
        var actual = contentType == Json ? JsonNode.Parse(payload) : CborJson.Parse(payload);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), actual), $"expected {json}\nactual   {actual?.ToJsonString()}");
    }
}
