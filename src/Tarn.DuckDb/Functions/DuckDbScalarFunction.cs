using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tarn.DuckDb.Native;
using Tarn.DuckDb.Types;
using Tarn.DuckDb.Values;

namespace Tarn.DuckDb.Functions;

/// <summary>
/// Fills the results of a chunk of calls: row i of <paramref name="arguments"/> gives row i of <paramref name="results"/>. Runs on DuckDB's threads, several at a time.
/// An exception fails the statement with its message.
/// </summary>
public delegate void ScalarBody(DuckDbChunk arguments, DuckDbVectorWriter results);

/// <summary>A scalar function in C#, visible to every connection of the instance it is registered with.</summary>
public sealed unsafe class DuckDbScalarFunction
{
    private readonly ImmutableArray<DuckDbType> parameterTypes;
    private readonly DuckDbType resultType;
    private readonly ScalarBody body;

    public DuckDbScalarFunction(string name, IReadOnlyList<DuckDbType> parameterTypes, DuckDbType resultType, ScalarBody body)
    {
        Name = name;
        this.parameterTypes = [.. parameterTypes];
        this.resultType = resultType;
        this.body = body;
    }

    public string Name { get; }

    /// <summary>True: the body sees NULL arguments. False (the default): a NULL argument gives NULL and the body's result of that row is dropped.</summary>
    public bool SeesNulls { get; init; }

    /// <summary>True: each call may give another result, so calls with constant arguments are not folded into one.</summary>
    public bool IsVolatile { get; init; }

    /// <summary>Makes a function of one row at a time; slower, simpler.</summary>
    public static DuckDbScalarFunction PerRow(string name, IReadOnlyList<DuckDbType> parameterTypes, DuckDbType resultType, Func<object?[], object?> body) =>
        new(name, parameterTypes, resultType, (arguments, results) =>
        {
            var values = new object?[arguments.ColumnCount];
            for (var row = 0; row < arguments.RowCount; row++)
            {
                var hasNull = false;
                for (var column = 0; column < values.Length; column++)
                {
                    values[column] = arguments.Column(column).Value(row);
                    hasNull |= values[column] is null;
                }

                results.Value(row, hasNull ? null : body(values));
            }
        });

    /// <exception cref="DuckDbException">There is a function of that name and these types already.</exception>
    public void Register(DuckDbConnection connection)
    {
        var function = NativeFunctionMethods.duckdb_create_scalar_function();
        try
        {
            NativeFunctionMethods.duckdb_scalar_function_set_name(function, Name);
            FunctionData.AddParameters(function, parameterTypes, NativeFunctionMethods.duckdb_scalar_function_add_parameter);

            using (var native = resultType.Create())
            {
                NativeFunctionMethods.duckdb_scalar_function_set_return_type(function, native);
            }

            if (SeesNulls)
            {
                NativeFunctionMethods.duckdb_scalar_function_set_special_handling(function);
            }

            if (IsVolatile)
            {
                NativeFunctionMethods.duckdb_scalar_function_set_volatile(function);
            }

            NativeFunctionMethods.duckdb_scalar_function_set_extra_info(function, FunctionData.Keep(this), FunctionData.Delete);
            NativeFunctionMethods.duckdb_scalar_function_set_function(function, &Run);
            if (NativeFunctionMethods.duckdb_register_scalar_function(connection.Handle, function) != 0)
            {
                throw new DuckDbException(DuckDbErrorKind.Catalog, $"The scalar function {Name} cannot be registered: is there one of that name already?");
            }
        }
        finally
        {
            NativeFunctionMethods.duckdb_destroy_scalar_function(ref function);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Run(nint info, nint input, nint output)
    {
        try
        {
            var function = FunctionData.Get<DuckDbScalarFunction>(NativeFunctionMethods.duckdb_scalar_function_get_extra_info(info));
            using var arguments = new DuckDbChunk(input, function.parameterTypes);
            function.body(arguments, new DuckDbVectorWriter(output, function.resultType));
        }
        catch (Exception exception)
        {
            NativeFunctionMethods.duckdb_scalar_function_set_error(info, FunctionData.ErrorText(exception));
        }
    }
}
