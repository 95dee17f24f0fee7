using System.IO.Compression;
using System.Text;

namespace Tarn.Sql.Scans.Text;

/// <summary>A part of a scan that one thread reads.</summary>
/// <param name="FileIndex">In the scan's list of files.</param>
/// <param name="Start">Offset of the first byte whose line belongs to the unit; 0 for the whole file or its first part.</param>
/// <param name="End">Offset behind the last such byte; <see cref="long.MaxValue"/> up to the end of the file.</param>
internal readonly record struct TextUnit(int FileIndex, string Path, long Start, long End)
{
    public bool IsWholeFile => Start == 0 && End == long.MaxValue;
}

/// <summary>
/// Deals the files of a scan out to its threads, in order. A large file without compression is dealt out in parts, which begin and end at line ends. Any
/// thread may call.
/// </summary>
/// <param name="splits">Whether a file's lines can be read without what stands before them.</param>
internal sealed class TextUnits(IReadOnlyList<string> paths, TextEncoding encoding, Func<string, bool> splits)
{
    /// <summary>Bytes of a part. Files up to twice as long are read whole.</summary>
    private const long PartBytes = 8 << 20;

    private const int MagicBytes = 8;

    private readonly Lock gate = new();
    private int file;
    private long offset;
    private long length = -1;

    /// <summary>The next unit; null when all are dealt out.</summary>
    public TextUnit? Take()
    {
        lock (gate)
        {
            if (file == paths.Count)
            {
                return null;
            }

            if (length < 0)
            {
                length = new FileInfo(paths[file]).Length;
                if (length <= 2 * PartBytes || encoding != TextEncoding.Utf8 || IsCompressed(paths[file]) || !splits(paths[file]))
                {
                    length = -1;
                    return new TextUnit(file, paths[file++], 0, long.MaxValue);
                }
            }

            var start = offset;
            var isLast = length - start < 2 * PartBytes;
            var unit = new TextUnit(file, paths[file], start, isLast ? long.MaxValue : start + PartBytes);
            offset = isLast ? 0 : unit.End;
            if (isLast)
            {
                file++;
                length = -1;
            }

            return unit;
        }
    }

    /// <summary>The bytes of a unit's file as UTF-8, decompressed; of a part from one byte before its start.</summary>
    /// <param name="stored">The file below the stream, to be disposed with it.</param>
    public static Stream Open(TextUnit unit, TextEncoding encoding, out FileStream stored)
    {
        stored = new FileStream(unit.Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        try
        {
            if (unit.Start > 0)
            {
                stored.Position = unit.Start - 1;
                return stored;
            }

            Span<byte> start = stackalloc byte[MagicBytes];
            start = start[..stored.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
            stored.Position = 0;
            Stream content = Magic(start) switch
            {
                Codec.Gzip => new GZipStream(stored, CompressionMode.Decompress),
                Codec.Zstd => ZstdStream.IsAvailable ? new ZstdStream(stored) : throw new SqlException("HIVE_UNSUPPORTED_FORMAT", "Text compressed with zstd cannot be read: libzstd.so.1 is not installed"),
                Codec.Other => throw new SqlException("HIVE_UNSUPPORTED_FORMAT", $"Text file {Path.GetFileName(unit.Path)} is compressed as Tarn cannot read it yet; gzip and zstd can be read"),
                _ => stored,
            };
            return encoding switch
            {
                TextEncoding.Utf8 => content,
                TextEncoding.Latin1 => Transcoded(content, Encoding.Latin1),
                TextEncoding.Utf16LittleEndian => Transcoded(content, Encoding.Unicode),

                // The mark decides; without one it is big-endian, as Java takes the name.
                TextEncoding.Utf16 when start is [0xFF, 0xFE, ..] => Transcoded(content, Encoding.Unicode),
                _ => Transcoded(content, Encoding.BigEndianUnicode),
            };
        }
        catch
        {
            stored.Dispose();
            throw;
        }
    }

    private static Stream Transcoded(Stream content, Encoding encoding) => Encoding.CreateTranscodingStream(content, encoding, Encoding.UTF8);

    private static bool IsCompressed(string path)
    {
        using var stored = File.OpenRead(path);
        Span<byte> start = stackalloc byte[MagicBytes];
        return Magic(start[..stored.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)]) != Codec.None;
    }

    /// <summary>Told from the first bytes, which no text has: names of objects end as they like.</summary>
    private static Codec Magic(ReadOnlySpan<byte> start) => start switch
    {
        [0x1F, 0x8B, 0x08, ..] => Codec.Gzip,
        [0x28, 0xB5, 0x2F, 0xFD, ..] => Codec.Zstd,
        [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', 0x31, 0x41, 0x59, 0x26, ..] or [0x04, 0x22, 0x4D, 0x18, ..] or [0xFF, 0x06, 0x00, 0x00, ..] => Codec.Other,
        _ => Codec.None,
    };

    private enum Codec
    {
        None,
        Gzip,
        Zstd,

        /// <summary>bzip2, lz4, snappy.</summary>
        Other,
    }
}
