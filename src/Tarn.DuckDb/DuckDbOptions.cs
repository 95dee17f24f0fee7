namespace Tarn.DuckDb;

/// <summary>How an instance is opened. Whatever is set, extensions are never downloaded nor loaded from outside.</summary>
public sealed record DuckDbOptions
{
    /// <summary>A database file; null keeps everything in memory.</summary>
    public string? DatabasePath { get; init; }

    /// <summary>The most memory that buffers take, in bytes (of 1 MiB at least); null leaves DuckDB's default, 80% of the machine.</summary>
    public long? MemoryBytesMax { get; init; }

    /// <summary>Threads that work on queries; null for one per core.</summary>
    public int? Threads { get; init; }

    /// <summary>Where what does not fit in memory goes; null: nowhere, the statement fails with <see cref="DuckDbErrorKind.OutOfMemory"/> instead.</summary>
    public string? TempDirectory { get; init; }

    /// <summary>The most that <see cref="TempDirectory"/> may hold, in bytes; null leaves DuckDB's default, 90% of the free disk.</summary>
    public long? TempBytesMax { get; init; }

    /// <summary>The sandbox: when set, files outside these are denied and no setting can be changed any more. Null: no sandbox. An empty one denies every file.</summary>
    public DuckDbSandbox? Sandbox { get; init; }

    /// <summary>False lets DuckDB give rows back in another order than they stand in the files, which writes Parquet with less memory.</summary>
    public bool PreservesInsertionOrder { get; init; } = true;

    /// <summary>Makes <see cref="DuckDbConnection.Progress"/> known.</summary>
    public bool TracksProgress { get; init; }

    /// <summary>Makes <see cref="Profiling.QueryProfile"/> known.</summary>
    public bool Profiles { get; init; }

    /// <summary>Counts the bytes that statements read from files, for <see cref="Profiling.FileBytes"/>; costs about 3%.</summary>
    public bool CountsFileBytes { get; init; }

    /// <summary>Statements that run before the sandbox is locked, such as ATTACH of a database file.</summary>
    public IReadOnlyList<string> Setup { get; init; } = [];
}

/// <summary>What an instance may touch of the file system. The temporary directory is allowed on its own.</summary>
/// <param name="Directories">Absolute; everything below them may be read and written.</param>
/// <param name="Files">Absolute; these may be read and written.</param>
public sealed record DuckDbSandbox(IReadOnlyList<string> Directories, IReadOnlyList<string> Files);
