using Microsoft.Extensions.Logging;
using Tarn.Store.Migrations;

namespace Tarn.Store.Sqlite;

/// <summary>
/// Metadata in one SQLite file in WAL mode: one loop writes (<see cref="SqliteWriter"/>), a pool of connections reads (<see cref="SqliteReaders"/>).
/// Readers never wait for the writer, nor the writer for them.
/// </summary>
internal sealed partial class SqliteStore : IMetadataStore
{
    private readonly SqliteWriter writer;
    private readonly SqliteReaders readers;

    private SqliteStore(SqliteConnections connections, StoreSession session, StoreOptions options)
    {
        writer = new SqliteWriter(session, options);
        readers = new SqliteReaders(connections, options);
    }

    public static async ValueTask<SqliteStore> OpenAsync(StoreOptions options, IReadOnlyList<StoreSchema> schemas, ILogger logger, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(options.Path!);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var library = SqliteLibrary.Load();
        var connections = new SqliteConnections(options);
        var store = new SqliteStore(connections, connections.OpenWriter(), options);
        try
        {
            var steps = await store.WriteAsync(writer => Upgrade(writer, path, schemas), cancellationToken);
            LogOpened(logger, path, library, steps);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    public ValueTask<T> ReadAsync<T>(Func<IStoreReader, T> read, CancellationToken cancellationToken) => readers.ReadAsync(read, cancellationToken);

    public ValueTask<T> WriteAsync<T>(Func<IStoreWriter, T> write, CancellationToken cancellationToken) => writer.WriteAsync(write, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        // The writer closes last: the last connection to close checkpoints the log into the file.
        readers.Dispose();
        await writer.DisposeAsync();
    }

    private static int Upgrade(IStoreWriter store, string path, IReadOnlyList<StoreSchema> schemas)
    {
        var application = store.QueryFirst("PRAGMA application_id", row => row.Int(0));
        if (application != SqliteConnections.ApplicationId)
        {
            if (application != 0 || store.QueryFirst("SELECT count(*) FROM sqlite_master", row => row.Long(0)) != 0)
            {
                throw new StoreException($"'{path}' is a SQLite file of another program, not Tarn's metadata.");
            }

            store.Execute($"PRAGMA application_id={SqliteConnections.ApplicationId}");
        }

        return Migrator.Upgrade(store, Dialect.Sqlite, schemas);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Metadata is in SQLite {Library} at {Path}; {Steps} schema steps ran")]
    private static partial void LogOpened(ILogger logger, string path, string library, int steps);
}
