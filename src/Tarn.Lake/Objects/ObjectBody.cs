using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Tarn.Lake.Objects;

/// <summary>A range of an object's file as a seekable stream; it holds no buffer of its own. A file that another tool cuts short meanwhile fails the read.</summary>
/// <param name="owner">Disposed with the stream; null when the handle belongs to someone else.</param>
internal sealed class ObjectBody(SafeFileHandle handle, long offset, long length, IDisposable? owner) : Stream
{
    /// <summary>Below the size from which the array pool would go to the large object heap's neighbourhood; large enough to keep the disk busy.</summary>
    private const int CopyBytes = 64 << 10;

    /// <summary>A read this small is served from the page cache in less time than a change of thread takes.</summary>
    private const int SynchronousBytesMax = 64 << 10;

    private long position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => position;
        set => position = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value));
    }

    public override int Read(Span<byte> buffer)
    {
        var count = (int)Math.Min(buffer.Length, length - position);
        return count <= 0 ? 0 : Advance(RandomAccess.Read(handle, buffer[..count], offset + position));
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return buffer.Length <= SynchronousBytesMax || length - position <= SynchronousBytesMax
            ? ValueTask.FromResult(Read(buffer.Span))
            : ReadOnPoolAsync(buffer, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            while (await ReadAsync(buffer.AsMemory(0, CopyBytes), cancellationToken).ConfigureAwait(false) is var count and > 0)
            {
                await destination.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => position + offset,
        _ => length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            owner?.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadOnPoolAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = (int)Math.Min(buffer.Length, length - position);
        return Advance(await RandomAccess.ReadAsync(handle, buffer[..count], offset + position, cancellationToken).ConfigureAwait(false));
    }

    private int Advance(int count)
    {
        position += count;
        return count > 0 ? count : throw new EndOfStreamException("The object's file became shorter while it was read.");
    }
}
