using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tarn.DuckDb.Native;
using Tarn.DuckDb.Types;
using Tarn.DuckDb.Values;

namespace Tarn.DuckDb.Functions;

/// <summary>The arguments of a call to a table function.</summary>
/// <param name="Positional">In order; integers come as <see cref="long"/> or <see cref="ulong"/>.</param>
/// <param name="Named">Null for a parameter that was not given.</param>
public sealed record TableArguments(IReadOnlyList<object?> Positional, IReadOnlyDictionary<string, object?> Named);

/// <summary>A call to a table function whose arguments are known: what columns it has, and how to read them. Opened once per execution.</summary>
public sealed class TableBinding
{
    public required IReadOnlyList<DuckDbField> Columns { get; init; }

    /// <summary>How many rows there will be, for the planner; null when unknown.</summary>
    public long? RowCount { get; init; }

    /// <summary>Whether <see cref="RowCount"/> is a guess.</summary>
    public bool IsRowCountEstimated { get; init; }

    /// <summary>Starts a scan of some columns, by index into <see cref="Columns"/>. <c>count(*)</c> asks for column 0 alone: make that a cheap one.</summary>
    public required Func<IReadOnlyList<int>, TableScan> Open { get; init; }
}

/// <summary>One execution of a table function.</summary>
/// <param name="ThreadsMax">How many readers may work at the same time, 1 or more.</param>
/// <param name="OpenReader">Called once per thread; readers share the work between them.</param>
public sealed record TableScan(int ThreadsMax, Func<ITableReader> OpenReader);

/// <summary>Fills chunks on one thread. A reader that is <see cref="IDisposable"/> is disposed when the scan ends, whether or not all was read.</summary>
public interface ITableReader
{
    /// <summary>Writes up to <see cref="DuckDbChunk.RowsMax"/> rows and answers how many; 0 ends the scan. An exception fails the statement with its message.</summary>
    int Read(TableChunkWriter chunk);
}

/// <summary>A chunk to fill: its columns are the projected ones, in the order in which <see cref="TableBinding.Open"/> got them.</summary>
public readonly struct TableChunkWriter
{
    private readonly nint chunk;
    private readonly ImmutableArray<DuckDbType> types;

    internal TableChunkWriter(nint chunk, ImmutableArray<DuckDbType> types)
    {
        this.chunk = chunk;
        this.types = types;
    }

    public int ColumnCount => types.Length;

    public DuckDbVectorWriter Column(int index) => new(NativeMethods.duckdb_data_chunk_get_vector(chunk, (ulong)index), types[index]);
}

/// <summary>
/// A table function in C#, visible to every connection of the instance. Columns that are not used are not asked for; filters are not passed on
/// (DuckDB's C API has no such thing), so the rows of a scan are filtered behind it.
/// </summary>
public sealed unsafe class DuckDbTableFunction
{
    private readonly IReadOnlyList<DuckDbType> parameterTypes;
    private readonly Func<TableArguments, TableBinding> bind;

    public DuckDbTableFunction(string name, IReadOnlyList<DuckDbType> parameterTypes, Func<TableArguments, TableBinding> bind)
    {
        Name = name;
        this.parameterTypes = parameterTypes;
        this.bind = bind;
    }

    public string Name { get; }

    public IReadOnlyDictionary<string, DuckDbType> NamedParameters { get; init; } = ImmutableDictionary<string, DuckDbType>.Empty;

    /// <exception cref="DuckDbException">There is a function of that name already.</exception>
    public void Register(DuckDbConnection connection)
    {
        var function = NativeFunctionMethods.duckdb_create_table_function();
        try
        {
            NativeFunctionMethods.duckdb_table_function_set_name(function, Name);
            FunctionData.AddParameters(function, parameterTypes, NativeFunctionMethods.duckdb_table_function_add_parameter);

            foreach (var (name, type) in NamedParameters)
            {
                using var native = type.Create();
                NativeFunctionMethods.duckdb_table_function_add_named_parameter(function, name, native);
            }

            NativeFunctionMethods.duckdb_table_function_set_extra_info(function, FunctionData.Keep(this), FunctionData.Delete);
            NativeFunctionMethods.duckdb_table_function_set_bind(function, &Bind);
            NativeFunctionMethods.duckdb_table_function_set_init(function, &Init);
            NativeFunctionMethods.duckdb_table_function_set_local_init(function, &LocalInit);
            NativeFunctionMethods.duckdb_table_function_set_function(function, &Read);
            NativeFunctionMethods.duckdb_table_function_supports_projection_pushdown(function, pushdown: true);
            if (NativeFunctionMethods.duckdb_register_table_function(connection.Handle, function) != 0)
            {
                throw new DuckDbException(DuckDbErrorKind.Catalog, $"The table function {Name} cannot be registered: is there one of that name already?");
            }
        }
        finally
        {
            NativeFunctionMethods.duckdb_destroy_table_function(ref function);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Bind(nint info)
    {
        try
        {
            var function = FunctionData.Get<DuckDbTableFunction>(NativeFunctionMethods.duckdb_bind_get_extra_info(info));
            var positional = Enumerable.Range(0, (int)NativeFunctionMethods.duckdb_bind_get_parameter_count(info))
                .Select(i => NativeValueReader.ReadOwned(NativeFunctionMethods.duckdb_bind_get_parameter(info, (ulong)i))).ToList();
            var named = function.NamedParameters.Keys.ToDictionary(
                name => name,
                name => NativeValueReader.ReadOwned(NativeFunctionMethods.duckdb_bind_get_named_parameter(info, name)));
            var binding = function.bind(new TableArguments(positional, named));
            foreach (var column in binding.Columns)
            {
                using var type = column.Type.Create();
                NativeFunctionMethods.duckdb_bind_add_result_column(info, column.Name, type);
            }

            if (binding.RowCount is { } rows)
            {
                NativeFunctionMethods.duckdb_bind_set_cardinality(info, (ulong)rows, isExact: !binding.IsRowCountEstimated);
            }

            NativeFunctionMethods.duckdb_bind_set_bind_data(info, FunctionData.Keep(binding), FunctionData.Delete);
        }
        catch (Exception exception)
        {
            NativeFunctionMethods.duckdb_bind_set_error(info, FunctionData.ErrorText(exception));
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Init(nint info)
    {
        try
        {
            var binding = FunctionData.Get<TableBinding>(NativeFunctionMethods.duckdb_init_get_bind_data(info));
            var columns = Enumerable.Range(0, (int)NativeFunctionMethods.duckdb_init_get_column_count(info))
                .Select(i => (int)NativeFunctionMethods.duckdb_init_get_column_index(info, (ulong)i)).ToList();
            var scan = new RunningScan(binding.Open(columns), [.. columns.Select(column => binding.Columns[column].Type)]);
            NativeFunctionMethods.duckdb_init_set_max_threads(info, (ulong)scan.Scan.ThreadsMax);
            NativeFunctionMethods.duckdb_init_set_init_data(info, FunctionData.Keep(scan), FunctionData.Delete);
        }
        catch (Exception exception)
        {
            NativeFunctionMethods.duckdb_init_set_error(info, FunctionData.ErrorText(exception));
        }
    }

    /// <summary>The local state is made by the first <see cref="Read"/> of a thread, because only that call is given the scan as well.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void LocalInit(nint info) =>
        NativeFunctionMethods.duckdb_init_set_init_data(info, FunctionData.Keep(new ThreadReader()), FunctionData.Delete);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Read(nint info, nint output)
    {
        try
        {
            var scan = FunctionData.Get<RunningScan>(NativeFunctionMethods.duckdb_function_get_init_data(info));
            var thread = FunctionData.Get<ThreadReader>(NativeFunctionMethods.duckdb_function_get_local_init_data(info));
            thread.Reader ??= scan.Scan.OpenReader();
            var rows = thread.Reader.Read(new TableChunkWriter(output, scan.Types));
            NativeMethods.duckdb_data_chunk_set_size(output, (ulong)rows);
        }
        catch (Exception exception)
        {
            NativeFunctionMethods.duckdb_function_set_error(info, FunctionData.ErrorText(exception));
        }
    }

    private sealed record RunningScan(TableScan Scan, ImmutableArray<DuckDbType> Types);

    private sealed class ThreadReader : IDisposable
    {
        public ITableReader? Reader { get; set; }

        public void Dispose() => (Reader as IDisposable)?.Dispose();
    }
}
