using System.Runtime.InteropServices;
using Tarn.DuckDb.Native;
using Tarn.DuckDb.Types;

namespace Tarn.DuckDb.Values;

/// <summary>Objects of native values: arguments of table functions and metrics of profiles. Types that neither has come as their text.</summary>
internal static class NativeValueReader
{
    public static object? ReadOwned(nint value)
    {
        if (value == 0)
        {
            return null;
        }

        using var handle = new ValueHandle(value);
        return Read(value);
    }

    private static object? Read(nint value)
    {
        if (NativeTypeMethods.duckdb_is_null_value(value))
        {
            return null;
        }

        // The type is borrowed from the value.
        var type = DuckDbType.Read(NativeTypeMethods.duckdb_get_value_type(value));
        return type.Kind switch
        {
            DuckDbKind.Boolean => NativeTypeMethods.duckdb_get_bool(value),
            DuckDbKind.TinyInt or DuckDbKind.SmallInt or DuckDbKind.Integer or DuckDbKind.BigInt => NativeTypeMethods.duckdb_get_int64(value),
            DuckDbKind.UTinyInt or DuckDbKind.USmallInt or DuckDbKind.UInteger or DuckDbKind.UBigInt => NativeTypeMethods.duckdb_get_uint64(value),
            DuckDbKind.Float or DuckDbKind.Double => NativeTypeMethods.duckdb_get_double(value),
            DuckDbKind.Date => DateOnly.FromDayNumber(NativeTypeMethods.duckdb_get_date(value) + 719_162),
            DuckDbKind.Timestamp => new DateTime(DateTime.UnixEpoch.Ticks + (NativeTypeMethods.duckdb_get_timestamp(value) * TimeSpan.TicksPerMicrosecond), DateTimeKind.Unspecified),
            DuckDbKind.Blob => Blob(value),
            DuckDbKind.List => Enumerable.Range(0, (int)NativeTypeMethods.duckdb_get_list_size(value))
                .Select(i => ReadOwned(NativeTypeMethods.duckdb_get_list_child(value, (ulong)i))).ToArray(),
            DuckDbKind.Struct => new DuckDbStruct(
                [.. type.Fields.Select(field => field.Name)],
                [.. Enumerable.Range(0, type.Fields.Length).Select(i => ReadOwned(NativeTypeMethods.duckdb_get_struct_child(value, (ulong)i)))]),
            DuckDbKind.Map => new DuckDbMap([.. Enumerable.Range(0, (int)NativeTypeMethods.duckdb_get_map_size(value)).Select(i => new KeyValuePair<object, object?>(
                ReadOwned(NativeTypeMethods.duckdb_get_map_key(value, (ulong)i))!,
                ReadOwned(NativeTypeMethods.duckdb_get_map_value(value, (ulong)i))))]),
            _ => NativeText.Owned(NativeTypeMethods.duckdb_get_varchar(value)),
        };
    }

    private static byte[] Blob(nint value)
    {
        var blob = NativeTypeMethods.duckdb_get_blob(value);
        var bytes = new byte[blob.Size];
        Marshal.Copy(blob.Data, bytes, 0, bytes.Length);
        NativeMethods.duckdb_free(blob.Data);
        return bytes;
    }
}
