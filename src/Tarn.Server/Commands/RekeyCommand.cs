using Tarn.Kinesis.Encryption;
using Tarn.Server.Operation;
using Tarn.Store;

namespace Tarn.Server.Commands;

/// <summary>
/// <c>tarn rekey</c>: changes the master key of encrypted streams, or gives up the streams whose key is lost; docs/operating/encryption.md. The server must be stopped.
/// </summary>
internal static class RekeyCommand
{
    private const string Lost = "delete-encrypted-streams";

    public static async Task<int> RunAsync(string[] arguments)
    {
        var (options, own) = CommandLine.Parse(arguments, ["to", Lost + '?']);
        var file = own.GetValueOrDefault("to");
        if (file is null != own.ContainsKey(Lost))
        {
            throw new UsageException($"tarn rekey needs --to FILE with the new master key, or --{Lost} when the old one is lost.");
        }

        if (!Directory.Exists(options.Data))
        {
            throw new UsageException($"There is no data folder {options.Data}.");
        }

        using var folder = DataFolder.Open(options.Data);
        await using var store = await MetadataStore.OpenAsync(TarnInstance.StoreIn(options, folder.Path), TarnInstance.Schemas, logging: null, CancellationToken.None);
        if (file is not null)
        {
            var keys = await MasterKeyChange.RewrapAsync(store, options.Kinesis, Path.Combine(folder.Path, "streams"), file, CancellationToken.None);
            Console.WriteLine($"{keys} data keys are wrapped with the master key of {file}. Start the server with kinesis.masterKeyFile (TARN_KINESIS_MASTER_KEY_FILE) or TARN_KINESIS_MASTER_KEY for it.");
            return 0;
        }

        foreach (var arn in await MasterKeyChange.DeleteEncryptedStreamsAsync(store, CancellationToken.None))
        {
            Console.WriteLine($"Deleted {arn} with its records.");
        }

        return 0;
    }
}
