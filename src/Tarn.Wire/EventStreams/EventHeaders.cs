using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Tarn.Wire.EventStreams;

/// <summary>
/// Headers of a message of <c>application/vnd.amazon.eventstream</c>: the length of the name in a byte, the name, the type in a byte, the value.
/// Integers are big-endian; texts and bytes have their length before them, in two bytes.
/// </summary>
internal static class EventHeaders
{
    public static void WriteHeader(this IBufferWriter<byte> buffer, string name, bool value) =>
        WriteHead(buffer, name, value ? EventHeaderType.True : EventHeaderType.False);

    public static void WriteHeader(this IBufferWriter<byte> buffer, string name, sbyte value)
    {
        WriteHead(buffer, name, EventHeaderType.Byte);
        buffer.Write([(byte)value]);
    }

    public static void WriteHeader(this IBufferWriter<byte> buffer, string name, short value)
    {
        WriteHead(buffer, name, EventHeaderType.Int16);
        WriteInt16(buffer, value);
    }

    public static void WriteHeader(this IBufferWriter<byte> buffer, string name, int value)
    {
        WriteHead(buffer, name, EventHeaderType.Int32);
        BinaryPrimitives.WriteInt32BigEndian(buffer.GetSpan(4), value);
        buffer.Advance(4);
    }

    public static void WriteHeader(this IBufferWriter<byte> buffer, string name, long value)
    {
        WriteHead(buffer, name, EventHeaderType.Int64);
        WriteInt64(buffer, value);
    }

    public static void WriteHeader(this IBufferWriter<byte> buffer, string name, ReadOnlySpan<byte> value)
    {
        WriteHead(buffer, name, EventHeaderType.Bytes);
        WriteCounted(buffer, value);
    }

    public static void WriteHeader(this IBufferWriter<byte> buffer, string name, string value)
    {
        WriteHead(buffer, name, EventHeaderType.String);
        WriteCounted(buffer, Encoding.UTF8.GetBytes(value));
    }

    /// <summary>To the millisecond.</summary>
    public static void WriteHeader(this IBufferWriter<byte> buffer, string name, DateTimeOffset value)
    {
        WriteHead(buffer, name, EventHeaderType.Timestamp);
        WriteInt64(buffer, value.ToUnixTimeMilliseconds());
    }

    public static void WriteHeader(this IBufferWriter<byte> buffer, string name, Guid value)
    {
        WriteHead(buffer, name, EventHeaderType.Uuid);
        value.TryWriteBytes(buffer.GetSpan(16), bigEndian: true, out var written);
        buffer.Advance(written);
    }

    private static void WriteHead(IBufferWriter<byte> buffer, string name, EventHeaderType type)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        buffer.Write([checked((byte)bytes.Length)]);
        buffer.Write(bytes);
        buffer.Write([(byte)type]);
    }

    private static void WriteCounted(IBufferWriter<byte> buffer, ReadOnlySpan<byte> value)
    {
        WriteInt16(buffer, checked((short)value.Length));
        buffer.Write(value);
    }

    private static void WriteInt16(IBufferWriter<byte> buffer, short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(buffer.GetSpan(2), value);
        buffer.Advance(2);
    }

    private static void WriteInt64(IBufferWriter<byte> buffer, long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(buffer.GetSpan(8), value);
        buffer.Advance(8);
    }
}
