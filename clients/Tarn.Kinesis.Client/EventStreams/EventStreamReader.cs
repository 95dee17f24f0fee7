using System.Buffers.Binary;
using System.Text;
using Tarn.Clients.Kinesis.Wire;

namespace Tarn.Clients.Kinesis.EventStreams;

/// <summary>
/// Reads the frames of <c>application/vnd.amazon.eventstream</c>: total length, headers' length, CRC-32 of those 8 bytes, headers, payload, CRC-32 of all before; numbers are
/// big-endian. A frame that breaks these rules is an <see cref="InvalidDataException"/>.
/// </summary>
internal sealed class EventStreamReader(Stream stream)
{
    /// <summary>The longest message that is taken, in bytes: AWS's limit of 16 MiB of payload, and room for headers.</summary>
    public const int MessageBytesMax = 24 * 1024 * 1024;

    private const int PreludeBytes = 12;
    private const int CrcBytes = 4;
    private const int ReadBytes = 64 * 1024;

    private readonly PooledBuffer buffer = new(ReadBytes);
    private int consumed;

    /// <summary>The next message, or null at the stream's end. Its payload is valid until the next call.</summary>
    public async ValueTask<EventMessage?> ReadAsync(CancellationToken cancellationToken)
    {
        buffer.Consume(consumed);
        consumed = 0;
        if (!await FillAsync(PreludeBytes, cancellationToken).ConfigureAwait(false))
        {
            return buffer.Length == 0 ? null : throw new InvalidDataException($"the event stream ends within a message, after {buffer.Length} bytes");
        }

        var length = ReadLength(buffer.Written.Span);
        if (!await FillAsync(length, cancellationToken).ConfigureAwait(false))
        {
            throw new InvalidDataException($"the event stream ends within a message of {length} bytes, after {buffer.Length}");
        }

        consumed = length;
        return Parse(buffer.Written[..length]);
    }

    /// <summary>Gives the buffer back; no message may be in use.</summary>
    public void Close() => buffer.Return();

    private async ValueTask<bool> FillAsync(int length, CancellationToken cancellationToken)
    {
        while (buffer.Length < length)
        {
            var read = await stream.ReadAsync(buffer.GetMemory(Math.Max(ReadBytes, length - buffer.Length)), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return false;
            }

            buffer.Advance(read);
        }

        return true;
    }

    private static int ReadLength(ReadOnlySpan<byte> prelude)
    {
        CheckCrc(prelude[..8], prelude[8..], "prelude");
        var length = BinaryPrimitives.ReadUInt32BigEndian(prelude);
        var headers = BinaryPrimitives.ReadUInt32BigEndian(prelude[4..]);
        return length <= MessageBytesMax && length >= PreludeBytes + CrcBytes && headers <= length - PreludeBytes - CrcBytes
            ? (int)length
            : throw new InvalidDataException($"an event of {length} bytes with {headers} bytes of headers cannot be");
    }

    private static EventMessage Parse(ReadOnlyMemory<byte> message)
    {
        var bytes = message.Span;
        CheckCrc(bytes[..^CrcBytes], bytes[^CrcBytes..], "message");
        var headersEnd = PreludeBytes + (int)BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        var headers = bytes[PreludeBytes..headersEnd];
        string? messageType = null, eventType = null, exceptionType = null, errorCode = null, errorMessage = null;
        while (!headers.IsEmpty)
        {
            var name = Take(ref headers, Take(ref headers, 1)[0]);
            var type = Take(ref headers, 1)[0];
            var value = TakeValue(ref headers, type);
            switch (Encoding.UTF8.GetString(name))
            {
                case ":message-type":
                    messageType = Encoding.UTF8.GetString(value);
                    break;
                case ":event-type":
                    eventType = Encoding.UTF8.GetString(value);
                    break;
                case ":exception-type":
                    exceptionType = Encoding.UTF8.GetString(value);
                    break;
                case ":error-code":
                    errorCode = Encoding.UTF8.GetString(value);
                    break;
                case ":error-message":
                    errorMessage = Encoding.UTF8.GetString(value);
                    break;
            }
        }

        var payload = message[headersEnd..^CrcBytes];
        return messageType switch
        {
            "event" => new EventMessage(eventType ?? "", null, null, payload),
            "exception" => new EventMessage("", exceptionType ?? "UnknownException", ResponseReaders.Error(payload.Span).Message, payload),
            "error" => new EventMessage("", errorCode ?? "UnknownError", errorMessage, payload),
            _ => throw new InvalidDataException($"'{messageType}' is not a type of message"),
        };
    }

    /// <summary>Types: 0 and 1 are true and false, then numbers of 1, 2, 4 and 8 bytes, 6 bytes and 7 text with their length, 8 a time, 9 a UUID.</summary>
    private static ReadOnlySpan<byte> TakeValue(ref ReadOnlySpan<byte> headers, byte type) => type switch
    {
        0 or 1 => [],
        2 => Take(ref headers, 1),
        3 => Take(ref headers, 2),
        4 => Take(ref headers, 4),
        5 or 8 => Take(ref headers, 8),
        6 or 7 => Take(ref headers, BinaryPrimitives.ReadUInt16BigEndian(Take(ref headers, 2))),
        9 => Take(ref headers, 16),
        _ => throw new InvalidDataException($"{type} is not a type of header"),
    };

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int count)
    {
        if (count > bytes.Length)
        {
            throw new InvalidDataException("an event's headers end early");
        }

        var taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }

    private static void CheckCrc(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> crc, string what)
    {
        var expected = BinaryPrimitives.ReadUInt32BigEndian(crc);
        var found = Crc32.Of(bytes);
        if (expected != found)
        {
            throw new InvalidDataException($"the CRC of an event's {what} is {found:x8} and not {expected:x8}");
        }
    }
}

/// <param name="EventType">Of an event; empty for an exception.</param>
/// <param name="ExceptionCode">AWS's code when the message is a failure; the stream ends with it.</param>
internal readonly record struct EventMessage(string EventType, string? ExceptionCode, string? ExceptionMessage, ReadOnlyMemory<byte> Payload);
