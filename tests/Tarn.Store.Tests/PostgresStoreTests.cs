using System.Collections.Concurrent;
using Npgsql;
using Tarn.Testing;

namespace Tarn.Store.Tests;

public sealed class PostgresStoreTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_nodes_that_start_together_make_the_tables_once_and_share_them()
    {
        var place = await StorePlace.PostgresAsync();
        var stores = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () => await TestSchema.OpenAsync(place))));
        await stores[0].InsertAsync("a", 1);
        foreach (var store in stores)
        {
            Assert.Single(await store.ItemsAsync());
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_named_without_the_password()
    {
        var refusal = await Assert.ThrowsAsync<StoreException>(async () => await TestSchema.OpenAsync(
            StoreOptions.Postgresql("Host=127.0.0.1;Port=1;Username=u;Password=hunter2;Database=d")));
        Assert.DoesNotContain("hunter2", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Acknowledged_writes_survive_a_crash_of_the_server()
    {
        await PostgresServer.SharedAsync();
        await using var server = await PostgresServer.StartAsync();
        var place = StoreOptions.Postgresql(await server.CreateDatabaseAsync());
        await using var store = await TestSchema.OpenAsync(place);
        var acknowledged = new ConcurrentBag<string>();
        var enough = new TaskCompletionSource();
        var writers = Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; ; i++)
            {
                await store.InsertAsync($"{writer}-{i}", i);
                acknowledged.Add($"{writer}-{i}");
                if (acknowledged.Count == 500)
                {
                    enough.SetResult();
                }
            }
        })).ToArray();
        await enough.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancel);
        await server.CrashAndRestartAsync();
        foreach (var writer in writers)
        {
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => writer);
        }

        NpgsqlConnection.ClearAllPools();
        await using var again = await TestSchema.OpenAsync(place);
        Assert.Empty(acknowledged.Except((await again.ItemsAsync()).Select(item => item.Name)));
    }
}
