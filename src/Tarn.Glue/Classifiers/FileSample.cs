using System.Text;

namespace Tarn.Glue.Classifiers;

/// <summary>
/// What classifiers see of a file: its first bytes, decompressed and as UTF-8, and the stored bytes for formats whose schema stands at the end.
/// Reads the first 1 MB at once; <see cref="ExtendAsync"/> reads on. One thread at a time.
/// </summary>
internal sealed class FileSample : IAsyncDisposable
{
    /// <summary>How much is read at first, and with each step after it: 1 MB, Glue's own rule.</summary>
    public const int StepBytes = 1024 * 1024;

    /// <summary>Records looked at in a file: Glue's own rule.</summary>
    public const int RecordsMax = 1000;

    private readonly Stream stored;
    private readonly long start;
    private readonly Stream content;
    private byte[] head = [];
    private int headCount;
    private ReadOnlyMemory<byte> text;
    private bool textIsKnown;

    private FileSample(string name, Stream stored, long storedBytes, string compressionType)
    {
        Name = name;
        this.stored = stored;
        StoredBytes = storedBytes;
        CompressionType = compressionType;
        start = stored.Position;
        content = Compression.OpenRead(compressionType, stored);
    }

    /// <summary>The object's key, for messages.</summary>
    public string Name { get; }

    /// <summary>The size of the object in the lake, in bytes.</summary>
    public long StoredBytes { get; }

    /// <summary>The codec around the whole file, <c>none</c> for none.</summary>
    public string CompressionType { get; }

    /// <summary>The stored bytes, for readers of footers; null when a codec lies around them. Readers seek as they like.</summary>
    public Stream? Stored => CompressionType == Compression.None ? stored : null;

    /// <summary>The first bytes of the content, as they are.</summary>
    public ReadOnlyMemory<byte> Head => head.AsMemory(0, headCount);

    /// <summary>The head is the whole content.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>
    /// The head as UTF-8 without a byte order mark, cut after its last whole character; null when it is no text (a NUL byte in it, and no UTF-16).
    /// </summary>
    public ReadOnlyMemory<byte>? Text
    {
        get
        {
            if (!textIsKnown)
            {
                isText = TextEncodings.TryToUtf8(Head, IsWhole, out text, out wideEncoding);
                textIsKnown = true;
            }

            return isText ? text : null;
        }
    }

    private bool isText;
    private string? wideEncoding;

    /// <summary><c>UTF-16LE</c> or <c>UTF-16BE</c> when a byte order mark says so: what a reader must be told. Null for text of bytes, and for what is no text.</summary>
    public string? WideEncoding => Text is null ? null : wideEncoding;

    /// <summary>How many bytes of the stored file the head takes: all of them when it is whole, else measured at the decoder's input.</summary>
    public long HeadStoredBytes { get; private set; }

    /// <param name="stored">The object's bytes, seekable; the sample closes it.</param>
    /// <exception cref="InvalidDataException">The codec's data is damaged, or the codec is not read yet.</exception>
    public static async ValueTask<FileSample> OpenAsync(string name, Stream stored, long storedBytes, CancellationToken cancellationToken)
    {
        FileSample? sample = null;
        try
        {
            var magic = new byte[16];
            var read = await stored.ReadAtLeastAsync(magic, magic.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            stored.Position = 0;
            var compressionType = Compression.Detect(magic.AsSpan(0, read));
            if (!Compression.CanRead(compressionType, out var reason))
            {
                throw new UnreadableFileException(compressionType, reason);
            }

            sample = new FileSample(name, stored, storedBytes, compressionType);
            if (magic.AsSpan(0, read).StartsWith("PAR1"u8))
            {
                // All that is of interest stands at the end.
                sample.head = magic;
                sample.headCount = read;
                return sample;
            }

            await sample.ExtendAsync(cancellationToken).ConfigureAwait(false);
            return sample;
        }
        catch
        {
            await (sample?.DisposeAsync() ?? stored.DisposeAsync()).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Reads 1 MB more; false when the file has no more.</summary>
    public async ValueTask<bool> ExtendAsync(CancellationToken cancellationToken)
    {
        if (IsWhole)
        {
            return false;
        }

        // A classifier of footers may have moved the stored stream; sequential reading goes on where it stopped.
        if (CompressionType == Compression.None)
        {
            stored.Position = start + headCount;
        }

        // No larger than the file needs: most files of a lake of small files are a few kilobytes. One byte over tells the end.
        var known = CompressionType == Compression.None ? Math.Max(0, StoredBytes - headCount) + 1 : StepBytes;
        var step = (int)Math.Min(StepBytes, known);
        var before = headCount;
        Array.Resize(ref head, headCount + step);
        headCount += await content.ReadAtLeastAsync(head.AsMemory(headCount), step, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        IsWhole = headCount - before < step;
        HeadStoredBytes = IsWhole ? StoredBytes : CompressionType == Compression.None ? headCount : Math.Clamp(stored.Position - start, 1, StoredBytes);
        textIsKnown = false;
        return headCount > before;
    }

    public async ValueTask DisposeAsync()
    {
        if (!ReferenceEquals(content, stored))
        {
            await content.DisposeAsync().ConfigureAwait(false);
        }

        await stored.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary>A file that cannot be classified, with the reason; it is logged and has the classification UNKNOWN.</summary>
internal sealed class UnreadableFileException(string compressionType, string message) : Exception(message)
{
    public string CompressionType { get; } = compressionType;
}

/// <summary>
/// Text as UTF-8: with a byte order mark, UTF-8 or UTF-16; without one, UTF-8 when it is valid, and Latin-1 when it is not (docs/adr/0040).
/// </summary>
internal static class TextEncodings
{
    public static bool TryToUtf8(ReadOnlyMemory<byte> bytes, bool isWhole, out ReadOnlyMemory<byte> text, out string? wideEncoding)
    {
        var span = bytes.Span;
        text = default;
        wideEncoding = null;
        if (span is [0xEF, 0xBB, 0xBF, ..])
        {
            bytes = bytes[3..];
            span = bytes.Span;
        }
        else if (span is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            var encoding = span[0] == 0xFF ? Encoding.Unicode : Encoding.BigEndianUnicode;
            wideEncoding = span[0] == 0xFF ? "UTF-16LE" : "UTF-16BE";
            text = Encoding.UTF8.GetBytes(encoding.GetString(span[2..(span.Length & ~1)]));
            return true;
        }

        if (span.Contains((byte)0))
        {
            return false;
        }

        if (!isWhole)
        {
            span = span[..WholeCharacters(span)];
        }

        text = System.Text.Unicode.Utf8.IsValid(span)
            ? bytes[..span.Length]
            : Encoding.UTF8.GetBytes(Encoding.Latin1.GetString(bytes.Span));
        return true;
    }

    /// <summary>The length without a UTF-8 sequence that is cut off at the end.</summary>
    private static int WholeCharacters(ReadOnlySpan<byte> span)
    {
        for (var back = 1; back <= Math.Min(4, span.Length); back++)
        {
            var value = span[^back];
            if (value < 0x80)
            {
                return span.Length;
            }

            if (value >= 0xC0)
            {
                var needed = value >= 0xF0 ? 4 : value >= 0xE0 ? 3 : 2;
                return back < needed ? span.Length - back : span.Length;
            }
        }

        return span.Length;
    }
}
