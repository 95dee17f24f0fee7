using System.Data.Common;
using Npgsql;
using NpgsqlTypes;
using Tarn.Store.Migrations;

namespace Tarn.Store.Backup;

/// <summary>
/// Copies the rows of a table between the two databases, by the names of its columns. The tables are made by the same schema steps, so a
/// column is text, bytes, a 64-bit integer or a double on both sides.
/// </summary>
internal static class TableCopy
{
    private delegate void WriteValue(NpgsqlBinaryImporter importer, DbDataReader reader, int column);

    public static bool PostgresTableExists(IStoreReader store, string table) =>
        store.QueryFirst("SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = @p0", row => row.Long(0), table) > 0;

    /// <summary>Every table of a store or backup in SQLite, in order of name.</summary>
    public static List<string> SqliteTables(IStoreReader store) =>
        store.Query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name", row => row.Text(0));

    /// <summary>Drops the tables of the modules that the store records. Tables of others in the same schema stay.</summary>
    public static void DropPostgresTables(IStoreWriter store, IEnumerable<string> modules)
    {
        var prefixes = modules.Select(module => module + "_").ToArray();
        var tables = store.Query("SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'", row => row.Text(0));
        foreach (var table in tables.Where(table => table == Migrator.Table || prefixes.Any(prefix => table.StartsWith(prefix, StringComparison.Ordinal))))
        {
            store.Execute($"DROP TABLE \"{table}\" CASCADE");
        }
    }

    public static void ToSqlite(IStoreReader from, IStoreWriter to, string table, CancellationToken cancellationToken)
    {
        var columns = Columns(to, table);
        to.Execute($"DELETE FROM \"{table}\"");
        var insert = $"INSERT INTO \"{table}\" ({Names(columns)}) VALUES ({string.Join(", ", columns.Select((_, index) => $"@p{index}"))})";
        var values = new object?[columns.Count];
        from.Scan(
            $"SELECT {Names(columns)} FROM \"{table}\"",
            row =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                row.CopyTo(values);
                to.Execute(insert, values);
                return true;
            });
    }

    public static async ValueTask ToPostgresAsync(StoreSession from, IStoreWriter to, NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        var columns = Columns(from, table);
        var writers = columns.Select(column => Writer(table, column)).ToArray();
        to.Execute($"DELETE FROM \"{table}\"");
        await using var importer = await connection.BeginBinaryImportAsync($"COPY \"{table}\" ({Names(columns)}) FROM STDIN (FORMAT BINARY)", cancellationToken);
        from.Scan(
            $"SELECT {Names(columns)} FROM \"{table}\"",
            row =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                importer.StartRow();
                for (var i = 0; i < writers.Length; i++)
                {
                    row.Visit(i, (reader, column) => writers[column](importer, reader, column));
                }

                return true;
            });
        await importer.CompleteAsync(cancellationToken);
    }

    private static List<Column> Columns(IStoreReader sqlite, string table) =>
        sqlite.Query("SELECT name, type FROM pragma_table_info(@p0) ORDER BY cid", row => new Column(row.Text(0), row.Text(1)), table);

    private static WriteValue Writer(string table, Column column)
    {
        WriteValue write = column.Type.ToUpperInvariant() switch
        {
            "TEXT" => (importer, reader, index) => importer.Write(reader.GetString(index), NpgsqlDbType.Text),
            "BLOB" => (importer, reader, index) => importer.Write(reader.GetFieldValue<byte[]>(index), NpgsqlDbType.Bytea),
            "BIGINT" => (importer, reader, index) => importer.Write(reader.GetInt64(index), NpgsqlDbType.Bigint),
            "DOUBLE PRECISION" => (importer, reader, index) => importer.Write(reader.GetDouble(index), NpgsqlDbType.Double),
            _ => throw new StoreException($"Column '{column.Name}' of table '{table}' has the type '{column.Type}', which no schema of Tarn uses."),
        };
        return (importer, reader, index) =>
        {
            if (reader.IsDBNull(index))
            {
                importer.WriteNull();
            }
            else
            {
                write(importer, reader, index);
            }
        };
    }

    private static string Names(IEnumerable<Column> columns) => string.Join(", ", columns.Select(column => $"\"{column.Name}\""));

    private readonly record struct Column(string Name, string Type);
}
