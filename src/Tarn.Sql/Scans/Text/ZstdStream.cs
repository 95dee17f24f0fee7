using System.Runtime.InteropServices;

namespace Tarn.Sql.Scans.Text;

/// <summary>
/// Reads zstd frames, one after the other, through the system's libzstd: .NET has no decoder of its own. Forward only; leaves the inner stream
/// open. Damage is an <see cref="InvalidDataException"/>. A frame may ask for at most 128 MB of window, libzstd's own default.
/// </summary>
public sealed class ZstdStream : Stream
{
    private static readonly nint Library = Load();

    private readonly Stream inner;

    // Pinned for good: libzstd is handed their addresses.
    private readonly byte[] input = GC.AllocateUninitializedArray<byte>(64 * 1024, pinned: true);
    private readonly byte[] output = GC.AllocateUninitializedArray<byte>(64 * 1024, pinned: true);
    private int inputOffset;
    private int inputCount;
    private bool frameIsOpen;
    private nint decoder;

    public ZstdStream(Stream inner)
    {
        if (!IsAvailable)
        {
            throw new InvalidOperationException("libzstd.so.1 is not installed.");
        }

        this.inner = inner;
        decoder = ZSTD_createDStream();
        if (decoder == 0)
        {
            throw new InsufficientMemoryException("libzstd could not make a decoder.");
        }
    }

    /// <summary>Whether libzstd was found.</summary>
    public static bool IsAvailable => Library != 0;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        while (true)
        {
            var written = Decode(buffer);
            if (written > 0 || buffer.IsEmpty)
            {
                return written;
            }

            inputOffset = 0;
            inputCount = inner.Read(input);
            if (inputCount == 0)
            {
                return AtEnd();
            }
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var written = Decode(buffer.Span);
            if (written > 0 || buffer.IsEmpty)
            {
                return written;
            }

            inputOffset = 0;
            inputCount = await inner.ReadAsync(input, cancellationToken).ConfigureAwait(false);
            if (inputCount == 0)
            {
                return AtEnd();
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (decoder != 0)
        {
            _ = ZSTD_freeDStream(decoder);
            decoder = 0;
        }

        base.Dispose(disposing);
    }

    private int AtEnd() => frameIsOpen ? throw new InvalidDataException("A zstd frame ends too early.") : 0;

    /// <summary>Decodes from what is at hand; 0 when more input is needed.</summary>
    private int Decode(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(decoder == 0, this);
        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (inputOffset < inputCount || frameIsOpen)
        {
            var before = inputOffset;
            var written = DecodeOnce(buffer);
            if (written > 0)
            {
                return written;
            }

            if (inputOffset == before)
            {
                return 0;
            }
        }

        return 0;
    }

    private int DecodeOnce(Span<byte> buffer)
    {
        var source = new Buffer { Start = Marshal.UnsafeAddrOfPinnedArrayElement(input, 0) + inputOffset, Size = (nuint)(inputCount - inputOffset) };
        var target = new Buffer { Start = Marshal.UnsafeAddrOfPinnedArrayElement(output, 0), Size = (nuint)Math.Min(buffer.Length, output.Length) };
        var result = ZSTD_decompressStream(decoder, ref target, ref source);
        inputOffset += checked((int)source.Position);
        if (ZSTD_isError(result) != 0)
        {
            throw new InvalidDataException($"Damaged zstd data: {Marshal.PtrToStringUTF8(ZSTD_getErrorName(result))}.");
        }

        // 0 means that a frame ended; the next bytes, if any, start another.
        frameIsOpen = result != 0;
        var written = checked((int)target.Position);
        output.AsSpan(0, written).CopyTo(buffer);
        return written;
    }

    private static nint Load()
    {
        foreach (var name in new[] { "libzstd.so.1", "libzstd.1.dylib", "libzstd" })
        {
            if (NativeLibrary.TryLoad(name, out var handle))
            {
                NativeLibrary.SetDllImportResolver(typeof(ZstdStream).Assembly, (library, _, _) => library == "zstd" ? handle : 0);
                return handle;
            }
        }

        return 0;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Buffer
    {
        public nint Start;
        public nuint Size;
        public nuint Position;
    }

    [DllImport("zstd")]
    private static extern nint ZSTD_createDStream();

    [DllImport("zstd")]
    private static extern nuint ZSTD_freeDStream(nint decoder);

    [DllImport("zstd")]
    private static extern nuint ZSTD_decompressStream(nint decoder, ref Buffer output, ref Buffer input);

    [DllImport("zstd")]
    private static extern uint ZSTD_isError(nuint result);

    [DllImport("zstd")]
    private static extern nint ZSTD_getErrorName(nuint result);
}
