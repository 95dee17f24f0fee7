using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Tarn.Contracts;

namespace Tarn.Wire.Protocols.Cbor;

/// <summary>
/// Reads CBOR (RFC 8949) from one span, forward only, without a tree. Strings of definite length come back as slices of the input.
/// Lengths are checked against what is left before anything is allocated. Tags that are not asked for are passed over, as the RFC allows;
/// integers beyond 64 bits (tags 2 and 3) therefore turn out to be byte strings, and are refused where a number is wanted.
/// </summary>
/// <remarks>Every method throws <c>SerializationException</c>: without a message where the input is malformed or ends early, and saying what was found where it is of another kind.</remarks>
public ref struct CborReader(ReadOnlySpan<byte> data)
{
    /// <summary>Items within items: as deep as JSON may be.</summary>
    public const int DepthMax = 64;

    /// <summary>The count of an array or map whose end is a break.</summary>
    public const long Indefinite = -1;

    private const int IndefiniteLength = 31;

    private readonly ReadOnlySpan<byte> data = data;
    private int position;

    /// <summary>How many bytes have been read.</summary>
    public readonly int Position => position;

    /// <summary>The kind of the next item; nothing is read.</summary>
    public readonly CborKind Peek()
    {
        if (position >= data.Length)
        {
            return CborKind.End;
        }

        var first = data[position];
        return (first >> 5) switch
        {
            0 => CborKind.UnsignedInteger,
            1 => CborKind.NegativeInteger,
            2 => CborKind.Bytes,
            3 => CborKind.Text,
            4 => CborKind.Array,
            5 => CborKind.Map,
            6 => CborKind.Tag,
            _ => (first & 31) switch
            {
                20 or 21 => CborKind.Boolean,
                22 or 23 => CborKind.Null,
                25 or 26 or 27 => CborKind.Float,
                31 => CborKind.Break,
                _ => CborKind.OtherSimple,
            },
        };
    }

    /// <summary>The kind of the next item that is no tag; tags before it are read.</summary>
    public CborKind PeekValue()
    {
        for (var tags = 0; Peek() == CborKind.Tag; tags++)
        {
            ReadTag();
            if (tags == DepthMax)
            {
                throw SerializationErrors.Malformed();
            }
        }

        return Peek();
    }

    /// <summary>The number of the tag that comes next.</summary>
    public ulong ReadTag() => Peek() == CborKind.Tag ? ReadArgument() : throw Mismatch("a tag");

    /// <summary>How many entries follow, or <see cref="Indefinite"/>. Never more than there are bytes left.</summary>
    public long ReadArrayStart() => PeekValue() == CborKind.Array ? ReadCount(bytesPerEntryMin: 1) : throw ContainerMismatch(SerializationErrors.ExpectedList);

    /// <summary>How many pairs of key and value follow, or <see cref="Indefinite"/>.</summary>
    public long ReadMapStart() => PeekValue() == CborKind.Map ? ReadCount(bytesPerEntryMin: 2) : throw ContainerMismatch(SerializationErrors.ExpectedStructure);

    /// <summary>Reads the break at the end of an array or map of indefinite length, where it comes next.</summary>
    public bool TryReadBreak()
    {
        if (Peek() != CborKind.Break)
        {
            return false;
        }

        position++;
        return true;
    }

    /// <summary>Reads null or undefined, where that comes next.</summary>
    public bool TryReadNull()
    {
        if (PeekValue() != CborKind.Null)
        {
            return false;
        }

        position++;
        return true;
    }

    /// <summary>A text as UTF-8, checked to be valid: a slice of the input, or a copy where it came in pieces.</summary>
    public ReadOnlySpan<byte> ReadTextUtf8()
    {
        if (PeekValue() != CborKind.Text)
        {
            throw Mismatch("a String");
        }

        var text = ReadStringBytes(CborKind.Text);
        return Utf8.IsValid(text) ? text : throw SerializationErrors.Malformed();
    }

    public string ReadText() => Encoding.UTF8.GetString(ReadTextUtf8());

    /// <summary>A byte string: a slice of the input, or a copy where it came in pieces.</summary>
    public ReadOnlySpan<byte> ReadBytes() => PeekValue() == CborKind.Bytes ? ReadStringBytes(CborKind.Bytes) : throw Mismatch("a Blob");

    public bool ReadBoolean() => PeekValue() == CborKind.Boolean ? data[position++] == 0xF5 : throw Mismatch("a Boolean");

    /// <summary>A whole number; integers that 64 bits do not hold are cut to their limits, and floats to their whole part, as in JSON.</summary>
    /// <param name="wanted">What the message calls it, such as <c>an Integer</c>.</param>
    public long ReadInt64(string wanted = "a Long")
    {
        switch (PeekValue())
        {
            case CborKind.UnsignedInteger:
                return (long)Math.Min(ReadArgument(), long.MaxValue);
            case CborKind.NegativeInteger:
                return ~(long)Math.Min(ReadArgument(), long.MaxValue);
            case CborKind.Float:
                var number = ReadFloat();
                return double.IsNaN(number) ? throw SerializationErrors.CannotConvert("DECIMAL_VALUE", wanted) : SaturatingWhole(number);
            default:
                throw Mismatch(wanted);
        }
    }

    /// <summary>Any number.</summary>
    /// <param name="wanted">What the message calls it, such as <c>a Double</c>.</param>
    public double ReadDouble(string wanted = "a Double") => PeekValue() switch
    {
        CborKind.Float => ReadFloat(),
        CborKind.UnsignedInteger => ReadArgument(),
        CborKind.NegativeInteger => -1.0 - ReadArgument(),
        _ => throw Mismatch(wanted),
    };

    /// <summary>Passes over the next item, whatever it is and holds.</summary>
    public void Skip() => Skip(depth: 0);

    /// <summary>Nothing may follow the last item.</summary>
    public readonly void ReadEnd()
    {
        if (position != data.Length)
        {
            throw SerializationErrors.Malformed();
        }
    }

    private void Skip(int depth)
    {
        if (depth > DepthMax)
        {
            throw SerializationErrors.Malformed();
        }

        switch (PeekValue())
        {
            case CborKind.UnsignedInteger or CborKind.NegativeInteger:
                ReadArgument();
                break;
            case CborKind.Float:
                ReadFloat();
                break;
            case CborKind.Boolean or CborKind.Null:
                position++;
                break;
            case CborKind.OtherSimple:
                SkipSimple();
                break;
            case CborKind.Bytes:
                ReadStringBytes(CborKind.Bytes);
                break;
            case CborKind.Text:
                ReadTextUtf8();
                break;
            case CborKind.Array:
                SkipEntries(ReadCount(bytesPerEntryMin: 1), itemsPerEntry: 1, depth);
                break;
            case CborKind.Map:
                SkipEntries(ReadCount(bytesPerEntryMin: 2), itemsPerEntry: 2, depth);
                break;
            default:
                // A break where none may be, or the end.
                throw SerializationErrors.Malformed();
        }
    }

    private void SkipEntries(long count, int itemsPerEntry, int depth)
    {
        for (long i = 0; count == Indefinite ? !TryReadBreak() : i < count; i++)
        {
            for (var item = 0; item < itemsPerEntry; item++)
            {
                Skip(depth + 1);
            }
        }
    }

    /// <summary>Simple values of two bytes begin at 32: the smaller ones have a form of one byte (RFC 8949, 3.3).</summary>
    private void SkipSimple()
    {
        var low = data[position] & 31;
        if (low is > 27 and < 31)
        {
            throw SerializationErrors.Malformed();
        }

        if (low == 24 && (position + 1 >= data.Length || data[position + 1] < 32))
        {
            throw SerializationErrors.Malformed();
        }

        position += low == 24 ? 2 : 1;
    }

    private double ReadFloat()
    {
        var length = 1 << ((data[position] & 31) - 24);
        if (data.Length - position - 1 < length)
        {
            throw SerializationErrors.Malformed();
        }

        var bytes = data.Slice(position + 1, length);
        position += 1 + length;
        return length switch
        {
            2 => (double)BinaryPrimitives.ReadHalfBigEndian(bytes),
            4 => BinaryPrimitives.ReadSingleBigEndian(bytes),
            _ => BinaryPrimitives.ReadDoubleBigEndian(bytes),
        };
    }

    /// <summary>The number behind the first byte of an item of major type 0 to 6.</summary>
    private ulong ReadArgument()
    {
        var low = data[position] & 31;
        if (low < 24)
        {
            position++;
            return (ulong)low;
        }

        var length = low > 27 ? int.MaxValue : 1 << (low - 24);
        if (data.Length - position - 1 < length)
        {
            throw SerializationErrors.Malformed();
        }

        var bytes = data.Slice(position + 1, length);
        position += 1 + length;
        return length switch
        {
            1 => bytes[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            4 => BinaryPrimitives.ReadUInt32BigEndian(bytes),
            _ => BinaryPrimitives.ReadUInt64BigEndian(bytes),
        };
    }

    private long ReadCount(int bytesPerEntryMin)
    {
        if ((data[position] & 31) == IndefiniteLength)
        {
            position++;
            return Indefinite;
        }

        var count = ReadArgument();
        return count <= (ulong)((data.Length - position) / bytesPerEntryMin) ? (long)count : throw SerializationErrors.Malformed();
    }

    private ReadOnlySpan<byte> ReadStringBytes(CborKind kind)
    {
        if ((data[position] & 31) != IndefiniteLength)
        {
            return ReadDefiniteBytes();
        }

        position++;
        using var whole = new PooledBuffer();
        while (!TryReadBreak())
        {
            // The pieces are strings of definite length of the same kind, and each text is valid on its own (RFC 8949, 3.2.3).
            if (Peek() != kind || (data[position] & 31) == IndefiniteLength)
            {
                throw SerializationErrors.Malformed();
            }

            var piece = ReadDefiniteBytes();
            if (kind == CborKind.Text && !Utf8.IsValid(piece))
            {
                throw SerializationErrors.Malformed();
            }

            piece.CopyTo(whole.GetSpan(piece.Length));
            whole.Advance(piece.Length);
        }

        return whole.WrittenSpan.ToArray();
    }

    private ReadOnlySpan<byte> ReadDefiniteBytes()
    {
        var length = ReadArgument();
        if (length > (ulong)(data.Length - position))
        {
            throw SerializationErrors.Malformed();
        }

        var bytes = data.Slice(position, (int)length);
        position += (int)length;
        return bytes;
    }

    private static long SaturatingWhole(double number) =>
        number >= long.MaxValue ? long.MaxValue : number <= long.MinValue ? long.MinValue : (long)number;

    private readonly AwsException ContainerMismatch(Func<AwsException> scalarFound) => Peek() switch
    {
        CborKind.Array => SerializationErrors.ListNotExpected(),
        CborKind.Map => SerializationErrors.StructureNotExpected(),
        CborKind.Break or CborKind.End => SerializationErrors.Malformed(),
        _ => scalarFound(),
    };

    private readonly AwsException Mismatch(string wanted) => Peek() switch
    {
        CborKind.Array => SerializationErrors.ListNotExpected(),
        CborKind.Map => SerializationErrors.StructureNotExpected(),
        CborKind.Boolean => SerializationErrors.CannotConvert(data[position] == 0xF5 ? "TRUE_VALUE" : "FALSE_VALUE", wanted),
        CborKind.Text => SerializationErrors.CannotConvert("STRING_VALUE", wanted),
        CborKind.Bytes => SerializationErrors.CannotConvert("BLOB_VALUE", wanted),
        CborKind.Float => SerializationErrors.CannotConvert("DECIMAL_VALUE", wanted),
        CborKind.UnsignedInteger or CborKind.NegativeInteger => SerializationErrors.CannotConvert("NUMBER_VALUE", wanted),
        _ => SerializationErrors.Malformed(),
    };
}
