using System.Buffers;

namespace Tarn.Clients.Kinesis.Wire;

/// <summary>Bytes that grow in an array of the shared pool. Not safe for two threads.</summary>
internal sealed class PooledBuffer(int capacity) : IBufferWriter<byte>
{
    private byte[] array = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => array.AsMemory(0, Length);

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        var needed = Length + Math.Max(sizeHint, 1);
        if (needed > array.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, array.Length * 2));
            Written.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(array);
            array = larger;
        }

        return array.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Drops bytes from the start.</summary>
    public void Consume(int count)
    {
        array.AsSpan(count, Length - count).CopyTo(array);
        Length -= count;
    }

    /// <summary>Gives the array back. Only for a buffer that nobody can still read; one that is not given back is left to the garbage collector.</summary>
    public void Return()
    {
        ArrayPool<byte>.Shared.Return(array);
        array = [];
        Length = 0;
    }
}
