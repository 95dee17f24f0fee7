namespace Tarn.Server.Tests.Athena;

/// <summary>One server for a class of tests; each test has a database of its own.</summary>
public sealed class AthenaWorld : IAsyncLifetime
{
    internal LiveServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await LiveServer.StartAsync(options =>
    {
        options.Athena.MemoryMaxMiB = 256;
        options.Athena.SpillMaxMiB = 1;
        options.Athena.Threads = 1;
    });

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>A database with a table of two rows: <c>people(id bigint, name string)</c>.</summary>
    internal async Task<LiveServer> WithPeopleAsync(string database)
    {
        await Server.RowsAsync($"CREATE DATABASE {database}");
        await Server.PutAsync($"{database}/people/a.csv", "1,ann\n2,\n");
        await Server.RowsAsync($"CREATE EXTERNAL TABLE people (id bigint, name string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://lake/{database}/people/'", database);
        return Server;
    }
}
