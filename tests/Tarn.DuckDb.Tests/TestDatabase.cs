namespace Tarn.DuckDb.Tests;

/// <summary>An instance with a connection and a folder of its own, for one test.</summary>
internal sealed class TestDatabase : IDisposable
{
    public TestDatabase(DuckDbOptions? options = null)
    {
        Folder = Directory.CreateTempSubdirectory("tarn-duckdb-").FullName;
        Instance = DuckDbInstance.Open(options ?? new DuckDbOptions { Threads = 2 });
        Connection = Instance.Connect();
    }

    public string Folder { get; }

    public DuckDbInstance Instance { get; }

    public DuckDbConnection Connection { get; }

    public List<object?[]> Rows(string sql, params ReadOnlySpan<object?> parameters) => Connection.QueryAll(sql, 100_000, CancellationToken.None, parameters);

    public object? Value(string sql, params ReadOnlySpan<object?> parameters) => Connection.QueryValue(sql, CancellationToken.None, parameters);

    public void Execute(string sql) => Connection.Execute(sql, CancellationToken.None);

    public void Dispose()
    {
        Connection.Dispose();
        Instance.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
