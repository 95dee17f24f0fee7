using System.Runtime.InteropServices;
using Tarn.Lake.Files;

namespace Tarn.Lake.Listing;

/// <summary>
/// Sorted names of folders, kept while the folder itself says that nothing changed (docs/adr/0022). Thread-safe. Reading a folder and our own writes into it
/// exclude each other, so a kept folder and its stamp move together.
/// </summary>
internal sealed class FolderCache(long bytesMax, TimeSpan lifetime, TimeProvider time)
{
    /// <summary>Smaller folders are read faster than looked up.</summary>
    private const int NamesMin = 128;

    private readonly object[] locks = [.. Enumerable.Range(0, 64).Select(_ => new object())];
    private readonly Dictionary<string, Kept> kept = new(StringComparer.Ordinal);
    private readonly LinkedList<string> byUse = new();
    private long bytes;

    /// <summary>Entries of a folder above (or at) <paramref name="from"/>.</summary>
    /// <param name="id">The folder's name in this cache: bucket and path.</param>
    public List<FolderEntry> Take(string id, SafeHandle folder, ReadOnlySpan<byte> from, bool inclusive, int countMax)
    {
        lock (LockOf(id))
        {
            return Current(id, folder).Take(from, inclusive, countMax);
        }
    }

    /// <summary>The entry with exactly this sort key, or null.</summary>
    public FolderEntryKind? Find(string id, SafeHandle folder, ReadOnlySpan<byte> sortKey)
    {
        lock (LockOf(id))
        {
            return Current(id, folder).Find(sortKey);
        }
    }

    /// <summary>Runs a change of one entry of the folder; <paramref name="change"/> answers 0 or minus the errno.</summary>
    /// <param name="kind">What the entry is afterwards; null when it is gone.</param>
    public int Change(string id, SafeHandle folder, ReadOnlySpan<byte> sortKey, FolderEntryKind? kind, Func<int> change)
    {
        lock (LockOf(id))
        {
            var entry = Find(id);
            if (entry is not null && (Native.Stat(folder, out var before) < 0 || !entry.IsOf(before)))
            {
                Remove(id);
                entry = null;
            }

            var result = change();
            if (entry is not null && result == 0)
            {
                if (Native.Stat(folder, out var after) < 0)
                {
                    Remove(id);
                    return result;
                }

                entry.Names.Apply(sortKey, kind);
                entry.Inode = after.Inode;
                entry.ModifiedNs = after.ModifiedNs;
            }

            return result;
        }
    }

    /// <summary>Forgets a folder, after a change that is not one entry.</summary>
    public void Forget(string id)
    {
        lock (LockOf(id))
        {
            Remove(id);
        }
    }

    private FolderNames Current(string id, SafeHandle folder)
    {
        var result = Native.Stat(folder, out var facts);
        if (result < 0)
        {
            throw Native.Failure(result, "reading a folder");
        }

        var now = time.GetUtcNow();
        if (Find(id) is { } entry)
        {
            if (entry.IsOf(facts) && now - entry.Read < lifetime)
            {
                return entry.Names;
            }

            Remove(id);
        }

        var (names, complete) = FolderReader.Read(folder);
        if (complete && names.Count >= NamesMin && names.MemoryBytes <= bytesMax)
        {
            Keep(id, new Kept(names, names.MemoryBytes, now) { Inode = facts.Inode, ModifiedNs = facts.ModifiedNs });
        }

        return names;
    }

    private Kept? Find(string id)
    {
        lock (kept)
        {
            if (kept.GetValueOrDefault(id) is not { } entry)
            {
                return null;
            }

            byUse.Remove(entry.Use!);
            byUse.AddFirst(entry.Use!);
            return entry;
        }
    }

    private void Keep(string id, Kept entry)
    {
        lock (kept)
        {
            entry.Use = byUse.AddFirst(id);
            kept[id] = entry;
            bytes += entry.Bytes;
            while (bytes > bytesMax && byUse.Last is { } last && last.Value != id)
            {
                Remove(last.Value);
            }
        }
    }

    private void Remove(string id)
    {
        lock (kept)
        {
            if (kept.Remove(id, out var entry))
            {
                byUse.Remove(entry.Use!);
                bytes -= entry.Bytes;
            }
        }
    }

    private object LockOf(string id) => locks[(uint)string.GetHashCode(id, StringComparison.Ordinal) % (uint)locks.Length];

    private sealed class Kept(FolderNames names, long bytes, DateTimeOffset read)
    {
        public FolderNames Names { get; } = names;

        public long Bytes { get; } = bytes;

        public DateTimeOffset Read { get; } = read;

        public long Inode { get; set; }

        public long ModifiedNs { get; set; }

        public LinkedListNode<string>? Use { get; set; }

        public bool IsOf(FileFacts facts) => facts.Inode == Inode && facts.ModifiedNs == ModifiedNs;
    }
}
