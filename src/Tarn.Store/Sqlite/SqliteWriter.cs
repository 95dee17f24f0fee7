using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Tarn.Store.Sqlite;

/// <summary>
/// The one loop that writes. While one COMMIT syncs, writes queue up; the next transaction takes them together, each behind a savepoint, so that
/// one that fails is undone alone. Each caller hears of success after the COMMIT that holds its write is on disk.
/// </summary>
internal sealed class SqliteWriter : IAsyncDisposable
{
    private readonly StoreSession session;
    private readonly SqliteConnection connection;
    private readonly StoreOptions options;
    private readonly Channel<PendingWrite> queue;
    private readonly List<PendingWrite> group = [];
    private readonly Task loop;

    public SqliteWriter(StoreSession session, StoreOptions options)
    {
        this.session = session;
        connection = (SqliteConnection)session.Connection;
        this.options = options;
        queue = Channel.CreateBounded<PendingWrite>(new BoundedChannelOptions(options.WriteQueueMax) { SingleReader = true });
        loop = Task.Run(RunAsync);
    }

    public async ValueTask<T> WriteAsync<T>(Func<IStoreWriter, T> write, CancellationToken cancellationToken)
    {
        var pending = new PendingWrite<T>(write, cancellationToken);
        if (!queue.Writer.TryWrite(pending))
        {
            await EnqueueAsync(pending, cancellationToken);
        }

        return await pending.Done;
    }

    /// <summary>Takes no more writes, finishes those that are queued and closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await loop;
        session.Dispose();
    }

    private async ValueTask EnqueueAsync(PendingWrite pending, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.WaitMax);
        try
        {
            await queue.Writer.WriteAsync(pending, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw StoreErrors.Busy("a write", options.WaitMax);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(SqliteStore));
        }
    }

    private async Task RunAsync()
    {
        while (await queue.Reader.WaitToReadAsync())
        {
            RunGroup();
            foreach (var write in group)
            {
                write.Settle();
            }

            group.Clear();
        }
    }

    private void RunGroup()
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            session.Execute("BEGIN IMMEDIATE");
            do
            {
                if (!queue.Reader.TryRead(out var write))
                {
                    break;
                }

                group.Add(write);
                if (!RunOne(write))
                {
                    RunApart();
                    return;
                }
            }
            while (group.Count < options.GroupWritesMax && Stopwatch.GetElapsedTime(started) < options.GroupTimeMax);

            session.Execute("COMMIT");
        }
        catch (Exception exception)
        {
            // Outermost frame of this loop: the transaction could not begin or commit, so nothing of it is acknowledged.
            FailGroup(exception);
            RollBack();
        }
    }

    /// <summary>Runs a write behind a savepoint. False when SQLite gave up the whole transaction with it (disk full, out of memory).</summary>
    private bool RunOne(PendingWrite write)
    {
        if (write.IsCanceled)
        {
            write.Failure = new OperationCanceledException();
            return true;
        }

        session.Execute("SAVEPOINT one");
        try
        {
            write.Run(session);
        }
        catch (Exception exception)
        {
            // Outermost frame of the caller's code on this loop: whatever it threw is handed to the caller.
            write.Failure = exception;
            if (!InTransaction)
            {
                return false;
            }

            session.Execute("ROLLBACK TO one");
        }

        session.Execute("RELEASE one");
        return true;
    }

    /// <summary>The last write of the group took the transaction down: those before it run again, each in a transaction of its own.</summary>
    private void RunApart()
    {
        foreach (var write in group)
        {
            if (write.Failure is not null)
            {
                continue;
            }

            try
            {
                session.Execute("BEGIN IMMEDIATE");
                if (!RunOne(write))
                {
                    continue;
                }

                session.Execute("COMMIT");
            }
            catch (SqliteException exception)
            {
                RollBack();
                write.Failure ??= exception;
            }
        }
    }

    private bool InTransaction => raw.sqlite3_get_autocommit(connection.Handle) == 0;

    private void RollBack()
    {
        if (InTransaction)
        {
            session.Execute("ROLLBACK");
        }
    }

    private void FailGroup(Exception exception)
    {
        if (exception is SqliteException { SqliteErrorCode: raw.SQLITE_BUSY })
        {
            exception = StoreErrors.Busy("a transaction", options.WaitMax);
        }

        if (group.Count == 0 && queue.Reader.TryRead(out var first))
        {
            group.Add(first);
        }

        foreach (var write in group)
        {
            write.Failure ??= exception;
        }
    }
}
