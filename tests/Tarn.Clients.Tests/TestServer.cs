using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Tarn.Clients.Kinesis;
using Tarn.Clients.Kinesis.Credentials;
using Tarn.Server;
using Tarn.Server.Demo;
using Tarn.Server.Settings;

namespace Tarn.Clients.Tests;

/// <summary>A whole server in this process, on a free port and a folder of its own.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly TarnServer server;
    private readonly string folder;
    private readonly DemoClient admin;

    private TestServer(TarnServer server, string folder)
    {
        this.server = server;
        this.folder = folder;
        admin = new DemoClient(server.Endpoint, "test", "test");
    }

    public KinesisClientOptions ClientOptions => new() { Endpoint = server.Endpoint, Region = "us-east-1", Credentials = new StaticCredentials("test", "test") };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="settings">Names and values, as `tarn serve` takes them.</param>
    public static async Task<TestServer> StartAsync(params IReadOnlyList<(string Name, string Value)> settings)
    {
        var folder = Directory.CreateTempSubdirectory("tarn-clients-").FullName;
        var options = new TarnOptions { Data = folder };
        var loader = new SettingsLoader(options);
        loader.SetOption("port", "0");
        foreach (var (name, value) in settings)
        {
            loader.SetOption(name, value);
        }

        options.Log.Level = LogLevel.Error;
        return new TestServer(await TarnServer.StartAsync(options, Token), folder);
    }

    public async ValueTask DisposeAsync()
    {
        admin.Dispose();
        await server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    public Task<JsonNode> CallAsync(string operation, JsonObject input) => admin.KinesisAsync(operation, input, Token);

    public Task CreateStreamAsync(string name, int shards) => CallAsync("CreateStream", new JsonObject { ["StreamName"] = name, ["ShardCount"] = shards });

    public Task SplitAsync(string stream, Shard shard) => CallAsync("SplitShard", new JsonObject
    {
        ["StreamName"] = stream,
        ["ShardToSplit"] = shard.ShardId,
        ["NewStartingHashKey"] = (shard.HashKeyRange.Starting + ((shard.HashKeyRange.Ending - shard.HashKeyRange.Starting) / 2)).ToString(),
    });

    public Task MergeAsync(string stream, Shard low, Shard high) => CallAsync(
        "MergeShards", new JsonObject { ["StreamName"] = stream, ["ShardToMerge"] = low.ShardId, ["AdjacentShardToMerge"] = high.ShardId });
}
