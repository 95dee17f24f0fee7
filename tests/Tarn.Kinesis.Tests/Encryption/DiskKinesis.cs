using System.Text;
using System.Text.Json.Nodes;
using Tarn.Kinesis.Encryption;
using Tarn.Kinesis.Log;
using Tarn.Store;
using Tarn.Testing;

namespace Tarn.Kinesis.Tests.Encryption;

/// <summary>A <see cref="WireKinesis"/> whose streams are encrypted, and whose files and keys are looked at.</summary>
internal sealed class DiskKinesis : IAsyncDisposable
{
    private readonly WireKinesis server;

    private DiskKinesis(WireKinesis server)
    {
        this.server = server;
    }

    public KinesisOptions Options => server.Options;

    public ManualTime Time => server.Time;

    public IMetadataStore Store => server.Store;

    public string MasterKeyFile => Path.Combine(server.Folder, "streams", "master.key");

    private string LogFolder => Path.Combine(server.Folder, "streams", "log");

    public static async Task<DiskKinesis> OpenAsync(TimeSpan stateDelay = default) => new(await WireKinesis.OpenAsync(configure: null, stateDelay));

    public Task StartAsync() => server.StartAsync();

    public Task StopAsync() => server.StopAsync();

    public Task RestartAsync() => server.RestartAsync();

    /// <summary>Why the folder does not open now; it must not. The next start may.</summary>
    public async Task<string> StartFailureAsync()
    {
        var failure = await Assert.ThrowsAsync<EncryptionKeyException>(StartAsync);
        await StopAsync();
        return failure.Message;
    }

    /// <summary>The answer; <c>__type</c> and <c>message</c> in it are those of an error.</summary>
    public Task<JsonNode> AnswerAsync(string operation, JsonObject input) => server.AnswerAsync(operation, input);

    /// <summary>The answer of an operation that must work.</summary>
    public Task<JsonNode> CallAsync(string operation, JsonObject input) => server.CallAsync(operation, input);

    public Task CreateAsync(string stream, int shards = 1) => server.CreateAsync(stream, shards);

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
        var iterator = await server.IteratorAsync(stream);
        while (true)
        {
            var page = await CallAsync("GetRecords", new JsonObject { ["ShardIterator"] = iterator });
            var read = page["Records"]!.AsArray();
            if (read.Count == 0)
            {
                return records;
            }

            records.AddRange(read.Select(record => $"{Encoding.UTF8.GetString(Convert.FromBase64String((string)record!["Data"]!))} {(string?)record["EncryptionType"] ?? "clear"}"));
            iterator = (string)page["NextShardIterator"]!;
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

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
