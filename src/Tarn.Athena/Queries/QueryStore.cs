using System.Collections.Concurrent;
using System.Text.Json;
using Tarn.Contracts;
using Tarn.Store;

namespace Tarn.Athena.Queries;

/// <summary>Query executions in the metadata store.</summary>
/// <remarks>
/// That a query runs is not written down but held in memory: after a stop, what was queued and what ran are FAILED alike, so the sync would buy nothing.
/// </remarks>
internal sealed class QueryStore(IMetadataStore store)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> running = new(StringComparer.Ordinal);

    /// <summary>
    /// Adds an execution, or answers the id of the one that was started with the same token and the same request before.
    /// <c>InvalidRequestException</c> when the request differs.
    /// </summary>
    public ValueTask<(string Id, bool IsNew)> AddAsync(AwsScope scope, QueryRecord query, string? token, CancellationToken cancellationToken) =>
        store.WriteAsync(
            writer =>
            {
                var earlier = token is null ? null : writer.QueryFirst("SELECT body FROM athena_query WHERE account = @p0 AND region = @p1 AND token = @p2", row => Parse(row.Text(0)), scope.AccountId, scope.Region, token);
                if (earlier is not null)
                {
                    return earlier.RequestHash == query.RequestHash ? (earlier.Id, false) : throw AthenaErrors.InvalidRequest("Idempotent parameters do not match");
                }

                writer.Execute(
                    "INSERT INTO athena_query (account, region, id, work_group, submitted, state, token, body) VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7)",
                    scope.AccountId, scope.Region, query.Id, query.WorkGroup, query.Submitted.ToMicroseconds(), query.State, token, Text(query));
                return (query.Id, true);
            },
            cancellationToken);

    /// <summary>From now until <see cref="Stopped"/> an execution that the store has as QUEUED is RUNNING.</summary>
    public void Started(string id, DateTimeOffset at) => running[id] = at;

    /// <summary>Its end is stored, or it never will be.</summary>
    public void Stopped(string id) => running.TryRemove(id, out _);

    /// <summary>The execution, or null when there is none.</summary>
    public ValueTask<QueryRecord?> FindAsync(AwsScope scope, string id, CancellationToken cancellationToken) =>
        store.ReadAsync(reader => Find(reader, scope, id), cancellationToken);

    public async ValueTask<QueryRecord> GetAsync(AwsScope scope, string id, CancellationToken cancellationToken) =>
        await FindAsync(scope, id, cancellationToken) ?? throw AthenaErrors.QueryNotFound(id);

    /// <summary>
    /// Changes an execution unless it has ended: what has ended stays as it is, whoever comes late. Answers the record as it then is, or null when
    /// there is none (its workgroup was deleted).
    /// </summary>
    public ValueTask<QueryRecord?> ChangeAsync(AwsScope scope, string id, Func<QueryRecord, QueryRecord> change, CancellationToken cancellationToken) =>
        store.WriteAsync(
            writer =>
            {
                var query = Find(writer, scope, id);
                if (query is null || query.IsTerminal)
                {
                    return query;
                }

                query = change(query);
                writer.Execute(
                    "UPDATE athena_query SET state = @p3, body = @p4 WHERE account = @p0 AND region = @p1 AND id = @p2",
                    scope.AccountId, scope.Region, id, query.State, Text(query));
                return query;
            },
            cancellationToken);

    /// <summary>Ids of a workgroup's executions, the newest first.</summary>
    /// <param name="before">The submission time and id of the last one of the page before.</param>
    public ValueTask<List<(long Submitted, string Id)>> ListAsync(AwsScope scope, string workGroup, (long Submitted, string Id)? before, int limit, CancellationToken cancellationToken)
    {
        var (submitted, id) = before ?? (long.MaxValue, "");
        return store.ReadAsync(
            reader => reader.Query(
                "SELECT submitted, id FROM athena_query WHERE account = @p0 AND region = @p1 AND work_group = @p2 AND (submitted < @p3 OR (submitted = @p3 AND id < @p4)) ORDER BY submitted DESC, id DESC LIMIT @p5",
                row => (row.Long(0), row.Text(1)),
                scope.AccountId, scope.Region, workGroup, submitted, id, (long)limit),
            cancellationToken);
    }

    /// <summary>The newest succeeded executions of the same text, for result reuse.</summary>
    public ValueTask<List<QueryRecord>> RecentAsync(AwsScope scope, string workGroup, DateTimeOffset since, int limit, CancellationToken cancellationToken) =>
        store.ReadAsync(
            reader => reader.Query(
                "SELECT body FROM athena_query WHERE account = @p0 AND region = @p1 AND work_group = @p2 AND submitted >= @p3 AND state = 'SUCCEEDED' ORDER BY submitted DESC LIMIT @p4",
                row => Parse(row.Text(0)),
                scope.AccountId, scope.Region, workGroup, since.ToMicroseconds(), (long)limit),
            cancellationToken);

    /// <summary>Ends what a server that is gone had not ended, and forgets what is older than the history. Called once, at the start.</summary>
    public ValueTask<int> RecoverAsync(DateTimeOffset now, TimeSpan retention, CancellationToken cancellationToken) =>
        store.WriteAsync(
            writer =>
            {
                writer.Execute("DELETE FROM athena_query WHERE submitted < @p0", (now - retention).ToMicroseconds());
                var orphans = writer.Query(
                    "SELECT account, region, body FROM athena_query WHERE state IN ('QUEUED', 'RUNNING')",
                    row => (Scope: new AwsScope(row.Text(0), row.Text(1)), Query: Parse(row.Text(2))));
                foreach (var (scope, query) in orphans)
                {
                    const string reason = "The server was stopped while the query ran. Start it again.";
                    var failed = query with
                    {
                        State = QueryState.Failed,
                        StateChangeReason = reason,
                        Failure = new QueryFailure(AthenaErrorTypes.System, AthenaErrorTypes.InternalError, Retryable: true, reason),
                        Completed = now,
                    };
                    writer.Execute("UPDATE athena_query SET state = @p3, body = @p4 WHERE account = @p0 AND region = @p1 AND id = @p2", scope.AccountId, scope.Region, query.Id, failed.State, Text(failed));
                }

                return orphans.Count;
            },
            cancellationToken);

    private QueryRecord? Find(IStoreReader reader, AwsScope scope, string id)
    {
        // Asked for before the record is read: what stops between the two has its end in the store.
        var runs = running.TryGetValue(id, out var since);
        var query = reader.QueryFirst("SELECT body FROM athena_query WHERE account = @p0 AND region = @p1 AND id = @p2", row => Parse(row.Text(0)), scope.AccountId, scope.Region, id);
        return runs && query is { State: QueryState.Queued } ? query with { State = QueryState.Running, Started = since } : query;
    }

    private static QueryRecord Parse(string body) => JsonSerializer.Deserialize(body, AthenaJson.Default.QueryRecord)!;

    private static string Text(QueryRecord query) => JsonSerializer.Serialize(query, AthenaJson.Default.QueryRecord);
}
