using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tarn.Kinesis.Log.Files;

/// <summary>A folder of the file system.</summary>
internal sealed partial class DiskFolder : ILogFolder
{
    private readonly SafeFileHandle handle;

    /// <summary>Opens the folder; makes it when it is not there.</summary>
    public DiskFolder(string path)
    {
        Name = Path.GetFullPath(path);
        if (!Directory.Exists(Name))
        {
            Make(Name);
        }

        handle = OpenFolder(Name);
    }

    public string Name { get; }

    public IReadOnlyList<string> List() => [.. Directory.EnumerateFiles(Name).Select(path => Path.GetFileName(path)!)];

    public ILogFile Create(string name) => new DiskFile(Path.Combine(Name, name), FileMode.Create, FileAccess.ReadWrite);

    public ILogFile Open(string name, bool write) => new DiskFile(Path.Combine(Name, name), FileMode.Open, write ? FileAccess.ReadWrite : FileAccess.Read);

    public void Rename(string from, string to) => File.Move(Path.Combine(Name, from), Path.Combine(Name, to), overwrite: true);

    public void Delete(string name) => File.Delete(Path.Combine(Name, name));

    public void Sync()
    {
        if (Retry(() => FSync(handle)) != 0)
        {
            throw Failure($"Cannot sync the folder {Name}");
        }
    }

    public void Dispose() => handle.Dispose();

    /// <summary>Makes a folder and syncs each parent that got a new name.</summary>
    private static void Make(string path)
    {
        var parent = Path.GetDirectoryName(path);
        if (parent is not null && !Directory.Exists(parent))
        {
            Make(parent);
        }

        Directory.CreateDirectory(path);
        if (parent is not null)
        {
            using var opened = OpenFolder(parent);
            if (Retry(() => FSync(opened)) != 0)
            {
                throw Failure($"Cannot sync the folder {parent}");
            }
        }
    }

    private static SafeFileHandle OpenFolder(string path)
    {
        const int ReadOnlyCloseOnExec = 0x80000;
        var descriptor = Retry(() => OpenCall(path, ReadOnlyCloseOnExec, 0));
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failure($"Cannot open the folder {path}");
    }

    /// <summary>Repeats a call that a signal interrupted (errno 4, EINTR).</summary>
    private static int Retry(Func<int> call)
    {
        int result;
        do
        {
            result = call();
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == 4);
        return result;
    }

    private static IOException Failure(string doing)
    {
        var errno = Marshal.GetLastPInvokeError();
        return new IOException($"{doing}: {new Win32Exception(errno).Message} (errno {errno})", errno);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenCall(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeHandle handle);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeHandle handle);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int FAllocate(SafeHandle handle, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int FAdvise(SafeHandle handle, long offset, long length, int advice);

    private sealed class DiskFile(string path, FileMode mode, FileAccess access) : ILogFile
    {
        private readonly SafeFileHandle file = File.OpenHandle(path, mode, access, FileShare.ReadWrite | FileShare.Delete);

        public long Length => RandomAccess.GetLength(file);

        public int Read(long offset, Span<byte> buffer)
        {
            var total = 0;
            while (total < buffer.Length)
            {
                var read = RandomAccess.Read(file, buffer[total..], offset + total);
                if (read == 0)
                {
                    break;
                }

                total += read;
            }

            return total;
        }

        public int Write(long offset, ReadOnlySpan<byte> bytes)
        {
            RandomAccess.Write(file, bytes, offset);
            return bytes.Length;
        }

        public bool TryReserve(long length)
        {
            const int NoSystemCall = 38;
            const int NotSupported = 95;
            return Retry(() => FAllocate(file, 0, 0, length)) == 0 || (Marshal.GetLastPInvokeError() is NoSystemCall or NotSupported ? false : throw Failure($"Cannot reserve {length} bytes for {path}"));
        }

        public void ReleaseCache()
        {
            const int DontNeed = 4;
            _ = FAdvise(file, 0, 0, DontNeed);
        }

        // Not RandomAccess.FlushToDisk, which is fsync: the length of a pre-written file does not change, and its times need not be on disk.
        public void Sync()
        {
            if (Retry(() => FDataSync(file)) != 0)
            {
                throw Failure($"Cannot sync {path}");
            }
        }

        public void Dispose() => file.Dispose();
    }
}
