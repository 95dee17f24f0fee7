using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tarn.Lake.Files;

/// <summary>
/// A file being written, in a folder on the file system where it will be an object. Disposing it before it was renamed away deletes it.
/// </summary>
internal sealed class StagedFile : IDisposable
{
    private readonly SafeHandle folder;
    private bool moved;

    private StagedFile(SafeHandle folder, string name, SafeFileHandle handle)
    {
        this.folder = folder;
        Name = name;
        Handle = handle;
    }

    /// <summary>The path below the staging folder.</summary>
    public string Name { get; private set; }

    public SafeHandle Folder => folder;

    public SafeFileHandle Handle { get; }

    public long Size { get; private set; }

    /// <summary>Makes a file by one call of the system. .NET's own way adds five: it locks the file, and asks for its kind, size and file system.</summary>
    public static StagedFile Create(SafeHandle folder)
    {
        var name = Guid.NewGuid().ToString("N");
        var descriptor = Native.CreateFile(folder, name);
        return descriptor < 0 ? throw Native.Failure(descriptor, "making a staged file") : new StagedFile(folder, name, new SafeFileHandle(descriptor, ownsHandle: true));
    }

    /// <summary>Takes a finished file of the staging folder.</summary>
    public static StagedFile Adopt(SafeHandle folder, string folderPath, string name)
    {
        var handle = File.OpenHandle(Path.Combine(folderPath, name), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        return new StagedFile(folder, name, handle) { Size = RandomAccess.GetLength(handle) };
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(Handle, bytes, Size);
        Size += bytes.Length;
    }

    /// <summary>Appends a range of another file inside the kernel.</summary>
    /// <exception cref="IOException">The source ends before.</exception>
    public void AppendFrom(SafeFileHandle source, long offset, long length, CancellationToken cancellationToken)
    {
        const long StepBytes = 64 << 20;
        while (length > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var copied = Native.CopyRange(source, offset, Handle, Size, Math.Min(length, StepBytes));
            if (copied is -Native.EXDEV or -Native.EINVAL or -Native.ENOSYS or -Native.EOPNOTSUPP)
            {
                copied = CopyStep(source, offset, length);
            }

            if (copied <= 0)
            {
                throw copied == 0 ? new EndOfStreamException("The source of a copy became shorter while it was copied.") : Native.Failure(copied, "copying a file");
            }

            (offset, length, Size) = (offset + copied, length - copied, Size + copied);
        }
    }

    /// <summary>Moves the file to another name; 0 or minus the errno. After success disposing deletes nothing.</summary>
    public int MoveTo(SafeHandle toFolder, string toName)
    {
        var result = Native.Rename(folder, Name, toFolder, toName);
        moved |= result == 0;
        return result;
    }

    public void Dispose()
    {
        Handle.Dispose();
        if (!moved)
        {
            moved = true;
            _ = Native.RemoveFile(folder, Name);
        }
    }

    private long CopyStep(SafeFileHandle source, long offset, long length)
    {
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(64 << 10);
        try
        {
            var read = RandomAccess.Read(source, buffer.AsSpan(0, (int)Math.Min(length, 64 << 10)), offset);
            RandomAccess.Write(Handle, buffer.AsSpan(0, read), Size);
            return read;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
