using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Tarn.Server.Demo;

namespace Tarn.Server.Tests.Kill;

/// <summary>
/// The server is killed at random moments while clients write. What was acknowledged is there after the next start, what was not is there whole or
/// not at all, and what ran says that it failed.
/// </summary>
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    private const int Rounds = 5;
    private readonly string folder = Directory.CreateTempSubdirectory("tarn-kill-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Killed_at_any_moment_nothing_acknowledged_is_lost_and_nothing_is_half()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var objects = new ConcurrentDictionary<string, int>();
        var tables = new ConcurrentDictionary<string, int>();
        var partitions = new ConcurrentDictionary<string, byte>();
        var queries = new ConcurrentDictionary<string, byte>();
        var crawls = 0;
        using (var first = await ServerProcess.StartAsync(folder))
        {
            await PrepareAsync(first.Client);
            await first.KillAsync();
        }

        for (var round = 0; round < Rounds; round++)
        {
            using var server = await ServerProcess.StartAsync(folder);
            await CheckAsync(server.Client, objects, tables, partitions, queries);
            var client = server.Client;
            var prefix = $"{round}-";
            Task[] writers =
            [
                UntilKilledAsync(async i =>
                {
                    var size = 1 + ((i * 7919) % 200_000);
                    var key = $"objects/{prefix}{i % 40}";
                    await client.PutObjectAsync("lake", key, Content(key, size), Token);
                    objects[key] = size;
                }),
                UntilKilledAsync(async i =>
                {
                    var name = $"t{round}_{i}";
                    await client.GlueAsync("CreateTable", Table(name, columns: 1), Token);
                    tables[name] = 1;
                    await client.GlueAsync("UpdateTable", Table(name, columns: 3), Token);
                    tables[name] = 3;
                }),
                UntilKilledAsync(async i =>
                {
                    var values = Enumerable.Range(0, 20).Select(n => $"{prefix}{i}-{n}").ToList();
                    await client.GlueAsync("BatchCreatePartition", Partitions(values), Token);
                    values.ForEach(value => partitions[value] = 0);
                }),
                UntilKilledAsync(async i =>
                {
                    var statement = (i % 3) switch
                    {
                        0 => "SELECT count(*) FROM items",
                        1 => $"CREATE TABLE made_{round}_{i} WITH (external_location = 's3://lake/made/{round}-{i}/') AS SELECT * FROM items",
                        _ => "SELECT sum(a.id * b.id) FROM items a CROSS JOIN items b CROSS JOIN items c",
                    };
                    var started = await client.AthenaAsync("StartQueryExecution", Query(statement), Token);
                    queries[(string)started["QueryExecutionId"]!] = 0;
                }),
                UntilKilledAsync(async i =>
                {
                    if ((string?)(await client.GlueAsync("GetCrawler", new JsonObject { ["Name"] = "crawler" }, Token))["Crawler"]!["State"] == "READY")
                    {
                        await client.GlueAsync("StartCrawler", new JsonObject { ["Name"] = "crawler" }, Token);
                        Interlocked.Increment(ref crawls);
                    }
                }),
            ];
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(100, 1_500)), Token);
            await server.KillAsync();
            await Task.WhenAll(writers);
            output.WriteLine($"round {round}: {objects.Count} objects, {tables.Count} tables, {partitions.Count} partitions, {queries.Count} queries, {crawls} crawls");
        }

        using var last = await ServerProcess.StartAsync(folder);
        await CheckAsync(last.Client, objects, tables, partitions, queries);
        Assert.NotEmpty(objects);
        Assert.NotEmpty(tables);
        Assert.NotEmpty(partitions);
        Assert.NotEmpty(queries);
    }

    private static async Task PrepareAsync(DemoClient client)
    {
        await client.CreateBucketAsync("lake", Token);
        var rows = new StringBuilder();
        for (var i = 0; i < 2_000; i++)
        {
            rows.Append(i).Append(',').Append("name").Append(i).Append('\n');
        }

        await client.PutObjectAsync("lake", "rows/a.csv", new StringContent(rows.ToString()), Token);
        for (var i = 0; i < 30; i++)
        {
            await client.PutObjectAsync("lake", $"crawled/day={i}/a.json", new StringContent($"{{\"id\":{i},\"name\":\"n\"}}\n"), Token);
        }

        await client.GlueAsync("CreateDatabase", new JsonObject { ["DatabaseInput"] = new JsonObject { ["Name"] = "db" } }, Token);
        await client.GlueAsync("CreateTable", Table("partitioned", columns: 1, isPartitioned: true), Token);
        var created = (string)(await client.AthenaAsync("StartQueryExecution", Query("CREATE EXTERNAL TABLE items (id bigint, name string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION 's3://lake/rows/'"), Token))["QueryExecutionId"]!;
        while ((string?)(await ExecutionAsync(client, created))["Status"]!["State"] != "SUCCEEDED")
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), Token);
        }

        await client.GlueAsync(
            "CreateCrawler",
            new JsonObject
            {
                ["Name"] = "crawler",
                ["Role"] = "arn:aws:iam::000000000000:role/crawler",
                ["DatabaseName"] = "crawled",
                ["Targets"] = new JsonObject { ["S3Targets"] = new JsonArray(new JsonObject { ["Path"] = "s3://lake/crawled/" }) },
            },
            Token);
    }

    /// <summary>Everything that holds at every start, whatever was going on at the end before it.</summary>
    private async Task CheckAsync(DemoClient client, IReadOnlyDictionary<string, int> objects, IReadOnlyDictionary<string, int> tables, IReadOnlyDictionary<string, byte> partitions, IReadOnlyDictionary<string, byte> queries)
    {
        foreach (var (key, _) in objects)
        {
            // A write that was not acknowledged may have won over one that was: the object is whole either way.
            var bytes = await client.GetObjectAsync("lake", key, Token);
            Assert.True(bytes.Length > 0 && bytes.AsSpan().SequenceEqual(Bytes(key, bytes.Length)), $"{key} is not what was written");
        }

        foreach (var (name, columns) in tables)
        {
            var table = (await client.GlueAsync("GetTable", new JsonObject { ["DatabaseName"] = "db", ["Name"] = name }, Token))["Table"]!;
            var found = table["StorageDescriptor"]!["Columns"]!.AsArray().Count;
            Assert.True(found == columns || found == 3, $"{name} has {found} columns, not {columns}");
        }

        var values = await PartitionsAsync(client);
        Assert.Equal(values.Count, values.Distinct().Count());
        Assert.Empty(partitions.Keys.Except(values));
        Assert.All(values.GroupBy(value => value[..value.LastIndexOf('-')]), batch => Assert.Equal(20, batch.Count()));

        foreach (var id in queries.Keys)
        {
            var execution = await ExecutionAsync(client, id);
            var state = (string)execution["Status"]!["State"]!;
            Assert.True(state is "SUCCEEDED" or "FAILED", $"query {id} is {state} after a restart");
            if (state == "FAILED")
            {
                Assert.Equal("The server was stopped while the query ran. Start it again.", (string?)execution["Status"]!["StateChangeReason"]);
            }
            else if ((string?)execution["StatementType"] == "DML")
            {
                Assert.NotNull(await client.AthenaAsync("GetQueryResults", new JsonObject { ["QueryExecutionId"] = id }, Token));
            }
        }

        var crawler = (await client.GlueAsync("GetCrawler", new JsonObject { ["Name"] = "crawler" }, Token))["Crawler"]!;
        Assert.Equal("READY", (string?)crawler["State"]);
        if (crawler["LastCrawl"] is { } last && (string?)last["Status"] != "SUCCEEDED")
        {
            Assert.Equal("FAILED", (string?)last["Status"]);
            Assert.NotEmpty((string?)last["ErrorMessage"] ?? "");
        }

        var scratch = Path.Combine(folder, "scratch");
        var left = Directory.Exists(scratch) ? Directory.EnumerateFiles(scratch, "*", SearchOption.AllDirectories).ToArray() : [];
        Assert.True(left.Length == 0, $"left behind: {string.Join(", ", left.Take(5))}");
    }

    private static async Task<List<string>> PartitionsAsync(DemoClient client)
    {
        var values = new List<string>();
        string? token = null;
        do
        {
            var request = new JsonObject { ["DatabaseName"] = "db", ["TableName"] = "partitioned", ["NextToken"] = token };
            var page = await client.GlueAsync("GetPartitions", request, Token);
            values.AddRange(page["Partitions"]!.AsArray().Select(partition => (string)partition!["Values"]![0]!));
            token = (string?)page["NextToken"];
        }
        while (token is not null);
        return values;
    }

    private static async Task<JsonNode> ExecutionAsync(DemoClient client, string id) =>
        (await client.AthenaAsync("GetQueryExecution", new JsonObject { ["QueryExecutionId"] = id }, Token))["QueryExecution"]!;

    /// <summary>Writes one after the other until the server is gone. Refusals while it lives are not what is tested.</summary>
    private static Task UntilKilledAsync(Func<int, Task> write) => ServerProcess.UntilKilledAsync(async i =>
    {
        try
        {
            await write(i);
        }
        catch (DemoException)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), Token);
        }
    });

    private static ByteArrayContent Content(string key, int size) => new(Bytes(key, size));

    private static byte[] Bytes(string key, int size)
    {
        var bytes = new byte[size];
        for (var i = 0; i < size; i++)
        {
            bytes[i] = (byte)((i * 31) + key.Length + size);
        }

        return bytes;
    }

    private static JsonObject Query(string statement) => new()
    {
        ["QueryString"] = statement,
        ["QueryExecutionContext"] = new JsonObject { ["Database"] = "db" },
        ["ResultConfiguration"] = new JsonObject { ["OutputLocation"] = "s3://lake/results/" },
    };

    private static JsonObject Table(string name, int columns, bool isPartitioned = false) => new()
    {
        ["DatabaseName"] = "db",
        ["TableInput"] = new JsonObject
        {
            ["Name"] = name,
            ["PartitionKeys"] = isPartitioned ? new JsonArray(new JsonObject { ["Name"] = "p", ["Type"] = "string" }) : [],
            ["StorageDescriptor"] = new JsonObject
            {
                ["Location"] = $"s3://lake/{name}/",
                ["Columns"] = new JsonArray([.. Enumerable.Range(0, columns).Select(n => new JsonObject { ["Name"] = $"c{n}", ["Type"] = "int" })]),
            },
        },
    };

    private static JsonObject Partitions(IEnumerable<string> values) => new()
    {
        ["DatabaseName"] = "db",
        ["TableName"] = "partitioned",
        ["PartitionInputList"] = new JsonArray([.. values.Select(value => new JsonObject { ["Values"] = new JsonArray(value) })]),
    };
}
