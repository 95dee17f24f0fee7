using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Tarn.Kinesis.Encryption;
using Tarn.Server.Commands;
using Tarn.Server.Demo;
using Tarn.Server.Operation;
using Tarn.Server.Settings;

namespace Tarn.Server.Tests.Commands;

/// <summary><c>tarn rekey</c> as docs/operating/encryption.md tells it, and what a server says whose master key is not the right one.</summary>
public sealed class RekeyCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tarn-rekey-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Data => Path.Combine(folder, "data");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Records_are_read_with_the_new_master_key_and_no_longer_with_the_old_one()
    {
        var (first, second) = (KeyFile("first"), KeyFile("second"));
        var options = Options(first);
        await using (var server = await TarnServer.StartAsync(options, Token))
        {
            using var client = new DemoClient(server.Endpoint, "test", "test");
            await client.KinesisAsync("CreateStream", new JsonObject { ["StreamName"] = "s", ["ShardCount"] = 1 }, Token);
            await client.KinesisAsync("CreateStream", new JsonObject { ["StreamName"] = "open", ["ShardCount"] = 1 }, Token);
            await client.KinesisAsync("StartStreamEncryption", new JsonObject { ["StreamName"] = "s", ["EncryptionType"] = "KMS", ["KeyId"] = "alias/aws/kinesis" }, Token);
            await client.KinesisAsync("PutRecord", new JsonObject { ["StreamName"] = "s", ["PartitionKey"] = "k", ["Data"] = "c2VjcmV0" }, Token);
            await Assert.ThrowsAsync<StartException>(() => RekeyCommand.RunAsync(["--to", second, "--data", Data]));
        }

        await Assert.ThrowsAsync<EncryptionKeyException>(() => RekeyCommand.RunAsync(["--to", first, "--data", Data, "--kinesis.master-key-file", second]));
        Assert.Equal(0, await RekeyCommand.RunAsync(["--to", second, "--data", Data, "--kinesis.master-key-file", first]));
        await Assert.ThrowsAsync<EncryptionKeyException>(() => TarnServer.StartAsync(Options(first), Token));
        Assert.Equal(("c2VjcmV0", "KMS"), await ReadAsync(Options(second)));

        // The key is lost: only what it protected goes.
        await Assert.ThrowsAsync<EncryptionKeyException>(() => TarnServer.StartAsync(Options(first), Token));
        Assert.Equal(0, await RekeyCommand.RunAsync(["--delete-encrypted-streams", "--data", Data]));
        await using var last = await TarnServer.StartAsync(Options(first), Token);
        using var after = new DemoClient(last.Endpoint, "test", "test");
        Assert.Equal(["open"], (await after.KinesisAsync("ListStreams", [], Token))["StreamNames"]!.AsArray().Select(name => (string)name!));
    }

    [Fact]
    public async Task A_wrong_command_line_is_a_usage_error()
    {
        foreach (var arguments in new string[][] { [], ["--to", "a", "--delete-encrypted-streams"], ["--to", "a", "--data", "/no/such/folder"], ["--to"] })
        {
            await Assert.ThrowsAsync<UsageException>(() => RekeyCommand.RunAsync(arguments));
        }
    }

    [Fact]
    public void A_secret_of_the_wrong_form_is_not_repeated()
    {
        var file = Path.Combine(folder, "tarn.json");
        File.WriteAllText(file, """{ "kinesis": { "masterKey": 31415926 } }""");
        var error = Assert.Throws<SettingsException>(() => new SettingsLoader(new TarnOptions()).LoadJson(file));
        Assert.Equal($"{file}: what stands there is not a value of kinesis.masterKey: it must be a string.", error.Message);
    }

    private static async Task<(string Data, string Encryption)> ReadAsync(TarnOptions options)
    {
        await using var server = await TarnServer.StartAsync(options, Token);
        using var client = new DemoClient(server.Endpoint, "test", "test");
        var place = new JsonObject { ["StreamName"] = "s", ["ShardId"] = "shardId-000000000000", ["ShardIteratorType"] = "TRIM_HORIZON" };
        var iterator = (string)(await client.KinesisAsync("GetShardIterator", place, Token))["ShardIterator"]!;
        var record = (await client.KinesisAsync("GetRecords", new JsonObject { ["ShardIterator"] = iterator }, Token))["Records"]!.AsArray().Single()!;
        return ((string)record["Data"]!, (string)record["EncryptionType"]!);
    }

    private TarnOptions Options(string keyFile)
    {
        var options = new TarnOptions { Data = Data };
        new SettingsLoader(options).SetOption("port", "0");
        options.Log.Level = LogLevel.Error;
        options.Kinesis.MasterKeyFile = keyFile;
        return options;
    }

    private string KeyFile(string name)
    {
        var file = Path.Combine(folder, name);
        File.WriteAllText(file, Convert.ToHexString(Encoding.UTF8.GetBytes(name.PadRight(32, '.'))));
        return file;
    }
}
