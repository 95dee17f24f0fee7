using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Tarn.DuckDb.Types;

namespace Tarn.DuckDb.Values;

/// <summary>Values of every type as objects.</summary>
internal static class VectorValue
{
    private const long MicrosecondsMax = 253_402_300_800_000_000;
    private const long MicrosecondsMin = -62_135_596_800_000_000;

    public static object Read(DuckDbVector vector, int row) => vector.Type.Kind switch
    {
        DuckDbKind.Boolean => vector.Raw<byte>(row) != 0,
        DuckDbKind.TinyInt => vector.Raw<sbyte>(row),
        DuckDbKind.SmallInt => vector.Raw<short>(row),
        DuckDbKind.Integer => vector.Raw<int>(row),
        DuckDbKind.BigInt => vector.Raw<long>(row),
        DuckDbKind.UTinyInt => vector.Raw<byte>(row),
        DuckDbKind.USmallInt => vector.Raw<ushort>(row),
        DuckDbKind.UInteger => vector.Raw<uint>(row),
        DuckDbKind.UBigInt => vector.Raw<ulong>(row),
        DuckDbKind.HugeInt => vector.HugeInt(row),
        DuckDbKind.UHugeInt => (UInt128)vector.HugeInt(row),
        DuckDbKind.BigNum => BigNumber(vector.Bytes(row)),
        DuckDbKind.Float => vector.Raw<float>(row),
        DuckDbKind.Double => vector.Raw<double>(row),
        DuckDbKind.Decimal => vector.Decimal(row),
        DuckDbKind.Varchar => vector.Text(row),
        DuckDbKind.Blob => vector.Bytes(row).ToArray(),
        DuckDbKind.Bit => Bits(vector.Bytes(row)),
        DuckDbKind.Date => Date(vector.Raw<int>(row)),
        DuckDbKind.Time => TimeSpan.FromMicroseconds(vector.Raw<long>(row)),
        DuckDbKind.TimeNanoseconds => TimeSpan.FromTicks(vector.Raw<long>(row) / 100),
        DuckDbKind.TimeTz => TimeWithZone(vector.Raw<ulong>(row)),
        DuckDbKind.Timestamp => Timestamp(vector.Raw<long>(row)),
        DuckDbKind.TimestampSeconds => Timestamp(Scaled(vector.Raw<long>(row), 1_000_000)),
        DuckDbKind.TimestampMilliseconds => Timestamp(Scaled(vector.Raw<long>(row), 1_000)),
        DuckDbKind.TimestampNanoseconds => new DuckDbTimestampNs(vector.Raw<long>(row)),
        DuckDbKind.TimestampTz => new DateTimeOffset(Timestamp(vector.Raw<long>(row)), TimeSpan.Zero),
        DuckDbKind.Interval => vector.Interval(row),
        DuckDbKind.Uuid => Uuid(vector.HugeInt(row)),
        DuckDbKind.Enum => EnumText(vector, row),
        DuckDbKind.List or DuckDbKind.Array => Elements(vector, row),
        DuckDbKind.Map => Map(vector, row),
        DuckDbKind.Struct => Struct(vector, row),
        DuckDbKind.Union => vector.UnionMember(vector.UnionTag(row)).Value(row)!,
        _ => throw new DuckDbException(DuckDbErrorKind.NotRepresentable, $"Values of type {vector.Type} cannot be read; cast them to VARCHAR."),
    };

    private static DateOnly Date(int days)
    {
        var number = days + 719_162L;
        return number is >= 0 and <= 3_652_058
            ? DateOnly.FromDayNumber((int)number)
            : throw NotRepresentable($"the date {days} days from 1970-01-01");
    }

    private static DateTime Timestamp(long microseconds) =>
        microseconds is >= MicrosecondsMin and < MicrosecondsMax
            ? new DateTime(DateTime.UnixEpoch.Ticks + (microseconds * TimeSpan.TicksPerMicrosecond), DateTimeKind.Unspecified)
            : throw NotRepresentable($"the timestamp {microseconds} microseconds from 1970-01-01");

    private static long Scaled(long value, long factor) =>
        value > long.MaxValue / factor || value < long.MinValue / factor ? throw NotRepresentable($"the timestamp {value}") : value * factor;

    /// <summary>40 bits of microseconds, then 24 bits of the offset, kept as 16 h minus the offset so that earlier moments sort first.</summary>
    private static DuckDbTimeTz TimeWithZone(ulong bits) => new((long)(bits >> 24), 57_599 - (int)(bits & 0xFFFFFF));

    /// <summary>DuckDB flips the top bit so that UUIDs sort as signed integers.</summary>
    private static Guid Uuid(Int128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt128BigEndian(bytes, value ^ Int128.MinValue);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>One byte says how many bits of padding stand before the first bit.</summary>
    private static string Bits(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        for (var bit = (int)bytes[0]; bit < (bytes.Length - 1) * 8; bit++)
        {
            text.Append((bytes[1 + (bit >> 3)] >> (7 - (bit & 7)) & 1) == 0 ? '0' : '1');
        }

        return text.ToString();
    }

    /// <summary>Three bytes of header, whose top bit is set for positive numbers, then the magnitude, most significant byte first; all bits of a negative number are inverted.</summary>
    private static BigInteger BigNumber(ReadOnlySpan<byte> bytes)
    {
        var isNegative = (bytes[0] & 0x80) == 0;
        var magnitude = bytes[3..].ToArray();
        if (isNegative)
        {
            for (var i = 0; i < magnitude.Length; i++)
            {
                magnitude[i] = (byte)~magnitude[i];
            }
        }

        var value = new BigInteger(magnitude, isUnsigned: true, isBigEndian: true);
        return isNegative ? -value : value;
    }

    private static string EnumText(DuckDbVector vector, int row) => vector.Type.EnumValues.Length switch
    {
        <= byte.MaxValue => vector.Type.EnumValues[vector.Raw<byte>(row)],
        <= ushort.MaxValue => vector.Type.EnumValues[vector.Raw<ushort>(row)],
        _ => vector.Type.EnumValues[(int)vector.Raw<uint>(row)],
    };

    private static object?[] Elements(DuckDbVector vector, int row)
    {
        var (offset, length) = vector.ElementRange(row).GetOffsetAndLength(int.MaxValue);
        var elements = vector.Elements();
        var values = new object?[length];
        for (var i = 0; i < length; i++)
        {
            values[i] = elements.Value(offset + i);
        }

        return values;
    }

    private static DuckDbMap Map(DuckDbVector vector, int row)
    {
        var (offset, length) = vector.ElementRange(row).GetOffsetAndLength(int.MaxValue);
        var elements = vector.Elements();
        var (keys, values) = (elements.Field(0), elements.Field(1));
        var entries = new KeyValuePair<object, object?>[length];
        for (var i = 0; i < length; i++)
        {
            entries[i] = new(keys.Value(offset + i)!, values.Value(offset + i));
        }

        return new DuckDbMap(entries);
    }

    private static DuckDbStruct Struct(DuckDbVector vector, int row)
    {
        var names = new string[vector.Type.Fields.Length];
        var values = new object?[names.Length];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = vector.Type.Fields[i].Name;
            values[i] = vector.Field(i).Value(row);
        }

        return new DuckDbStruct(names, values);
    }

    private static DuckDbException NotRepresentable(string what) =>
        new(DuckDbErrorKind.NotRepresentable, $"{what} is outside the years 1 to 9999; cast it to VARCHAR to read it.");
}
