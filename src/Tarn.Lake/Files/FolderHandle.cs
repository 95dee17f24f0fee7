using Microsoft.Win32.SafeHandles;

namespace Tarn.Lake.Files;

/// <summary>An open folder, from which paths are resolved. .NET opens no folders itself.</summary>
internal static class FolderHandle
{
    /// <summary>Opens a folder by its path; links on the way are followed: this is for folders that the configuration names.</summary>
    public static SafeFileHandle Open(string path)
    {
        var descriptor = Native.OpenFolder(path);
        return descriptor < 0 ? throw Native.Failure(descriptor, $"opening the folder '{path}'") : new SafeFileHandle(descriptor, ownsHandle: true);
    }
}
