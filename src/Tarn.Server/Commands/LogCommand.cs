using Tarn.Kinesis.Log;

namespace Tarn.Server.Commands;

/// <summary>
/// <c>tarn log verify FOLDER</c> reads every byte of a data folder's stream log and says what it found; <c>tarn log dump FOLDER</c> lists its frames. Neither changes
/// anything. The exit code of verify is 1 when something is damaged.
/// </summary>
internal static class LogCommand
{
    private const string Usage = "Write `tarn log verify FOLDER` or `tarn log dump FOLDER [--records]`; FOLDER is a data folder.";

    public static int Run(string[] arguments)
    {
        var records = arguments.Contains("--records");
        if (arguments.Where(argument => argument != "--records").ToArray() is not [var what and ("verify" or "dump"), var folder] || (records && what == "verify"))
        {
            throw new UsageException(Usage);
        }

        var log = Path.Combine(folder, "streams", "log");
        if (!Directory.Exists(log))
        {
            throw new UsageException($"There is no stream log in {folder}: {log} does not exist.");
        }

        if (what == "verify")
        {
            return LogInspector.Verify(log, Console.Out) == 0 ? 0 : 1;
        }

        LogInspector.Dump(log, Console.Out, records);
        return 0;
    }
}
