using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Tarn.Store.Sqlite;

/// <summary>Opens connections to one SQLite file, each set up for its part.</summary>
internal sealed class SqliteConnections(StoreOptions options)
{
    /// <summary>The four bytes <c>TARN</c>: tells a store or a backup of Tarn from any other SQLite file.</summary>
    public const int ApplicationId = 0x5441524E;

    /// <summary>
    /// The one connection that writes. synchronous=FULL syncs the log at each COMMIT, which is what "acknowledged" means. Only this connection
    /// checkpoints, so no two can do it at the same instant.
    /// </summary>
    public StoreSession OpenWriter()
    {
        var session = Open("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=4000", $"journal_size_limit={64 * 1024 * 1024}");
        var mode = session.QueryFirst("PRAGMA journal_mode", row => row.Text(0));
        if (mode != "wal")
        {
            session.Dispose();
            throw new StoreException($"'{options.Path}' cannot be used in SQLite's WAL mode (it answers '{mode}'). Network file systems do not offer it: keep the data folder on a local disk.");
        }

        return session;
    }

    public StoreSession OpenReader() => Open("query_only=1");

    private StoreSession Open(params ReadOnlySpan<string> pragmas)
    {
        SqliteLibrary.Load();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = options.Path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            Pooling = false,
            DefaultTimeout = (int)Math.Ceiling(options.WaitMax.TotalSeconds),
        }.ToString());
        var session = new StoreSession(connection, options.StatementsCachedMax);
        try
        {
            connection.Open();
            session.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout={(int)options.WaitMax.TotalMilliseconds}"));
            session.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA cache_size=-{options.CacheKibibytes}"));
            session.Execute("PRAGMA temp_store=MEMORY");
            foreach (var pragma in pragmas)
            {
                session.Execute("PRAGMA " + pragma);
            }

            return session;
        }
        catch (SqliteException exception)
        {
            session.Dispose();
            throw new StoreException($"'{options.Path}' cannot be opened as SQLite: {exception.Message}", exception);
        }
    }
}
