using Tarn.Kinesis.Encryption;
using Tarn.Kinesis.Log;
using Tarn.Lake;
using Tarn.Server;
using Tarn.Server.Commands;
using Tarn.Server.Demo;
using Tarn.Server.Operation;
using Tarn.Server.Settings;
using Tarn.Store;

// The commands of `tarn`. Each is a class in Commands/ (the demo in Demo/) with one method that answers the exit code.
try
{
    var command = args.FirstOrDefault() ?? "help";
    var rest = args.Skip(1).ToArray();
    return command switch
    {
        "serve" => await ServeCommand.RunAsync(rest),
        "demo" => await DemoCommand.RunAsync(rest),
        "backup" => await BackupCommand.BackupAsync(rest),
        "restore" => await BackupCommand.RestoreAsync(rest),
        "log" => LogCommand.Run(rest),
        "rekey" => await RekeyCommand.RunAsync(rest),
        "coverage" => await CoverageCommand.RunAsync(rest),
        "help" or "--help" or "-h" => HelpCommand.Run(rest),
        "version" or "--version" => HelpCommand.Version(),
        _ => throw new UsageException($"There is no command '{command}'. `tarn help` lists them."),
    };
}
catch (Exception e) when (e is SettingsException or UsageException or StartException or StoreException or StreamLogException or EncryptionKeyException or LakeException)
{
    Console.Error.WriteLine($"tarn: {e.Message}");
    return 2;
}
