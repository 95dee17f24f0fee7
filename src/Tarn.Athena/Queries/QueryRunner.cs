using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Tarn.Athena.Execution;
using Tarn.Contracts;

namespace Tarn.Athena.Queries;

/// <summary>
/// Runs queries in the order in which they came, a fixed number at a time. It owns the way from QUEUED to the end; a record in the store
/// says at any time where a query is.
/// </summary>
internal sealed partial class QueryRunner(QueryStore queries, StatementExecutor executor, AthenaOptions options, TimeProvider time, ILogger<QueryRunner> logger) : IAsyncDisposable
{
    private readonly Channel<WaitingQuery> waiting = Channel.CreateUnbounded<WaitingQuery>();
    private readonly ConcurrentDictionary<string, CancellationTokenSource> running = new();
    private readonly CancellationTokenSource stopping = new();
    private Task[] workers = [];

    /// <summary>Queries that wait or are about to; bounded by <see cref="AthenaOptions.QueuedQueriesMax"/>.</summary>
    private int reserved;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var orphans = await queries.RecoverAsync(time.GetUtcNow(), options.HistoryRetention, cancellationToken);
        if (orphans > 0)
        {
            LogRecovered(orphans);
        }

        workers = [.. Enumerable.Range(0, options.ConcurrentQueriesMax).Select(_ => Task.Run(WorkAsync, CancellationToken.None))];
    }

    /// <summary>Takes a place in the queue before anything is stored; <c>TooManyRequestsException</c> when there is none.</summary>
    public Place Reserve()
    {
        if (Interlocked.Increment(ref reserved) > options.QueuedQueriesMax)
        {
            Interlocked.Decrement(ref reserved);
            throw AthenaErrors.TooManyQueries(options.QueuedQueriesMax);
        }

        return new Place(this);
    }

    /// <summary>Ends a query that waits or runs as CANCELLED. When the call returns the record says so.</summary>
    public async ValueTask CancelAsync(AwsScope scope, string id, CancellationToken cancellationToken)
    {
        await queries.ChangeAsync(
            scope,
            id,
            query => query with
            {
                State = QueryState.Cancelled,
                StateChangeReason = "Query cancelled by user",
                Completed = time.GetUtcNow(),
                Failure = new QueryFailure(AthenaErrorTypes.User, AthenaErrorTypes.Cancelled, Retryable: false, "Query cancelled by user"),
            },
            cancellationToken);
        if (running.TryGetValue(id, out var cancel))
        {
            await cancel.CancelAsync();
        }
    }

    /// <summary>Interrupts what runs; it is marked FAILED at the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await stopping.CancelAsync();
        await Task.WhenAll(workers);
        stopping.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            await foreach (var query in waiting.Reader.ReadAllAsync(stopping.Token))
            {
                Interlocked.Decrement(ref reserved);
                await RunAsync(query);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
    }

    private async Task RunAsync(WaitingQuery waiting)
    {
        var (scope, query, adding) = waiting;
        var id = query.Id;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        running[id] = cancel;
        try
        {
            // Until its record is stored nobody knows the query's id, so it cannot have been cancelled.
            if (adding.IsCompletedSuccessfully && await queries.FindAsync(scope, id, stopping.Token) is not { IsTerminal: false })
            {
                return;
            }

            var started = time.GetUtcNow();
            queries.Started(id, started);
            var ended = await executor.ExecuteAsync(scope, query with { State = QueryState.Running, Started = started }, RequireNewAsync(adding), cancel.Token);
            await adding;
            await queries.ChangeAsync(scope, id, _ => ended, CancellationToken.None);
        }
        catch (Exception) when (!adding.IsCompletedSuccessfully || !adding.Result.IsNew)
        {
            // No record of this run: the start was refused, or repeated an earlier one, and its caller has heard so.
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Cancelled by the user: the record says so already. Stopped with the server: the next start says so.
        }
        catch (Exception e)
        {
            LogBug(e, id);
            await queries.ChangeAsync(
                scope,
                id,
                query => query with
                {
                    State = QueryState.Failed,
                    StateChangeReason = "INTERNAL_ERROR: the query failed inside Tarn; its log has the reason.",
                    Failure = new QueryFailure(AthenaErrorTypes.System, AthenaErrorTypes.InternalError, Retryable: false, "Internal error"),
                    Completed = time.GetUtcNow(),
                },
                CancellationToken.None);
        }
        finally
        {
            running.TryRemove(id, out _);
            queries.Stopped(id);
        }
    }

    private static async Task RequireNewAsync(Task<(string Id, bool IsNew)> adding)
    {
        if (!(await adding).IsNew)
        {
            throw new OperationCanceledException("The request token was used before.");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} queries that the last stop interrupted are FAILED")]
    private partial void LogRecovered(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Query {Id} failed inside Tarn")]
    private partial void LogBug(Exception exception, string id);

    /// <summary>A place in the queue: given back when it is not used.</summary>
    public sealed class Place(QueryRunner owner) : IDisposable
    {
        private bool isUsed;

        /// <param name="adding">Stores the record; the query may begin before it has ended, but nothing of it is seen until then.</param>
        public void Enqueue(AwsScope scope, QueryRecord query, Task<(string Id, bool IsNew)> adding)
        {
            isUsed = true;
            owner.waiting.Writer.TryWrite(new WaitingQuery(scope, query, adding));
        }

        public void Dispose()
        {
            if (!isUsed)
            {
                isUsed = true;
                Interlocked.Decrement(ref owner.reserved);
            }
        }
    }

    private sealed record WaitingQuery(AwsScope Scope, QueryRecord Query, Task<(string Id, bool IsNew)> Adding);
}
