namespace Tarn.Athena;

/// <summary>Settings of Athena, <c>athena....</c> in tarn.json.</summary>
public sealed class AthenaOptions
{
    /// <summary>Queries that run at the same time, 1 to 64. Each may use the engine's memory and threads up to the limits below.</summary>
    public int ConcurrentQueriesMax { get; set; } = 4;

    /// <summary>Queries that may wait, 1 to 100,000; one more is answered with TooManyRequestsException.</summary>
    public int QueuedQueriesMax { get; set; } = 1_000;

    /// <summary>How long a SELECT, INSERT, CTAS or UNLOAD may run; AWS's default is 30 minutes.</summary>
    public TimeSpan DmlTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a DDL statement may run; AWS's default is 600 minutes.</summary>
    public TimeSpan DdlTimeout { get; set; } = TimeSpan.FromMinutes(600);

    /// <summary>Memory of the engine for one running query, in MiB, 64 and up; what does not fit is spilled to disk where the plan allows it.</summary>
    public int MemoryMaxMiB { get; set; } = 2_048;

    /// <summary>Threads of the engine for one running query; 0 for one per core.</summary>
    public int Threads { get; set; }

    /// <summary>Disk space for what of one running query does not fit into memory, in MiB.</summary>
    public int SpillMaxMiB { get; set; } = 51_200;

    /// <summary>How long query executions are listed and their ids answered; AWS keeps them 45 days.</summary>
    public TimeSpan HistoryRetention { get; set; } = TimeSpan.FromDays(45);

    /// <summary>Partitions that one CTAS or INSERT may write, as AWS's limit of 100; 0 for no limit.</summary>
    public int WrittenPartitionsMax { get; set; } = 100;

    /// <summary>Files that one query may open, 1 and up.</summary>
    public int ScannedFilesMax { get; set; } = 1_000_000;

    /// <summary>Rows that one occurrence of an information_schema table or of a <c>$partitions</c> table may have, 1 and up; they are held in memory.</summary>
    public int MetadataRowsMax { get; set; } = 1_000_000;

    /// <summary>Workgroups per account and region; AWS's quota.</summary>
    public int WorkGroupsMax { get; set; } = 1_000;
}
