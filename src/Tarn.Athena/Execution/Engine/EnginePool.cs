using System.Collections.Concurrent;
using Tarn.DuckDb;
using Tarn.DuckDb.Profiling;
using Tarn.Sql.Functions;

namespace Tarn.Athena.Execution.Engine;

/// <summary>
/// Instances of DuckDB that wait for a query: opening one and registering Trino's functions takes tens of milliseconds, which a query need not wait
/// for. An instance runs one query at a time, so queries share no memory limit, no log and no names; it may touch the lake's folders and nothing else.
/// </summary>
/// <param name="folders">Absolute; the objects and the staging folder of the lake.</param>
/// <param name="spillFolder">Absolute; emptied at the start.</param>
internal sealed class EnginePool(AthenaOptions options, IReadOnlyList<string> folders, string spillFolder) : IDisposable
{
    private readonly ConcurrentBag<QueryEngine> idle = [];
    private int opened;

    /// <summary>An engine for one query; give it back with <see cref="Return"/>.</summary>
    public QueryEngine Take() => idle.TryTake(out var engine) ? engine : Open();

    /// <summary>Takes an engine back for the next query.</summary>
    /// <param name="isSound">False when the query may have left something behind (it was cancelled, or ran out of memory): the engine is closed.</param>
    public void Return(QueryEngine engine, bool isSound)
    {
        if (isSound && idle.Count < options.ConcurrentQueriesMax)
        {
            idle.Add(engine);
        }
        else
        {
            engine.Dispose();
        }
    }

    public void Dispose()
    {
        while (idle.TryTake(out var engine))
        {
            engine.Dispose();
        }
    }

    private QueryEngine Open()
    {
        var instance = DuckDbInstance.Open(new DuckDbOptions
        {
            MemoryBytesMax = (long)options.MemoryMaxMiB << 20,
            Threads = options.Threads == 0 ? null : options.Threads,
            TempDirectory = Path.Combine(spillFolder, Interlocked.Increment(ref opened).ToString()),
            TempBytesMax = (long)options.SpillMaxMiB << 20,
            PreservesInsertionOrder = true,
            CountsFileBytes = true,
            Sandbox = new DuckDbSandbox(folders, []),
            // A cached footer would make the second query look cheaper than it is billed.
            Setup = ["SET TimeZone = 'UTC'", "SET enable_external_file_cache = false"],
        });
        var connection = instance.Connect();
        DuckDbFunctions.Register(connection);
        return new QueryEngine(instance, connection, instance.Connect());
    }
}

/// <summary>One instance with the connection that runs the query and one that looks at it.</summary>
internal sealed class QueryEngine(DuckDbInstance instance, DuckDbConnection connection, DuckDbConnection observer) : IDisposable
{
    public DuckDbConnection Connection => connection;

    /// <summary>
    /// Runs work that blocks on the engine on a thread of its own. A query may take minutes, and the thread pool, which has as many threads as there
    /// are cores, would let requests wait while it finds out that its threads do not come back.
    /// </summary>
    public static Task<T> RunAsync<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);

    /// <summary>Forgets the bytes of the query before.</summary>
    public void ResetBytes(CancellationToken cancellationToken) => FileBytes.Reset(observer, cancellationToken);

    /// <summary>Bytes that the query has read from files. Exact for Parquet.</summary>
    public long BytesRead(CancellationToken cancellationToken) => FileBytes.Of(observer, connection.Id, cancellationToken).Read;

    public void Dispose()
    {
        connection.Dispose();
        observer.Dispose();
        instance.Dispose();
    }
}
