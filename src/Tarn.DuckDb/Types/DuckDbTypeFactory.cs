using System.Runtime.InteropServices;
using Tarn.DuckDb.Native;

namespace Tarn.DuckDb.Types;

/// <summary>Makes native types.</summary>
internal static unsafe class DuckDbTypeFactory
{
    public static TypeHandle Create(DuckDbType type)
    {
        switch (type.Kind)
        {
            case DuckDbKind.Decimal:
                return new(NativeTypeMethods.duckdb_create_decimal_type(type.Precision, type.Scale));
            case DuckDbKind.List:
                using (var element = Create(type.Element!))
                {
                    return new(NativeTypeMethods.duckdb_create_list_type(element));
                }

            case DuckDbKind.Array:
                using (var element = Create(type.Element!))
                {
                    return new(NativeTypeMethods.duckdb_create_array_type(element, (ulong)type.ArraySize));
                }

            case DuckDbKind.Map:
                using (var key = Create(type.Key!))
                using (var value = Create(type.Element!))
                {
                    return new(NativeTypeMethods.duckdb_create_map_type(key, value));
                }

            case DuckDbKind.Struct:
                return Struct(type);
            case DuckDbKind.Enum:
                return Enum(type);
            case DuckDbKind.Union:
                throw new NotSupportedException("Values of type UNION can be read but not made.");
            default:
                return new(NativeTypeMethods.duckdb_create_logical_type((int)type.Kind));
        }
    }

    private static TypeHandle Struct(DuckDbType type)
    {
        var handles = type.Fields.Select(field => Create(field.Type)).ToList();
        var names = type.Fields.Select(field => Marshal.StringToCoTaskMemUTF8(field.Name)).ToArray();
        var types = handles.Select(handle => handle.DangerousGetHandle()).ToArray();
        try
        {
            fixed (nint* typePointer = types)
            fixed (nint* namePointer = names)
            {
                return new(NativeTypeMethods.duckdb_create_struct_type(typePointer, namePointer, (ulong)types.Length));
            }
        }
        finally
        {
            handles.ForEach(handle => handle.Dispose());
            Array.ForEach(names, Marshal.FreeCoTaskMem);
        }
    }

    private static TypeHandle Enum(DuckDbType type)
    {
        var names = type.EnumValues.Select(Marshal.StringToCoTaskMemUTF8).ToArray();
        try
        {
            fixed (nint* namePointer = names)
            {
                return new(NativeTypeMethods.duckdb_create_enum_type(namePointer, (ulong)names.Length));
            }
        }
        finally
        {
            Array.ForEach(names, Marshal.FreeCoTaskMem);
        }
    }
}
