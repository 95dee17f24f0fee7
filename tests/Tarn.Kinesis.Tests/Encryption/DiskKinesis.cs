using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Tarn.Contracts;
using Tarn.Kinesis.Encryption;
using Tarn.Kinesis.Log;
using Tarn.Store;
using Tarn.Testing;

namespace Tarn.Kinesis.Tests.Encryption;

/// <summary>Kinesis with its log on disk and a clock that the test turns, called in JSON through the edge, as a client of <c>--auth open</c> would.</summary>
internal sealed class DiskKinesis : IAsyncDisposable
{
    private KinesisService? service;
    private WireDoor? door;
    private IMetadataStore? store;

    private DiskKinesis()
    {
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("tarn-encryption-").FullName;

    public KinesisOptions Options { get; } = new();

    public TimeSpan StateDelay { get; init; }

    public ManualTime Time { get; } = new(TestKinesis.Start);

    public IMetadataStore Store => store!;

    public string MasterKeyFile => Path.Combine(Folder, "streams", "master.key");

    private string LogFolder => Path.Combine(Folder, "streams", "log");

    public static async Task<DiskKinesis> OpenAsync(TimeSpan stateDelay = default)
    {
        var kinesis = new DiskKinesis { StateDelay = stateDelay };
        await kinesis.StartAsync();
        return kinesis;
    }

    /// <summary>Opens the folder, as a new process would.</summary>
    public async Task StartAsync()
    {
        store = await MetadataStore.OpenAsync(StoreOptions.Sqlite(Path.Combine(Folder, "tarn.db")), [KinesisService.Schema], logging: null, CancellationToken.None);
        service = KinesisService.Open(Path.Combine(Folder, "streams"), Options, store, StateDelay, Time, NullLoggerFactory.Instance);
        door = new WireDoor(service.Operations, new AwsScope("123456789012", "us-east-1"));
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

    /// <summary>Why the folder does not open now; it must not. The next start may.</summary>
    public async Task<string> StartFailureAsync()
    {
        var failure = await Assert.ThrowsAsync<EncryptionKeyException>(StartAsync);
        await StopAsync();
        return failure.Message;
    }

    /// <summary>The answer; <c>__type</c> and <c>message</c> in it are those of an error.</summary>
    public Task<JsonNode> AnswerAsync(string operation, JsonObject input) => door!.AnswerAsync(operation, input);

    /// <summary>The answer of an operation that must work.</summary>
    public Task<JsonNode> CallAsync(string operation, JsonObject input) => door!.CallAsync(operation, input);

    public Task CreateAsync(string stream, int shards = 1) => CallAsync("CreateStream", new JsonObject { ["StreamName"] = stream, ["ShardCount"] = shards });

    public Task EncryptAsync(string stream, string key = "alias/orders") =>
        CallAsync("StartStreamEncryption", new JsonObject { ["StreamName"] = stream, ["EncryptionType"] = "KMS", ["KeyId"] = key });

    public Task StopEncryptionAsync(string stream, string key = "alias/orders") =>
        CallAsync("StopStreamEncryption", new JsonObject { ["StreamName"] = stream, ["EncryptionType"] = "KMS", ["KeyId"] = key });

    /// <summary>Puts a record and answers the EncryptionType that it got; <c>clear</c> when the answer has none, as AWS's has not.</summary>
    public async Task<string> PutAsync(string stream, string data, string key = "key")
    {
        var input = new JsonObject { ["StreamName"] = stream, ["PartitionKey"] = key, ["Data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(data)) };
        return (string?)(await CallAsync("PutRecord", input))["EncryptionType"] ?? "clear";
    }

    /// <summary>All records of a stream's first shard: data and EncryptionType, as <c>text KMS</c> or <c>text clear</c>.</summary>
    public async Task<List<string>> ReadAsync(string stream)
    {
        var records = new List<string>();
        var iterator = (string?)(await CallAsync("GetShardIterator", new JsonObject { ["StreamName"] = stream, ["ShardId"] = "shardId-000000000000", ["ShardIteratorType"] = "TRIM_HORIZON" }))["ShardIterator"];
        while (true)
        {
            var page = await CallAsync("GetRecords", new JsonObject { ["ShardIterator"] = iterator });
            var read = page["Records"]!.AsArray();
            if (read.Count == 0)
            {
                return records;
            }

            records.AddRange(read.Select(record => $"{Encoding.UTF8.GetString(Convert.FromBase64String((string)record!["Data"]!))} {(string?)record["EncryptionType"] ?? "clear"}"));
            iterator = (string?)page["NextShardIterator"];
        }
    }

    /// <summary>How often a text is in the files of the log.</summary>
    public int CountOnDisk(string text)
    {
        var count = 0;
        foreach (var file in Directory.EnumerateFiles(LogFolder))
        {
            var rest = File.ReadAllBytes(file).AsSpan();
            for (var at = rest.IndexOf(Encoding.UTF8.GetBytes(text)); at >= 0; at = rest.IndexOf(Encoding.UTF8.GetBytes(text)))
            {
                count++;
                rest = rest[(at + 1)..];
            }
        }

        return count;
    }

    /// <summary>What <c>tarn log dump --records</c> shows.</summary>
    public string Dump()
    {
        using var output = new StringWriter();
        LogInspector.Dump(LogFolder, output, records: true);
        return output.ToString();
    }

    /// <summary>Ids of the data keys that are stored.</summary>
    public async Task<List<int>> KeysAsync() => await Store.ReadAsync(reader => reader.Query("SELECT id FROM kinesis_data_key ORDER BY id", row => row.Int(0)), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
