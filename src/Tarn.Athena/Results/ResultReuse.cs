using Tarn.Athena.Execution;
using Tarn.Athena.Queries;
using Tarn.Contracts.Lake;

namespace Tarn.Athena.Results;

/// <summary>
/// Result reuse: the same text in the same database and workgroup, young enough, gives the earlier result object again. A query whose answer
/// changes by itself (now(), random(), ...) never does.
/// </summary>
internal sealed class ResultReuse(QueryStore queries, ILake lake, TimeProvider time)
{
    private const int DefaultMaxAgeMinutes = 60;
    private const int CandidatesMax = 1_000;

    private static readonly string[] Volatile = ["now(", "current_timestamp", "current_date", "current_time", "localtime", "random(", "rand(", "uuid(", "shuffle("];

    /// <summary>The earlier result, or null when there is none to take.</summary>
    public async ValueTask<StatementOutcome?> FindAsync(QueryRecord query, StatementContext context, CancellationToken cancellationToken)
    {
        var maxAge = TimeSpan.FromMinutes(query.ReuseMaxAgeMinutes ?? DefaultMaxAgeMinutes);
        if (!query.ReuseResults || maxAge == TimeSpan.Zero || Volatile.Any(word => query.Query.Contains(word, StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        var recent = await queries.RecentAsync(context.Scope, query.WorkGroup, time.GetUtcNow() - maxAge, CandidatesMax, cancellationToken);
        var earlier = recent.FirstOrDefault(candidate => IsSame(candidate, query));
        if (earlier is null || !S3Location.TryParse(earlier.Result.OutputLocation, out var location) || await lake.HeadAsync(context.Scope, location.Bucket, location.Key, cancellationToken) is null)
        {
            return null;
        }

        return new StatementOutcome(location.ToString(), earlier.Columns ?? []) { OutputRows = earlier.Statistics?.OutputRows ?? 0, OutputBytes = earlier.Statistics?.OutputBytes ?? 0, Reused = true };
    }

    private static bool IsSame(QueryRecord earlier, QueryRecord query) =>
        earlier.Query == query.Query && earlier.Database == query.Database && earlier.Catalog == query.Catalog && earlier.SubstatementType == "SELECT"
        && earlier.Result with { OutputLocation = null } == query.Result with { OutputLocation = null }
        && (earlier.ExecutionParameters ?? []).SequenceEqual(query.ExecutionParameters ?? []);
}
