using System.Buffers;
using Tarn.Api.Kinesis;
using Tarn.Wire.Dispatch;
using Tarn.Wire.EventStreams;
using Tarn.Wire.Protocols;

namespace Tarn.Wire.Tests.EventStreams;

/// <summary>Messages byte for byte as AWS's own JavaScript codec (@smithy/core 3.40) writes them.</summary>
public sealed class EventMessageTests
{
    private const string Payload = "7b27666f6f273a27626172277d";

    [Fact]
    public void A_message_without_headers_and_payload_is_its_frame() => AssertMessage("000000100000000005c248eb7d98c8ff", static _ => { }, "");

    [Fact]
    public void A_message_may_be_payload_alone() => AssertMessage("0000001d00000000fd528c5a" + Payload + "c3653936", static _ => { }, Payload);

    [Fact]
    public void A_header_stands_between_prelude_and_payload() => AssertMessage(
        "0000002d0000001041c424b80a6576656e742d74797065040000a00c" + Payload + "36f480a0", static headers => headers.WriteHeader("event-type", 0xA00C), Payload);

    [Fact]
    public void Headers_of_every_type_have_their_form() => AssertMessage(
        "000000a6000000890e218edb017400016601046279746502cf0573686f727403fffb03696e74040000a00c046c6f6e670500000000028757b205627974657306001449276d2061206c6974746c65207465"
        + "61706f742106737472696e670700116170706c69636174696f6e2f6a73c3b66e0474696d65080000000000845fed0475756964090102030405060708090a0b0c0d0e0f10" + Payload + "9294a23e",
        static headers =>
        {
            headers.WriteHeader("t", true);
            headers.WriteHeader("f", false);
            headers.WriteHeader("byte", (sbyte)-49);
            headers.WriteHeader("short", (short)-5);
            headers.WriteHeader("int", 40_972);
            headers.WriteHeader("long", 42_424_242L);
            headers.WriteHeader("bytes", "I'm a little teapot!"u8);
            headers.WriteHeader("string", "application/jsön");
            headers.WriteHeader("time", DateTimeOffset.FromUnixTimeMilliseconds(8_675_309));
            headers.WriteHeader("uuid", Guid.Parse("01020304-0506-0708-090a-0b0c0d0e0f10"));
        },
        Payload);

    [Theory]
    [InlineData(BodyEncoding.Json, "application/x-amz-json-1.1")]
    [InlineData(BodyEncoding.AwsCbor, "application/x-amz-cbor-1.1")]
    [InlineData(BodyEncoding.SmithyCbor, "application/cbor")]
    public void An_event_that_is_written_by_hand_is_the_one_that_the_model_writes(BodyEncoding encoding, string contentType)
    {
        var value = new SubscribeToShardEvent { Records = [], ContinuationSequenceNumber = "5", MillisBehindLatest = 0 };
        var modelled = EncodedEvent.Create(SubscribeToShardEventStream.SubscribeToShardEvent, value, encoding);
        var read = EventMessages.Parse(modelled.Message.Span);
        var byHand = EncodedEvent.Create(SubscribeToShardEventStream.SubscribeToShardEvent, encoding, read.Payload, static (payload, bytes) => payload.Write(bytes));

        Assert.Equal(modelled.Message.ToArray(), byHand.Message.ToArray());
        Assert.Equal(
            new Dictionary<string, string> { [":event-type"] = "SubscribeToShardEvent", [":content-type"] = contentType, [":message-type"] = "event" },
            read.Headers);
    }

    [Fact]
    public void An_event_that_clients_would_refuse_for_its_length_is_not_made() =>
        Assert.Throws<InvalidOperationException>(() => EncodedEvent.Create(
            SubscribeToShardEventStream.SubscribeToShardEvent, BodyEncoding.Json, 24 * 1024 * 1024, static (payload, length) =>
            {
                payload.GetSpan(length);
                payload.Advance(length);
            }));

    private static void AssertMessage(string hex, Action<IBufferWriter<byte>> writeHeaders, string payload)
    {
        using var headers = new PooledBuffer();
        writeHeaders(headers);
        using var buffer = new PooledBuffer();

        // A message need not be the first in its buffer.
        buffer.Write("before"u8);
        var start = EventMessage.Begin(buffer, headers.WrittenSpan);
        buffer.Write(Convert.FromHexString(payload));
        EventMessage.End(buffer, start);
        Assert.Equal(hex, Convert.ToHexStringLower(buffer.WrittenSpan[start..]));
    }
}
