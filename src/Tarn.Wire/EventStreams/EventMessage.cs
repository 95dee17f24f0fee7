using System.Buffers;
using System.Buffers.Binary;
using Tarn.Wire.Checksums;
using Tarn.Wire.Protocols;

namespace Tarn.Wire.EventStreams;

/// <summary>
/// The frame of <c>application/vnd.amazon.eventstream</c>, all numbers big-endian:
/// <code>
/// total length      4 bytes, of the whole message
/// headers length    4 bytes
/// prelude CRC       4 bytes, CRC-32 of the 8 bytes before
/// headers
/// payload
/// message CRC       4 bytes, CRC-32 of everything before
/// </code>
/// </summary>
internal static class EventMessage
{
    /// <summary>Clients refuse a message that is longer (16 MiB of payload and its headers).</summary>
    public const int BytesMax = 24 * 1024 * 1024;

    private const int PreludeBytes = 12;
    private const int CrcBytes = 4;

    /// <summary>Begins a message at the end of the buffer; the payload is what is written until <see cref="End"/>.</summary>
    /// <param name="headers">As <see cref="EventHeaders"/> writes them.</param>
    /// <returns>Where in the buffer the message begins.</returns>
    public static int Begin(PooledBuffer buffer, ReadOnlySpan<byte> headers)
    {
        var start = buffer.Length;
        var prelude = buffer.GetSpan(PreludeBytes);
        BinaryPrimitives.WriteInt32BigEndian(prelude[4..], headers.Length);
        buffer.Advance(PreludeBytes);
        buffer.Write(headers);
        return start;
    }

    /// <summary>Ends the message that <see cref="Begin"/> began.</summary>
    /// <exception cref="InvalidOperationException">It is longer than <see cref="BytesMax"/>: whoever made the payload must cut it smaller.</exception>
    public static void End(PooledBuffer buffer, int start)
    {
        buffer.GetSpan(CrcBytes);
        buffer.Advance(CrcBytes);
        var message = buffer.Written(start);
        if (message.Length > BytesMax)
        {
            throw new InvalidOperationException($"an event of {message.Length} bytes is longer than the {BytesMax} that clients take");
        }

        BinaryPrimitives.WriteInt32BigEndian(message, message.Length);
        WriteCrc(message[..8], message[8..]);
        WriteCrc(message[..^CrcBytes], message[^CrcBytes..]);
    }

    /// <summary>The three headers that every message of a service has.</summary>
    /// <param name="typeHeader"><c>:event-type</c> or <c>:exception-type</c>.</param>
    /// <param name="messageType"><c>event</c> or <c>exception</c>.</param>
    public static byte[] Headers(string typeHeader, string type, string contentType, string messageType)
    {
        using var buffer = new PooledBuffer();
        buffer.WriteHeader(typeHeader, type);
        buffer.WriteHeader(":content-type", contentType);
        buffer.WriteHeader(":message-type", messageType);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteCrc(ReadOnlySpan<byte> source, Span<byte> target) =>
        BinaryPrimitives.WriteUInt32BigEndian(target, (uint)Crc.Crc32.Append(0, source));
}
