using System.IO.Compression;
using Tarn.Sql.Scans.Text;

namespace Tarn.Glue.Classifiers;

/// <summary>The codec around a whole file, told from its first bytes: names end as they like.</summary>
internal static class Compression
{
    public const string None = "none";
    public const string Gzip = "gzip";
    public const string Zstd = "zstd";

    /// <summary>The value of <c>compressionType</c>, also for codecs that are not read yet.</summary>
    public static string Detect(ReadOnlySpan<byte> start) => start switch
    {
        [0x1F, 0x8B, 0x08, ..] => Gzip,
        [0x28, 0xB5, 0x2F, 0xFD, ..] => Zstd,
        [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', 0x31, 0x41, 0x59, 0x26, ..] => "bzip2",
        [(byte)'P', (byte)'K', 3, 4, ..] => "zip",
        [0x04, 0x22, 0x4D, 0x18, ..] => "lz4",
        [0xFF, 0x06, 0x00, 0x00, (byte)'s', (byte)'N', (byte)'a', (byte)'P', (byte)'p', (byte)'Y', ..] => "snappy",
        _ => None,
    };

    /// <summary>Whether files of this codec can be read; <paramref name="reason"/> says why not.</summary>
    public static bool CanRead(string compressionType, out string reason)
    {
        reason = compressionType switch
        {
            None or Gzip => "",
            Zstd => ZstdStream.IsAvailable ? "" : "the library libzstd.so.1 is not installed",
            _ => $"files compressed with {compressionType} are not read yet",
        };
        return reason.Length == 0;
    }

    /// <summary>The content of <paramref name="stored"/>, read from its current position; leaves it open.</summary>
    public static Stream OpenRead(string compressionType, Stream stored) => compressionType switch
    {
        Gzip => new GZipStream(stored, CompressionMode.Decompress, leaveOpen: true),
        Zstd => new ZstdStream(stored),
        _ => stored,
    };
}
