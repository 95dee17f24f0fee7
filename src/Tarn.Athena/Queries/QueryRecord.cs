using Tarn.Athena.WorkGroups;

namespace Tarn.Athena.Queries;

/// <summary>A query execution as it is stored. It changes only through <see cref="QueryStore"/>.</summary>
internal sealed record QueryRecord
{
    /// <summary>A UUID.</summary>
    public required string Id { get; init; }
    public required string Query { get; init; }
    public required string WorkGroup { get; init; }

    /// <summary>One of <see cref="QueryState"/>.</summary>
    public required string State { get; init; }
    public string? StateChangeReason { get; init; }
    public QueryFailure? Failure { get; init; }
    public string? Database { get; init; }
    public string? Catalog { get; init; }

    /// <summary>The result settings in force; <see cref="ResultSettings.OutputLocation"/> is the folder until the query runs, then the object.</summary>
    public required ResultSettings Result { get; init; }

    public IReadOnlyList<string>? ExecutionParameters { get; init; }
    public bool ReuseResults { get; init; }
    public int? ReuseMaxAgeMinutes { get; init; }
    public string? StatementType { get; init; }
    public string? SubstatementType { get; init; }
    public DateTimeOffset Submitted { get; init; }
    public DateTimeOffset? Started { get; init; }
    public DateTimeOffset? Completed { get; init; }
    public QueryStatistics? Statistics { get; init; }

    /// <summary>The columns of the result; null before the query has run.</summary>
    public IReadOnlyList<ResultColumn>? Columns { get; init; }

    /// <summary>Rows written by CTAS, INSERT and the like; null for anything else.</summary>
    public long? UpdateCount { get; init; }

    /// <summary>A hash of what a client request token must come with again.</summary>
    public string? RequestHash { get; init; }

    public bool IsTerminal => State is QueryState.Succeeded or QueryState.Failed or QueryState.Cancelled;
}

/// <summary>The states of a query execution, as AWS spells them.</summary>
internal static class QueryState
{
    public const string Queued = "QUEUED";
    public const string Running = "RUNNING";
    public const string Succeeded = "SUCCEEDED";
    public const string Failed = "FAILED";
    public const string Cancelled = "CANCELLED";
}

/// <param name="Category">1 system, 2 user, 3 other.</param>
/// <param name="Type">0 to 9999; see the table in <see cref="AthenaErrorTypes"/>.</param>
internal sealed record QueryFailure(int Category, int Type, bool Retryable, string Message);

/// <summary>What a query took. Times in milliseconds.</summary>
internal sealed record QueryStatistics
{
    public long QueueMs { get; init; }
    public long PlanningMs { get; init; }
    public long EngineMs { get; init; }
    public long ServiceMs { get; init; }
    public long TotalMs { get; init; }

    /// <summary>Bytes of the data files that the query had to read: for Parquet the column chunks of the columns used and the footers, else the whole files.</summary>
    public long ScannedBytes { get; init; }

    public long InputRows { get; init; }
    public long OutputRows { get; init; }
    public long OutputBytes { get; init; }
    public string? ManifestLocation { get; init; }
    public bool Reused { get; init; }
}

/// <summary>A column of a result, as ColumnInfo and the .metadata file give it.</summary>
/// <param name="Type">Athena's lower-case type name without parameters: <c>varchar</c>, <c>decimal</c>, <c>row</c>.</param>
internal sealed record ResultColumn(string Name, string Type, int Precision, int Scale, bool CaseSensitive);
