using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Tarn.Lake.Keys;
using Tarn.Lake.Listing;
using Tarn.Lake.Objects;

namespace Tarn.Lake.Files;

/// <summary>
/// The files of one bucket: opens, replaces and deletes objects by key. Everything here is synchronous and quick; syncing is the caller's
/// (<see cref="DiskThreads"/>). Callers that change a key hold its lock (<see cref="KeyLocks"/>). Thread-safe otherwise.
/// </summary>
internal sealed class BucketTree(string bucket, string rootPath, bool ownsFolders, RecordFiles records, FolderCache folders) : IDisposable
{
    private readonly object openLock = new();
    private SafeFileHandle? root;

    /// <summary>The absolute path of the bucket's folder.</summary>
    public string RootPath => rootPath;

    public RecordFiles Records => records;

    public FolderCache Folders => folders;

    /// <summary>The bucket's folder, open.</summary>
    public SafeFileHandle Root
    {
        get
        {
            if (root is { } open)
            {
                return open;
            }

            lock (openLock)
            {
                return root ??= FolderHandle.Open(rootPath);
            }
        }
    }

    /// <summary>Whether someone deleted the bucket's folder under us.</summary>
    public bool RootIsGone => Native.Stat(Root, out var facts) == 0 && facts.Links == 0;

    public void ReopenRoot()
    {
        lock (openLock)
        {
            root = FolderHandle.Open(rootPath);
        }
    }

    public string FolderId(string folderPath) => bucket + "/" + folderPath;

    /// <summary>Opens the object of a key; null when there is none.</summary>
    public ObjectFile? Open(string key) => OpenAt(key, KeyPath.PlainOf(key)) ?? OpenAt(key, KeyPath.BesideOf(key));

    /// <summary>Makes the folders of a key; an object whose name a folder needs moves beside it.</summary>
    /// <param name="locks">The locks of keys: the one of a key that moves is taken for the moment of moving.</param>
    public void MakeFolders(string key, KeyLocks locks)
    {
        var (folderPath, name) = Split(KeyPath.PlainOf(key));
        MakeFolder(folderPath, locks);
        var (besideFolderPath, _) = Split(KeyPath.BesideOf(key));
        if (besideFolderPath == folderPath)
        {
            return;
        }

        using var folder = FolderReader.OpenFolder(Root, folderPath);
        if (folder is not null && Native.Stat(folder, name, out var facts) == 0 && facts.Kind == FileKind.Folder)
        {
            MakeFolder(besideFolderPath, locks);
        }
    }

    /// <summary>
    /// Renames a staged file to the place of a key. Null when a folder on the way has gone or an object is in its way: then call
    /// <see cref="MakeFolders"/> and try again.
    /// </summary>
    /// <returns>The folder to sync, which the caller disposes, and the path below the bucket's folder.</returns>
    public (SafeFileHandle Folder, string Path)? Place(StagedFile file, string key)
    {
        var (plainFolder, plainName) = Split(KeyPath.PlainOf(key));
        var folder = FolderReader.OpenFolder(Root, plainFolder);
        if (folder is null)
        {
            return null;
        }

        var kind = Native.Stat(folder, plainName, out var facts) == 0 ? facts.Kind : (FileKind?)null;
        var previous = kind == FileKind.File ? facts : (FileFacts?)null;
        var target = (Folder: plainFolder, Name: plainName, Kind: FolderEntryKind.File);
        if (kind is null or FileKind.Folder)
        {
            var (besideFolder, besideName) = Split(KeyPath.BesideOf(key));
            var beside = besideFolder == plainFolder ? folder : FolderReader.OpenFolder(Root, besideFolder);
            var there = beside is not null && Native.Stat(beside, besideName, out facts) == 0;
            previous = there ? facts : null;
            if (there || kind == FileKind.Folder)
            {
                target = (besideFolder, besideName, FolderEntryKind.FileBeside);
                if (beside is null)
                {
                    folder.Dispose();
                    return null;
                }
            }

            if (beside != folder)
            {
                (target.Kind == FolderEntryKind.FileBeside ? folder : beside)?.Dispose();
                folder = target.Kind == FolderEntryKind.FileBeside ? beside! : folder;
            }
        }

        var result = folders.Change(FolderId(target.Folder), folder, SortKey(key), target.Kind, () => file.MoveTo(folder, target.Name));
        if (result < 0)
        {
            folder.Dispose();
            return result is -Native.ENOENT or -Native.ENOTDIR or -Native.EISDIR or -Native.EEXIST or -Native.ENOTEMPTY
                ? null
                : throw Native.Failure(result, $"placing an object in the bucket '{bucket}'");
        }

        if (previous is { } old)
        {
            records.Forget(key, old.ModifiedNs);
        }

        return (folder, target.Kind == FolderEntryKind.FileBeside ? KeyPath.BesideOf(key) : KeyPath.PlainOf(key));
    }

    /// <summary>Deletes the object of a key; null when there is none.</summary>
    /// <returns>The folder to sync, which the caller disposes; then folders that became empty may go (<see cref="Prune"/>).</returns>
    public SafeFileHandle? Delete(string key)
    {
        SafeFileHandle? deletedFrom = null;

        // The second place first: should both be there, the first is the newer and must not come back as the older.
        foreach (var (path, beside) in (ReadOnlySpan<(string, bool)>)[(KeyPath.BesideOf(key), true), (KeyPath.PlainOf(key), false)])
        {
            var (folderPath, name) = Split(path);
            var folder = FolderReader.OpenFolder(Root, folderPath);
            if (folder is null || Native.Stat(folder, name, out var facts) < 0 || facts.Kind != FileKind.File)
            {
                folder?.Dispose();
                continue;
            }

            var result = folders.Change(FolderId(folderPath), folder, SortKey(key), kind: null, () => Native.RemoveFile(folder, name));
            if (result is < 0 and not -Native.ENOENT)
            {
                folder.Dispose();
                throw Native.Failure(result, $"deleting an object of the bucket '{bucket}'");
            }

            records.Forget(key, facts.ModifiedNs);
            deletedFrom?.Dispose();
            deletedFrom = folder;
        }

        return deletedFrom;
    }

    /// <summary>Removes the folders of a key that are empty, upwards. Nothing in a mount: its folders are the owner's.</summary>
    public void Prune(string key)
    {
        if (!ownsFolders)
        {
            return;
        }

        var (path, _) = Split(KeyPath.PlainOf(key));
        while (path.Length > 0)
        {
            var (parentPath, name) = Split(path);
            using var parent = FolderReader.OpenFolder(Root, parentPath);
            if (parent is null)
            {
                return;
            }

            var sortKey = KeyPath.ToKey(path) is { } folderKey && !name.StartsWith(ComponentName.ContinuedMark, StringComparison.Ordinal) ? FolderSortKey(folderKey) : null;
            int Remove() => Native.RemoveFolder(parent, name);
            var result = sortKey is null ? Remove() : folders.Change(FolderId(parentPath), parent, sortKey, kind: null, Remove);
            if (result < 0)
            {
                return;
            }

            path = parentPath;
        }
    }

    /// <summary>Removes the bucket's folder with all empty folders in it: false when there is an object.</summary>
    public bool RemoveIfEmpty()
    {
        using (var open = FolderReader.OpenFolder(Root, ""))
        {
            if (open is not null && (FolderReader.HasObject(open) || !RemoveEmptyFolders(open)))
            {
                return false;
            }
        }

        using var parent = FolderHandle.Open(Path.GetDirectoryName(rootPath)!);
        var result = Native.RemoveFolder(parent, Path.GetFileName(rootPath));
        if (result < 0 && result != -Native.ENOENT)
        {
            return false;
        }

        folders.Forget(FolderId(""));
        _ = Native.Sync(parent);
        return true;
    }

    public void Dispose() => root?.Dispose();

    private ObjectFile? OpenAt(string key, string path)
    {
        var descriptor = Native.OpenBeneath(Root, path, Native.O_RDONLY | Native.O_NONBLOCK);
        if (descriptor < 0)
        {
            return descriptor is -Native.EACCES ? throw LakeErrors.AccessDenied() : null;
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            if (Native.Stat(handle, out var facts) == 0 && facts.Kind == FileKind.File)
            {
                var file = new ObjectFile(handle, key, path, facts, records.Read(handle, key, facts));
                handle = null;
                return file;
            }

            return null;
        }
        finally
        {
            handle?.Dispose();
        }
    }

    private void MakeFolder(string path, KeyLocks locks)
    {
        while (true)
        {
            var descriptor = Native.OpenBeneath(Root, path, Native.O_RDONLY | Native.O_DIRECTORY);
            if (descriptor >= 0)
            {
                new SafeFileHandle(descriptor, ownsHandle: true).Dispose();
                return;
            }

            if (descriptor == -Native.ELOOP)
            {
                throw LakeErrors.LinkInTheWay();
            }

            if (descriptor is not (-Native.ENOENT or -Native.ENOTDIR))
            {
                throw Native.Failure(descriptor, $"opening a folder of the bucket '{bucket}'");
            }

            var (parentPath, name) = Split(path);
            if (path.Length == 0)
            {
                throw LakeErrors.NoSuchBucket(bucket);
            }

            MakeFolder(parentPath, locks);
            using var parent = FolderReader.OpenFolder(Root, parentPath);
            if (parent is null)
            {
                continue;
            }

            var result = Native.Stat(parent, name, out var there) == 0 && there.Kind != FileKind.Folder
                ? MoveBeside(path, parentPath, parent, name, locks)
                : AddFolder(path, parentPath, parent, name);
            if (result is < 0 and not (-Native.EEXIST or -Native.ENOENT))
            {
                throw Native.Failure(result, $"making a folder in the bucket '{bucket}'");
            }
        }
    }

    private int AddFolder(string path, string parentPath, SafeHandle parent, string name)
    {
        int Make() => Native.MakeFolder(parent, name);
        var result = name.StartsWith(ComponentName.ContinuedMark, StringComparison.Ordinal) || KeyPath.ToKey(path) is not { } key
            ? Make()
            : folders.Change(FolderId(parentPath), parent, FolderSortKey(key), FolderEntryKind.Folder, Make);
        return result < 0 ? result : Native.Sync(parent);
    }

    /// <summary>An object has the name that a folder needs: it moves to its second place, in one step.</summary>
    private int MoveBeside(string path, string parentPath, SafeHandle parent, string name, KeyLocks locks)
    {
        if (KeyPath.ToKey(path) is not { } key)
        {
            throw LakeErrors.LinkInTheWay();
        }

        var (besideFolderPath, besideName) = Split(KeyPath.BesideOf(key));
        if (besideFolderPath != parentPath)
        {
            MakeFolder(besideFolderPath, locks);
        }

        using var besideFolder = FolderReader.OpenFolder(Root, besideFolderPath);
        if (besideFolder is null)
        {
            return -Native.ENOENT;
        }

        using (locks.Take(key))
        {
            // Another writer may have moved it and made the folder meanwhile: what is renamed must be the object, and while its key is locked it stays.
            if (Native.Stat(parent, name, out var facts) < 0 || facts.Kind == FileKind.Folder)
            {
                return -Native.ENOENT;
            }

            if (facts.Kind != FileKind.File)
            {
                throw LakeErrors.LinkInTheWay();
            }

            var result = folders.Change(FolderId(besideFolderPath), besideFolder, SortKey(key), FolderEntryKind.FileBeside, () =>
                Native.Rename(parent, name, besideFolder, besideName));
            if (besideFolderPath != parentPath)
            {
                folders.Forget(FolderId(parentPath));
            }

            return result < 0 ? result : Native.Sync(besideFolder);
        }
    }

    private static bool RemoveEmptyFolders(SafeHandle folder)
    {
        List<string> names = [];
        var foreign = false;
        Native.ReadFolder(folder, (name, type) =>
        {
            foreign |= type is not (EntryType.Folder or EntryType.Unknown);
            names.Add(Encoding.UTF8.GetString(name));
            return !foreign;
        });
        foreach (var name in names)
        {
            using var child = FolderReader.OpenFolder(folder, name);
            if (foreign || child is null || !RemoveEmptyFolders(child) || Native.RemoveFolder(folder, name) < 0)
            {
                return false;
            }
        }

        return !foreign;
    }

    private static byte[] SortKey(string key) => Encoding.UTF8.GetBytes(key[(key.LastIndexOf('/') + 1)..]);

    private static byte[] FolderSortKey(string folderKey) => Encoding.UTF8.GetBytes(folderKey[(folderKey.LastIndexOf('/') + 1)..] + "/");

    private static (string Folder, string Name) Split(string path)
    {
        var slash = path.LastIndexOf('/');
        return slash < 0 ? ("", path) : (path[..slash], path[(slash + 1)..]);
    }
}
