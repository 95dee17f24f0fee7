using System.Text;
using Microsoft.Win32.SafeHandles;
using Tarn.Lake.Files;
using Tarn.Lake.Keys;

namespace Tarn.Lake.Listing;

/// <summary>
/// Walks the keys of a bucket in the order of their bytes, from a point on. Only folders between that point and where the caller
/// stops are read. Not thread-safe; holds the folders on the way open.
/// </summary>
internal sealed class KeyWalker : IDisposable
{
    private const int BatchCount = 256;

    /// <summary>Longer paths of foreign files have no key.</summary>
    private const int KeyBytesMax = 1024;

    private readonly BucketTree tree;
    private readonly byte[] prefix;
    private readonly bool groupFolders;
    private readonly Stack<Frame> frames = new();

    /// <param name="prefix">Only keys that begin with it.</param>
    /// <param name="groupFolders">Answers a folder below the prefix as one entry instead of walking into it: delimiter <c>/</c>.</param>
    public KeyWalker(BucketTree tree, byte[] prefix, bool groupFolders)
    {
        this.tree = tree;
        this.prefix = prefix;
        this.groupFolders = groupFolders;
    }

    /// <summary>Goes to the first key above <paramref name="after"/>; empty for the first of all.</summary>
    public void Seek(ReadOnlySpan<byte> after)
    {
        Clear();
        var folderBytes = prefix.AsSpan().LastIndexOf((byte)'/') + 1;
        var folderKey = Encoding.UTF8.GetString(prefix.AsSpan(0, folderBytes));
        var folder = FolderReader.OpenFolder(tree.Root, KeyPath.FolderOf(folderKey));
        if (folder is null)
        {
            return;
        }

        var start = prefix.AsSpan(0, folderBytes);
        if (after.IsEmpty || after.SequenceCompareTo(start) < 0)
        {
            Push(folderKey, folder, namePrefix: prefix.AsSpan(folderBytes), after: [], fromBeginning: true);
        }
        else if (after.StartsWith(start))
        {
            Push(folderKey, folder, namePrefix: prefix.AsSpan(folderBytes), after[folderBytes..], fromBeginning: false);
        }
        else
        {
            folder.Dispose();
        }
    }

    /// <summary>The next key, or folder to group; false at the end. The entry's folder stays open until the next call.</summary>
    public bool MoveNext(out WalkedEntry entry)
    {
        while (frames.TryPeek(out var frame))
        {
            if (frame.Pending is { } pending)
            {
                frame.Pending = null;
                if (!groupFolders)
                {
                    Enter(frame, pending.SortKey.Span, pending.After, fromBeginning: false);
                    continue;
                }

                if (HasObjectAfter(frame, pending.SortKey.Span, pending.After))
                {
                    entry = new WalkedEntry(frame.Key + Encoding.UTF8.GetString(pending.SortKey.Span), FolderEntryKind.Folder, frame.Folder);
                    return true;
                }

                continue;
            }

            if (!frame.TryTake(tree, out var next))
            {
                frames.Pop().Dispose();
                continue;
            }

            if (next.IsFolder && !groupFolders)
            {
                Enter(frame, next.SortKey.Span, after: [], fromBeginning: true);
                continue;
            }

            if (Encoding.UTF8.GetByteCount(frame.Key) + next.SortKey.Length > KeyBytesMax || (next.IsFolder && !HasObject(frame, next)))
            {
                continue;
            }

            entry = new WalkedEntry(frame.Key + Encoding.UTF8.GetString(next.SortKey.Span), next.Kind, frame.Folder);
            return true;
        }

        entry = default;
        return false;
    }

    public void Dispose() => Clear();

    private void Clear()
    {
        while (frames.TryPop(out var frame))
        {
            frame.Dispose();
        }
    }

    /// <param name="after">Relative to the folder: keys must be above it, unless the walk is from the beginning.</param>
    private void Push(string folderKey, SafeFileHandle folder, ReadOnlySpan<byte> namePrefix, ReadOnlySpan<byte> after, bool fromBeginning)
    {
        var frame = new Frame(folderKey, tree.FolderId(KeyPath.FolderOf(folderKey)), folder, namePrefix.ToArray());
        frames.Push(frame);
        var slash = after.IndexOf((byte)'/');
        if (slash >= 0 && !(groupFolders && (slash == after.Length - 1 || after[^1] == 0xFF)))
        {
            // The point lies inside a folder: the rest of that comes first.
            var inside = after[..(slash + 1)];
            if (inside.StartsWith(namePrefix) && tree.Folders.Find(frame.Id, folder, inside) == FolderEntryKind.Folder)
            {
                frame.Pending = (inside.ToArray(), after[(slash + 1)..].ToArray());
            }
        }

        frame.Start(after, fromBeginning);
    }

    private void Enter(Frame frame, ReadOnlySpan<byte> sortKey, ReadOnlySpan<byte> after, bool fromBeginning)
    {
        var key = frame.Key + Encoding.UTF8.GetString(sortKey);
        if (Encoding.UTF8.GetByteCount(key) <= KeyBytesMax && FolderReader.OpenFolder(frame.Folder, NameOf(sortKey)) is { } folder)
        {
            Push(key, folder, namePrefix: [], after, fromBeginning);
        }
    }

    private bool HasObjectAfter(Frame frame, ReadOnlySpan<byte> sortKey, ReadOnlySpan<byte> after)
    {
        byte[] folderKey = [.. Encoding.UTF8.GetBytes(frame.Key), .. sortKey];
        using var inside = new KeyWalker(tree, folderKey, groupFolders: false);
        inside.Seek([.. folderKey, .. after]);
        return inside.MoveNext(out _);
    }

    private static bool HasObject(Frame frame, FolderEntry entry)
    {
        using var folder = FolderReader.OpenFolder(frame.Folder, NameOf(entry.SortKey.Span));
        return folder is not null && FolderReader.HasObject(folder);
    }

    private static string NameOf(ReadOnlySpan<byte> folderSortKey)
    {
        var path = new StringBuilder();
        ComponentName.Append(path, Encoding.UTF8.GetString(folderSortKey[..^1]), beside: false);
        return path.ToString();
    }

    /// <summary>One folder on the way, read in batches.</summary>
    private sealed class Frame(string key, string id, SafeFileHandle folder, byte[] namePrefix) : IDisposable
    {
        private List<FolderEntry> batch = [];
        private int at;
        private byte[] from = [];
        private bool inclusive;
        private bool ended;

        /// <summary>Empty or ending with a slash.</summary>
        public string Key => key;

        public string Id => id;

        public SafeFileHandle Folder => folder;

        /// <summary>A folder that must be walked before the entries of this one, because the start lies inside it.</summary>
        public (ReadOnlyMemory<byte> SortKey, byte[] After)? Pending { get; set; }

        public void Start(ReadOnlySpan<byte> after, bool fromBeginning)
        {
            inclusive = fromBeginning || after.SequenceCompareTo(namePrefix) < 0;
            from = inclusive ? namePrefix : after.ToArray();
        }

        public bool TryTake(BucketTree tree, out FolderEntry entry)
        {
            if (at == batch.Count && !ended)
            {
                batch = tree.Folders.Take(id, folder, from, inclusive, BatchCount);
                at = 0;
                ended = batch.Count < BatchCount;
                if (batch.Count > 0)
                {
                    (from, inclusive) = (batch[^1].SortKey.ToArray(), false);
                }
            }

            if (at == batch.Count || !batch[at].SortKey.Span.StartsWith(namePrefix))
            {
                entry = default;
                return false;
            }

            entry = batch[at++];
            return true;
        }

        public void Dispose() => folder.Dispose();
    }
}

/// <param name="Key">The key, or for a folder the common prefix with its slash.</param>
/// <param name="Folder">The folder of the entry, open until the walk goes on.</param>
internal readonly record struct WalkedEntry(string Key, FolderEntryKind Kind, SafeFileHandle Folder)
{
    public bool IsGroup => Kind == FolderEntryKind.Folder;
}
