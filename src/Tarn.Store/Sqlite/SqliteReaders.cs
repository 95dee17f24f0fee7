using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Tarn.Store.Sqlite;

/// <summary>Read connections, opened when they are first needed and kept. Each read sees one snapshot, which writers do not wait for.</summary>
internal sealed class SqliteReaders(SqliteConnections connections, StoreOptions options) : IDisposable
{
    private readonly SemaphoreSlim free = new(options.ConnectionsMax);
    private readonly ConcurrentStack<StoreSession> idle = new();

    public async ValueTask<T> ReadAsync<T>(Func<IStoreReader, T> read, CancellationToken cancellationToken)
    {
        if (!await free.WaitAsync(options.WaitMax, cancellationToken))
        {
            throw StoreErrors.Busy("a read", options.WaitMax);
        }

        try
        {
            var session = idle.TryPop(out var kept) ? kept : connections.OpenReader();
            try
            {
                return Read(session, read, cancellationToken);
            }
            finally
            {
                if (EndTransaction(session))
                {
                    idle.Push(session);
                }
                else
                {
                    session.Dispose();
                }
            }
        }
        finally
        {
            free.Release();
        }
    }

    public void Dispose()
    {
        while (idle.TryPop(out var session))
        {
            session.Dispose();
        }
    }

    private static T Read<T>(StoreSession session, Func<IStoreReader, T> read, CancellationToken cancellationToken)
    {
        var handle = ((SqliteConnection)session.Connection).Handle;

        // Disposing the registration waits for a callback that is running, so the next user of the connection is never interrupted.
        using var interrupt = cancellationToken.Register(static handle => raw.sqlite3_interrupt((sqlite3)handle!), handle);
        try
        {
            session.Execute("BEGIN");
            return read(session);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    /// <summary>Lets go of the snapshot; false when the connection is not fit to be kept.</summary>
    private static bool EndTransaction(StoreSession session)
    {
        var connection = (SqliteConnection)session.Connection;
        if (raw.sqlite3_get_autocommit(connection.Handle) == 0)
        {
            session.Execute("COMMIT");
        }

        return raw.sqlite3_get_autocommit(connection.Handle) != 0;
    }
}
