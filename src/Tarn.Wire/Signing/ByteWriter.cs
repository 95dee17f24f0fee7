using System.Buffers;
using System.Text;

namespace Tarn.Wire.Signing;

/// <summary>
/// A growing byte buffer for text that is hashed and forgotten: it starts on the caller's stack and moves to the array pool.
/// Dispose returns what was rented.
/// </summary>
internal ref struct ByteWriter(Span<byte> initial)
{
    private Span<byte> buffer = initial;
    private byte[]? rented;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => buffer[..Length];

    public void Write(byte value)
    {
        if (Length == buffer.Length)
        {
            Grow(1);
        }

        buffer[Length++] = value;
    }

    public void Write(scoped ReadOnlySpan<byte> values)
    {
        if (buffer.Length - Length < values.Length)
        {
            Grow(values.Length);
        }

        values.CopyTo(buffer[Length..]);
        Length += values.Length;
    }

    /// <summary>Writes text as UTF-8.</summary>
    public void Write(scoped ReadOnlySpan<char> text)
    {
        var bytesMax = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (buffer.Length - Length < bytesMax)
        {
            Grow(bytesMax);
        }

        Length += Encoding.UTF8.GetBytes(text, buffer[Length..]);
    }

    /// <summary>Writes bytes in lower-case hexadecimal.</summary>
    public void WriteHex(scoped ReadOnlySpan<byte> values)
    {
        if (buffer.Length - Length < values.Length * 2)
        {
            Grow(values.Length * 2);
        }

        Convert.TryToHexStringLower(values, buffer[Length..], out var written);
        Length += written;
    }

    /// <summary>Forgets everything after <paramref name="length"/>.</summary>
    public void Truncate(int length) => Length = length;

    public readonly void Dispose()
    {
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(buffer.Length * 2, Length + needed));
        buffer[..Length].CopyTo(larger);
        Dispose();
        rented = larger;
        buffer = larger;
    }
}
