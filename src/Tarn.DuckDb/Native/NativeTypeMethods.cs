using System.Runtime.InteropServices;

namespace Tarn.DuckDb.Native;

/// <summary>Logical types and values of DuckDB's C API.</summary>
internal static unsafe partial class NativeTypeMethods
{
    private const string Library = DuckDbLibrary.Name;
    private const StringMarshalling Utf8 = StringMarshalling.Utf8;

    // Logical types
    [LibraryImport(Library)] internal static partial nint duckdb_create_logical_type(int kind);
    [LibraryImport(Library)] internal static partial nint duckdb_create_list_type(TypeHandle element);
    [LibraryImport(Library)] internal static partial nint duckdb_create_array_type(TypeHandle element, ulong size);
    [LibraryImport(Library)] internal static partial nint duckdb_create_map_type(TypeHandle key, TypeHandle value);
    [LibraryImport(Library)] internal static partial nint duckdb_create_struct_type(nint* types, nint* names, ulong count);
    [LibraryImport(Library)] internal static partial nint duckdb_create_enum_type(nint* names, ulong count);
    [LibraryImport(Library)] internal static partial nint duckdb_create_decimal_type(byte width, byte scale);
    [LibraryImport(Library)] internal static partial void duckdb_destroy_logical_type(ref nint type);
    [LibraryImport(Library)] internal static partial int duckdb_get_type_id(nint type);
    [LibraryImport(Library)] internal static partial nint duckdb_logical_type_get_alias(nint type);
    [LibraryImport(Library)] internal static partial byte duckdb_decimal_width(nint type);
    [LibraryImport(Library)] internal static partial byte duckdb_decimal_scale(nint type);
    [LibraryImport(Library)] internal static partial uint duckdb_enum_dictionary_size(nint type);
    [LibraryImport(Library)] internal static partial nint duckdb_enum_dictionary_value(nint type, ulong index);
    [LibraryImport(Library)] internal static partial nint duckdb_list_type_child_type(nint type);
    [LibraryImport(Library)] internal static partial nint duckdb_array_type_child_type(nint type);
    [LibraryImport(Library)] internal static partial ulong duckdb_array_type_array_size(nint type);
    [LibraryImport(Library)] internal static partial nint duckdb_map_type_key_type(nint type);
    [LibraryImport(Library)] internal static partial nint duckdb_map_type_value_type(nint type);
    [LibraryImport(Library)] internal static partial ulong duckdb_struct_type_child_count(nint type);
    [LibraryImport(Library)] internal static partial nint duckdb_struct_type_child_name(nint type, ulong index);
    [LibraryImport(Library)] internal static partial nint duckdb_struct_type_child_type(nint type, ulong index);
    [LibraryImport(Library)] internal static partial ulong duckdb_union_type_member_count(nint type);
    [LibraryImport(Library)] internal static partial nint duckdb_union_type_member_name(nint type, ulong index);
    [LibraryImport(Library)] internal static partial nint duckdb_union_type_member_type(nint type, ulong index);

    // Values: making
    [LibraryImport(Library)] internal static partial nint duckdb_create_null_value();
    [LibraryImport(Library)] internal static partial nint duckdb_create_bool([MarshalAs(UnmanagedType.U1)] bool value);
    [LibraryImport(Library)] internal static partial nint duckdb_create_int8(sbyte value);
    [LibraryImport(Library)] internal static partial nint duckdb_create_uint8(byte value);
    [LibraryImport(Library)] internal static partial nint duckdb_create_int16(short value);
    [LibraryImport(Library)] internal static partial nint duckdb_create_uint16(ushort value);
    [LibraryImport(Library)] internal static partial nint duckdb_create_int32(int value);
    [LibraryImport(Library)] internal static partial nint duckdb_create_uint32(uint value);
    [LibraryImport(Library)] internal static partial nint duckdb_create_int64(long value);
    [LibraryImport(Library)] internal static partial nint duckdb_create_uint64(ulong value);
    [LibraryImport(Library)] internal static partial nint duckdb_create_hugeint(NativeHugeInt value);
    [LibraryImport(Library)] internal static partial nint duckdb_create_uhugeint(NativeHugeInt value);
    [LibraryImport(Library)] internal static partial nint duckdb_create_float(float value);
    [LibraryImport(Library)] internal static partial nint duckdb_create_double(double value);
    [LibraryImport(Library)] internal static partial nint duckdb_create_decimal(NativeDecimal value);
    [LibraryImport(Library)] internal static partial nint duckdb_create_varchar_length(byte* text, ulong length);
    [LibraryImport(Library)] internal static partial nint duckdb_create_blob(byte* data, ulong length);
    [LibraryImport(Library)] internal static partial nint duckdb_create_date(int days);
    [LibraryImport(Library)] internal static partial nint duckdb_create_time(long microseconds);
    [LibraryImport(Library)] internal static partial nint duckdb_create_timestamp(long microseconds);
    [LibraryImport(Library)] internal static partial nint duckdb_create_timestamp_tz(long microseconds);
    [LibraryImport(Library)] internal static partial nint duckdb_create_timestamp_ns(long nanoseconds);
    [LibraryImport(Library)] internal static partial nint duckdb_create_interval(NativeInterval value);
    [LibraryImport(Library)] internal static partial nint duckdb_create_uuid(NativeHugeInt value);
    [LibraryImport(Library)] internal static partial nint duckdb_create_list_value(TypeHandle element, nint* values, ulong count);
    [LibraryImport(Library)] internal static partial nint duckdb_create_struct_value(TypeHandle type, nint* values);
    [LibraryImport(Library)] internal static partial nint duckdb_create_map_value(TypeHandle type, nint* keys, nint* values, ulong count);
    [LibraryImport(Library)] internal static partial void duckdb_destroy_value(ref nint value);

    // Values: reading
    [LibraryImport(Library)] internal static partial nint duckdb_get_value_type(nint value);
    [LibraryImport(Library)] [return: MarshalAs(UnmanagedType.U1)] internal static partial bool duckdb_is_null_value(nint value);
    [LibraryImport(Library)] [return: MarshalAs(UnmanagedType.U1)] internal static partial bool duckdb_get_bool(nint value);
    [LibraryImport(Library)] internal static partial long duckdb_get_int64(nint value);
    [LibraryImport(Library)] internal static partial ulong duckdb_get_uint64(nint value);
    [LibraryImport(Library)] internal static partial double duckdb_get_double(nint value);
    [LibraryImport(Library)] internal static partial nint duckdb_get_varchar(nint value);
    [LibraryImport(Library)] internal static partial NativeBlob duckdb_get_blob(nint value);
    [LibraryImport(Library)] internal static partial int duckdb_get_date(nint value);
    [LibraryImport(Library)] internal static partial long duckdb_get_timestamp(nint value);
    [LibraryImport(Library)] internal static partial ulong duckdb_get_list_size(nint value);
    [LibraryImport(Library)] internal static partial nint duckdb_get_list_child(nint value, ulong index);
    [LibraryImport(Library)] internal static partial nint duckdb_get_struct_child(nint value, ulong index);
    [LibraryImport(Library)] internal static partial ulong duckdb_get_map_size(nint value);
    [LibraryImport(Library)] internal static partial nint duckdb_get_map_key(nint value, ulong index);
    [LibraryImport(Library)] internal static partial nint duckdb_get_map_value(nint value, ulong index);

    static NativeTypeMethods() => System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(NativeMethods).TypeHandle);
}
