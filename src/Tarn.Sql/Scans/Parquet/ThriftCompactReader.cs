using System.Text;

namespace Tarn.Sql.Scans.Parquet;

/// <summary>The types of Thrift's compact protocol.</summary>
public enum ThriftType : byte
{
    Stop = 0,
    True = 1,
    False = 2,
    Byte = 3,
    Int16 = 4,
    Int32 = 5,
    Int64 = 6,
    Double = 7,
    Binary = 8,
    List = 9,
    Set = 10,
    Map = 11,
    Struct = 12,
    Uuid = 13,
}

/// <summary>
/// Reads Thrift's compact protocol, as Parquet footers are written, from bytes at hand. Damage is an <see cref="InvalidDataException"/>; nothing is allocated on the word of the data.
/// </summary>
public ref struct ThriftCompactReader(ReadOnlySpan<byte> bytes)
{
    private const int DepthMax = 64;

    private readonly ReadOnlySpan<byte> bytes = bytes;
    private int position;
    private int depth;

    /// <summary>Reads the head of the next field of a struct; <see cref="ThriftType.Stop"/> ends the struct.</summary>
    /// <param name="fieldId">The id of the field before, 0 at the start; becomes this field's.</param>
    public ThriftType ReadField(ref int fieldId)
    {
        var head = ReadByte();
        if (head == 0)
        {
            return ThriftType.Stop;
        }

        fieldId = head >> 4 == 0 ? ReadInt32() : fieldId + (head >> 4);
        return (ThriftType)(head & 0x0F);
    }

    public (ThriftType Element, int Count) ReadListHead()
    {
        var head = ReadByte();
        var count = head >> 4 == 15 ? (long)ReadVarint() : head >> 4;
        if (count > bytes.Length - position)
        {
            throw new InvalidDataException($"A list of {count} elements at offset {position} does not fit in what follows.");
        }

        return ((ThriftType)(head & 0x0F), (int)count);
    }

    /// <summary>A value of type <see cref="ThriftType.Byte"/>.</summary>
    public byte ReadByteValue() => ReadByte();

    public int ReadInt32() => unchecked((int)ReadInt64());

    public long ReadInt64()
    {
        var raw = ReadVarint();
        return (long)(raw >> 1) ^ -(long)(raw & 1);
    }

    public string ReadString()
    {
        var length = ReadVarint();
        if (length > (ulong)(bytes.Length - position))
        {
            throw new InvalidDataException($"A string of {length} bytes at offset {position} does not fit in what follows.");
        }

        var text = Encoding.UTF8.GetString(bytes.Slice(position, (int)length));
        position += (int)length;
        return text;
    }

    /// <summary>Passes over a value of a field.</summary>
    public void Skip(ThriftType type)
    {
        if (++depth > DepthMax)
        {
            throw new InvalidDataException("Values are nested too deeply.");
        }

        switch (type)
        {
            case ThriftType.True or ThriftType.False:
                break;
            case ThriftType.Byte:
                Advance(1);
                break;
            case ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64:
                ReadVarint();
                break;
            case ThriftType.Double:
                Advance(8);
                break;
            case ThriftType.Uuid:
                Advance(16);
                break;
            case ThriftType.Binary:
                Advance((long)Math.Min(ReadVarint(), long.MaxValue));
                break;
            case ThriftType.List or ThriftType.Set:
                var (element, count) = ReadListHead();
                for (var index = 0; index < count; index++)
                {
                    SkipElement(element);
                }

                break;
            case ThriftType.Map:
                SkipMap();
                break;
            case ThriftType.Struct:
                var fieldId = 0;
                for (var field = ReadField(ref fieldId); field != ThriftType.Stop; field = ReadField(ref fieldId))
                {
                    Skip(field);
                }

                break;
            default:
                throw new InvalidDataException($"There is no type {(byte)type} (offset {position}).");
        }

        depth--;
    }

    private void SkipMap()
    {
        var pairs = ReadVarint();
        if (pairs == 0)
        {
            return;
        }

        var types = ReadByte();
        for (var pair = 0UL; pair < pairs; pair++)
        {
            SkipElement((ThriftType)(types >> 4));
            SkipElement((ThriftType)(types & 0x0F));
        }
    }

    /// <summary>In a collection a boolean takes a byte; in a struct it stands in the field's head.</summary>
    private void SkipElement(ThriftType type)
    {
        if (type is ThriftType.True or ThriftType.False)
        {
            Advance(1);
        }
        else
        {
            Skip(type);
        }
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = ReadByte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException($"A number at offset {position} has more than 64 bits.");
    }

    private byte ReadByte() => position < bytes.Length ? bytes[position++] : throw new InvalidDataException("The data ends too early.");

    private void Advance(long count)
    {
        if (count < 0 || count > bytes.Length - position)
        {
            throw new InvalidDataException("The data ends too early.");
        }

        position += (int)count;
    }
}
