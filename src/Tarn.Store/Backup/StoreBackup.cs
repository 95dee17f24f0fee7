using Microsoft.Data.Sqlite;
using Tarn.Store.Migrations;
using Tarn.Store.Postgres;
using Tarn.Store.Sqlite;

namespace Tarn.Store.Backup;

/// <summary>
/// Backup and restore of the metadata. A backup is one SQLite file, whichever database it was taken from, so moving from SQLite to PostgreSQL
/// (or back) is a backup and a restore. Objects of the lake are files and are backed up as files.
/// </summary>
public static class StoreBackup
{
    /// <summary>
    /// Writes a consistent snapshot of a store to <paramref name="file"/>, while servers go on working. The file appears whole, synced, under its name,
    /// or not at all. Throws <see cref="StoreException"/> when there is such a file, or no store.
    /// </summary>
    public static async ValueTask BackupAsync(StoreOptions source, IReadOnlyList<StoreSchema> schemas, string file, CancellationToken cancellationToken)
    {
        source.Validate();
        file = Path.GetFullPath(file);
        if (File.Exists(file))
        {
            throw StoreErrors.FileExists(file);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var temporary = $"{file}.{Guid.NewGuid():N}.tmp";
        try
        {
            if (source.Kind == StoreKind.Sqlite)
            {
                BackupSqlite(source, temporary);
            }
            else
            {
                await BackupPostgresAsync(source, schemas, temporary, cancellationToken);
            }

            Publish(temporary, file);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>
    /// Puts a backup where a server will open it. The backup is checked first (SQLite's integrity check, a version that this Tarn knows).
    /// The server must not be running. Throws <see cref="StoreException"/> when the target holds metadata and <paramref name="replace"/> is false.
    /// </summary>
    public static async ValueTask RestoreAsync(string file, StoreOptions target, IReadOnlyList<StoreSchema> schemas, bool replace, CancellationToken cancellationToken)
    {
        target.Validate();
        file = Path.GetFullPath(file);
        var steps = Check(file, schemas);
        if (target.Kind == StoreKind.Sqlite)
        {
            RestoreSqlite(file, Path.GetFullPath(target.Path!), replace);
        }
        else
        {
            await RestorePostgresAsync(file, target, schemas, steps, replace, cancellationToken);
        }
    }

    private static void BackupSqlite(StoreOptions source, string temporary)
    {
        if (!File.Exists(source.Path))
        {
            throw new StoreException($"There is no metadata at '{source.Path}'.");
        }

        using var session = OpenFile(source.Path!, SqliteOpenMode.ReadWrite);
        session.Execute("VACUUM INTO @p0", temporary);
    }

    private static async ValueTask BackupPostgresAsync(StoreOptions source, IReadOnlyList<StoreSchema> schemas, string temporary, CancellationToken cancellationToken)
    {
        await using var data = PostgresStore.CreateSource(source, readOnly: true);
        await using var connection = await data.OpenConnectionAsync(cancellationToken);
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
        using var from = new StoreSession(connection, statementsCachedMax: 0) { Transaction = snapshot };
        if (!TableCopy.PostgresTableExists(from, Migrator.Table))
        {
            throw new StoreException("There is no metadata in the PostgreSQL database.");
        }

        using var to = OpenFile(temporary, SqliteOpenMode.ReadWriteCreate);
        to.Execute("BEGIN");
        to.Execute($"PRAGMA application_id={SqliteConnections.ApplicationId}");
        Migrator.CreateAt(to, Dialect.Sqlite, schemas, Migrator.Applied(from));
        foreach (var table in TableCopy.SqliteTables(to))
        {
            TableCopy.ToSqlite(from, to, table, cancellationToken);
        }

        to.Execute("COMMIT");
    }

    private static IReadOnlyDictionary<string, AppliedSteps> Check(string file, IReadOnlyList<StoreSchema> schemas)
    {
        if (!File.Exists(file))
        {
            throw StoreErrors.NotABackup(file, "there is no such file");
        }

        try
        {
            using var session = OpenFile(file, SqliteOpenMode.ReadOnly);
            if (session.QueryFirst("PRAGMA application_id", row => row.Int(0)) != SqliteConnections.ApplicationId)
            {
                throw StoreErrors.NotABackup(file, "it is a SQLite file of another program");
            }

            var integrity = session.QueryFirst("PRAGMA integrity_check(1)", row => row.Text(0));
            if (integrity != "ok")
            {
                throw StoreErrors.NotABackup(file, $"it is damaged ({integrity})");
            }

            var steps = Migrator.Applied(session);
            Migrator.Refuse(steps, schemas);
            return steps;
        }
        catch (SqliteException exception)
        {
            throw StoreErrors.NotABackup(file, exception.Message);
        }
    }

    private static void RestoreSqlite(string file, string path, bool replace)
    {
        if (File.Exists(path))
        {
            if (!replace)
            {
                throw StoreErrors.TargetNotEmpty($"'{path}'");
            }

            LeaveWal(path);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.Copy(file, temporary);
            Publish(temporary, path);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Takes the old store out of WAL mode, which folds its log into the file and fails while anyone else has it open.</summary>
    private static void LeaveWal(string path)
    {
        try
        {
            using var session = OpenFile(path, SqliteOpenMode.ReadWrite);
            session.Execute("PRAGMA busy_timeout=100");
            if (session.QueryFirst("PRAGMA journal_mode=DELETE", row => row.Text(0)) != "delete")
            {
                throw StoreErrors.TargetInUse($"'{path}'");
            }
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == SQLitePCL.raw.SQLITE_BUSY)
        {
            throw StoreErrors.TargetInUse($"'{path}'");
        }
        catch (SqliteException)
        {
            // A damaged file is a good reason for a restore: its log goes with it.
            File.Delete(path + "-wal");
            File.Delete(path + "-shm");
        }
    }

    private static async ValueTask RestorePostgresAsync(
        string file, StoreOptions target, IReadOnlyList<StoreSchema> schemas, IReadOnlyDictionary<string, AppliedSteps> steps, bool replace, CancellationToken cancellationToken)
    {
        using var from = OpenFile(file, SqliteOpenMode.ReadOnly);
        await using var data = PostgresStore.CreateSource(target, readOnly: false);
        await using var connection = await data.OpenConnectionAsync(cancellationToken);

        // One transaction: the old metadata is there until the new one is complete.
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        using var to = new StoreSession(connection, statementsCachedMax: 0) { Transaction = transaction };
        if (TableCopy.PostgresTableExists(to, Migrator.Table))
        {
            if (!replace)
            {
                throw StoreErrors.TargetNotEmpty("The PostgreSQL database");
            }

            TableCopy.DropPostgresTables(to, Migrator.Applied(to).Keys);
        }

        Migrator.CreateAt(to, Dialect.Postgresql, schemas, steps);
        foreach (var table in TableCopy.SqliteTables(from))
        {
            await TableCopy.ToPostgresAsync(from, to, connection, table, cancellationToken);
        }

        await transaction.CommitAsync(CancellationToken.None);
    }

    private static StoreSession OpenFile(string path, SqliteOpenMode mode)
    {
        SqliteLibrary.Load();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 2 }.ToString());
        connection.Open();
        return new StoreSession(connection, statementsCachedMax: 16);
    }

    /// <summary>Syncs the file, renames it to its name and syncs the folder, so that after a power cut it is there whole or not at all.</summary>
    private static void Publish(string temporary, string file)
    {
        using (var handle = File.OpenHandle(temporary, FileMode.Open, FileAccess.ReadWrite))
        {
            RandomAccess.FlushToDisk(handle);
        }

        File.Move(temporary, file, overwrite: true);
        DirectorySync.Sync(Path.GetDirectoryName(file)!);
    }
}
