namespace Tarn.DuckDb.Profiling;

/// <summary>
/// Bytes that statements read from and wrote to files, counted in DuckDB's own log of its file system (an instance opened with
/// <see cref="DuckDbOptions.CountsFileBytes"/>). Exact for Parquet and plain CSV; compressed CSV and JSON count more than their files
/// have, because DuckDB reads the beginning again to find their shape.
/// </summary>
/// <param name="Read">Bytes read.</param>
/// <param name="Written">Bytes written.</param>
/// <param name="FilesRead">Different files of which something was read.</param>
public readonly record struct FileBytes(long Read, long Written, long FilesRead)
{
    /// <summary>Everything that connection <paramref name="connectionId"/> did since the log was emptied.</summary>
    /// <param name="observer">Another connection of the same instance, or the same one when it is idle.</param>
    public static FileBytes Of(DuckDbConnection observer, long connectionId, CancellationToken cancellationToken)
    {
        const string Sql =
            """
            SELECT coalesce(sum(bytes) FILTER (WHERE op = 'READ'), 0)::BIGINT,
                   coalesce(sum(bytes) FILTER (WHERE op = 'WRITE'), 0)::BIGINT,
                   count(DISTINCT path) FILTER (WHERE op = 'READ')
            FROM duckdb_logs_parsed('FileSystem') WHERE connection_id = $1
            """;
        var row = observer.QueryAll(Sql, 1, cancellationToken, connectionId)[0];
        return new FileBytes((long)row[0]!, (long)row[1]!, (long)row[2]!);
    }

    /// <summary>Empties the log.</summary>
    public static void Reset(DuckDbConnection connection, CancellationToken cancellationToken) =>
        connection.Execute("CALL truncate_duckdb_logs()", cancellationToken);
}
