using System.Buffers.Binary;
using System.Collections;
using System.Runtime.CompilerServices;
using System.Text;
using Tarn.DuckDb.Native;
using Tarn.DuckDb.Types;

namespace Tarn.DuckDb.Values;

/// <summary>
/// One column of a chunk that is being filled, by a table function, a scalar function or an appender. Rows may be written in any order,
/// nested values (lists) row after row.
/// </summary>
public readonly unsafe struct DuckDbVectorWriter
{
    private readonly nint vector;
    private readonly void* data;

    internal DuckDbVectorWriter(nint vector, DuckDbType type)
    {
        this.vector = vector;
        Type = type;
        data = NativeMethods.duckdb_vector_get_data(vector);
    }

    public DuckDbType Type { get; }

    public void Null(int row)
    {
        NativeMethods.duckdb_vector_ensure_validity_writable(vector);
        NativeMethods.duckdb_vector_get_validity(vector)[row >> 6] &= ~(1UL << (row & 63));
        if (Type.Kind == DuckDbKind.Struct)
        {
            // A NULL struct must have NULL fields, or what reads them past the struct sees rubbish.
            for (var i = 0; i < Type.Fields.Length; i++)
            {
                Field(i).Null(row);
            }
        }
        else if (Type.Kind is DuckDbKind.List or DuckDbKind.Map)
        {
            Raw(row, default(NativeListEntry));
        }
    }

    /// <summary>Takes <see cref="Null"/> back, also from the fields of a STRUCT: for a value that is written over an earlier one of the same row.</summary>
    public void NotNull(int row)
    {
        var validity = NativeMethods.duckdb_vector_get_validity(vector);
        if (validity != null)
        {
            validity[row >> 6] |= 1UL << (row & 63);
        }

        if (Type.Kind == DuckDbKind.Struct)
        {
            for (var i = 0; i < Type.Fields.Length; i++)
            {
                Field(i).NotNull(row);
            }
        }
    }

    /// <summary>Writes the raw value; see <see cref="DuckDbVector.Raw{T}"/> for which type goes with which column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Raw<T>(int row, T value)
        where T : unmanaged => Unsafe.WriteUnaligned((byte*)data + ((long)row * sizeof(T)), value);

    /// <summary>The memory of the first <paramref name="count"/> raw values, to fill at once.</summary>
    public Span<T> RawSpan<T>(int count)
        where T : unmanaged => new(data, count);

    /// <summary>Writes a VARCHAR or BLOB. For VARCHAR the bytes must be UTF-8.</summary>
    public void Bytes(int row, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= NativeString.InlineBytesMax)
        {
            var text = (NativeString*)data + row;
            *text = default;
            text->Length = (uint)bytes.Length;
            bytes.CopyTo(new Span<byte>(text->Inlined, NativeString.InlineBytesMax));
            return;
        }

        fixed (byte* pointer = bytes)
        {
            NativeMethods.duckdb_vector_assign_string_element_len(vector, (ulong)row, pointer, (ulong)bytes.Length);
        }
    }

    public void Text(int row, string text)
    {
        Span<byte> buffer = stackalloc byte[256];
        if (Encoding.UTF8.TryGetBytes(text, buffer, out var length))
        {
            Bytes(row, buffer[..length]);
        }
        else
        {
            Bytes(row, Encoding.UTF8.GetBytes(text));
        }
    }

    /// <summary>A field of a STRUCT, of all rows.</summary>
    public DuckDbVectorWriter Field(int index) => new(NativeMethods.duckdb_struct_vector_get_child(vector, (ulong)index), Type.Fields[index].Type);

    /// <summary>Starts the list of a row and answers the writer of all elements with the index of this list's first one.</summary>
    public DuckDbVectorWriter List(int row, int length, out int offset)
    {
        var size = NativeMethods.duckdb_list_vector_get_size(vector);
        NativeMethods.duckdb_list_vector_reserve(vector, size + (ulong)length);
        NativeMethods.duckdb_list_vector_set_size(vector, size + (ulong)length);
        Raw(row, new NativeListEntry { Offset = size, Length = (ulong)length });
        offset = (int)size;
        return new DuckDbVectorWriter(NativeMethods.duckdb_list_vector_get_child(vector), Type.Kind == DuckDbKind.Map ? Type.Entry : Type.Element!);
    }

    /// <summary>
    /// Writes an object: the types that <see cref="DuckDbVector.Value"/> gives, and any number where it fits. <see cref="OverflowException"/>
    /// when it does not, <see cref="InvalidCastException"/> when the object is of another kind than the column.
    /// </summary>
    public void Value(int row, object? value)
    {
        if (value is null)
        {
            Null(row);
            return;
        }

        switch (Type.Kind)
        {
            case DuckDbKind.Boolean: Raw(row, (bool)value ? (byte)1 : (byte)0); break;
            case DuckDbKind.TinyInt: Raw(row, Convert.ToSByte(value)); break;
            case DuckDbKind.SmallInt: Raw(row, Convert.ToInt16(value)); break;
            case DuckDbKind.Integer: Raw(row, Convert.ToInt32(value)); break;
            case DuckDbKind.BigInt: Raw(row, Convert.ToInt64(value)); break;
            case DuckDbKind.UTinyInt: Raw(row, Convert.ToByte(value)); break;
            case DuckDbKind.USmallInt: Raw(row, Convert.ToUInt16(value)); break;
            case DuckDbKind.UInteger: Raw(row, Convert.ToUInt32(value)); break;
            case DuckDbKind.UBigInt: Raw(row, Convert.ToUInt64(value)); break;
            case DuckDbKind.HugeInt: Raw(row, NativeHugeInt.From(value is Int128 huge ? huge : Convert.ToInt64(value))); break;
            case DuckDbKind.UHugeInt: Raw(row, NativeHugeInt.From(value is UInt128 uhuge ? uhuge : Convert.ToUInt64(value))); break;
            case DuckDbKind.Float: Raw(row, Convert.ToSingle(value)); break;
            case DuckDbKind.Double: Raw(row, Convert.ToDouble(value)); break;
            case DuckDbKind.Decimal: Decimal(row, value is DuckDbDecimal d ? d : DuckDbDecimal.From(Convert.ToDecimal(value))); break;
            case DuckDbKind.Varchar: Text(row, (string)value); break;
            case DuckDbKind.Blob: Bytes(row, (byte[])value); break;
            case DuckDbKind.Date: Raw(row, ((DateOnly)value).DayNumber - 719_162); break;
            case DuckDbKind.Time: Raw(row, (value is TimeOnly time ? time.ToTimeSpan() : (TimeSpan)value).Ticks / TimeSpan.TicksPerMicrosecond); break;
            case DuckDbKind.Timestamp: Raw(row, FloorDivide(((DateTime)value).Ticks - DateTime.UnixEpoch.Ticks, TimeSpan.TicksPerMicrosecond)); break;
            case DuckDbKind.TimestampTz: Raw(row, FloorDivide(((DateTimeOffset)value).UtcTicks - DateTime.UnixEpoch.Ticks, TimeSpan.TicksPerMicrosecond)); break;
            case DuckDbKind.TimestampNanoseconds: Raw(row, ((DuckDbTimestampNs)value).Nanoseconds); break;
            case DuckDbKind.Interval: Interval(row, (DuckDbInterval)value); break;
            case DuckDbKind.Uuid: Uuid(row, (Guid)value); break;
            case DuckDbKind.List: Elements(row, (IEnumerable)value); break;
            case DuckDbKind.Map: Entries(row, (DuckDbMap)value); break;
            case DuckDbKind.Struct: Struct(row, (DuckDbStruct)value); break;
            default: throw new NotSupportedException($"Values of type {Type} cannot be written.");
        }
    }

    /// <summary>Writes a DECIMAL, brought to the column's scale; <see cref="OverflowException"/> when digits would be lost or do not fit.</summary>
    public void Decimal(int row, DuckDbDecimal value)
    {
        var unscaled = value.Unscaled;
        for (var scale = value.Scale; scale < Type.Scale; scale++)
        {
            unscaled = checked(unscaled * 10);
        }

        for (var scale = value.Scale; scale > Type.Scale; scale--)
        {
            unscaled = unscaled % 10 == 0 ? unscaled / 10 : throw new OverflowException($"{value} does not fit {Type}");
        }

        if (Int128.Abs(unscaled) >= PowerOfTen(Type.Precision))
        {
            throw new OverflowException($"{value} does not fit {Type}");
        }

        switch (Type.Precision)
        {
            case <= 4: Raw(row, (short)unscaled); break;
            case <= 9: Raw(row, (int)unscaled); break;
            case <= 18: Raw(row, (long)unscaled); break;
            default: Raw(row, NativeHugeInt.From(unscaled)); break;
        }
    }

    private static Int128 PowerOfTen(int exponent)
    {
        Int128 power = 1;
        for (var i = 0; i < exponent; i++)
        {
            power *= 10;
        }

        return power;
    }

    private static long FloorDivide(long value, long divisor) => value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor);

    private void Interval(int row, DuckDbInterval value) =>
        Raw(row, new NativeInterval { Months = value.Months, Days = value.Days, Microseconds = value.Microseconds });

    private void Uuid(int row, Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        Raw(row, NativeHugeInt.From(BinaryPrimitives.ReadInt128BigEndian(bytes) ^ Int128.MinValue));
    }

    private void Elements(int row, IEnumerable values)
    {
        var list = values.Cast<object?>().ToList();
        var elements = List(row, list.Count, out var offset);
        for (var i = 0; i < list.Count; i++)
        {
            elements.Value(offset + i, list[i]);
        }
    }

    private void Entries(int row, DuckDbMap map)
    {
        var entries = List(row, map.Count, out var offset);
        var (keys, values) = (entries.Field(0), entries.Field(1));
        for (var i = 0; i < map.Count; i++)
        {
            keys.Value(offset + i, map[i].Key);
            values.Value(offset + i, map[i].Value);
        }
    }

    private void Struct(int row, DuckDbStruct value)
    {
        for (var i = 0; i < Type.Fields.Length; i++)
        {
            Field(i).Value(row, value.Values[i]);
        }
    }
}
