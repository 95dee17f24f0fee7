using Tarn.DuckDb.Native;
using Tarn.DuckDb.Profiling;
using Tarn.DuckDb.Types;

namespace Tarn.DuckDb;

/// <summary>
/// One DuckDB database with its buffers and threads. Thread-safe. Opening one costs about 15 ms, so an instance per query or tenant is
/// affordable; connections cost microseconds.
/// </summary>
public sealed class DuckDbInstance : IDisposable
{
    private readonly DatabaseHandle handle;
    private readonly DuckDbOptions options;

    /// <summary>Made before the sandbox was locked, when connections have settings of their own; the first <see cref="Connect"/> gives it out.</summary>
    private DuckDbConnection? prepared;

    private DuckDbInstance(DatabaseHandle handle, DuckDbOptions options)
    {
        this.handle = handle;
        this.options = options;
    }

    /// <exception cref="DuckDbException">The library is missing, the file cannot be opened, or an option is not valid.</exception>
    public static DuckDbInstance Open(DuckDbOptions options)
    {
        var instance = new DuckDbInstance(OpenNative(options), options);
        try
        {
            instance.Configure();
            return instance;
        }
        catch (DuckDbException)
        {
            instance.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens a connection. In a sandbox only the first one tracks progress and can be profiled, because DuckDB sets these per connection and a locked
    /// instance takes no settings.
    /// </summary>
    public DuckDbConnection Connect()
    {
        if (Interlocked.Exchange(ref prepared, null) is { } first)
        {
            return first;
        }

        var connection = OpenConnection();
        if (options.Sandbox is null)
        {
            Prepare(connection);
        }

        return connection;
    }

    /// <summary>Connections and results that are still open keep the database alive until they are disposed too.</summary>
    public void Dispose()
    {
        Interlocked.Exchange(ref prepared, null)?.Dispose();
        StopLogging();
        handle.Dispose();
    }

    /// <summary>
    /// DuckDB 1.5.6 logs the closing of temporary files that are left when it has freed its log already, which corrupts the process's memory: the log
    /// of the file system must be off before the database is closed.
    /// </summary>
    private void StopLogging()
    {
        if (!options.CountsFileBytes || handle.IsClosed)
        {
            return;
        }

        using var connection = OpenConnection();
        connection.Execute("CALL disable_logging()", CancellationToken.None);
    }

    private static DatabaseHandle OpenNative(DuckDbOptions options)
    {
        _ = NativeMethods.duckdb_create_config(out var config);
        try
        {
            foreach (var (name, value) in Settings(options))
            {
                if (NativeMethods.duckdb_set_config(config, name, value) != 0)
                {
                    throw new DuckDbException(DuckDbErrorKind.InvalidConfiguration, $"DuckDB refused {name} = {value}.");
                }
            }

            return NativeMethods.duckdb_open_ext(options.DatabasePath, out var database, config, out var error) == 0
                ? new DatabaseHandle(database)
                : throw DuckDbException.From(NativeText.Owned(error), DuckDbErrorKind.Connection);
        }
        finally
        {
            NativeMethods.duckdb_destroy_config(ref config);
        }
    }

    private static IEnumerable<(string Name, string Value)> Settings(DuckDbOptions options)
    {
        yield return ("autoinstall_known_extensions", "false");
        yield return ("autoload_known_extensions", "false");
        yield return ("allow_community_extensions", "false");
        yield return ("preserve_insertion_order", options.PreservesInsertionOrder ? "true" : "false");

        // Empty is DuckDB's way to have none.
        yield return ("temp_directory", options.TempDirectory ?? "");
        if (options.MemoryBytesMax is { } memory)
        {
            yield return ("memory_limit", $"{memory}B");
        }

        if (options.Threads is { } threads)
        {
            yield return ("threads", $"{threads}");
        }
    }

    private DuckDbConnection OpenConnection() => NativeMethods.duckdb_connect(handle, out var native) == 0
        ? new DuckDbConnection(new ConnectionHandle(native))
        : throw new DuckDbException(DuckDbErrorKind.Connection, "DuckDB refused another connection.");

    private void Prepare(DuckDbConnection connection)
    {
        if (options.TracksProgress)
        {
            connection.Execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false", CancellationToken.None);
        }

        if (options.Profiles)
        {
            QueryProfile.Enable(connection);
        }
    }

    private void Configure()
    {
        using var connection = OpenConnection();
        if (options.TempBytesMax is { } temp)
        {
            // Given at the opening it is shown but not kept to.
            connection.Execute($"SET max_temp_directory_size = '{temp}B'", CancellationToken.None);
        }

        foreach (var statement in options.Setup)
        {
            connection.Execute(statement, CancellationToken.None);
        }

        if (options.CountsFileBytes)
        {
            // The cache of file contents would hide reads of footers from the second query on.
            connection.Execute("SET enable_external_file_cache = false; CALL enable_logging('FileSystem', level = 'trace')", CancellationToken.None);
        }

        // Some settings are only known to SQL, not to the configuration of the C API; the lock comes last.
        if (options.Sandbox is { } sandbox)
        {
            if (options.TracksProgress || options.Profiles)
            {
                prepared = OpenConnection();
                Prepare(prepared);
            }

            connection.Execute($"SET allowed_directories = {DuckDbText.LiteralList(sandbox.Directories)}", CancellationToken.None);
            connection.Execute($"SET allowed_paths = {DuckDbText.LiteralList(sandbox.Files)}", CancellationToken.None);
            connection.Execute("SET enable_external_access = false", CancellationToken.None);
            connection.Execute("SET lock_configuration = true", CancellationToken.None);
        }
    }
}
