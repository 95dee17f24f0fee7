using System.Collections.Immutable;
using Tarn.DuckDb.Native;
using Tarn.DuckDb.Types;
using Tarn.DuckDb.Values;

namespace Tarn.DuckDb;

/// <summary>What a statement does, with DuckDB's own numbers (<c>duckdb_statement_type</c>).</summary>
public enum DuckDbStatementKind
{
    Invalid = 0,
    Select = 1,
    Insert = 2,
    Update = 3,
    Explain = 4,
    Delete = 5,
    Prepare = 6,
    Create = 7,
    Execute = 8,
    Alter = 9,
    Transaction = 10,
    Copy = 11,
    Analyze = 12,
    VariableSet = 13,
    CreateFunction = 14,
    Drop = 15,
    Export = 16,
    Pragma = 17,
    Vacuum = 18,
    Call = 19,
    Set = 20,
    Load = 21,
    Relation = 22,
    Extension = 23,
    LogicalPlan = 24,
    Attach = 25,
    Detach = 26,
    Multi = 27,
}

/// <summary>A prepared statement of one connection. Not thread-safe.</summary>
public sealed unsafe class DuckDbStatement : IDisposable
{
    private readonly DuckDbConnection connection;
    private readonly StatementHandle handle;

    internal DuckDbStatement(DuckDbConnection connection, StatementHandle handle)
    {
        this.connection = connection;
        this.handle = handle;
    }

    public DuckDbStatementKind Kind => (DuckDbStatementKind)NativeMethods.duckdb_prepared_statement_type(handle);

    public int ParameterCount => (int)NativeMethods.duckdb_nparams(handle);

    /// <summary>
    /// Names and types of the result without running it. A type that depends on a parameter not bound yet is
    /// <see cref="DuckDbKind.Invalid"/>, or the whole list is empty.
    /// </summary>
    public ImmutableArray<DuckDbField> Columns
    {
        get
        {
            var columns = ImmutableArray.CreateBuilder<DuckDbField>();
            for (ulong i = 0; i < NativeMethods.duckdb_prepared_statement_column_count(handle); i++)
            {
                var type = NativeMethods.duckdb_prepared_statement_column_logical_type(handle, i);
                columns.Add(new DuckDbField(
                    NativeText.Owned(NativeMethods.duckdb_prepared_statement_column_name(handle, i)),
                    type == 0 ? DuckDbType.Simple(DuckDbKind.Invalid) : DuckDbType.ReadOwned(type)));
            }

            return columns.ToImmutable();
        }
    }

    /// <summary>Binds a parameter by its position from 1 (<c>$1</c>, <c>?</c>). Lists bind as LIST: <c>read_parquet($1)</c> takes a list of names.</summary>
    public DuckDbStatement Bind(int position, object? value)
    {
        using var native = DuckDbParameter.Create(value);
        if (NativeMethods.duckdb_bind_value(handle, (ulong)position, native) != 0)
        {
            throw DuckDbException.From(NativeText.Borrowed(NativeMethods.duckdb_prepare_error(handle.DangerousGetHandle())), DuckDbErrorKind.InvalidInput);
        }

        return this;
    }

    /// <summary>Binds a parameter by its name (<c>$name</c>).</summary>
    public DuckDbStatement Bind(string name, object? value) =>
        NativeMethods.duckdb_bind_parameter_index(handle, out var index, name) == 0
            ? Bind((int)index, value)
            : throw new DuckDbException(DuckDbErrorKind.InvalidInput, $"The statement has no parameter ${name}.");

    public void ClearBindings() => _ = NativeMethods.duckdb_clear_bindings(handle);

    /// <summary>Runs the statement; rows stream from the result.</summary>
    /// <exception cref="DuckDbException">The statement failed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the connection remains usable, an open transaction must be rolled back.</exception>
    public DuckDbResult Run(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var interruptible = connection.Interruptible(cancellationToken);
        var state = NativeMethods.duckdb_pending_prepared_streaming(handle, out var pending);
        try
        {
            if (state != 0)
            {
                throw Failure(DuckDbException.From(NativeText.Borrowed(NativeMethods.duckdb_pending_error(pending))), cancellationToken);
            }

            var result = new ResultHandle();
            if (NativeMethods.duckdb_execute_pending(pending, result.Pointer) != 0)
            {
                using (result)
                {
                    var text = NativeText.Borrowed(NativeMethods.duckdb_result_error(result.Pointer));
                    throw Failure(DuckDbException.From(text, (DuckDbErrorKind)NativeMethods.duckdb_result_error_type(result.Pointer)), cancellationToken);
                }
            }

            return new DuckDbResult(connection, result);
        }
        finally
        {
            NativeMethods.duckdb_destroy_pending(ref pending);
        }
    }

    public void Dispose() => handle.Dispose();

    private static Exception Failure(DuckDbException failure, CancellationToken cancellationToken) =>
        failure.Kind == DuckDbErrorKind.Interrupt && cancellationToken.IsCancellationRequested
            ? new OperationCanceledException(failure.Message, failure, cancellationToken)
            : failure;
}
