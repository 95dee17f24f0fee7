using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tarn.Server.Demo;

namespace Tarn.Server.Tests.Kill;

/// <summary>
/// The server is killed while records are put into a stream whose shards are split. At every start each record that was acknowledged is there, in its shard and under its
/// sequence number, no record is there twice, and those of a partition key are in the order in which they were put.
/// </summary>
public sealed class RecordKillTests(ITestOutputHelper output) : IDisposable
{
    private const int Rounds = 6;
    private const int Writers = 3;
    private const int RecordsPerPut = 20;
    private const string Stream = "records";

    private readonly string folder = Directory.CreateTempSubdirectory("tarn-kill-records-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Killed_at_any_moment_every_acknowledged_record_is_there_once_and_in_order()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var acknowledged = new ConcurrentDictionary<(string Shard, string Number), string>();
        using (var first = await ServerProcess.StartAsync(folder))
        {
            await CallAsync(first.Client, "CreateStream", new JsonObject { ["StreamName"] = Stream, ["ShardCount"] = 2 });
            await first.KillAsync();
        }

        for (var round = 0; round < Rounds; round++)
        {
            using var server = await ServerProcess.StartAsync(folder);
            await CheckAsync(server.Client, acknowledged);
            var number = round;
            var enough = new TaskCompletionSource();
            var tasks = Enumerable.Range(0, Writers).Select(writer => ServerProcess.UntilKilledAsync(async i =>
            {
                await PutAsync(server.Client, writer, number, i, acknowledged);
                if (i == 2)
                {
                    enough.TrySetResult();
                }
            })).ToList();
            await SplitAsync(server.Client);
            await enough.Task.WaitAsync(TimeSpan.FromMinutes(2), Token);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(0, 700)), Token);
            await server.KillAsync();
            await Task.WhenAll(tasks);
            output.WriteLine($"round {round}: {acknowledged.Count} acknowledged");
        }

        using var last = await ServerProcess.StartAsync(folder);
        await CheckAsync(last.Client, acknowledged);
        Assert.NotEmpty(acknowledged);
    }

    private static Task<JsonNode> CallAsync(DemoClient client, string operation, JsonObject input) => client.KinesisAsync(operation, input, Token);

    /// <summary>One PutRecords of a writer's own partition key; the data say the order.</summary>
    private static async Task PutAsync(DemoClient client, int writer, int round, int put, ConcurrentDictionary<(string Shard, string Number), string> acknowledged)
    {
        var data = Enumerable.Range(0, RecordsPerPut).Select(i => string.Create(CultureInfo.InvariantCulture, $"{round:D2} {put:D6} {i:D2}")).ToList();
        var records = new JsonArray([.. data.Select(text => new JsonObject { ["PartitionKey"] = $"writer-{writer}", ["Data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) })]);
        var answer = await CallAsync(client, "PutRecords", new JsonObject { ["StreamName"] = Stream, ["Records"] = records });
        Assert.Equal(0, (int)answer["FailedRecordCount"]!);
        foreach (var (text, result) in data.Zip(answer["Records"]!.AsArray()))
        {
            acknowledged[((string)result!["ShardId"]!, (string)result["SequenceNumber"]!)] = $"writer-{writer} {text}";
        }
    }

    private static async Task SplitAsync(DemoClient client)
    {
        var shard = (await ShardsAsync(client)).First(shard => shard["SequenceNumberRange"]!["EndingSequenceNumber"] is null);
        var range = shard["HashKeyRange"]!;
        var (start, end) = (UInt128.Parse((string)range["StartingHashKey"]!, CultureInfo.InvariantCulture), UInt128.Parse((string)range["EndingHashKey"]!, CultureInfo.InvariantCulture));
        var middle = start + ((end - start) / 2);
        await CallAsync(client, "SplitShard", new JsonObject { ["StreamName"] = Stream, ["ShardToSplit"] = (string?)shard["ShardId"], ["NewStartingHashKey"] = middle.ToString(CultureInfo.InvariantCulture) });
    }

    private static async Task<List<JsonNode>> ShardsAsync(DemoClient client) =>
        [.. (await CallAsync(client, "ListShards", new JsonObject { ["StreamName"] = Stream }))["Shards"]!.AsArray().Select(shard => shard!)];

    private static async Task CheckAsync(DemoClient client, IReadOnlyDictionary<(string Shard, string Number), string> acknowledged)
    {
        var found = new Dictionary<(string Shard, string Number), string>();
        var byKey = new Dictionary<string, List<string>>();

        // Parents come before children in the list, so that a key's records are read in the order in which they were put.
        foreach (var shard in await ShardsAsync(client))
        {
            var id = (string)shard["ShardId"]!;
            foreach (var record in await RecordsAsync(client, id))
            {
                var key = (string)record["PartitionKey"]!;
                var text = Encoding.UTF8.GetString(Convert.FromBase64String((string)record["Data"]!));
                found.Add((id, (string)record["SequenceNumber"]!), $"{key} {text}");
                byKey.TryAdd(key, []);
                byKey[key].Add(text);
            }
        }

        foreach (var (place, text) in acknowledged)
        {
            Assert.True(found.TryGetValue(place, out var there) && there == text, $"{text} was acknowledged as {place} and is not there");
        }

        Assert.Equal(found.Count, found.Values.Distinct().Count());
        Assert.All(byKey.Values, texts => Assert.Equal(texts.Order(StringComparer.Ordinal), texts));
    }

    private static async Task<List<JsonNode>> RecordsAsync(DemoClient client, string shard)
    {
        var records = new List<JsonNode>();
        var start = await CallAsync(client, "GetShardIterator", new JsonObject { ["StreamName"] = Stream, ["ShardId"] = shard, ["ShardIteratorType"] = "TRIM_HORIZON" });
        var iterator = (string?)start["ShardIterator"];
        while (iterator is not null)
        {
            var page = await CallAsync(client, "GetRecords", new JsonObject { ["ShardIterator"] = iterator, ["Limit"] = 777 });
            records.AddRange(page["Records"]!.AsArray().Select(record => record!));
            iterator = (long)page["MillisBehindLatest"]! == 0 ? null : (string?)page["NextShardIterator"];
        }

        return records;
    }
}
