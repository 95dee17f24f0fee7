using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Tarn.Contracts;
using Tarn.Store;
using Tarn.Testing;

namespace Tarn.Kinesis.Tests;

/// <summary>
/// Kinesis with its log in a folder of its own, behind the edge that reads and writes the wire, and a clock that the test turns. A request is JSON in memory: no socket, so nothing runs in real time but
/// the disk.
/// </summary>
internal sealed class WireKinesis : IAsyncDisposable
{
    public const string Account = "123456789012";

    private static readonly AwsScope Scope = new(Account, "us-east-1");

    private readonly TimeSpan stateDelay;
    private KinesisService? service;
    private IMetadataStore? store;
    private WireDoor? door;

    private WireKinesis(KinesisOptions options, TimeSpan stateDelay)
    {
        Options = options;
        this.stateDelay = stateDelay;
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("tarn-kinesis-wire-").FullName;

    /// <summary>A start reads them.</summary>
    public KinesisOptions Options { get; }

    public ManualTime Time { get; } = new(TestKinesis.Start);

    public IMetadataStore Store => store!;

    public static async Task<WireKinesis> OpenAsync(Action<KinesisOptions>? configure = null, TimeSpan stateDelay = default)
    {
        var options = new KinesisOptions();
        configure?.Invoke(options);
        var kinesis = new WireKinesis(options, stateDelay);
        await kinesis.StartAsync();
        return kinesis;
    }

    /// <summary>Opens the folder, as a new process would. When that fails it is to be stopped all the same.</summary>
    public async Task StartAsync()
    {
        store = await MetadataStore.OpenAsync(StoreOptions.Sqlite(Path.Combine(Folder, "tarn.db")), [KinesisService.Schema], logging: null, CancellationToken.None);
        service = KinesisService.Open(Path.Combine(Folder, "streams"), Options, store, stateDelay, Time, NullLoggerFactory.Instance);
        door = new WireDoor(service.Operations, Scope);
        await service.StartAsync(CancellationToken.None);
    }

    public async Task StopAsync()
    {
        if (service is not null)
        {
            await service.DisposeAsync();
            await store!.DisposeAsync();
            service = null;
        }
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    /// <summary>Calls an operation and answers its output, or with a member <c>__type</c> its error; the status is in <c>status</c>.</summary>
    public Task<JsonNode> AnswerAsync(string operation, JsonObject input) => door!.AnswerAsync(operation, input);

    /// <summary>As <see cref="AnswerAsync"/>, for a call that must succeed.</summary>
    public Task<JsonNode> CallAsync(string operation, JsonObject input) => door!.CallAsync(operation, input);

    /// <summary>Calls and expects this error.</summary>
    public async Task FailsAsync(string operation, JsonObject input, string code, string? message = null, int status = 400)
    {
        var answer = await AnswerAsync(operation, input);
        Assert.Equal((code, message ?? (string?)answer["message"], status), ((string?)answer["__type"], (string?)answer["message"], (int)answer["status"]!));
    }

    /// <summary>A provisioned stream with tags, such as <c>tarn:enforceShardLimits=true</c>.</summary>
    public Task CreateAsync(string name, int shards, params string[] tags)
    {
        var input = new JsonObject { ["StreamName"] = name, ["ShardCount"] = shards };
        if (tags.Length > 0)
        {
            input["Tags"] = new JsonObject([.. tags.Select(tag => KeyValuePair.Create(tag.Split('=')[0], (JsonNode?)tag.Split('=')[1]))]);
        }

        return CallAsync("CreateStream", input);
    }

    /// <summary>A record of <paramref name="bytes"/> bytes, its partition key of one letter included.</summary>
    /// <param name="hashKey">Null for the hash of the key.</param>
    public static JsonObject Record(int bytes, string? hashKey = null)
    {
        var record = new JsonObject { ["PartitionKey"] = "k", ["Data"] = Convert.ToBase64String(new byte[bytes - 1]) };
        if (hashKey is not null)
        {
            record["ExplicitHashKey"] = hashKey;
        }

        return record;
    }

    public Task<JsonNode> PutAsync(string stream, int bytes, string? hashKey = null) => AnswerAsync("PutRecord", With(stream, Record(bytes, hashKey)));

    public async Task<string> IteratorAsync(string stream, string shard = "shardId-000000000000", string type = "TRIM_HORIZON") =>
        (string)(await CallAsync("GetShardIterator", Place(stream, shard, type)))["ShardIterator"]!;

    public static JsonObject Place(string stream, string shard = "shardId-000000000000", string type = "TRIM_HORIZON") =>
        new() { ["StreamName"] = stream, ["ShardId"] = shard, ["ShardIteratorType"] = type };

    public async Task<int> OpenShardsAsync(string stream) =>
        (int)(await CallAsync("DescribeStreamSummary", new JsonObject { ["StreamName"] = stream }))["StreamDescriptionSummary"]!["OpenShardCount"]!;

    public static JsonObject With(string stream, JsonObject record)
    {
        record["StreamName"] = stream;
        return record;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
