using System.Buffers.Binary;
using System.Collections;
using System.Text;
using Tarn.DuckDb.Native;
using Tarn.DuckDb.Types;

namespace Tarn.DuckDb.Values;

/// <summary>
/// Makes native values of objects, for parameters of statements. A list takes the type of its elements, which must all be of one type
/// (NULLs aside); an empty list, and a list of NULLs only, is a list of VARCHAR.
/// </summary>
internal static unsafe class DuckDbParameter
{
    public static ValueHandle Create(object? value) => new(value switch
    {
        null => NativeTypeMethods.duckdb_create_null_value(),
        bool v => NativeTypeMethods.duckdb_create_bool(v),
        sbyte v => NativeTypeMethods.duckdb_create_int8(v),
        byte v => NativeTypeMethods.duckdb_create_uint8(v),
        short v => NativeTypeMethods.duckdb_create_int16(v),
        ushort v => NativeTypeMethods.duckdb_create_uint16(v),
        int v => NativeTypeMethods.duckdb_create_int32(v),
        uint v => NativeTypeMethods.duckdb_create_uint32(v),
        long v => NativeTypeMethods.duckdb_create_int64(v),
        ulong v => NativeTypeMethods.duckdb_create_uint64(v),
        Int128 v => NativeTypeMethods.duckdb_create_hugeint(NativeHugeInt.From(v)),
        UInt128 v => NativeTypeMethods.duckdb_create_uhugeint(NativeHugeInt.From(v)),
        float v => NativeTypeMethods.duckdb_create_float(v),
        double v => NativeTypeMethods.duckdb_create_double(v),
        decimal v => Decimal(DuckDbDecimal.From(v)),
        DuckDbDecimal v => Decimal(v),
        string v => Varchar(v),
        byte[] v => Blob(v),
        DateOnly v => NativeTypeMethods.duckdb_create_date(v.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber),
        TimeOnly v => NativeTypeMethods.duckdb_create_time(v.Ticks / TimeSpan.TicksPerMicrosecond),
        TimeSpan v => NativeTypeMethods.duckdb_create_time(v.Ticks / TimeSpan.TicksPerMicrosecond),
        DateTime v => NativeTypeMethods.duckdb_create_timestamp(Microseconds(v.Ticks)),
        DateTimeOffset v => NativeTypeMethods.duckdb_create_timestamp_tz(Microseconds(v.UtcTicks)),
        DuckDbTimestampNs v => NativeTypeMethods.duckdb_create_timestamp_ns(v.Nanoseconds),
        DuckDbInterval v => NativeTypeMethods.duckdb_create_interval(new NativeInterval { Months = v.Months, Days = v.Days, Microseconds = v.Microseconds }),
        Guid v => Uuid(v),
        DuckDbStruct v => Struct(v),
        DuckDbMap v => Map(v),
        IEnumerable v => List(v),
        _ => throw new ArgumentException($"A value of type {value.GetType()} cannot be a parameter.", nameof(value)),
    });

    public static DuckDbType TypeOf(object? value) => value switch
    {
        null => DuckDbType.SqlNull,
        bool => DuckDbType.Boolean,
        sbyte => DuckDbType.TinyInt,
        byte => DuckDbType.Simple(DuckDbKind.UTinyInt),
        short => DuckDbType.SmallInt,
        ushort => DuckDbType.Simple(DuckDbKind.USmallInt),
        int => DuckDbType.Integer,
        uint => DuckDbType.Simple(DuckDbKind.UInteger),
        long => DuckDbType.BigInt,
        ulong => DuckDbType.UBigInt,
        Int128 => DuckDbType.HugeInt,
        UInt128 => DuckDbType.Simple(DuckDbKind.UHugeInt),
        float => DuckDbType.Float,
        double => DuckDbType.Double,
        decimal v => DuckDbType.DecimalOf(38, v.Scale),
        DuckDbDecimal v => DuckDbType.DecimalOf(38, v.Scale),
        string => DuckDbType.Varchar,
        byte[] => DuckDbType.Blob,
        DateOnly => DuckDbType.Date,
        TimeOnly or TimeSpan => DuckDbType.Time,
        DateTime => DuckDbType.Timestamp,
        DateTimeOffset => DuckDbType.TimestampTz,
        DuckDbTimestampNs => DuckDbType.TimestampNanoseconds,
        DuckDbInterval => DuckDbType.Interval,
        Guid => DuckDbType.Uuid,
        DuckDbStruct v => DuckDbType.StructOf(v.Select(field => new DuckDbField(field.Key, TypeOf(field.Value)))),
        DuckDbMap v => v.Count == 0 ? DuckDbType.MapOf(DuckDbType.Varchar, DuckDbType.Varchar) : DuckDbType.MapOf(TypeOf(v[0].Key), ElementType(v.Select(entry => entry.Value))),
        IEnumerable v => DuckDbType.ListOf(ElementType(v.Cast<object?>())),
        _ => throw new ArgumentException($"A value of type {value.GetType()} cannot be a parameter.", nameof(value)),
    };

    private static DuckDbType ElementType(IEnumerable<object?> values) =>
        values.FirstOrDefault(value => value is not null) is { } value ? TypeOf(value) : DuckDbType.Varchar;

    private static nint Decimal(DuckDbDecimal value) =>
        NativeTypeMethods.duckdb_create_decimal(new NativeDecimal { Width = 38, Scale = value.Scale, Value = NativeHugeInt.From(value.Unscaled) });

    private static nint Varchar(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        fixed (byte* pointer = bytes)
        {
            byte none = 0;
            return NativeTypeMethods.duckdb_create_varchar_length(pointer == null ? &none : pointer, (ulong)bytes.Length);
        }
    }

    private static nint Blob(byte[] bytes)
    {
        fixed (byte* pointer = bytes)
        {
            byte none = 0;
            return NativeTypeMethods.duckdb_create_blob(pointer == null ? &none : pointer, (ulong)bytes.Length);
        }
    }

    private static long Microseconds(long ticks)
    {
        var sinceEpoch = ticks - DateTime.UnixEpoch.Ticks;
        return (sinceEpoch - (((sinceEpoch % TimeSpan.TicksPerMicrosecond) + TimeSpan.TicksPerMicrosecond) % TimeSpan.TicksPerMicrosecond)) / TimeSpan.TicksPerMicrosecond;
    }

    private static nint Uuid(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return NativeTypeMethods.duckdb_create_uuid(NativeHugeInt.From(BinaryPrimitives.ReadUInt128BigEndian(bytes)));
    }

    private static nint List(IEnumerable list)
    {
        var values = list.Cast<object?>().ToList();
        using var type = ElementType(values).Create();
        return WithValues(values, pointer => NativeTypeMethods.duckdb_create_list_value(type, (nint*)pointer, (ulong)values.Count));
    }

    private static nint Struct(DuckDbStruct value)
    {
        using var type = TypeOf(value).Create();
        return WithValues(value.Values, pointer => NativeTypeMethods.duckdb_create_struct_value(type, (nint*)pointer));
    }

    private static nint Map(DuckDbMap map)
    {
        using var type = TypeOf(map).Create();
        return WithValues(
            [.. map.Select(entry => entry.Key)],
            keys => WithValues(
                [.. map.Select(entry => entry.Value)],
                values => NativeTypeMethods.duckdb_create_map_value(type, (nint*)keys, (nint*)values, (ulong)map.Count)));
    }

    private static nint WithValues(IReadOnlyList<object?> values, Func<nint, nint> make)
    {
        var handles = new List<ValueHandle>(values.Count);
        try
        {
            foreach (var value in values)
            {
                handles.Add(Create(value));
            }

            // One more than needed: an empty array has no address to give.
            var pointers = new nint[handles.Count + 1];
            for (var i = 0; i < handles.Count; i++)
            {
                pointers[i] = handles[i].DangerousGetHandle();
            }

            fixed (nint* pointer = pointers)
            {
                return make((nint)pointer);
            }
        }
        finally
        {
            handles.ForEach(handle => handle.Dispose());
        }
    }
}
