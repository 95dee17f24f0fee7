using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tarn.Server.Demo;

namespace Tarn.Server.Tests.Kill;

/// <summary>
/// A stream of a server that is killed again and again, and what must be in it: each record that was acknowledged, in its shard and under its sequence number; no record twice; in
/// each shard rising numbers; and of each partition key the records in the order in which they were put, across splits and merges.
/// </summary>
internal sealed class KilledStream(string name, int producers, int seed)
{
    private const int KeysPerProducer = 5;
    private const int RecordsPerPutMax = 20;
    private const int OpenMax = 6;

    private readonly ConcurrentDictionary<(string Shard, string Number), string> acknowledged = new();

    /// <summary>The number of each producer's next record. Each has partition keys of its own, and one request at a time.</summary>
    private readonly int[] next = new int[producers];

    /// <summary>The draws of each producer, and after them those of the reshards.</summary>
    private readonly Random[] draws = [.. Enumerable.Range(0, producers + 1).Select(i => new Random(seed + i))];

    private int reshards;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public int Acknowledged => acknowledged.Count;

    public override string ToString() => $"{name}: {acknowledged.Count} acknowledged, {reshards} splits and merges";

    /// <summary>Completes when the stream is ACTIVE.</summary>
    public async Task CreateAsync(DemoClient client, int shards)
    {
        await CallAsync(client, "CreateStream", new JsonObject { ["ShardCount"] = shards });
        await ServerProcess.UntilAsync(
            async () => (string?)(await CallAsync(client, "DescribeStreamSummary", []))["StreamDescriptionSummary"]!["StreamStatus"] == "ACTIVE", $"{name} to be ACTIVE");
    }

    /// <summary>Completes when so many more records have been acknowledged.</summary>
    public async Task MoreAsync(int count)
    {
        var until = acknowledged.Count + count;
        await ServerProcess.UntilAsync(() => Task.FromResult(acknowledged.Count >= until), $"{until} acknowledgements of {name}");
    }

    /// <summary>One PutRecord or PutRecords of a producer; the data say whose they are and in which order. What is not answered is not put again.</summary>
    public async Task PutAsync(DemoClient client, int producer)
    {
        var random = draws[producer];
        var count = random.Next(2) == 0 ? 1 : random.Next(1, RecordsPerPutMax + 1);
        var drafts = Enumerable.Range(0, count).Select(_ => Draft(producer)).ToList();
        JsonArray results;
        if (count == 1)
        {
            results = [await CallAsync(client, "PutRecord", Entry(drafts[0]))];
        }
        else
        {
            var answer = await CallAsync(client, "PutRecords", new JsonObject { ["Records"] = new JsonArray([.. drafts.Select(Entry)]) });
            Assert.Equal(0, (int)answer["FailedRecordCount"]!);
            results = answer["Records"]!.AsArray();
        }

        foreach (var ((key, text), result) in drafts.Zip(results))
        {
            Assert.True(acknowledged.TryAdd(((string)result!["ShardId"]!, (string)result["SequenceNumber"]!), $"{key} {text}"), $"two records were acknowledged under {result}");
        }
    }

    /// <summary>A split or a merge of some open shards; refused while the one before is pending.</summary>
    public async Task ReshardAsync(DemoClient client)
    {
        var open = (await ShardsAsync(client)).Where(shard => shard["SequenceNumberRange"]!["EndingSequenceNumber"] is null).OrderBy(Start).ToList();
        var random = draws[^1];
        var at = random.Next(open.Count);
        try
        {
            if (open.Count == 1 || (open.Count < OpenMax && random.Next(2) == 0))
            {
                var middle = Start(open[at]) + ((End(open[at]) - Start(open[at])) / 2);
                await CallAsync(client, "SplitShard", new JsonObject { ["ShardToSplit"] = (string?)open[at]["ShardId"], ["NewStartingHashKey"] = middle.ToString(CultureInfo.InvariantCulture) });
            }
            else
            {
                at = Math.Min(at, open.Count - 2);
                await CallAsync(client, "MergeShards", new JsonObject { ["ShardToMerge"] = (string?)open[at]["ShardId"], ["AdjacentShardToMerge"] = (string?)open[at + 1]["ShardId"] });
            }

            Interlocked.Increment(ref reshards);
        }
        catch (DemoException refused) when (refused.Message.Contains("ResourceInUseException", StringComparison.Ordinal) || refused.Message.Contains("already been merged or split", StringComparison.Ordinal))
        {
            // The one before is pending, or was when the shards were listed.
        }

        // Not as fast as it can: the log's shards are to have records.
        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(40)), Token);
    }

    public async Task CheckAsync(DemoClient client)
    {
        var found = new Dictionary<(string Shard, string Number), string>();
        var byKey = new Dictionary<string, SortedList<string, string>>();
        foreach (var id in (await ShardsAsync(client)).Select(shard => (string)shard["ShardId"]!))
        {
            var last = "";
            foreach (var record in await RecordsAsync(client, id))
            {
                var (number, key) = ((string)record["SequenceNumber"]!, (string)record["PartitionKey"]!);
                var text = Encoding.UTF8.GetString(Convert.FromBase64String((string)record["Data"]!));
                Assert.True(string.CompareOrdinal(last, number) < 0, $"{id} of {name} has {number} after {last}");
                last = number;
                found.Add((id, number), $"{key} {text}");
                byKey.TryAdd(key, new SortedList<string, string>(StringComparer.Ordinal));
                byKey[key].Add(number, text);
            }
        }

        foreach (var (place, text) in acknowledged)
        {
            Assert.True(found.TryGetValue(place, out var there) && there == text, $"{text} was acknowledged as {place} of {name} and is not there");
        }

        Assert.Equal(found.Count, found.Values.Distinct().Count());
        Assert.All(byKey.Values, texts => Assert.Equal(texts.Values.Order(StringComparer.Ordinal), texts.Values));
    }

    private (string Key, string Text) Draft(int producer)
    {
        var number = next[producer]++;
        return ($"producer-{producer}-{number % KeysPerProducer}", string.Create(CultureInfo.InvariantCulture, $"{number:D8}"));
    }

    private static JsonObject Entry((string Key, string Text) draft) => new() { ["PartitionKey"] = draft.Key, ["Data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(draft.Text)) };

    private static UInt128 Start(JsonNode shard) => UInt128.Parse((string)shard["HashKeyRange"]!["StartingHashKey"]!, CultureInfo.InvariantCulture);

    private static UInt128 End(JsonNode shard) => UInt128.Parse((string)shard["HashKeyRange"]!["EndingHashKey"]!, CultureInfo.InvariantCulture);

    private async Task<JsonNode> CallAsync(DemoClient client, string operation, JsonObject input)
    {
        input["StreamName"] = name;
        return await client.KinesisAsync(operation, input, Token);
    }

    private async Task<List<JsonNode>> ShardsAsync(DemoClient client)
    {
        var page = await CallAsync(client, "ListShards", []);
        var shards = page["Shards"]!.AsArray().Select(shard => shard!).ToList();
        while ((string?)page["NextToken"] is { } token)
        {
            page = await client.KinesisAsync("ListShards", new JsonObject { ["NextToken"] = token }, Token);
            shards.AddRange(page["Shards"]!.AsArray().Select(shard => shard!));
        }

        return shards;
    }

    private async Task<List<JsonNode>> RecordsAsync(DemoClient client, string shard)
    {
        var records = new List<JsonNode>();
        var start = await CallAsync(client, "GetShardIterator", new JsonObject { ["ShardId"] = shard, ["ShardIteratorType"] = "TRIM_HORIZON" });
        var iterator = (string?)start["ShardIterator"];
        while (iterator is not null)
        {
            var page = await client.KinesisAsync("GetRecords", new JsonObject { ["ShardIterator"] = iterator, ["Limit"] = 2_777 }, Token);
            records.AddRange(page["Records"]!.AsArray().Select(record => record!));
            iterator = (long)page["MillisBehindLatest"]! == 0 ? null : (string?)page["NextShardIterator"];
        }

        return records;
    }
}
