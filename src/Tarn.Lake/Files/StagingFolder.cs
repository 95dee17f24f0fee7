using Microsoft.Win32.SafeHandles;

namespace Tarn.Lake.Files;

/// <summary>
/// The folder of files being written, on the file system of the objects. Made when it is first needed, so that a mount which is only
/// read is never written to. A file that was there when the process started belongs to nobody and is deleted.
/// </summary>
internal sealed class StagingFolder(string path)
{
    private readonly Lazy<SafeFileHandle> handle = new(() =>
    {
        Directory.CreateDirectory(path);
        return FolderHandle.Open(path);
    });

    public string Path => path;

    public StagedFile CreateFile() => StagedFile.Create(handle.Value);

    /// <summary>Takes a finished file of this folder or of one below it.</summary>
    /// <exception cref="ArgumentException">The file lies elsewhere.</exception>
    public StagedFile Adopt(string file)
    {
        var name = System.IO.Path.GetRelativePath(path, file);
        return name == ".." || name.StartsWith("../", StringComparison.Ordinal) || System.IO.Path.IsPathRooted(name)
            ? throw new ArgumentException($"'{file}' does not lie in the staging folder '{path}'.", nameof(file))
            : StagedFile.Adopt(handle.Value, path, name);
    }

    /// <summary>Deletes what an earlier process left.</summary>
    public void Clear()
    {
        if (!Directory.Exists(path))
        {
            return;
        }

        foreach (var entry in new DirectoryInfo(path).EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo { LinkTarget: null } folder)
            {
                folder.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
    }
}
