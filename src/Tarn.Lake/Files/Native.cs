using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Tarn.Lake.Files;

/// <summary>
/// The calls of Linux that .NET does not offer: paths resolved below a folder without following links, names as bytes, extended
/// attributes, sync of a folder, rename without overwriting. Each answers 0 or a value, or minus the errno.
/// </summary>
internal static unsafe partial class Native
{
    public const int ENOENT = 2, EINTR = 4, EACCES = 13, EEXIST = 17, EXDEV = 18, ENOTDIR = 20, EISDIR = 21, EINVAL = 22, ENOSPC = 28,
        EROFS = 30, ERANGE = 34, ENAMETOOLONG = 36, ENOSYS = 38, ENOTEMPTY = 39, ELOOP = 40, ENODATA = 61, EOPNOTSUPP = 95, EPERM = 1, E2BIG = 7;

    public const int O_RDONLY = 0, O_RDWR = 2, O_CREAT = 0x40, O_EXCL = 0x80, O_CLOEXEC = 0x80000;
    public static readonly int O_DIRECTORY = Arm ? 0x4000 : 0x10000;
    public static readonly int O_NOFOLLOW = Arm ? 0x8000 : 0x20000;
    public const int O_NONBLOCK = 0x800;

    private const int OpenAt2Call = 437;
    private const ulong ResolveNoSymlinks = 4, ResolveBeneath = 8;
    private static bool openAt2Missing;

    private static bool Arm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>Opens a path below <paramref name="folder"/>; no component may be a link, and nothing leads out. An empty path opens the folder again.</summary>
    public static int OpenBeneath(SafeHandle folder, string path, int flags)
    {
        flags |= O_CLOEXEC | O_NOFOLLOW;
        if (path.Length == 0)
        {
            path = ".";
        }

        if (!openAt2Missing)
        {
            var how = new OpenHow { Flags = (ulong)(uint)flags, Resolve = ResolveNoSymlinks | ResolveBeneath };
            while (true)
            {
                var result = Result(OpenAt2(OpenAt2Call, folder, path, &how, (nuint)sizeof(OpenHow)));
                if (result is -ENOSYS or -EPERM)
                {
                    // Linux before 5.6, or a container that does not know the call.
                    openAt2Missing = true;
                    break;
                }

                if (result is not (-EINTR or -11))
                {
                    return (int)result;
                }
            }
        }

        return OpenByComponent(folder, path, flags);
    }

    /// <summary>Opens a folder by a path that the configuration gives; follows links.</summary>
    public static int OpenFolder(string path) => Result(Open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0));

    /// <summary>Makes a file that must not be there yet, open to read and write: its descriptor.</summary>
    public static int CreateFile(SafeHandle folder, string name) => Result(OpenAt(folder, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0b110_110_110));

    public static int Stat(SafeHandle folder, string name, out FileFacts facts) => Stat(folder, name, AtSymlinkNoFollow, out facts);

    public static int Stat(SafeHandle file, out FileFacts facts) => Stat(file, "", AtEmptyPath, out facts);

    /// <summary>Reads an extended attribute: its length, or minus the errno (<see cref="ERANGE"/> when it is longer than the buffer).</summary>
    public static int GetAttribute(SafeHandle file, string name, Span<byte> value)
    {
        fixed (byte* pointer = value)
        {
            return (int)Result(FGetXAttr(file, name, pointer, (nuint)value.Length));
        }
    }

    /// <summary>The same by path, for files that are not open; does not follow a link in the last component.</summary>
    public static int GetAttribute(string path, string name, Span<byte> value)
    {
        fixed (byte* pointer = value)
        {
            return (int)Result(LGetXAttr(path, name, pointer, (nuint)value.Length));
        }
    }

    public static int SetAttribute(SafeHandle file, string name, ReadOnlySpan<byte> value)
    {
        fixed (byte* pointer = value)
        {
            return Result(FSetXAttr(file, name, pointer, (nuint)value.Length, 0));
        }
    }

    public static int RemoveAttribute(SafeHandle file, string name) => Result(FRemoveXAttr(file, name));

    public static int MakeFolder(SafeHandle folder, string name) => Result(MkDirAt(folder, name, 0b111_101_101));

    public static int Rename(SafeHandle fromFolder, string fromName, SafeHandle toFolder, string toName) =>
        Result(RenameAt(fromFolder, fromName, toFolder, toName));

    public static int RemoveFile(SafeHandle folder, string name) => Result(UnlinkAt(folder, name, 0));

    public static int RemoveFolder(SafeHandle folder, string name) => Result(UnlinkAt(folder, name, AtRemoveDir));

    public static int Sync(SafeHandle handle)
    {
        int result;
        do
        {
            result = Result(FSync(handle));
        }
        while (result == -EINTR);
        return result;
    }

    /// <summary>Sets the modification time, in nanoseconds since 1970.</summary>
    public static int SetModified(SafeHandle file, long nanoseconds)
    {
        var times = stackalloc TimeSpec[2];
        times[0] = new TimeSpec { Nanoseconds = UtimeOmit };
        times[1] = new TimeSpec { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };
        return Result(FUtimens(file, times));
    }

    /// <summary>Copies inside the kernel (a shared extent where the file system can): the bytes copied, 0 at the end of the source.</summary>
    public static long CopyRange(SafeHandle from, long fromOffset, SafeHandle to, long toOffset, long length) =>
        Result(CopyFileRange(from, &fromOffset, to, &toOffset, (nuint)length, 0));

    /// <summary>Calls <paramref name="visit"/> with each name of a folder, in no order, except <c>.</c> and <c>..</c>, until it answers false; names are raw bytes.</summary>
    public static int ReadFolder(SafeHandle folder, VisitName visit)
    {
        var descriptor = OpenBeneath(folder, "", O_RDONLY | O_DIRECTORY);
        if (descriptor < 0)
        {
            return descriptor;
        }

        var stream = FDOpenDir(descriptor);
        if (stream == 0)
        {
            var error = -Marshal.GetLastPInvokeError();
            new SafeFileHandle(descriptor, ownsHandle: true).Dispose();
            return error;
        }

        try
        {
            while (true)
            {
                var entry = (byte*)ReadDir(stream);
                if (entry == null)
                {
                    return 0;
                }

                // struct dirent on 64-bit Linux (glibc and musl): inode 8, offset 8, length 2, type 1, name.
                var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + 19);
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8) && !visit(name, (EntryType)entry[18]))
                {
                    return 0;
                }
            }
        }
        finally
        {
            CloseDir(stream);
        }
    }

    /// <summary>An error that is not the client's: disk full, no permission, a broken disk.</summary>
    public static IOException Failure(long result, string doing)
    {
        var errno = (int)-result;
        return new IOException($"{doing}: {new Win32Exception(errno).Message} (errno {errno})", errno);
    }

    private static int Stat(SafeHandle folder, string name, int flags, out FileFacts facts)
    {
        StatX buffer;
        var result = Result(StatXCall(folder, name, flags, StatXBasic, &buffer));
        facts = result < 0
            ? default
            : new FileFacts(
                Kind: (buffer.Mode & 0xF000) switch { 0x8000 => FileKind.File, 0x4000 => FileKind.Folder, _ => FileKind.Other },
                Inode: (long)buffer.Inode,
                Size: (long)buffer.Size,
                ModifiedNs: (buffer.ModifiedSeconds * 1_000_000_000) + buffer.ModifiedNanoseconds,
                Links: (int)buffer.Links) { Device = ((long)buffer.DeviceMajor << 32) | buffer.DeviceMinor };
        return result;
    }

    private static int OpenByComponent(SafeHandle folder, string path, int flags)
    {
        SafeHandle current = folder;
        var names = path.Split('/');
        for (var index = 0; ; index++)
        {
            var last = index == names.Length - 1;
            var result = Result(OpenAt(current, names[index], last ? flags : O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0));
            if (current != folder)
            {
                current.Dispose();
            }

            if (last || result < 0)
            {
                return (int)result;
            }

            current = new SafeFileHandle((nint)result, ownsHandle: true);
        }
    }

    private static long Result(nint value) => value >= 0 ? value : -Marshal.GetLastPInvokeError();

    private static int Result(int value) => value >= 0 ? value : -Marshal.GetLastPInvokeError();

    internal delegate bool VisitName(ReadOnlySpan<byte> name, EntryType type);

    private const int AtSymlinkNoFollow = 0x100, AtRemoveDir = 0x200, AtEmptyPath = 0x1000;
    private const uint StatXBasic = 0x7ff;
    private const long UtimeOmit = (1L << 30) - 2;

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary>struct statx: the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatX
    {
        [FieldOffset(16)] public uint Links;
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(32)] public ulong Inode;
        [FieldOffset(40)] public ulong Size;
        [FieldOffset(112)] public long ModifiedSeconds;
        [FieldOffset(120)] public uint ModifiedNanoseconds;
        [FieldOffset(136)] public uint DeviceMajor;
        [FieldOffset(140)] public uint DeviceMinor;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenAt2(nint number, SafeHandle folder, string path, OpenHow* how, nuint size);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenAt(SafeHandle folder, string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatXCall(SafeHandle folder, string path, int flags, uint mask, StatX* buffer);

    [LibraryImport("libc", EntryPoint = "fgetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint FGetXAttr(SafeHandle file, string name, byte* value, nuint size);

    [LibraryImport("libc", EntryPoint = "lgetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint LGetXAttr(string path, string name, byte* value, nuint size);

    [LibraryImport("libc", EntryPoint = "fsetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FSetXAttr(SafeHandle file, string name, byte* value, nuint size, int flags);

    [LibraryImport("libc", EntryPoint = "fremovexattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FRemoveXAttr(SafeHandle file, string name);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MkDirAt(SafeHandle folder, string name, uint mode);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt(SafeHandle fromFolder, string fromName, SafeHandle toFolder, string toName);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnlinkAt(SafeHandle folder, string name, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeHandle handle);

    [LibraryImport("libc", EntryPoint = "futimens", SetLastError = true)]
    private static partial int FUtimens(SafeHandle file, TimeSpec* times);

    [LibraryImport("libc", EntryPoint = "copy_file_range", SetLastError = true)]
    private static partial nint CopyFileRange(SafeHandle from, long* fromOffset, SafeHandle to, long* toOffset, nuint length, uint flags);

    [LibraryImport("libc", EntryPoint = "fdopendir", SetLastError = true)]
    private static partial nint FDOpenDir(int descriptor);

    [LibraryImport("libc", EntryPoint = "readdir")]
    private static partial nint ReadDir(nint stream);

    [LibraryImport("libc", EntryPoint = "closedir")]
    private static partial int CloseDir(nint stream);
}

/// <summary>Type of a directory entry as the kernel gives it; <see cref="Unknown"/> where the file system does not say.</summary>
internal enum EntryType : byte
{
    Unknown = 0,
    Folder = 4,
    File = 8,
}

internal enum FileKind
{
    File,
    Folder,

    /// <summary>A link, device, pipe or socket: never an object.</summary>
    Other,
}

/// <summary>What the file system says of a file.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedNs">Nanoseconds since 1970 UTC.</param>
internal readonly record struct FileFacts(FileKind Kind, long Inode, long Size, long ModifiedNs, int Links)
{
    /// <summary>The file system's number; with the inode it names the file.</summary>
    public long Device { get; init; }

    /// <summary>The modification time to .NET's 100 ns.</summary>
    public DateTimeOffset Modified => DateTimeOffset.UnixEpoch.AddTicks(ModifiedNs / 100);
}
