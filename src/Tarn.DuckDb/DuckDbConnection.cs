using Tarn.DuckDb.Native;

namespace Tarn.DuckDb;

/// <summary>
/// A connection: one statement at a time, from one thread at a time. Only <see cref="Interrupt"/> and <see cref="Progress"/> may be called
/// from other threads while a statement runs. Calls block; run them on a thread that may wait.
/// </summary>
public sealed class DuckDbConnection : IDisposable
{
    private readonly ConnectionHandle handle;

    internal DuckDbConnection(ConnectionHandle handle)
    {
        this.handle = handle;
    }

    internal ConnectionHandle Handle => handle;

    /// <summary>How far the running statement is. Known for scans of Parquet and CSV and for sorts; not for compressed JSON or table functions from C#.</summary>
    public DuckDbProgress Progress
    {
        get
        {
            var progress = NativeMethods.duckdb_query_progress(handle);
            return new DuckDbProgress(progress.Percentage < 0 ? null : progress.Percentage, (long)progress.RowsProcessed, (long)progress.RowsTotal);
        }
    }

    /// <summary>The number by which DuckDB's logs name this connection.</summary>
    public long Id
    {
        get
        {
            NativeMethods.duckdb_connection_get_client_context(handle, out var context);
            try
            {
                return (long)NativeMethods.duckdb_client_context_get_connection_id(context);
            }
            finally
            {
                NativeMethods.duckdb_destroy_client_context(ref context);
            }
        }
    }

    /// <summary>Prepares one statement. Use <see cref="Execute"/> for several.</summary>
    public DuckDbStatement Prepare(string sql)
    {
        using var statements = new ExtractedStatements(this, sql);
        return statements.Count == 1
            ? statements.Prepare(0)
            : throw new DuckDbException(DuckDbErrorKind.Parser, statements.Count == 0 ? "there is no statement" : "there is more than one statement");
    }

    /// <summary>Prepares, binds by position and runs one statement; its rows stream from the result.</summary>
    public DuckDbResult Query(string sql, CancellationToken cancellationToken, params ReadOnlySpan<object?> parameters)
    {
        using var statement = Prepare(sql);
        for (var i = 0; i < parameters.Length; i++)
        {
            statement.Bind(i + 1, parameters[i]);
        }

        return statement.Run(cancellationToken);
    }

    /// <summary>Runs every statement of the text, one after the other, and drops their rows. Each is prepared after the one before it has run.</summary>
    public void Execute(string sql, CancellationToken cancellationToken)
    {
        using var statements = new ExtractedStatements(this, sql);
        for (var i = 0; i < statements.Count; i++)
        {
            using var statement = statements.Prepare(i);
            using var result = statement.Run(cancellationToken);
            result.Drain(cancellationToken);
        }
    }

    /// <summary>All rows of a small result, as objects.</summary>
    /// <param name="rowsMax">More rows throw <see cref="InvalidOperationException"/>.</param>
    public List<object?[]> QueryAll(string sql, int rowsMax, CancellationToken cancellationToken, params ReadOnlySpan<object?> parameters)
    {
        using var result = Query(sql, cancellationToken, parameters);
        return result.ReadAll(rowsMax, cancellationToken);
    }

    /// <summary>The first value of the first row; null when there is no row or it is NULL.</summary>
    public object? QueryValue(string sql, CancellationToken cancellationToken, params ReadOnlySpan<object?> parameters)
    {
        using var result = Query(sql, cancellationToken, parameters);
        using var chunk = result.NextChunk(cancellationToken);
        return chunk?.Column(0).Value(0);
    }

    /// <summary>Stops the running statement within milliseconds; nothing happens when none runs. Prefer a token, which cannot come too early.</summary>
    public void Interrupt() => NativeMethods.duckdb_interrupt(handle);

    public void Dispose() => handle.Dispose();

    /// <summary>While it is not disposed, cancelling the token interrupts this connection.</summary>
    internal InterruptScope? Interruptible(CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled ? new InterruptScope(handle, cancellationToken) : null;
}

/// <param name="Percentage">0 to 100; null while nothing is known.</param>
/// <param name="RowsProcessed">0 while nothing is known.</param>
/// <param name="RowsTotal">An estimate; 0 while nothing is known.</param>
public readonly record struct DuckDbProgress(double? Percentage, long RowsProcessed, long RowsTotal);
