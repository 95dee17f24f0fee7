using System.Text.Json.Nodes;
using Tarn.Server.Commands;
using Tarn.Server.Tests.Kill;
using Tarn.Store;

namespace Tarn.Server.Tests.Commands;

/// <summary><c>tarn backup</c> and <c>tarn restore</c> as docs/operating/backup.md tells them; what they write is the store's contract suite's business.</summary>
public sealed class BackupCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tarn-backup-").FullName;

    private string Data => Path.Combine(folder, "data");

    private string Backup => Path.Combine(folder, "backup");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_restore_takes_the_place_of_what_is_there_only_when_told_to()
    {
        using (var server = await ServerProcess.StartAsync(Data))
        {
            await CreateDatabaseAsync(server, "before");
            Assert.Equal(0, await BackupCommand.BackupAsync(["--to", Backup, "--data", Data]));
            await CreateDatabaseAsync(server, "after");
            await server.KillAsync();
        }

        var refusal = await Assert.ThrowsAsync<StoreException>(() => BackupCommand.RestoreAsync(["--from", Backup, "--data", Data]));
        Assert.Contains("--replace", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["after", "before"], await DatabasesAsync());

        Assert.Equal(0, await BackupCommand.RestoreAsync(["--from", Backup, "--replace", "--data", Data]));
        Assert.Equal(["before"], await DatabasesAsync());
    }

    [Fact]
    public async Task A_restore_is_refused_while_the_server_has_the_store_open()
    {
        using var server = await ServerProcess.StartAsync(Data);
        await BackupCommand.BackupAsync(["--to", Backup, "--data", Data]);
        var refusal = await Assert.ThrowsAsync<StoreException>(() => BackupCommand.RestoreAsync(["--from", Backup, "--data", Data, "--replace"]));
        Assert.Contains("is in use: stop the server", refusal.Message, StringComparison.Ordinal);
        await server.KillAsync();
    }

    private static async Task CreateDatabaseAsync(ServerProcess server, string name) =>
        await server.Client.GlueAsync("CreateDatabase", new JsonObject { ["DatabaseInput"] = new JsonObject { ["Name"] = name } }, TestContext.Current.CancellationToken);

    private async Task<string[]> DatabasesAsync()
    {
        using var server = await ServerProcess.StartAsync(Data);
        var answer = await server.Client.GlueAsync("GetDatabases", [], TestContext.Current.CancellationToken);
        await server.KillAsync();
        return [.. answer["DatabaseList"]!.AsArray().Select(database => database!["Name"]!.GetValue<string>()).Order(StringComparer.Ordinal)];
    }
}
