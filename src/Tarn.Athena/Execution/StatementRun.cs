using Tarn.Athena.Queries;

namespace Tarn.Athena.Execution;

/// <summary>What a statement that ended well leaves.</summary>
/// <param name="OutputLocation">The result object.</param>
/// <param name="Columns">Columns of the result.</param>
internal sealed record StatementOutcome(string OutputLocation, IReadOnlyList<ResultColumn> Columns)
{
    public long ScannedBytes { get; init; }
    public long OutputRows { get; init; }
    public long OutputBytes { get; init; }
    public long? UpdateCount { get; init; }
    public string? ManifestLocation { get; init; }
    public bool Reused { get; init; }
}

/// <summary>A statement on its way: when each stage began, and how it ends.</summary>
/// <param name="stored">Ends when the record of the execution is on disk; fails when it never will be.</param>
internal sealed class StatementRun(QueryRecord query, Task stored, TimeProvider time)
{
    private readonly DateTimeOffset started = time.GetUtcNow();
    private DateTimeOffset? engineStarted;
    private DateTimeOffset? engineEnded;

    public QueryRecord Query => query;

    /// <summary>
    /// To be awaited before anything is done that others can see. A SELECT is planned and computed while its record is still on its way to the disk,
    /// which saves it the wait for a sync.
    /// </summary>
    public Task Stored => stored;

    public StatementKind Kind { get; } = new(query.StatementType ?? "DML", query.SubstatementType);

    /// <summary>Planning is over, the engine works.</summary>
    public void EngineStarts() => engineStarted = time.GetUtcNow();

    public void EngineEnds() => engineEnded = time.GetUtcNow();

    public QueryRecord Succeeded(StatementOutcome outcome) => Ended(QueryState.Succeeded) with
    {
        Result = query.Result with { OutputLocation = outcome.OutputLocation },
        Columns = outcome.Columns,
        UpdateCount = outcome.UpdateCount,
        Statistics = Statistics() with
        {
            ScannedBytes = outcome.ScannedBytes,
            OutputRows = outcome.OutputRows,
            OutputBytes = outcome.OutputBytes,
            ManifestLocation = outcome.ManifestLocation,
            Reused = outcome.Reused,
        },
    };

    /// <param name="code">Trino's error name; <c>FAILED</c> for DDL.</param>
    public QueryRecord Failed(string code, string message) => Failed((code, message));

    public QueryRecord Failed((string Code, string Message) failure)
    {
        var text = $"{failure.Code}: {failure.Message}";
        var type = AthenaErrorTypes.Of(failure.Code);
        return Ended(QueryState.Failed) with
        {
            StateChangeReason = text,
            Failure = new QueryFailure(type == AthenaErrorTypes.InternalError ? AthenaErrorTypes.System : AthenaErrorTypes.User, type, Retryable: false, text),
            Statistics = Statistics(),
        };
    }

    private QueryRecord Ended(string state) => query with { State = state, Completed = time.GetUtcNow() };

    private QueryStatistics Statistics()
    {
        var now = time.GetUtcNow();
        var engineFrom = engineStarted ?? now;
        var engineTo = engineEnded ?? now;
        return new QueryStatistics
        {
            QueueMs = Ms(started - query.Submitted),
            PlanningMs = Ms(engineFrom - started),
            EngineMs = Ms(engineTo - engineFrom),
            ServiceMs = Ms(now - engineTo),
            TotalMs = Ms(now - query.Submitted),
        };
    }

    private static long Ms(TimeSpan span) => Math.Max(0, (long)span.TotalMilliseconds);
}
