namespace Tarn.Kinesis.Log.Files;

/// <summary>
/// The folder of a log, as small as the log needs it: a seam through which tests break the disk. Names are file names without a path. What changes names (create,
/// rename, delete) survives a power cut only after <see cref="Sync"/>. Every failure is an <see cref="IOException"/>. Calls may come from any thread.
/// </summary>
internal interface ILogFolder : IDisposable
{
    /// <summary>What error messages call the folder.</summary>
    string Name { get; }

    /// <summary>The names of all files.</summary>
    IReadOnlyList<string> List();

    /// <summary>Makes an empty file, or empties the one that is there.</summary>
    ILogFile Create(string name);

    /// <summary>Opens a file that is there. With <paramref name="write"/> false, writing is an error.</summary>
    ILogFile Open(string name, bool write);

    /// <summary>Replaces what has the new name.</summary>
    void Rename(string from, string to);

    void Delete(string name);

    /// <summary>Makes the names durable.</summary>
    void Sync();
}

/// <summary>An open file; reads and writes name their offset, in bytes, and may run at the same time.</summary>
internal interface ILogFile : IDisposable
{
    /// <summary>Bytes.</summary>
    long Length { get; }

    /// <summary>Reads up to the length of <paramref name="buffer"/>; less only at the end of the file.</summary>
    int Read(long offset, Span<byte> buffer);

    /// <summary>Writes and answers how many bytes were taken, at least one; the caller goes on with the rest.</summary>
    int Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Makes an empty file so long, with room on the disk for all of it, that reads as zeroes, and writes nothing; false when the file system cannot. Durable after <see cref="Sync"/>.</summary>
    bool TryReserve(long length);

    /// <summary>Says that the file will hardly be read soon: what is synced need not be kept in memory. A hint, which may do nothing.</summary>
    void ReleaseCache();

    /// <summary>Makes the bytes written before durable. After a failure nothing is known of them.</summary>
    void Sync();
}
