using System.Collections.Concurrent;

namespace Tarn.Kinesis.Log;

/// <summary>
/// Memory of one frame, counted by those who hold it: the append that fills it, the ring, and each read that shows its records. The last to let go gives it back to the
/// pool. Holding and letting go may be done on any thread.
/// </summary>
internal sealed class FrameBuffer
{
    private readonly FrameBufferPool pool;
    private int holders;

    public FrameBuffer(FrameBufferPool pool, int sizeClass, int length)
    {
        this.pool = pool;
        SizeClass = sizeClass;
        Array = GC.AllocateUninitializedArray<byte>(length);
    }

    public byte[] Array { get; }

    internal int SizeClass { get; }

    public void Hold() => Interlocked.Increment(ref holders);

    public void Release()
    {
        var left = Interlocked.Decrement(ref holders);
        if (left == 0)
        {
            pool.Return(this);
        }
        else if (left < 0)
        {
            throw new InvalidOperationException("A frame's memory was let go more often than it was held.");
        }
    }

    internal void First() => holders = 1;
}

/// <summary>
/// Frames' memory in sizes of powers of two, from 256 bytes. What is not in use is kept up to a limit; beyond it memory of any size in turn is let go, so that sizes that are
/// no longer asked for make room for those that are.
/// </summary>
internal sealed class FrameBufferPool(long idleBytesMax)
{
    private const int SmallestBits = 8;
    private readonly ConcurrentQueue<FrameBuffer>[] idle = [.. Enumerable.Range(0, 32 - SmallestBits - 1).Select(_ => new ConcurrentQueue<FrameBuffer>())];
    private long idleBytes;
    private uint turn;

    /// <summary>Memory of at least <paramref name="length"/> bytes, held once by the caller. Its content is arbitrary.</summary>
    public FrameBuffer Rent(int length)
    {
        var sizeClass = Math.Max(0, 32 - int.LeadingZeroCount(Math.Max(1, length) - 1) - SmallestBits);
        if (idle[sizeClass].TryDequeue(out var buffer))
        {
            Interlocked.Add(ref idleBytes, -buffer.Array.Length);
        }
        else
        {
            buffer = new FrameBuffer(this, sizeClass, 1 << (sizeClass + SmallestBits));
        }

        buffer.First();
        return buffer;
    }

    internal void Return(FrameBuffer buffer)
    {
        idle[buffer.SizeClass].Enqueue(buffer);
        var bytes = Interlocked.Add(ref idleBytes, buffer.Array.Length);
        for (var tried = 0; bytes > idleBytesMax && tried < idle.Length; tried++)
        {
            if (idle[Interlocked.Increment(ref turn) % (uint)idle.Length].TryDequeue(out var victim))
            {
                bytes = Interlocked.Add(ref idleBytes, -victim.Array.Length);
            }
        }
    }
}
