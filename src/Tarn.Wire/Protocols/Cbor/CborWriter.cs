using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Tarn.Wire.Protocols.Cbor;

/// <summary>Writes CBOR (RFC 8949) into a buffer. Numbers take their shortest integer form; floats keep the width that they have. Nesting is the caller's concern.</summary>
public readonly ref struct CborWriter(IBufferWriter<byte> buffer)
{
    private const byte ArrayMajor = 0x80;
    private const byte MapMajor = 0xA0;

    /// <summary>The longest item without its content: a first byte and a number of 64 bits.</summary>
    private const int HeadBytesMax = 9;

    private readonly IBufferWriter<byte> buffer = buffer;

    /// <param name="count">How many entries will follow.</param>
    public void WriteArrayStart(int count) => WriteHead(ArrayMajor, (ulong)count);

    /// <summary>An array that ends with <see cref="WriteBreak"/>.</summary>
    public void WriteArrayStart() => WriteByte(ArrayMajor | 31);

    /// <param name="count">How many pairs of key and value will follow.</param>
    public void WriteMapStart(int count) => WriteHead(MapMajor, (ulong)count);

    /// <summary>A map that ends with <see cref="WriteBreak"/>.</summary>
    public void WriteMapStart() => WriteByte(MapMajor | 31);

    public void WriteBreak() => WriteByte(0xFF);

    public void WriteText(ReadOnlySpan<byte> utf8) => WriteString(0x60, utf8);

    /// <summary>Halves of surrogate pairs, which UTF-8 cannot hold, become U+FFFD.</summary>
    public void WriteText(ReadOnlySpan<char> text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        WriteHead(0x60, (ulong)length);
        Encoding.UTF8.GetBytes(text, buffer.GetSpan(length));
        buffer.Advance(length);
    }

    public void WriteBytes(ReadOnlySpan<byte> bytes) => WriteString(0x40, bytes);

    public void WriteInt64(long value)
    {
        if (value < 0)
        {
            WriteHead(0x20, (ulong)~value);
        }
        else
        {
            WriteHead(0x00, (ulong)value);
        }
    }

    public void WriteSingle(float value)
    {
        var span = buffer.GetSpan(5);
        span[0] = 0xFA;
        BinaryPrimitives.WriteSingleBigEndian(span[1..], value);
        buffer.Advance(5);
    }

    public void WriteDouble(double value)
    {
        var span = buffer.GetSpan(9);
        span[0] = 0xFB;
        BinaryPrimitives.WriteDoubleBigEndian(span[1..], value);
        buffer.Advance(9);
    }

    public void WriteBoolean(bool value) => WriteByte(value ? (byte)0xF5 : (byte)0xF4);

    public void WriteNull() => WriteByte(0xF6);

    public void WriteTag(ulong tag) => WriteHead(0xC0, tag);

    private void WriteString(byte major, ReadOnlySpan<byte> bytes)
    {
        WriteHead(major, (ulong)bytes.Length);
        buffer.Write(bytes);
    }

    private void WriteByte(byte value)
    {
        buffer.GetSpan(1)[0] = value;
        buffer.Advance(1);
    }

    private void WriteHead(byte major, ulong argument)
    {
        var span = buffer.GetSpan(HeadBytesMax);
        int length;
        switch (argument)
        {
            case < 24:
                span[0] = (byte)(major | argument);
                length = 1;
                break;
            case <= byte.MaxValue:
                span[0] = (byte)(major | 24);
                span[1] = (byte)argument;
                length = 2;
                break;
            case <= ushort.MaxValue:
                span[0] = (byte)(major | 25);
                BinaryPrimitives.WriteUInt16BigEndian(span[1..], (ushort)argument);
                length = 3;
                break;
            case <= uint.MaxValue:
                span[0] = (byte)(major | 26);
                BinaryPrimitives.WriteUInt32BigEndian(span[1..], (uint)argument);
                length = 5;
                break;
            default:
                span[0] = (byte)(major | 27);
                BinaryPrimitives.WriteUInt64BigEndian(span[1..], argument);
                length = 9;
                break;
        }

        buffer.Advance(length);
    }
}
