using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Tarn.Server.Demo;
using Tarn.Server.Settings;

namespace Tarn.Server.Tests;

/// <summary>A whole server in this process, on a free port and a folder of its own, and a client that signs its requests.</summary>
internal sealed class LiveServer : IAsyncDisposable
{
    public const string Bucket = "lake";

    private readonly TarnServer server;
    private readonly string folder;

    private LiveServer(TarnServer server, string folder)
    {
        this.server = server;
        this.folder = folder;
        Client = new DemoClient(server.Endpoint, "test", "test");
    }

    public DemoClient Client { get; }

    public string Folder => folder;

    public Uri Endpoint => server.Endpoint;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="configure">Changes the settings before the start; null for the defaults.</param>
    public static async Task<LiveServer> StartAsync(Action<TarnOptions>? configure = null)
    {
        var folder = Directory.CreateTempSubdirectory("tarn-live-").FullName;
        var options = new TarnOptions { Data = folder };
        new SettingsLoader(options).SetOption("port", "0");
        options.Log.Level = LogLevel.Error;
        configure?.Invoke(options);
        var live = new LiveServer(await TarnServer.StartAsync(options, Token), folder);
        await live.Client.CreateBucketAsync(Bucket, Token);
        return live;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await server.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    public Task PutAsync(string key, string text) => Client.PutObjectAsync(Bucket, key, new StringContent(text), Token);

    public Task PutFileAsync(string key, string path) => Client.PutObjectAsync(Bucket, key, new ByteArrayContent(File.ReadAllBytes(path)), Token);

    /// <summary>Crawls a prefix into a database and answers its tables.</summary>
    public async Task<IReadOnlyList<JsonNode>> CrawlAsync(string database, string prefix, string[]? exclusions = null, JsonObject? configuration = null, string? jsonPath = null)
    {
        var target = new JsonObject { ["Path"] = $"s3://{Bucket}/{prefix}", ["Exclusions"] = new JsonArray([.. (exclusions ?? []).Select(text => JsonValue.Create(text))]) };
        var request = new JsonObject
        {
            ["Name"] = database,
            ["Role"] = "arn:aws:iam::000000000000:role/crawler",
            ["DatabaseName"] = database,
            ["Targets"] = new JsonObject { ["S3Targets"] = new JsonArray(target) },
        };
        if (configuration is not null)
        {
            request["Configuration"] = configuration.ToJsonString();
        }

        if (jsonPath is not null)
        {
            await Client.GlueAsync("CreateClassifier", new JsonObject { ["JsonClassifier"] = new JsonObject { ["Name"] = "path", ["JsonPath"] = jsonPath } }, Token);
            request["Classifiers"] = new JsonArray("path");
        }

        await Client.GlueAsync("CreateCrawler", request, Token);
        await Client.GlueAsync("StartCrawler", new JsonObject { ["Name"] = database }, Token);
        var crawler = await PollAsync(
            async () => (await Client.GlueAsync("GetCrawler", new JsonObject { ["Name"] = database }, Token))["Crawler"]!,
            found => (string?)found["State"] == "READY" && found["LastCrawl"] is not null);
        Assert.Equal("SUCCEEDED", (string?)crawler["LastCrawl"]!["Status"]);
        var tables = await Client.GlueAsync("GetTables", new JsonObject { ["DatabaseName"] = database }, Token);
        Assert.Null(tables["NextToken"]);
        return [.. tables["TableList"]!.AsArray().Select(table => table!)];
    }

    /// <summary>Starts a statement and waits for its end.</summary>
    public async Task<JsonNode> ExecuteAsync(string sql, string database = "default", JsonObject? more = null)
    {
        var request = new JsonObject
        {
            ["QueryString"] = sql,
            ["QueryExecutionContext"] = new JsonObject { ["Database"] = database },
            ["ResultConfiguration"] = new JsonObject { ["OutputLocation"] = $"s3://{Bucket}/results/" },
        };
        foreach (var (name, value) in more ?? [])
        {
            request[name] = value?.DeepClone();
        }

        var id = (string)(await Client.AthenaAsync("StartQueryExecution", request, Token))["QueryExecutionId"]!;
        return await EndAsync(id);
    }

    public Task<JsonNode> EndAsync(string id) => PollAsync(
        async () => (await Client.AthenaAsync("GetQueryExecution", new JsonObject { ["QueryExecutionId"] = id }, Token))["QueryExecution"]!,
        execution => (string?)execution["Status"]!["State"] is "SUCCEEDED" or "FAILED" or "CANCELLED");

    /// <summary>The first page of rows of a statement that must succeed, with the header if it has one.</summary>
    public async Task<IReadOnlyList<string?[]>> RowsAsync(string sql, string database = "default", JsonObject? more = null)
    {
        var execution = await ExecuteAsync(sql, database, more);
        Assert.True((string?)execution["Status"]!["State"] == "SUCCEEDED", $"{sql}: {execution["Status"]!["StateChangeReason"]}");
        var results = await Client.AthenaAsync("GetQueryResults", new JsonObject { ["QueryExecutionId"] = (string)execution["QueryExecutionId"]! }, Token);
        return [.. results["ResultSet"]!["Rows"]!.AsArray().Select(row => row!["Data"]!.AsArray().Select(datum => (string?)datum!["VarCharValue"]).ToArray())];
    }

    /// <summary>The rows of a SELECT as text, without the header: fields parted by a bar, <c>NULL</c> for NULL.</summary>
    public async Task<string[]> SelectAsync(string sql, string database = "default", JsonObject? more = null) =>
        [.. (await RowsAsync(sql, database, more)).Skip(1).Select(row => string.Join('|', row.Select(value => value ?? "NULL")))];

    /// <summary>Why a statement failed; it must.</summary>
    public async Task<string> FailureAsync(string sql, string database = "default", JsonObject? more = null)
    {
        var execution = await ExecuteAsync(sql, database, more);
        Assert.True((string?)execution["Status"]!["State"] == "FAILED", $"{sql} did not fail");
        return (string)execution["Status"]!["StateChangeReason"]!;
    }

    private static async Task<JsonNode> PollAsync(Func<Task<JsonNode>> ask, Func<JsonNode, bool> isDone)
    {
        while (true)
        {
            var answer = await ask();
            if (isDone(answer))
            {
                return answer;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), Token);
        }
    }
}
