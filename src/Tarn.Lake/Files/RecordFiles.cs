using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Tarn.Lake.Objects;

namespace Tarn.Lake.Files;

/// <summary>
/// Records of a bucket's objects: in the extended attribute of the file, or in a sidecar named by key and modification time where that is
/// not possible (docs/formats/lake.md). A sidecar is written before its body becomes the object, so both are found together or not at all.
/// </summary>
internal sealed class RecordFiles(string folderPath)
{
    public const string AttributeName = "user.tarn";

    private volatile bool sidecarsExist = Directory.Exists(folderPath);

    /// <summary>Binds a record to a staged file, whose size and modification time it states. The file is not synced yet.</summary>
    public void Write(StagedFile file, string key, ObjectRecord record) => Write(file.Handle, key, record);

    /// <summary>Replaces the record of an object in place; the file is not synced yet.</summary>
    public void Rewrite(ObjectFile file, ObjectRecord record)
    {
        if (Write(file.Handle, file.Key, record))
        {
            Forget(file.Key, record.ModifiedNs);
        }
    }

    /// <summary>The record of an open file; <see cref="ObjectRecord.Foreign"/> when it has none, without digests when another tool changed the body.</summary>
    public ObjectRecord Read(SafeHandle file, string key, FileFacts facts) =>
        Read(key, facts, buffer => Native.GetAttribute(file, AttributeName, buffer));

    /// <summary>The same for a file that is not open, by its path.</summary>
    public ObjectRecord Read(string path, string key, FileFacts facts) =>
        Read(key, facts, buffer => Native.GetAttribute(path, AttributeName, buffer));

    /// <summary>Deletes the sidecar of a body that is no longer there, if it had one.</summary>
    public void Forget(string key, long modifiedNs)
    {
        if (sidecarsExist)
        {
            File.Delete(PathOf(key, modifiedNs));
        }
    }

    /// <summary>Deletes everything, with the bucket.</summary>
    public void ForgetAll()
    {
        if (sidecarsExist)
        {
            Directory.Delete(folderPath, recursive: true);
            sidecarsExist = false;
        }
    }

    /// <returns>True when it went into the attribute.</returns>
    private bool Write(SafeHandle file, string key, ObjectRecord record)
    {
        var bytes = ObjectRecordCodec.Encode(record);
        var result = Native.SetAttribute(file, AttributeName, bytes);
        if (result is -Native.ENOSPC or -Native.E2BIG or -Native.ERANGE or -Native.EOPNOTSUPP or -Native.EPERM)
        {
            // The attribute is read first, so an older record in it goes last.
            WriteSidecar(key, record.ModifiedNs, bytes);
            _ = Native.RemoveAttribute(file, AttributeName);
            return false;
        }
        else if (result < 0)
        {
            throw Native.Failure(result, "writing the record of an object");
        }

        return true;
    }

    private delegate int ReadAttribute(Span<byte> buffer);

    private ObjectRecord Read(string key, FileFacts facts, ReadAttribute readAttribute)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            var length = readAttribute(buffer);
            while (length == -Native.ERANGE && buffer.Length < 1 << 20)
            {
                var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 4);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = larger;
                length = readAttribute(buffer);
            }

            ReadOnlySpan<byte> bytes;
            if (length >= 0)
            {
                bytes = buffer.AsSpan(0, length);
            }
            else if (sidecarsExist && PathOf(key, facts.ModifiedNs) is var sidecar && File.Exists(sidecar))
            {
                bytes = File.ReadAllBytes(sidecar);
            }
            else
            {
                return ObjectRecord.Foreign;
            }

            var record = ObjectRecordCodec.Decode(bytes) ?? throw new InvalidDataException($"The record of the object '{key}' below '{folderPath}' is corrupt ({bytes.Length} bytes).");
            return record.Size == facts.Size && record.ModifiedNs == facts.ModifiedNs ? record : record.WithoutDigests;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void WriteSidecar(string key, long modifiedNs, byte[] bytes)
    {
        var path = PathOf(key, modifiedNs);
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            SyncFolder(Path.GetDirectoryName(folder)!);
            SyncFolder(Path.GetDirectoryName(Path.GetDirectoryName(folder)!)!);
        }

        sidecarsExist = true;
        var temporary = path + ".new";
        using (var handle = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(handle, bytes, 0);
            RandomAccess.FlushToDisk(handle);
        }

        File.Move(temporary, path, overwrite: true);
        SyncFolder(folder);
    }

    private static void SyncFolder(string path)
    {
        using var handle = FolderHandle.Open(path);
        var result = Native.Sync(handle);
        if (result < 0)
        {
            throw Native.Failure(result, $"syncing '{path}'");
        }
    }

    private string PathOf(string key, long modifiedNs)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        return Path.Combine(folderPath, hash[..2], $"{hash}-{modifiedNs:x16}");
    }
}
