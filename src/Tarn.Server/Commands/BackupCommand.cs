using Tarn.Store.Backup;

namespace Tarn.Server.Commands;

/// <summary>
/// <c>tarn backup</c> and <c>tarn restore</c>: the metadata as one file, from SQLite or PostgreSQL to either. Objects are plain files below the data folder
/// and are copied with any tool that keeps times and extended attributes; docs/operating/backup.md has the order.
/// </summary>
internal static class BackupCommand
{
    public static async Task<int> BackupAsync(string[] arguments)
    {
        var (options, own) = CommandLine.Parse(arguments, ["to"]);
        var file = own.GetValueOrDefault("to") ?? throw new UsageException("tarn backup needs --to FILE.");
        await StoreBackup.BackupAsync(TarnInstance.StoreIn(options, Path.GetFullPath(options.Data)), TarnInstance.Schemas, Path.GetFullPath(file), CancellationToken.None);
        Console.WriteLine($"The metadata is in {file}. Copy the folder {Path.Combine(options.Data, "lake")} as well, with times and extended attributes (cp -a): it holds the objects.");
        return 0;
    }

    public static async Task<int> RestoreAsync(string[] arguments)
    {
        var (options, own) = CommandLine.Parse(arguments, ["from", "replace?"]);
        var file = own.GetValueOrDefault("from") ?? throw new UsageException("tarn restore needs --from FILE.");
        var data = Path.GetFullPath(options.Data);
        Directory.CreateDirectory(data);
        await StoreBackup.RestoreAsync(Path.GetFullPath(file), TarnInstance.StoreIn(options, data), TarnInstance.Schemas, replace: own.ContainsKey("replace"), CancellationToken.None);
        Console.WriteLine($"The metadata of {file} is in place.");
        return 0;
    }
}
