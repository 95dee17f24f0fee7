using System.Runtime.InteropServices;

namespace Tarn.DuckDb.Native;

/// <summary>Scalar and table functions of DuckDB's C API. Callbacks are <c>delegate* unmanaged[Cdecl]</c>; extra data is a <see cref="GCHandle"/>.</summary>
internal static unsafe partial class NativeFunctionMethods
{
    private const string Library = DuckDbLibrary.Name;
    private const StringMarshalling Utf8 = StringMarshalling.Utf8;

    // Scalar functions
    [LibraryImport(Library)] internal static partial nint duckdb_create_scalar_function();
    [LibraryImport(Library)] internal static partial void duckdb_destroy_scalar_function(ref nint function);
    [LibraryImport(Library, StringMarshalling = Utf8)] internal static partial void duckdb_scalar_function_set_name(nint function, string name);
    [LibraryImport(Library)] internal static partial void duckdb_scalar_function_set_varargs(nint function, TypeHandle type);
    [LibraryImport(Library)] internal static partial void duckdb_scalar_function_set_special_handling(nint function);
    [LibraryImport(Library)] internal static partial void duckdb_scalar_function_set_volatile(nint function);
    [LibraryImport(Library)] internal static partial void duckdb_scalar_function_add_parameter(nint function, TypeHandle type);
    [LibraryImport(Library)] internal static partial void duckdb_scalar_function_set_return_type(nint function, TypeHandle type);
    [LibraryImport(Library)] internal static partial void duckdb_scalar_function_set_extra_info(nint function, nint data, delegate* unmanaged[Cdecl]<nint, void> delete);
    [LibraryImport(Library)] internal static partial void duckdb_scalar_function_set_function(nint function, delegate* unmanaged[Cdecl]<nint, nint, nint, void> body);
    [LibraryImport(Library)] internal static partial int duckdb_register_scalar_function(ConnectionHandle connection, nint function);
    [LibraryImport(Library)] internal static partial nint duckdb_scalar_function_get_extra_info(nint info);
    [LibraryImport(Library, StringMarshalling = Utf8)] internal static partial void duckdb_scalar_function_set_error(nint info, string error);

    // Table functions
    [LibraryImport(Library)] internal static partial nint duckdb_create_table_function();
    [LibraryImport(Library)] internal static partial void duckdb_destroy_table_function(ref nint function);
    [LibraryImport(Library, StringMarshalling = Utf8)] internal static partial void duckdb_table_function_set_name(nint function, string name);
    [LibraryImport(Library)] internal static partial void duckdb_table_function_add_parameter(nint function, TypeHandle type);
    [LibraryImport(Library, StringMarshalling = Utf8)] internal static partial void duckdb_table_function_add_named_parameter(nint function, string name, TypeHandle type);
    [LibraryImport(Library)] internal static partial void duckdb_table_function_set_extra_info(nint function, nint data, delegate* unmanaged[Cdecl]<nint, void> delete);
    [LibraryImport(Library)] internal static partial void duckdb_table_function_set_bind(nint function, delegate* unmanaged[Cdecl]<nint, void> bind);
    [LibraryImport(Library)] internal static partial void duckdb_table_function_set_init(nint function, delegate* unmanaged[Cdecl]<nint, void> init);
    [LibraryImport(Library)] internal static partial void duckdb_table_function_set_local_init(nint function, delegate* unmanaged[Cdecl]<nint, void> init);
    [LibraryImport(Library)] internal static partial void duckdb_table_function_set_function(nint function, delegate* unmanaged[Cdecl]<nint, nint, void> body);
    [LibraryImport(Library)] internal static partial void duckdb_table_function_supports_projection_pushdown(nint function, [MarshalAs(UnmanagedType.U1)] bool pushdown);
    [LibraryImport(Library)] internal static partial int duckdb_register_table_function(ConnectionHandle connection, nint function);
    [LibraryImport(Library)] internal static partial nint duckdb_bind_get_extra_info(nint info);
    [LibraryImport(Library, StringMarshalling = Utf8)] internal static partial void duckdb_bind_add_result_column(nint info, string name, TypeHandle type);
    [LibraryImport(Library)] internal static partial ulong duckdb_bind_get_parameter_count(nint info);
    [LibraryImport(Library)] internal static partial nint duckdb_bind_get_parameter(nint info, ulong index);
    [LibraryImport(Library, StringMarshalling = Utf8)] internal static partial nint duckdb_bind_get_named_parameter(nint info, string name);
    [LibraryImport(Library)] internal static partial void duckdb_bind_set_bind_data(nint info, nint data, delegate* unmanaged[Cdecl]<nint, void> delete);
    [LibraryImport(Library)] internal static partial void duckdb_bind_set_cardinality(nint info, ulong cardinality, [MarshalAs(UnmanagedType.U1)] bool isExact);
    [LibraryImport(Library, StringMarshalling = Utf8)] internal static partial void duckdb_bind_set_error(nint info, string error);
    [LibraryImport(Library)] internal static partial nint duckdb_init_get_bind_data(nint info);
    [LibraryImport(Library)] internal static partial void duckdb_init_set_init_data(nint info, nint data, delegate* unmanaged[Cdecl]<nint, void> delete);
    [LibraryImport(Library)] internal static partial ulong duckdb_init_get_column_count(nint info);
    [LibraryImport(Library)] internal static partial ulong duckdb_init_get_column_index(nint info, ulong column);
    [LibraryImport(Library)] internal static partial void duckdb_init_set_max_threads(nint info, ulong threads);
    [LibraryImport(Library, StringMarshalling = Utf8)] internal static partial void duckdb_init_set_error(nint info, string error);
    [LibraryImport(Library)] internal static partial nint duckdb_function_get_bind_data(nint info);
    [LibraryImport(Library)] internal static partial nint duckdb_function_get_init_data(nint info);
    [LibraryImport(Library)] internal static partial nint duckdb_function_get_local_init_data(nint info);
    [LibraryImport(Library, StringMarshalling = Utf8)] internal static partial void duckdb_function_set_error(nint info, string error);

    static NativeFunctionMethods() => System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(NativeMethods).TypeHandle);
}
