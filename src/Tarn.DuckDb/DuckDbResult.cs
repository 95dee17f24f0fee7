using System.Collections.Immutable;
using Tarn.DuckDb.Native;
using Tarn.DuckDb.Types;

namespace Tarn.DuckDb;

/// <summary>
/// A result that streams: rows are made as they are read, so memory does not grow with their number. The connection can run nothing else
/// until the result is disposed. Not thread-safe.
/// </summary>
public sealed unsafe class DuckDbResult : IDisposable
{
    private readonly DuckDbConnection connection;
    private readonly ResultHandle handle;
    private readonly ImmutableArray<DuckDbType> types;
    private bool isOver;

    internal DuckDbResult(DuckDbConnection connection, ResultHandle handle)
    {
        this.connection = connection;
        this.handle = handle;
        var columns = ImmutableArray.CreateBuilder<DuckDbField>();
        for (ulong i = 0; i < NativeMethods.duckdb_column_count(handle.Pointer); i++)
        {
            columns.Add(new DuckDbField(
                NativeText.Borrowed(NativeMethods.duckdb_column_name(handle.Pointer, i)),
                DuckDbType.ReadOwned(NativeMethods.duckdb_column_logical_type(handle.Pointer, i))));
        }

        Columns = columns.ToImmutable();
        types = [.. Columns.Select(column => column.Type)];
    }

    /// <summary>Names and types. A statement without rows, such as CREATE, has a column <c>Success</c> or <c>Count</c> all the same.</summary>
    public ImmutableArray<DuckDbField> Columns { get; }

    /// <summary>The next rows, to be disposed by the caller, or null at the end.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public DuckDbChunk? NextChunk(CancellationToken cancellationToken)
    {
        while (!isOver)
        {
            nint chunk;
            using (connection.Interruptible(cancellationToken))
            {
                chunk = NativeMethods.duckdb_fetch_chunk(*handle.Pointer);
            }

            if (chunk == 0)
            {
                isOver = true;
                ThrowIfFailed(cancellationToken);
                return null;
            }

            var next = new DuckDbChunk(new ChunkHandle(chunk), types);
            if (next.RowCount > 0)
            {
                return next;
            }

            next.Dispose();
        }

        return null;
    }

    /// <summary>Reads and drops what is left, for statements that matter for their effect.</summary>
    /// <returns>How many rows there were.</returns>
    public long Drain(CancellationToken cancellationToken)
    {
        long rows = 0;
        while (NextChunk(cancellationToken) is { } chunk)
        {
            rows += chunk.RowCount;
            chunk.Dispose();
        }

        return rows;
    }

    /// <summary>Reads all that is left as objects (see <see cref="Values.DuckDbVector.Value"/>).</summary>
    /// <param name="rowsMax">A result with more rows throws <see cref="InvalidOperationException"/>: this is for small ones.</param>
    public List<object?[]> ReadAll(int rowsMax, CancellationToken cancellationToken)
    {
        var rows = new List<object?[]>();
        while (NextChunk(cancellationToken) is { } chunk)
        {
            using (chunk)
            {
                if (rows.Count + chunk.RowCount > rowsMax)
                {
                    throw new InvalidOperationException($"The result has more than {rowsMax} rows.");
                }

                for (var row = 0; row < chunk.RowCount; row++)
                {
                    var values = new object?[chunk.ColumnCount];
                    for (var column = 0; column < values.Length; column++)
                    {
                        values[column] = chunk.Column(column).Value(row);
                    }

                    rows.Add(values);
                }
            }
        }

        return rows;
    }

    public void Dispose() => handle.Dispose();

    private void ThrowIfFailed(CancellationToken cancellationToken)
    {
        var error = NativeMethods.duckdb_result_error(handle.Pointer);
        if (error != 0)
        {
            var failure = DuckDbException.From(NativeText.Borrowed(error), (DuckDbErrorKind)NativeMethods.duckdb_result_error_type(handle.Pointer));
            throw failure.Kind == DuckDbErrorKind.Interrupt && cancellationToken.IsCancellationRequested
                ? new OperationCanceledException(failure.Message, failure, cancellationToken)
                : failure;
        }
    }
}
