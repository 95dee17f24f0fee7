using Tarn.Contracts;

namespace Tarn.Store;

/// <summary>The store cannot be opened, backed up or restored as it is. The message says why and what to do; it never holds a password.</summary>
public sealed class StoreException : Exception
{
    public StoreException(string message)
        : base(message)
    {
    }

    public StoreException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>Each failure of the store, made in one place.</summary>
internal static class StoreErrors
{
    public static AwsException Busy(string what, TimeSpan waited) =>
        new("ServiceUnavailableException", $"The metadata store is busy: {what} waited {waited.TotalSeconds:0.###} s. Please try again.", 503);

    public static AwsException TooManyConflicts(int attempts) =>
        new("ServiceUnavailableException", $"The metadata store gave up after {attempts} conflicts with other writers. Please try again.", 503);

    public static StoreException LibraryTooOld(string found, string needed) =>
        new($"SQLite {needed} or newer is needed, but the library found is {found}. Install the package libsqlite3-0 of a current distribution.");

    public static StoreException NewerStep(string module, long found, int known, string version) =>
        new($"The metadata store is from a newer Tarn: module '{module}' is at step {found} (written by Tarn {version}), this Tarn knows {known}. Start the newer Tarn, or restore a backup made before the upgrade.");

    public static StoreException UnknownModule(string module, string version) =>
        new($"The metadata store is from a newer Tarn: it has tables of the module '{module}' (written by Tarn {version}), which this Tarn does not know. Start the newer Tarn, or restore a backup made before the upgrade.");

    public static StoreException NotABackup(string file, string why) => new($"'{file}' is not a backup of Tarn's metadata: {why}.");

    public static StoreException FileExists(string file) => new($"'{file}' is there already; a backup never overwrites a file.");

    public static StoreException TargetNotEmpty(string target) => new($"{target} already holds metadata of Tarn. Say --replace when the backup shall take its place, or restore elsewhere.");

    public static StoreException TargetInUse(string target) => new($"{target} is in use: stop the server that has it open, then restore.");
}
