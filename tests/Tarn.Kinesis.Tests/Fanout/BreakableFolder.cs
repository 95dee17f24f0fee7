using Tarn.Kinesis.Log.Files;

namespace Tarn.Kinesis.Tests.Fanout;

/// <summary>A log's folder on a disk that cannot sync any more, or has no room for another file, when the test says so.</summary>
internal sealed class BreakableFolder(string path, Func<bool> isBroken, Func<bool> isFull) : ILogFolder
{
    private readonly DiskFolder folder = new(path);

    public string Name => folder.Name;

    public IReadOnlyList<string> List() => folder.List();

    public ILogFile Create(string name) => isFull() ? throw new IOException("No space left on device") : new BreakableFile(folder.Create(name), isBroken);

    public ILogFile Open(string name, bool write) => new BreakableFile(folder.Open(name, write), isBroken);

    public void Rename(string from, string to) => folder.Rename(from, to);

    public void Delete(string name) => folder.Delete(name);

    public void Sync() => folder.Sync();

    public void Dispose() => folder.Dispose();

    private sealed class BreakableFile(ILogFile file, Func<bool> isBroken) : ILogFile
    {
        public long Length => file.Length;

        public int Read(long offset, Span<byte> buffer) => file.Read(offset, buffer);

        public int Write(long offset, ReadOnlySpan<byte> bytes) => file.Write(offset, bytes);

        public void ReleaseCache() => file.ReleaseCache();

        public bool TryReserve(long length) => file.TryReserve(length);

        public void Sync()
        {
            if (isBroken())
            {
                throw new IOException("Input/output error");
            }

            file.Sync();
        }

        public void Dispose() => file.Dispose();
    }
}
