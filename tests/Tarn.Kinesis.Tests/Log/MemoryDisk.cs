using Tarn.Kinesis.Log.Files;

namespace Tarn.Kinesis.Tests.Log;

/// <summary>
/// A disk in memory that remembers what was synced. <see cref="Crash"/> loses any part of the rest: single sectors of writes, and names that changed after the last sync of
/// the folder from some change on. A fault can be set for the n-th call from now.
/// </summary>
internal sealed class MemoryDisk
{
    private const int SectorBytes = 512;
    private readonly List<Action<Dictionary<string, Content>>> pendingNames = [];
    private Dictionary<string, Content> names = [];
    private Dictionary<string, Content> durableNames = [];

    /// <summary>Calls that write, sync or change names, so far.</summary>
    public int Calls { get; private set; }

    /// <summary>Asked before each call that writes, syncs or changes names, with its number and kind; an answer is thrown.</summary>
    public Func<int, DiskCall, IOException?>? Fault { get; set; }

    /// <summary>Asked before each read of a file; an answer is thrown.</summary>
    public Func<IOException?>? ReadFault { get; set; }

    /// <summary>Files whose space was reserved, so far.</summary>
    public int Reservations { get; private set; }

    /// <summary>False for a file system that cannot reserve space.</summary>
    public bool CanReserve { get; set; } = true;

    /// <summary>When set, a write takes at most this many bytes.</summary>
    public int WriteBytesMax { get; set; } = int.MaxValue;

    public ILogFolder Folder() => new MemoryFolder(this);

    public IReadOnlyCollection<string> Names => names.Keys;

    public byte[] Bytes(string name) => names[name].Bytes[..names[name].Length];

    public void Put(string name, byte[] bytes)
    {
        var content = new Content { Bytes = [.. bytes], Length = bytes.Length, Durable = [.. bytes] };
        names[name] = content;
        durableNames[name] = content;
    }

    /// <summary>A disk with the same files, all durable.</summary>
    public MemoryDisk Copy()
    {
        var copy = new MemoryDisk();
        foreach (var name in names.Keys)
        {
            copy.Put(name, Bytes(name));
        }

        return copy;
    }

    /// <summary>What a power cut leaves.</summary>
    public void Crash(Random random)
    {
        foreach (var change in pendingNames.Take(random.Next(pendingNames.Count + 1)))
        {
            change(durableNames);
        }

        pendingNames.Clear();
        names = new(durableNames);
        foreach (var content in names.Values)
        {
            content.Crash(random);
        }

        Fault = null;
    }

    private void Call(DiskCall kind)
    {
        var number = Calls++;
        if (Fault?.Invoke(number, kind) is { } error)
        {
            throw error;
        }
    }

    private void Change(Action<Dictionary<string, Content>> change)
    {
        change(names);
        pendingNames.Add(change);
    }

    private sealed class Content
    {
        private readonly HashSet<int> dirty = [];

        public byte[] Bytes { get; set; } = [];

        public int Length { get; set; }

        public byte[] Durable { get; set; } = [];

        public void Write(int offset, ReadOnlySpan<byte> bytes)
        {
            var end = offset + bytes.Length;
            if (end > Bytes.Length)
            {
                var larger = new byte[Math.Max(end, Bytes.Length * 2)];
                Bytes.CopyTo(larger, 0);
                Bytes = larger;
            }

            bytes.CopyTo(Bytes.AsSpan(offset));
            Length = Math.Max(Length, end);
            for (var sector = offset / SectorBytes; sector * SectorBytes < end; sector++)
            {
                dirty.Add(sector);
            }
        }

        public void Sync()
        {
            if (Durable.Length != Length)
            {
                Durable = Bytes[..Length];
            }
            else
            {
                foreach (var sector in dirty)
                {
                    Copy(sector);
                }
            }

            dirty.Clear();
        }

        /// <summary>What Linux does after a failed write-back: the pages read as before and count as clean, and are not on the disk.</summary>
        public void LosePages() => dirty.Clear();

        public void Crash(Random random)
        {
            if (Durable.Length != Length)
            {
                // The length of a file that grew may have arrived, with or without its bytes.
                var durable = Durable;
                Durable = new byte[random.Next(2) == 0 ? durable.Length : Length];
                durable.CopyTo(Durable, 0);
            }

            foreach (var sector in dirty.Order())
            {
                if (random.Next(2) == 0 && sector * SectorBytes < Durable.Length)
                {
                    Copy(sector);
                }
            }

            dirty.Clear();
            Bytes = [.. Durable];
            Length = Bytes.Length;
        }

        private void Copy(int sector)
        {
            var start = sector * SectorBytes;
            Bytes.AsSpan(start, Math.Min(SectorBytes, Math.Min(Length, Durable.Length) - start)).CopyTo(Durable.AsSpan(start));
        }
    }

    private sealed class MemoryFolder(MemoryDisk disk) : ILogFolder
    {
        public string Name => "memory";

        public IReadOnlyList<string> List() => [.. disk.names.Keys];

        public ILogFile Create(string name)
        {
            disk.Call(DiskCall.Create);
            var content = new Content();
            disk.Change(names => names[name] = content);
            return new MemoryFile(disk, content, write: true);
        }

        public ILogFile Open(string name, bool write) =>
            disk.names.TryGetValue(name, out var content) ? new MemoryFile(disk, content, write) : throw new FileNotFoundException(name);

        public void Rename(string from, string to)
        {
            disk.Call(DiskCall.Rename);
            disk.Change(names =>
            {
                if (names.Remove(from, out var content))
                {
                    names[to] = content;
                }
            });
        }

        public void Delete(string name)
        {
            disk.Call(DiskCall.Delete);
            disk.Change(names => names.Remove(name));
        }

        public void Sync()
        {
            disk.Call(DiskCall.SyncFolder);
            disk.pendingNames.Clear();
            disk.durableNames = new(disk.names);
        }

        public void Dispose()
        {
        }
    }

    private sealed class MemoryFile(MemoryDisk disk, Content content, bool write) : ILogFile
    {
        private bool closed;

        public long Length => content.Length;

        public int Read(long offset, Span<byte> buffer)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            if (disk.ReadFault?.Invoke() is { } error)
            {
                throw error;
            }

            var count = (int)Math.Clamp(content.Length - offset, 0, buffer.Length);
            content.Bytes.AsSpan((int)offset, count).CopyTo(buffer);
            return count;
        }

        public int Write(long offset, ReadOnlySpan<byte> bytes)
        {
            ObjectDisposedException.ThrowIf(closed || !write, this);
            disk.Call(DiskCall.Write);
            var count = Math.Min(bytes.Length, disk.WriteBytesMax);
            content.Write((int)offset, bytes[..count]);
            return count;
        }

        public void ReleaseCache()
        {
        }

        public bool TryReserve(long length)
        {
            ObjectDisposedException.ThrowIf(closed || !write, this);
            if (!disk.CanReserve)
            {
                return false;
            }

            disk.Call(DiskCall.Write);
            disk.Reservations++;
            content.Write(0, new byte[length]);
            return true;
        }

        public void Sync()
        {
            ObjectDisposedException.ThrowIf(closed, this);
            try
            {
                disk.Call(DiskCall.Sync);
            }
            catch (IOException)
            {
                content.LosePages();
                throw;
            }

            content.Sync();
        }

        public void Dispose() => closed = true;
    }
}

internal enum DiskCall
{
    Write,
    Sync,
    Create,
    Rename,
    Delete,
    SyncFolder,
}
