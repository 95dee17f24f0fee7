using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tarn.Clients.Consumer.Leases;
using Tarn.Clients.Kinesis;
using Tarn.Clients.Kinesis.Credentials;

namespace Tarn.Clients.Tests.Consumer;

/// <summary>What a worker relies on, of each place where leases can be.</summary>
public abstract class LeaseStoreTests
{
    private static readonly Lease Full = new()
    {
        Key = "shardId-000000000002",
        Owner = "w",
        Checkpoint = Checkpoint.At("49600000000000000000000000000000000000000000000000000002", 7),
        Parents = ["shardId-000000000000", "shardId-000000000001"],
        HashKeyRange = new HashKeyRange(0, UInt128.MaxValue),
        OwnerSwitches = 3,
        RequestedBy = "x",
    };

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>An empty store, prepared, which is disposed of with what is under it.</summary>
    protected abstract Task<(ILeaseStore Store, IAsyncDisposable Under)> OpenAsync();

    [Fact]
    public async Task A_lease_is_created_once_and_found_as_it_was_given()
    {
        var (store, under) = await OpenAsync();
        await using var _ = under;
        Assert.Null(await store.FindAsync(Full.Key, Token));
        Assert.Empty(await store.ListAsync(Token));
        Assert.True(await store.CreateAsync(Full, Token));
        Assert.False(await store.CreateAsync(Full with { Owner = "y" }, Token));
        Assert.Equivalent(Full, await store.FindAsync(Full.Key, Token), strict: true);
        Assert.Equivalent(Full, Assert.Single(await store.ListAsync(Token)), strict: true);
    }

    [Fact]
    public async Task An_update_raises_the_counter_and_is_done_only_with_the_right_one()
    {
        var (store, under) = await OpenAsync();
        await using var _ = under;
        await store.CreateAsync(Full, Token);
        var bare = new Lease { Key = Full.Key, Checkpoint = Checkpoint.ShardEnd, Parents = Full.Parents, HashKeyRange = Full.HashKeyRange };
        var updated = await store.UpdateAsync(bare, Token);
        Assert.Equivalent(bare with { Counter = 1 }, updated, strict: true);
        Assert.Null(await store.UpdateAsync(Full, Token));
        Assert.Null(await store.UpdateAsync(Full with { Key = "shardId-000000000009" }, Token));
        Assert.Equivalent(updated, await store.FindAsync(Full.Key, Token), strict: true);
        Assert.Equal(2, (await store.UpdateAsync(Full with { Counter = 1 }, Token))!.Counter);
        Assert.Equivalent(Full with { Counter = 2 }, await store.FindAsync(Full.Key, Token), strict: true);
    }

    [Fact]
    public async Task A_lease_is_deleted_only_with_the_right_counter_and_counts_as_deleted_when_it_is_gone()
    {
        var (store, under) = await OpenAsync();
        await using var _ = under;
        await store.CreateAsync(Full, Token);
        await store.UpdateAsync(Full, Token);
        Assert.False(await store.DeleteAsync(Full, Token));
        Assert.True(await store.DeleteAsync(Full with { Counter = 1 }, Token));
        Assert.True(await store.DeleteAsync(Full with { Counter = 1 }, Token));
        Assert.Null(await store.FindAsync(Full.Key, Token));
    }

    [Fact]
    public async Task A_store_can_be_prepared_again()
    {
        var (store, under) = await OpenAsync();
        await using var _ = under;
        await store.CreateAsync(Full, Token);
        await store.PrepareAsync(Token);
        Assert.Single(await store.ListAsync(Token));
    }
}

public sealed class InMemoryLeaseStoreTests : LeaseStoreTests
{
    protected override Task<(ILeaseStore Store, IAsyncDisposable Under)> OpenAsync() => Task.FromResult(((ILeaseStore)new InMemoryLeaseStore(), (IAsyncDisposable)new MemoryStream()));
}

public sealed class TarnLeaseStoreTests : LeaseStoreTests
{
    [Fact]
    public async Task More_leases_than_a_page_are_all_listed()
    {
        await using var server = await TestServer.StartAsync();
        using var store = new TarnLeaseStore(server.ClientOptions, "app");
        await Parallel.ForAsync(0, 1_001, Token, async (i, token) => await store.CreateAsync(new Lease { Key = $"shard-{i}", Checkpoint = Checkpoint.Latest }, token));
        Assert.Equal(1_001, (await store.ListAsync(Token)).Select(lease => lease.Key).Distinct().Count());
    }

    protected override async Task<(ILeaseStore Store, IAsyncDisposable Under)> OpenAsync()
    {
        var server = await TestServer.StartAsync();
        return (new TarnLeaseStore(server.ClientOptions, "app"), server);
    }
}

/// <summary>Over dynalite, whose own tests were run against DynamoDB.</summary>
public sealed class DynamoDbLeaseStoreTests : LeaseStoreTests
{
    protected override async Task<(ILeaseStore Store, IAsyncDisposable Under)> OpenAsync()
    {
        var dynalite = await Dynalite.StartAsync();
        var store = new DynamoDbLeaseStore(dynalite.ClientOptions, "app");
        await store.PrepareAsync(Token);
        return (store, dynalite);
    }

    private sealed class Dynalite(System.Diagnostics.Process process, int port) : IAsyncDisposable
    {
        public KinesisClientOptions ClientOptions => new() { Endpoint = new Uri($"http://127.0.0.1:{port}"), Region = "us-east-1", Credentials = new StaticCredentials("test", "test") };

        public static async Task<Dynalite> StartAsync()
        {
            var install = new ProcessStartInfo(Path.Combine(Root(), "tests", "dynalite", "install")) { RedirectStandardOutput = true };
            using var installing = System.Diagnostics.Process.Start(install)!;
            var cli = (await installing.StandardOutput.ReadToEndAsync(Token)).Trim();
            await installing.WaitForExitAsync(Token);
            Assert.SkipUnless(installing.ExitCode == 0, "dynalite cannot be had from npm.");
            var port = FreePort();
            var start = new ProcessStartInfo("node") { RedirectStandardOutput = true };
            foreach (var argument in new[] { cli, "--host", "127.0.0.1", "--port", $"{port}", "--createTableMs", "0" })
            {
                start.ArgumentList.Add(argument);
            }

            var process = System.Diagnostics.Process.Start(start)!;
            Assert.Contains("Listening", await process.StandardOutput.ReadLineAsync(Token), StringComparison.OrdinalIgnoreCase);
            return new Dynalite(process, port);
        }

        public async ValueTask DisposeAsync()
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            process.Dispose();
        }

        private static int FreePort()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        private static string Root()
        {
            var directory = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(directory.FullName, "Tarn.slnx")))
            {
                directory = directory.Parent ?? throw new InvalidOperationException("The tests run outside a checkout.");
            }

            return directory.FullName;
        }
    }
}
