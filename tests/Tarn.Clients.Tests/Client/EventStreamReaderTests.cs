using System.Buffers.Binary;
using System.Text;
using Tarn.Clients.Kinesis.EventStreams;

namespace Tarn.Clients.Tests.Client;

public sealed class EventStreamReaderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void The_CRC_is_that_of_zlib()
    {
        Assert.Equal(0xCBF43926u, Crc32.Of("123456789"u8));
        Assert.Equal(0u, Crc32.Of([]));
    }

    [Fact]
    public async Task Messages_are_read_whatever_the_pieces_are_in_which_they_arrive()
    {
        byte[] bytes = [.. Message("initial-response", "{}"), .. Message("SubscribeToShardEvent", new string('x', 100_000)), .. Message("SubscribeToShardEvent", "")];
        foreach (var piece in (int[])[1, 7, 4096, int.MaxValue])
        {
            var reader = new EventStreamReader(new PiecesStream(bytes, piece));
            Assert.Equal(("initial-response", 2), await NextAsync(reader));
            Assert.Equal(("SubscribeToShardEvent", 100_000), await NextAsync(reader));
            Assert.Equal(("SubscribeToShardEvent", 0), await NextAsync(reader));
            Assert.Null(await reader.ReadAsync(Token));
            reader.Close();
        }
    }

    [Fact]
    public async Task An_exception_carries_its_code_and_message()
    {
        var reader = new EventStreamReader(new MemoryStream(Message("ResourceInUseException", """{"message":"taken over"}""", isException: true)));
        var message = await reader.ReadAsync(Token);
        Assert.Equal(("ResourceInUseException", "taken over"), (message!.Value.ExceptionCode, message.Value.ExceptionMessage));
    }

    [Fact]
    public async Task A_message_that_is_cut_or_changed_is_refused()
    {
        var bytes = Message("SubscribeToShardEvent", "payload");
        for (var length = 1; length < bytes.Length; length++)
        {
            await Assert.ThrowsAsync<InvalidDataException>(async () => await new EventStreamReader(new MemoryStream(bytes, 0, length)).ReadAsync(Token));
        }

        for (var index = 0; index < bytes.Length; index++)
        {
            var changed = (byte[])bytes.Clone();
            changed[index] ^= 0x10;
            await Assert.ThrowsAsync<InvalidDataException>(async () => await new EventStreamReader(new MemoryStream(changed)).ReadAsync(Token));
        }
    }

    private static async Task<(string Type, int Length)> NextAsync(EventStreamReader reader)
    {
        var message = (await reader.ReadAsync(Token))!.Value;
        return (message.EventType, message.Payload.Length);
    }

    private static byte[] Message(string type, string payload, bool isException = false)
    {
        byte[] headers = [
            .. Header(":message-type", isException ? "exception" : "event"),
            .. Header(isException ? ":exception-type" : ":event-type", type),
            .. Header(":content-type", "application/x-amz-json-1.1"),
        ];
        var message = new byte[12 + headers.Length + payload.Length + 4];
        BinaryPrimitives.WriteInt32BigEndian(message, message.Length);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(4), headers.Length);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(8), Crc32.Of(message.AsSpan(0, 8)));
        headers.CopyTo(message, 12);
        Encoding.ASCII.GetBytes(payload, message.AsSpan(12 + headers.Length));
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(message.Length - 4), Crc32.Of(message.AsSpan(0, message.Length - 4)));
        return message;
    }

    private static byte[] Header(string name, string value) =>
        [(byte)name.Length, .. Encoding.ASCII.GetBytes(name), 7, (byte)(value.Length >> 8), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];

    /// <summary>Gives at most so many bytes at a time.</summary>
    private sealed class PiecesStream(byte[] bytes, int pieceBytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(pieceBytes, buffer.Length)], cancellationToken);
    }
}
