namespace Tarn.Store;

/// <summary>Which database holds the metadata.</summary>
public enum StoreKind
{
    Sqlite,
    Postgresql,
}

/// <summary>Settings of the metadata store: every limit with its unit, default and range.</summary>
public sealed record StoreOptions
{
    public StoreKind Kind { get; init; } = StoreKind.Sqlite;

    /// <summary>The SQLite file, made when it is absent (its folder too); unused with PostgreSQL.</summary>
    public string? Path { get; init; }

    /// <summary>An Npgsql connection string; unused with SQLite. It holds a password: never logged.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>Connections that read at the same time: SQLite's readers, or all of PostgreSQL's connections. 1 to 256.</summary>
    public int ConnectionsMax { get; init; } = 16;

    /// <summary>SQLite: writes that wait for the writer, in number; more wait at the door. 1 to 65,536.</summary>
    public int WriteQueueMax { get; init; } = 1024;

    /// <summary>SQLite: writes that share one COMMIT. 1 to 65,536.</summary>
    public int GroupWritesMax { get; init; } = 256;

    /// <summary>SQLite: time after which a group takes no more writes, so that the first is not kept waiting. 0 to 10 s.</summary>
    public TimeSpan GroupTimeMax { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>How long a call waits for its turn or for a lock of another process before it fails with <c>ServiceUnavailableException</c>. 10 ms to 10 min.</summary>
    public TimeSpan WaitMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>SQLite: prepared statements kept per connection. 1 to 10,000.</summary>
    public int StatementsCachedMax { get; init; } = 256;

    /// <summary>SQLite: page cache per connection, in kibibytes. 64 to 4,194,304.</summary>
    public int CacheKibibytes { get; init; } = 8 * 1024;

    /// <summary>PostgreSQL: how often a transaction that lost against another is run, in number. 1 to 1,000.</summary>
    public int ConflictAttemptsMax { get; init; } = 50;

    /// <summary>SQLite in a file.</summary>
    public static StoreOptions Sqlite(string path) => new() { Kind = StoreKind.Sqlite, Path = path };

    /// <summary>PostgreSQL by a connection string.</summary>
    public static StoreOptions Postgresql(string connectionString) => new() { Kind = StoreKind.Postgresql, ConnectionString = connectionString };

    /// <summary>Throws <see cref="ArgumentException"/> naming the first setting that is missing or out of range.</summary>
    public void Validate()
    {
        if (Kind == StoreKind.Sqlite && string.IsNullOrEmpty(Path))
        {
            throw new ArgumentException("The metadata store is SQLite, so Path must name its file.");
        }

        if (Kind == StoreKind.Postgresql && string.IsNullOrEmpty(ConnectionString))
        {
            throw new ArgumentException("The metadata store is PostgreSQL, so ConnectionString must be set.");
        }

        Require(nameof(ConnectionsMax), ConnectionsMax, 1, 256);
        Require(nameof(WriteQueueMax), WriteQueueMax, 1, 65_536);
        Require(nameof(GroupWritesMax), GroupWritesMax, 1, 65_536);
        Require(nameof(GroupTimeMax) + " (ms)", GroupTimeMax.TotalMilliseconds, 0, 10_000);
        Require(nameof(WaitMax) + " (ms)", WaitMax.TotalMilliseconds, 10, 600_000);
        Require(nameof(StatementsCachedMax), StatementsCachedMax, 1, 10_000);
        Require(nameof(CacheKibibytes), CacheKibibytes, 64, 4_194_304);
        Require(nameof(ConflictAttemptsMax), ConflictAttemptsMax, 1, 1_000);
    }

    private static void Require(string name, double value, double min, double max)
    {
        if (!(value >= min && value <= max))
        {
            throw new ArgumentException($"Store setting {name} is {value}; it must be between {min} and {max}.");
        }
    }
}
