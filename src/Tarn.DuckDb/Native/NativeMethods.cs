using System.Runtime.InteropServices;

namespace Tarn.DuckDb.Native;

/// <summary>
/// The functions of DuckDB's C API that Tarn uses, under their own names and in the order of duckdb.h. A state of 0 is success. Texts
/// that are returned as <c>nint</c> are either borrowed (see <see cref="NativeText"/>) or freed with <see cref="duckdb_free"/>.
/// </summary>
internal static unsafe partial class NativeMethods
{
    private const string Library = DuckDbLibrary.Name;
    private const StringMarshalling Utf8 = StringMarshalling.Utf8;

    static NativeMethods() => DuckDbLibrary.Register();

    // Open and connect
    [LibraryImport(Library, StringMarshalling = Utf8)] internal static partial int duckdb_open_ext(string? path, out nint database, nint config, out nint error);
    [LibraryImport(Library)] internal static partial void duckdb_close(ref nint database);
    [LibraryImport(Library)] internal static partial int duckdb_connect(DatabaseHandle database, out nint connection);
    [LibraryImport(Library)] internal static partial void duckdb_interrupt(ConnectionHandle connection);
    [LibraryImport(Library)] internal static partial NativeProgress duckdb_query_progress(ConnectionHandle connection);
    [LibraryImport(Library)] internal static partial void duckdb_disconnect(ref nint connection);
    [LibraryImport(Library)] internal static partial int duckdb_create_config(out nint config);
    [LibraryImport(Library, StringMarshalling = Utf8)] internal static partial int duckdb_set_config(nint config, string name, string option);
    [LibraryImport(Library)] internal static partial void duckdb_destroy_config(ref nint config);
    [LibraryImport(Library)] internal static partial void duckdb_free(nint pointer);
    [LibraryImport(Library)] internal static partial void duckdb_connection_get_client_context(ConnectionHandle connection, out nint context);
    [LibraryImport(Library)] internal static partial ulong duckdb_client_context_get_connection_id(nint context);
    [LibraryImport(Library)] internal static partial void duckdb_destroy_client_context(ref nint context);

    // Statements
    [LibraryImport(Library, StringMarshalling = Utf8)] internal static partial ulong duckdb_extract_statements(ConnectionHandle connection, string query, out nint extracted);
    [LibraryImport(Library)] internal static partial nint duckdb_extract_statements_error(nint extracted);
    [LibraryImport(Library)] internal static partial int duckdb_prepare_extracted_statement(ConnectionHandle connection, nint extracted, ulong index, out nint statement);
    [LibraryImport(Library)] internal static partial void duckdb_destroy_extracted(ref nint extracted);
    [LibraryImport(Library)] internal static partial nint duckdb_prepare_error(nint statement);
    [LibraryImport(Library)] internal static partial void duckdb_destroy_prepare(ref nint statement);
    [LibraryImport(Library)] internal static partial ulong duckdb_nparams(StatementHandle statement);
    [LibraryImport(Library, StringMarshalling = Utf8)] internal static partial int duckdb_bind_parameter_index(StatementHandle statement, out ulong index, string name);
    [LibraryImport(Library)] internal static partial int duckdb_bind_value(StatementHandle statement, ulong index, ValueHandle value);
    [LibraryImport(Library)] internal static partial int duckdb_clear_bindings(StatementHandle statement);
    [LibraryImport(Library)] internal static partial int duckdb_prepared_statement_type(StatementHandle statement);
    [LibraryImport(Library)] internal static partial ulong duckdb_prepared_statement_column_count(StatementHandle statement);
    [LibraryImport(Library)] internal static partial nint duckdb_prepared_statement_column_name(StatementHandle statement, ulong column);
    [LibraryImport(Library)] internal static partial nint duckdb_prepared_statement_column_logical_type(StatementHandle statement, ulong column);
    [LibraryImport(Library)] internal static partial int duckdb_pending_prepared_streaming(StatementHandle statement, out nint pending);
    [LibraryImport(Library)] internal static partial nint duckdb_pending_error(nint pending);
    [LibraryImport(Library)] internal static partial int duckdb_execute_pending(nint pending, NativeResult* result);
    [LibraryImport(Library)] internal static partial void duckdb_destroy_pending(ref nint pending);

    // Results
    [LibraryImport(Library)] internal static partial void duckdb_destroy_result(NativeResult* result);
    [LibraryImport(Library)] internal static partial ulong duckdb_column_count(NativeResult* result);
    [LibraryImport(Library)] internal static partial nint duckdb_column_name(NativeResult* result, ulong column);
    [LibraryImport(Library)] internal static partial nint duckdb_column_logical_type(NativeResult* result, ulong column);
    [LibraryImport(Library)] internal static partial nint duckdb_result_error(NativeResult* result);
    [LibraryImport(Library)] internal static partial int duckdb_result_error_type(NativeResult* result);
    [LibraryImport(Library)] internal static partial int duckdb_result_return_type(NativeResult result);
    [LibraryImport(Library)] internal static partial nint duckdb_fetch_chunk(NativeResult result);

    // Chunks and vectors. Those without a GC transition read a field of a vector and return: they are called for every nested value.
    [LibraryImport(Library)] internal static partial nint duckdb_create_data_chunk(nint* types, ulong columnCount);
    [LibraryImport(Library)] internal static partial void duckdb_destroy_data_chunk(ref nint chunk);
    [LibraryImport(Library)] internal static partial void duckdb_data_chunk_reset(nint chunk);
    [LibraryImport(Library)] internal static partial ulong duckdb_data_chunk_get_column_count(nint chunk);
    [LibraryImport(Library)] internal static partial nint duckdb_data_chunk_get_vector(nint chunk, ulong column);
    [LibraryImport(Library)] internal static partial ulong duckdb_data_chunk_get_size(nint chunk);
    [LibraryImport(Library)] internal static partial void duckdb_data_chunk_set_size(nint chunk, ulong size);
    [LibraryImport(Library)] internal static partial nint duckdb_vector_get_column_type(nint vector);
    [LibraryImport(Library)] [SuppressGCTransition] internal static partial void* duckdb_vector_get_data(nint vector);
    [LibraryImport(Library)] [SuppressGCTransition] internal static partial ulong* duckdb_vector_get_validity(nint vector);
    [LibraryImport(Library)] internal static partial void duckdb_vector_ensure_validity_writable(nint vector);
    [LibraryImport(Library)] internal static partial void duckdb_vector_assign_string_element_len(nint vector, ulong index, byte* text, ulong length);
    [LibraryImport(Library)] [SuppressGCTransition] internal static partial nint duckdb_list_vector_get_child(nint vector);
    [LibraryImport(Library)] [SuppressGCTransition] internal static partial ulong duckdb_list_vector_get_size(nint vector);
    [LibraryImport(Library)] internal static partial int duckdb_list_vector_set_size(nint vector, ulong size);
    [LibraryImport(Library)] internal static partial int duckdb_list_vector_reserve(nint vector, ulong capacity);
    [LibraryImport(Library)] [SuppressGCTransition] internal static partial nint duckdb_struct_vector_get_child(nint vector, ulong index);
    [LibraryImport(Library)] internal static partial nint duckdb_array_vector_get_child(nint vector);

    // Appender
    [LibraryImport(Library, StringMarshalling = Utf8)] internal static partial int duckdb_appender_create(ConnectionHandle connection, string? schema, string table, out nint appender);
    [LibraryImport(Library)] internal static partial ulong duckdb_appender_column_count(nint appender);
    [LibraryImport(Library)] internal static partial nint duckdb_appender_column_type(nint appender, ulong column);
    [LibraryImport(Library)] internal static partial nint duckdb_appender_error(nint appender);
    [LibraryImport(Library)] internal static partial int duckdb_appender_flush(nint appender);
    [LibraryImport(Library)] internal static partial int duckdb_appender_close(nint appender);
    [LibraryImport(Library)] internal static partial int duckdb_appender_destroy(ref nint appender);
    [LibraryImport(Library)] internal static partial int duckdb_append_data_chunk(nint appender, nint chunk);

    // Profiling
    [LibraryImport(Library)] internal static partial nint duckdb_get_profiling_info(ConnectionHandle connection);
    [LibraryImport(Library)] internal static partial nint duckdb_profiling_info_get_metrics(nint info);
    [LibraryImport(Library)] internal static partial ulong duckdb_profiling_info_get_child_count(nint info);
    [LibraryImport(Library)] internal static partial nint duckdb_profiling_info_get_child(nint info, ulong index);
}
