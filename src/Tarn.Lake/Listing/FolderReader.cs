using System.Text;
using System.Text.Unicode;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tarn.Lake.Files;
using Tarn.Lake.Keys;

namespace Tarn.Lake.Listing;

/// <summary>Reads a folder's entries from the file system and turns file names into components of keys.</summary>
internal static class FolderReader
{
    /// <summary>All entries that are objects or folders, and whether the folder's own modification time tells of every change (not when a component continues in a folder below).</summary>
    public static (FolderNames Names, bool Complete) Read(SafeHandle folder)
    {
        var entries = new PackedEntries(64, 2048);
        var complete = true;
        ReadInto(folder, "", entries, ref complete);
        return (FolderNames.Pack(entries), complete);
    }

    /// <summary>Whether there is an object in the folder or anywhere below it; stops at the first.</summary>
    public static bool HasObject(SafeHandle folder)
    {
        var found = false;
        List<string> below = [];
        Native.ReadFolder(folder, (name, type) =>
        {
            if (name.SequenceEqual(".tarn"u8) || !Utf8.IsValid(name))
            {
                return true;
            }

            var kind = KindOf(folder, name, type);
            if (kind == FileKind.Folder)
            {
                below.Add(Encoding.UTF8.GetString(name));
            }

            found = kind == FileKind.File && (name[0] != (byte)'%' || IsMarkedObject(Encoding.UTF8.GetString(name)));
            return !found;
        });
        foreach (var name in below)
        {
            if (found)
            {
                break;
            }

            using var child = OpenFolder(folder, name);
            found = child is not null && HasObject(child);
        }

        return found;
    }

    public static SafeFileHandle? OpenFolder(SafeHandle parent, string path)
    {
        var descriptor = Native.OpenBeneath(parent, path, Native.O_RDONLY | Native.O_DIRECTORY);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <param name="begun">What the folders of a long component have said so far; empty for an ordinary folder.</param>
    private static void ReadInto(SafeHandle folder, string begun, PackedEntries entries, ref bool complete)
    {
        List<string> continued = [];
        var result = Native.ReadFolder(folder, (name, type) =>
        {
            var marked = name.Length >= 2 && name[0] == (byte)'%' && name[1] is (byte)'~' or (byte)'>' or (byte)'@';
            if ((!marked && (begun.Length > 0 || name.SequenceEqual(".tarn"u8))) || !Utf8.IsValid(name))
            {
                return true;
            }

            var kind = KindOf(folder, name, type);
            if (kind == FileKind.Other)
            {
                return true;
            }

            if (!marked)
            {
                entries.Add(name, kind == FileKind.Folder ? FolderEntryKind.Folder : FolderEntryKind.File);
                return true;
            }

            var text = Encoding.UTF8.GetString(name);
            if (text.StartsWith(ComponentName.ContinuedMark, StringComparison.Ordinal))
            {
                continued.Add(text);
                return true;
            }

            var beside = text.StartsWith(ComponentName.BesideMark, StringComparison.Ordinal);
            if (Component(begun, text, beside) is { } component && !(beside && kind == FileKind.Folder))
            {
                entries.Add(Encoding.UTF8.GetBytes(component), kind == FileKind.Folder ? FolderEntryKind.Folder : beside ? FolderEntryKind.FileBeside : FolderEntryKind.File);
            }

            return true;
        });
        if (result < 0)
        {
            throw Native.Failure(result, "reading a folder");
        }

        foreach (var name in continued)
        {
            complete = false;
            using var child = OpenFolder(folder, name);
            if (child is not null && ComponentName.Unescape(name.AsSpan(2)) is { } more)
            {
                ReadInto(child, begun + more, entries, ref complete);
            }
        }
    }

    /// <summary>The component that ends with a marked name, or null when it would be written differently.</summary>
    private static string? Component(string begun, string name, bool beside)
    {
        if (ComponentName.Unescape(name.AsSpan(2)) is not { } rest)
        {
            return null;
        }

        var path = new StringBuilder();
        ComponentName.Append(path, begun + rest, beside);
        return path.ToString() is var written && written.EndsWith(name, StringComparison.Ordinal) && (begun.Length > 0) == written.Contains('/') ? begun + rest : null;
    }

    private static bool IsMarkedObject(string name) =>
        !ComponentName.HasMark(name) || name.StartsWith(ComponentName.ContinuedMark, StringComparison.Ordinal) is false;

    private static FileKind KindOf(SafeHandle folder, ReadOnlySpan<byte> name, EntryType type) => type switch
    {
        EntryType.File => FileKind.File,
        EntryType.Folder => FileKind.Folder,
        EntryType.Unknown => Native.Stat(folder, Encoding.UTF8.GetString(name), out var facts) == 0 ? facts.Kind : FileKind.Other,
        _ => FileKind.Other,
    };
}
