using System.Buffers.Binary;

namespace Tarn.Lake.Listing;

/// <summary>
/// The entries of one folder in order, packed: a kind byte and the sort key of each in one array, and where each begins in another.
/// A few recent changes are kept beside until they are worth merging. Not thread-safe: <see cref="FolderCache"/> holds the lock.
/// </summary>
internal sealed class FolderNames
{
    private const int ChangesMax = 2048;

    private byte[] packed;
    private int[] starts;

    /// <summary>Changes since the packing in order of their sort keys; a null kind is a removal.</summary>
    private readonly List<(byte[] SortKey, FolderEntryKind? Kind)> changes = [];

    private FolderNames(byte[] packed, int[] starts)
    {
        this.packed = packed;
        this.starts = starts;
    }

    /// <summary>Entries, give or take unmerged changes.</summary>
    public int Count => starts.Length;

    public long MemoryBytes => packed.Length + (starts.Length * sizeof(int)) + (changes.Count * 64) + 128;

    /// <summary>Takes entries in any order. Of two files with one sort key, the one at the plain place wins.</summary>
    public static FolderNames Pack(PackedEntries entries)
    {
        var starts = entries.Starts.ToArray();
        var bytes = entries.Bytes.ToArray();
        var prefixes = new ulong[starts.Length];
        var ends = new int[starts.Length];
        for (var index = 0; index < starts.Length; index++)
        {
            ends[index] = index + 1 < starts.Length ? starts[index + 1] : bytes.Length;
            prefixes[index] = FirstEight(bytes.AsSpan(starts[index] + 1, ends[index] - starts[index] - 1));
        }

        // Most comparisons end in the first eight bytes, which are kept as one number.
        var order = new int[starts.Length];
        for (var index = 0; index < order.Length; index++)
        {
            order[index] = index;
        }

        order.AsSpan().Sort((left, right) =>
        {
            var byPrefix = prefixes[left].CompareTo(prefixes[right]);
            if (byPrefix != 0)
            {
                return byPrefix;
            }

            var byKey = bytes.AsSpan(starts[left] + 1, ends[left] - starts[left] - 1).SequenceCompareTo(bytes.AsSpan(starts[right] + 1, ends[right] - starts[right] - 1));
            return byKey != 0 ? byKey : bytes[starts[left]].CompareTo(bytes[starts[right]]);
        });

        var sorted = new PackedEntries(starts.Length, bytes.Length);
        ReadOnlySpan<byte> previous = default;
        for (var index = 0; index < order.Length; index++)
        {
            var key = bytes.AsSpan(starts[order[index]] + 1, ends[order[index]] - starts[order[index]] - 1);
            if (index == 0 || !key.SequenceEqual(previous))
            {
                sorted.Add(key, (FolderEntryKind)bytes[starts[order[index]]]);
            }

            previous = key;
        }

        return new FolderNames(sorted.Bytes.ToArray(), sorted.Starts.ToArray());
    }

    /// <summary>Records what a write of our own did to the folder.</summary>
    /// <param name="kind">Null when the entry is gone.</param>
    public void Apply(ReadOnlySpan<byte> sortKey, FolderEntryKind? kind)
    {
        var at = FindChange(sortKey, inclusive: true);
        if (at < changes.Count && changes[at].SortKey.AsSpan().SequenceEqual(sortKey))
        {
            changes[at] = (changes[at].SortKey, kind);
            return;
        }

        var packedAt = FindPacked(sortKey, inclusive: true);
        var isPacked = packedAt < starts.Length && KeyAt(packedAt).SequenceEqual(sortKey);
        if (isPacked ? kind == KindAt(packedAt) : kind is null)
        {
            return;
        }

        changes.Insert(at, (sortKey.ToArray(), kind));
        if (changes.Count > ChangesMax)
        {
            Merge();
        }
    }

    /// <summary>Whether there is an entry with exactly this sort key.</summary>
    public FolderEntryKind? Find(ReadOnlySpan<byte> sortKey)
    {
        var at = FindChange(sortKey, inclusive: true);
        if (at < changes.Count && changes[at].SortKey.AsSpan().SequenceEqual(sortKey))
        {
            return changes[at].Kind;
        }

        at = FindPacked(sortKey, inclusive: true);
        return at < starts.Length && KeyAt(at).SequenceEqual(sortKey) ? KindAt(at) : null;
    }

    /// <summary>Up to <paramref name="countMax"/> entries whose sort keys are above (or at) <paramref name="from"/>, in order, copied.</summary>
    public List<FolderEntry> Take(ReadOnlySpan<byte> from, bool inclusive, int countMax)
    {
        var taken = new List<FolderEntry>(Math.Min(countMax, 64));
        var packedAt = FindPacked(from, inclusive);
        var changeAt = FindChange(from, inclusive);
        while (taken.Count < countMax && (packedAt < starts.Length || changeAt < changes.Count))
        {
            var order = packedAt == starts.Length ? 1 : changeAt == changes.Count ? -1 : KeyAt(packedAt).SequenceCompareTo(changes[changeAt].SortKey);
            if (order < 0)
            {
                taken.Add(new FolderEntry(KeyAt(packedAt).ToArray(), KindAt(packedAt)));
                packedAt++;
                continue;
            }

            if (order == 0)
            {
                packedAt++;
            }

            if (changes[changeAt].Kind is { } kind)
            {
                taken.Add(new FolderEntry(changes[changeAt].SortKey, kind));
            }

            changeAt++;
        }

        return taken;
    }

    private void Merge()
    {
        var merged = new PackedEntries(starts.Length + changes.Count, packed.Length + (changes.Count * 32));
        var changeAt = 0;
        for (var index = 0; index < starts.Length; index++)
        {
            var key = KeyAt(index);
            var replaced = false;
            for (; changeAt < changes.Count && changes[changeAt].SortKey.AsSpan().SequenceCompareTo(key) is var order && order <= 0; changeAt++)
            {
                replaced |= order == 0;
                Add(changes[changeAt]);
            }

            if (!replaced)
            {
                merged.Add(key, KindAt(index));
            }
        }

        for (; changeAt < changes.Count; changeAt++)
        {
            Add(changes[changeAt]);
        }

        (packed, starts) = (merged.Bytes.ToArray(), merged.Starts.ToArray());
        changes.Clear();

        void Add((byte[] SortKey, FolderEntryKind? Kind) change)
        {
            if (change.Kind is { } kind)
            {
                merged.Add(change.SortKey, kind);
            }
        }
    }

    private ReadOnlySpan<byte> KeyAt(int index)
    {
        var end = index + 1 < starts.Length ? starts[index + 1] : packed.Length;
        return packed.AsSpan(starts[index] + 1, end - starts[index] - 1);
    }

    private FolderEntryKind KindAt(int index) => (FolderEntryKind)packed[starts[index]];

    private int FindPacked(ReadOnlySpan<byte> sortKey, bool inclusive)
    {
        var (low, high) = (0, starts.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            var order = KeyAt(middle).SequenceCompareTo(sortKey);
            (low, high) = order < 0 || (order == 0 && !inclusive) ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private int FindChange(ReadOnlySpan<byte> sortKey, bool inclusive)
    {
        var (low, high) = (0, changes.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            var order = changes[middle].SortKey.AsSpan().SequenceCompareTo(sortKey);
            (low, high) = order < 0 || (order == 0 && !inclusive) ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static ulong FirstEight(ReadOnlySpan<byte> key)
    {
        if (key.Length >= 8)
        {
            return BinaryPrimitives.ReadUInt64BigEndian(key);
        }

        Span<byte> padded = stackalloc byte[8];
        padded.Clear();
        key.CopyTo(padded);
        return BinaryPrimitives.ReadUInt64BigEndian(padded);
    }
}

/// <summary>Entries as <see cref="FolderNames"/> packs them, in the order in which they come.</summary>
internal sealed class PackedEntries(int countHint, int bytesHint)
{
    public List<int> Starts { get; } = new(countHint);

    public List<byte> Bytes { get; } = new(bytesHint);

    public void Add(ReadOnlySpan<byte> sortKey, FolderEntryKind kind)
    {
        Starts.Add(Bytes.Count);
        Bytes.Add((byte)kind);
        Bytes.AddRange(sortKey);
        if (kind == FolderEntryKind.Folder && (sortKey.IsEmpty || sortKey[^1] != (byte)'/'))
        {
            Bytes.Add((byte)'/');
        }
    }
}
