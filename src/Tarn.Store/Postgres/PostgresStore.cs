using System.Data;
using Microsoft.Extensions.Logging;
using Npgsql;
using Tarn.Store.Migrations;

namespace Tarn.Store.Postgres;

/// <summary>
/// Metadata in PostgreSQL, which several Tarn nodes may share. Reads are REPEATABLE READ snapshots, writes SERIALIZABLE transactions that are tried
/// again when PostgreSQL says that they lost against another (40001, 40P01).
/// </summary>
internal sealed partial class PostgresStore : IMetadataStore
{
    /// <summary>The key of the advisory lock under which tables are made: <c>TARN</c> in ASCII.</summary>
    private const long MigrationLock = 0x5441524E;

    private readonly NpgsqlDataSource readers;
    private readonly NpgsqlDataSource writers;
    private readonly StoreOptions options;

    private PostgresStore(StoreOptions options)
    {
        readers = CreateSource(options, readOnly: true);
        writers = CreateSource(options, readOnly: false);
        this.options = options;
    }

    public static async ValueTask<PostgresStore> OpenAsync(StoreOptions options, IReadOnlyList<StoreSchema> schemas, ILogger logger, CancellationToken cancellationToken)
    {
        var store = new PostgresStore(options);
        try
        {
            var version = await store.CheckServerAsync(cancellationToken);
            var steps = await store.UpgradeAsync(schemas, cancellationToken);
            LogOpened(logger, version, steps);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Connections as the store wants them: durable commits whatever the server's default, statements prepared when used twice.</summary>
    public static NpgsqlDataSource CreateSource(StoreOptions options, bool readOnly)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            MaxPoolSize = options.ConnectionsMax,
            MaxAutoPrepare = options.StatementsCachedMax,
            AutoPrepareMinUsages = 2,
            Timeout = Math.Clamp((int)Math.Ceiling(options.WaitMax.TotalSeconds), 1, 1024),
            ApplicationName = "tarn",
            ClientEncoding = "UTF8",
        };
        settings.Options = (settings.Options + $" -c synchronous_commit=on -c timezone=UTC -c default_transaction_read_only={(readOnly ? "on" : "off")}").Trim();
        return NpgsqlDataSource.Create(settings);
    }

    public async ValueTask<T> ReadAsync<T>(Func<IStoreReader, T> read, CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(readers, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var result = read(new StoreSession(connection, statementsCachedMax: 0) { Transaction = transaction });
        await transaction.CommitAsync(cancellationToken);
        return result;
    }

    public async ValueTask<T> WriteAsync<T>(Func<IStoreWriter, T> write, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await ConnectAsync(writers, cancellationToken);
                await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.Serializable, cancellationToken);
                var result = write(new StoreSession(connection, statementsCachedMax: 0) { Transaction = transaction });

                // From here the outcome is the server's: cancelling now would leave the caller not knowing it.
                await transaction.CommitAsync(CancellationToken.None);
                return result;
            }
            catch (PostgresException exception) when (IsConflict(exception))
            {
                if (attempt == options.ConflictAttemptsMax)
                {
                    throw StoreErrors.TooManyConflicts(attempt);
                }
            }

            await Task.Delay(Backoff(attempt), cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await readers.DisposeAsync();
        await writers.DisposeAsync();
    }

    /// <summary>
    /// Runs the schema steps under a lock: of two nodes that start at the same time, the second waits and finds the tables made. READ COMMITTED,
    /// because a serialisable snapshot is taken before the lock is had and would not show them.
    /// </summary>
    private async ValueTask<int> UpgradeAsync(IReadOnlyList<StoreSchema> schemas, CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(writers, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        var session = new StoreSession(connection, statementsCachedMax: 0) { Transaction = transaction };
        session.Query("SELECT pg_advisory_xact_lock(@p0)", _ => 0, MigrationLock);
        var steps = Migrator.Upgrade(session, Dialect.Postgresql, schemas);
        await transaction.CommitAsync(cancellationToken);
        return steps;
    }

    private async ValueTask<NpgsqlConnection> ConnectAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        try
        {
            return await source.OpenConnectionAsync(cancellationToken);
        }
        catch (NpgsqlException exception) when (exception.InnerException is TimeoutException)
        {
            throw StoreErrors.Busy("a connection", options.WaitMax);
        }
    }

    /// <summary>Refuses a server that could not keep the store's promises; answers its version.</summary>
    private async ValueTask<string> CheckServerAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(
                reader =>
                {
                    string Setting(string name) => reader.QueryFirst("SELECT current_setting(@p0)", row => row.Text(0), name)!;
                    if (Setting("server_encoding") != "UTF8")
                    {
                        throw new StoreException($"The PostgreSQL database has the encoding {Setting("server_encoding")}; Tarn needs UTF8: CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0.");
                    }

                    if (Setting("fsync") != "on")
                    {
                        throw new StoreException("The PostgreSQL server runs with fsync = off, so it would lose acknowledged writes. Set fsync = on.");
                    }

                    return Setting("server_version");
                },
                cancellationToken);
        }
        catch (NpgsqlException exception)
        {
            throw new StoreException($"PostgreSQL cannot be used for the metadata: {exception.Message}", exception);
        }
    }

    private static bool IsConflict(PostgresException exception) =>
        exception.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected;

    /// <summary>Random, so that two writers that met do not meet again; at most 100 ms.</summary>
    private static TimeSpan Backoff(int attempt) => TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * Math.Min(100, 1 << Math.Min(attempt, 7)));

    [LoggerMessage(Level = LogLevel.Information, Message = "Metadata is in PostgreSQL {Version}; {Steps} schema steps ran")]
    private static partial void LogOpened(ILogger logger, string version, int steps);
}
