using Microsoft.Win32.SafeHandles;
using Tarn.Lake.Objects;

namespace Tarn.Lake.Files;

/// <summary>
/// An object's body, open, with what was true of it then: a write that replaces the object meanwhile does not change what is read here.
/// </summary>
internal sealed class ObjectFile(SafeFileHandle handle, string key, string path, FileFacts facts, ObjectRecord record) : IDisposable
{
    public SafeFileHandle Handle { get; } = handle;

    public string Key { get; } = key;

    /// <summary>Below the bucket's folder.</summary>
    public string Path { get; } = path;

    public FileFacts Facts { get; } = facts;

    public ObjectRecord Record { get; } = record;

    public void Dispose() => Handle.Dispose();
}
