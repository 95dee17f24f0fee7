using System.Data.Common;

namespace Tarn.Store;

/// <summary>
/// The statements of one connection. Prepared commands are kept by their text where <paramref name="statementsCachedMax"/> is above 0 (SQLite; Npgsql
/// has a cache of its own). A command that is running is not in the cache, so a query inside the mapping of the same query works. One thread at a time.
/// </summary>
internal sealed class StoreSession(DbConnection connection, int statementsCachedMax) : IStoreWriter, IDisposable
{
    private readonly Dictionary<string, DbCommand> idle = new(StringComparer.Ordinal);

    public DbConnection Connection { get; } = connection;

    /// <summary>The open transaction, for drivers that want commands to name it; null with SQLite.</summary>
    public DbTransaction? Transaction { get; set; }

    public List<T> Query<T>(string sql, Func<StoreRow, T> map, params ReadOnlySpan<object?> parameters) =>
        Run(sql, parameters, command =>
        {
            var rows = new List<T>();
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                rows.Add(map(new StoreRow(reader)));
            }

            return rows;
        });

    public T? QueryFirst<T>(string sql, Func<StoreRow, T> map, params ReadOnlySpan<object?> parameters) =>
        Run(sql, parameters, command =>
        {
            using var reader = command.ExecuteReader();
            return reader.Read() ? map(new StoreRow(reader)) : default;
        });

    public void Scan(string sql, Func<StoreRow, bool> visit, params ReadOnlySpan<object?> parameters) =>
        Run(sql, parameters, command =>
        {
            using var reader = command.ExecuteReader();
            while (reader.Read() && visit(new StoreRow(reader)))
            {
            }

            return 0;
        });

    public int Execute(string sql, params ReadOnlySpan<object?> parameters) => Run(sql, parameters, static command => command.ExecuteNonQuery());

    public void Dispose()
    {
        Forget();
        Connection.Dispose();
    }

    private T Run<T>(string sql, ReadOnlySpan<object?> parameters, Func<DbCommand, T> run)
    {
        var command = Take(sql, parameters);
        try
        {
            var result = run(command);
            GiveBack(sql, command);
            return result;
        }
        catch
        {
            // Its statement may be half run: not one to keep.
            command.Dispose();
            throw;
        }
    }

    private DbCommand Take(string sql, ReadOnlySpan<object?> parameters)
    {
        if (idle.Remove(sql, out var command) && command.Parameters.Count == parameters.Length)
        {
            for (var i = 0; i < parameters.Length; i++)
            {
                command.Parameters[i].Value = ToDriver(parameters[i]);
            }

            return command;
        }

        command = Connection.CreateCommand();
        command.Transaction = Transaction;
#pragma warning disable CA2100 // The text comes from Tarn's own code; everything of a client is a parameter.
        command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 0; i < parameters.Length; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = ParameterName(i);
            parameter.Value = ToDriver(parameters[i]);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private void GiveBack(string sql, DbCommand command)
    {
        if (statementsCachedMax == 0)
        {
            command.Dispose();
            return;
        }

        if (idle.Count >= statementsCachedMax)
        {
            Forget();
        }

        if (!idle.TryAdd(sql, command))
        {
            command.Dispose();
        }
    }

    private void Forget()
    {
        foreach (var command in idle.Values)
        {
            command.Dispose();
        }

        idle.Clear();
    }

    private static object ToDriver(object? value) => value switch
    {
        null => DBNull.Value,
        string or long or double or byte[] => value,
        int number => (long)number,
        bool flag => flag ? 1L : 0L,
        DateTimeOffset time => time.ToMicroseconds(),
        ReadOnlyMemory<byte> bytes => bytes.ToArray(),
        _ => throw new ArgumentException($"A {value.GetType().Name} is not a parameter that the store takes."),
    };

    private static string ParameterName(int index) => index < ParameterNames.Length ? ParameterNames[index] : $"@p{index}";

    private static readonly string[] ParameterNames = [.. Enumerable.Range(0, 64).Select(index => $"@p{index}")];
}
