using Tarn.DuckDb.Native;

namespace Tarn.DuckDb;

/// <summary>A text of SQL, split into its statements by DuckDB's own parser.</summary>
internal sealed class ExtractedStatements : IDisposable
{
    private readonly DuckDbConnection connection;
    private nint extracted;

    public ExtractedStatements(DuckDbConnection connection, string sql)
    {
        this.connection = connection;
        if (sql.Contains('\0', StringComparison.Ordinal))
        {
            throw new DuckDbException(DuckDbErrorKind.Parser, "SQL text must not contain NUL characters");
        }

        Count = (int)NativeMethods.duckdb_extract_statements(connection.Handle, sql, out extracted);
        var error = NativeMethods.duckdb_extract_statements_error(extracted);
        if (Count == 0 && error != 0 && NativeText.Borrowed(error) is { Length: > 0 } text)
        {
            Dispose();
            throw DuckDbException.From(text, DuckDbErrorKind.Parser);
        }
    }

    public int Count { get; }

    public DuckDbStatement Prepare(int index)
    {
        var state = NativeMethods.duckdb_prepare_extracted_statement(connection.Handle, extracted, (ulong)index, out var prepared);
        var statement = new StatementHandle(prepared);
        if (state == 0)
        {
            return new DuckDbStatement(connection, statement);
        }

        using (statement)
        {
            throw DuckDbException.From(NativeText.Borrowed(NativeMethods.duckdb_prepare_error(prepared)));
        }
    }

    public void Dispose() => NativeMethods.duckdb_destroy_extracted(ref extracted);
}
