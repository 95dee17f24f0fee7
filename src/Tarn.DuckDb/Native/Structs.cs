using System.Runtime.InteropServices;

namespace Tarn.DuckDb.Native;

/// <summary><c>duckdb_result</c>: 48 bytes of which only DuckDB knows the meaning; passed by value to some calls.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeResult
{
    public ulong ColumnCount;
    public ulong RowCount;
    public ulong RowsChanged;
    public nint Columns;
    public nint ErrorMessage;
    public nint InternalData;
}

/// <summary><c>duckdb_string_t</c>: up to 12 bytes inside the struct, longer texts behind a pointer.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct NativeString
{
    public const int InlineBytesMax = 12;

    [FieldOffset(0)]
    public uint Length;

    [FieldOffset(4)]
    public fixed byte Inlined[InlineBytesMax];

    [FieldOffset(8)]
    public byte* Pointer;
}

/// <summary><c>duckdb_list_entry</c>: where the elements of one list lie in the child vector.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeListEntry
{
    public ulong Offset;
    public ulong Length;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeInterval
{
    public int Months;
    public int Days;
    public long Microseconds;
}

/// <summary><c>duckdb_hugeint</c> and <c>duckdb_uhugeint</c>; not <see cref="Int128"/>, whose alignment of 16 bytes C's struct does not have.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeHugeInt
{
    public ulong Lower;
    public ulong Upper;

    public static NativeHugeInt From(Int128 value) => new() { Lower = (ulong)value, Upper = (ulong)(value >> 64) };

    public static NativeHugeInt From(UInt128 value) => new() { Lower = (ulong)value, Upper = (ulong)(value >> 64) };

    public readonly Int128 ToInt128() => new(Upper, Lower);

    public readonly UInt128 ToUInt128() => new(Upper, Lower);
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeDecimal
{
    public byte Width;
    public byte Scale;
    public NativeHugeInt Value;
}

/// <summary><c>duckdb_blob</c>: bytes that the caller frees.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeBlob
{
    public nint Data;
    public ulong Size;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NativeProgress
{
    public double Percentage;
    public ulong RowsProcessed;
    public ulong RowsTotal;
}
