using Tarn.Server.Settings;

namespace Tarn.Server.Operation;

/// <summary>A folder that holds everything that one Tarn keeps, locked while it is used.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream lockFile;

    private DataFolder(string path, FileStream lockFile)
    {
        Path = path;
        this.lockFile = lockFile;
    }

    /// <summary>Absolute.</summary>
    public string Path { get; }

    /// <summary>Creates the folder when it is not there; refuses one that another process uses.</summary>
    public static DataFolder Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var lockFile = new FileStream(System.IO.Path.Combine(full, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new DataFolder(full, lockFile);
        }
        catch (IOException e)
        {
            throw new StartException($"The data folder {full} cannot be used; is another Tarn running on it? ({e.Message})");
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartException($"The data folder {full} cannot be written: {e.Message}");
        }
    }

    /// <summary>Deletes all that is in the folder but the lock.</summary>
    public void Wipe()
    {
        foreach (var entry in new DirectoryInfo(Path).EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo { LinkTarget: null } folder)
            {
                folder.Delete(recursive: true);
            }
            else if (entry.FullName != lockFile.Name)
            {
                entry.Delete();
            }
        }
    }

    public void Dispose() => lockFile.Dispose();
}

/// <summary>Why the server cannot start; the message says what to change.</summary>
internal sealed class StartException(string message) : Exception(message);
