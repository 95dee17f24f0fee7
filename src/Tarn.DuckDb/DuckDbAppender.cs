using System.Collections.Immutable;
using Tarn.DuckDb.Native;
using Tarn.DuckDb.Types;
using Tarn.DuckDb.Values;

namespace Tarn.DuckDb;

/// <summary>
/// Adds rows to a table in bulk: millions a second, where INSERT does thousands. Rows gather in a chunk that goes to the table when it is full.
/// Rows are in the table after <see cref="Complete"/>; an appender that is disposed without it drops what it has not sent yet. Not thread-safe.
/// </summary>
public sealed unsafe class DuckDbAppender : IDisposable
{
    private readonly AppenderHandle appender;
    private readonly ChunkHandle chunk;
    private readonly ImmutableArray<DuckDbType> types;
    private int rows;

    private DuckDbAppender(AppenderHandle appender)
    {
        this.appender = appender;
        types = [.. Enumerable.Range(0, (int)NativeMethods.duckdb_appender_column_count(Native)).Select(i => DuckDbType.ReadOwned(NativeMethods.duckdb_appender_column_type(Native, (ulong)i)))];
        chunk = CreateChunk(types);
    }

    public int ColumnCount => types.Length;

    private nint Native => appender.DangerousGetHandle();

    /// <param name="schema">Null for the default one.</param>
    public static DuckDbAppender Open(DuckDbConnection connection, string? schema, string table)
    {
        var state = NativeMethods.duckdb_appender_create(connection.Handle, schema, table, out var native);
        var handle = new AppenderHandle(native);
        if (state == 0)
        {
            return new DuckDbAppender(handle);
        }

        using (handle)
        {
            throw DuckDbException.From(NativeText.Borrowed(NativeMethods.duckdb_appender_error(native)), DuckDbErrorKind.Catalog);
        }
    }

    /// <summary>Starts a row and answers its index, to be written with <see cref="Column"/>. A column that is not written has an undefined value: write every one.</summary>
    public int AddRow()
    {
        if (rows == DuckDbChunk.RowsMax)
        {
            Send();
        }

        return rows++;
    }

    /// <summary>The writer of a column of the rows that are being gathered. Take it anew after <see cref="AddRow"/>.</summary>
    public DuckDbVectorWriter Column(int index) => new(NativeMethods.duckdb_data_chunk_get_vector(chunk.DangerousGetHandle(), (ulong)index), types[index]);

    /// <summary>Adds a row of objects; see <see cref="DuckDbVectorWriter.Value"/>.</summary>
    public void AddRow(params ReadOnlySpan<object?> values)
    {
        if (values.Length != types.Length)
        {
            throw new ArgumentException($"The table has {types.Length} columns, the row {values.Length}.", nameof(values));
        }

        var row = AddRow();
        for (var i = 0; i < values.Length; i++)
        {
            Column(i).Value(row, values[i]);
        }
    }

    /// <summary>Sends all rows to the table.</summary>
    /// <exception cref="DuckDbException">A constraint of the table is hurt.</exception>
    public void Complete()
    {
        Send();
        Check(NativeMethods.duckdb_appender_close(Native));
    }

    public void Dispose()
    {
        chunk.Dispose();
        appender.Dispose();
    }

    private static ChunkHandle CreateChunk(ImmutableArray<DuckDbType> types)
    {
        var handles = types.Select(type => type.Create()).ToList();
        try
        {
            fixed (nint* pointer = handles.Select(handle => handle.DangerousGetHandle()).ToArray())
            {
                return new ChunkHandle(NativeMethods.duckdb_create_data_chunk(pointer, (ulong)types.Length));
            }
        }
        finally
        {
            handles.ForEach(handle => handle.Dispose());
        }
    }

    private void Send()
    {
        if (rows > 0)
        {
            NativeMethods.duckdb_data_chunk_set_size(chunk.DangerousGetHandle(), (ulong)rows);
            Check(NativeMethods.duckdb_append_data_chunk(Native, chunk.DangerousGetHandle()));
            NativeMethods.duckdb_data_chunk_reset(chunk.DangerousGetHandle());
            rows = 0;
        }
    }

    private void Check(int state)
    {
        if (state != 0)
        {
            throw DuckDbException.From(NativeText.Borrowed(NativeMethods.duckdb_appender_error(Native)), DuckDbErrorKind.Constraint);
        }
    }
}
