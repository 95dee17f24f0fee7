using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Tarn.Server.Demo;

namespace Tarn.Server.Tests.Kill;

/// <summary>
/// The server is killed while streams are made, resharded and deleted, with states that take their time and without. At every start a stream that was acknowledged is there, one
/// whose deletion was acknowledged goes, what was pending ends, and the open shards of a stream hold each hash key once.
/// </summary>
public sealed class StreamKillTests(ITestOutputHelper output) : IDisposable
{
    private const int Rounds = 6;
    private const int ShardsMin = 8;
    private const int ShardsMax = 16;

    private static readonly UInt128 LastHash = UInt128.MaxValue;

    private readonly string folder = Directory.CreateTempSubdirectory("tarn-kill-streams-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Killed_at_any_moment_streams_are_whole_and_what_was_pending_ends()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var made = new ConcurrentDictionary<string, byte>();
        var deleted = new ConcurrentDictionary<string, byte>();
        var reshards = 0;
        for (var round = 0; round < Rounds; round++)
        {
            using var server = await StartAsync(round);
            var client = server.Client;
            await CheckAsync(client, made, deleted);
            var prefix = $"r{round}-";
            await CreateAsync(client, prefix + "resharded", ShardsMin);
            made[prefix + "resharded"] = 0;
            Task[] writers =
            [
                ServerProcess.UntilKilledAsync(async i =>
                {
                    await CreateAsync(client, $"{prefix}made-{i}", 1 + (i % 5));
                    made[$"{prefix}made-{i}"] = 0;
                }),
                ServerProcess.UntilKilledAsync(async i =>
                {
                    var name = $"{prefix}gone-{i}";
                    await CreateAsync(client, name, 1);
                    await CallAsync(client, "DeleteStream", new JsonObject { ["StreamName"] = name });
                    deleted[name] = 0;
                }),
                ServerProcess.UntilKilledAsync(async i =>
                {
                    await ActiveAsync(client, prefix + "resharded");
                    var target = random.Next(ShardsMin, ShardsMax + 1);
                    await CallAsync(client, "UpdateShardCount", new JsonObject { ["StreamName"] = prefix + "resharded", ["TargetShardCount"] = target, ["ScalingType"] = "UNIFORM_SCALING" });
                    Interlocked.Increment(ref reshards);
                }),
            ];
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(100, 1_500)), Token);
            await server.KillAsync();
            await Task.WhenAll(writers);
            output.WriteLine($"round {round}: {made.Count} made, {deleted.Count} deleted, {reshards} reshards");
        }

        using var last = await StartAsync(Rounds);
        await CheckAsync(last.Client, made, deleted);
        Assert.NotEmpty(made);
        Assert.NotEmpty(deleted);
        Assert.True(reshards > 0);
    }

    /// <summary>Every other round with states that last longer than some of the time until the kill.</summary>
    private Task<ServerProcess> StartAsync(int round) => ServerProcess.StartAsync(
        folder,
        "--state-delay-ms", round % 2 == 0 ? "0" : "150", "--kinesis.creating-streams-max", "100000", "--kinesis.shard-count-updates-per-day-max", "100000", "--kinesis.shards-max", "1000000");

    private static Task<JsonNode> CallAsync(DemoClient client, string operation, JsonObject input) => client.KinesisAsync(operation, input, Token);

    private static async Task CreateAsync(DemoClient client, string name, int shards) => await CallAsync(client, "CreateStream", new JsonObject { ["StreamName"] = name, ["ShardCount"] = shards });

    private static async Task<JsonNode> SummaryAsync(DemoClient client, string name) =>
        (await CallAsync(client, "DescribeStreamSummary", new JsonObject { ["StreamName"] = name }))["StreamDescriptionSummary"]!;

    private static async Task ActiveAsync(DemoClient client, string name) =>
        await ServerProcess.UntilAsync(async () => (string?)(await SummaryAsync(client, name))["StreamStatus"] == "ACTIVE", $"{name} is ACTIVE");

    private static async Task CheckAsync(DemoClient client, ConcurrentDictionary<string, byte> made, ConcurrentDictionary<string, byte> deleted)
    {
        foreach (var name in made.Keys)
        {
            await ActiveAsync(client, name);
            CheckShards(name, await ShardsAsync(client, name));
        }

        foreach (var name in deleted.Keys)
        {
            await ServerProcess.UntilAsync(() => IsGoneAsync(client, name), $"{name} is gone");
        }
    }

    private static async Task<bool> IsGoneAsync(DemoClient client, string name)
    {
        try
        {
            await SummaryAsync(client, name);
            return false;
        }
        catch (DemoException gone) when (gone.Message.Contains("ResourceNotFoundException", StringComparison.Ordinal))
        {
            return true;
        }
    }

    private static async Task<List<JsonNode>> ShardsAsync(DemoClient client, string name)
    {
        var shards = new List<JsonNode>();
        var input = new JsonObject { ["StreamName"] = name };
        while (true)
        {
            var page = await CallAsync(client, "ListShards", input);
            shards.AddRange(page["Shards"]!.AsArray().Select(shard => shard!));
            if ((string?)page["NextToken"] is not { } token)
            {
                return shards;
            }

            input = new JsonObject { ["NextToken"] = token };
        }
    }

    private static void CheckShards(string name, List<JsonNode> shards)
    {
        Assert.Equal(Enumerable.Range(0, shards.Count).Select(i => $"shardId-{i:D12}"), shards.Select(shard => (string?)shard["ShardId"]));
        var open = shards.Where(shard => shard["SequenceNumberRange"]!["EndingSequenceNumber"] is null)
            .Select(shard => (Start: UInt128.Parse((string)shard["HashKeyRange"]!["StartingHashKey"]!, null), End: UInt128.Parse((string)shard["HashKeyRange"]!["EndingHashKey"]!, null)))
            .Order().ToList();
        Assert.True(open[0].Start == 0 && open[^1].End == LastHash, $"the open shards of {name} do not hold every hash key");
        Assert.All(open.Zip(open.Skip(1)), pair => Assert.Equal(pair.First.End + 1, pair.Second.Start));
        var parents = shards.SelectMany(shard => new[] { (string?)shard["ParentShardId"], (string?)shard["AdjacentParentShardId"] }).OfType<string>().ToHashSet();
        Assert.All(shards, shard => Assert.Equal(parents.Contains((string)shard["ShardId"]!), shard["SequenceNumberRange"]!["EndingSequenceNumber"] is not null));
    }
}
