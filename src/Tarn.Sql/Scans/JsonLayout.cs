using System.IO.Compression;
using System.Text.Json;

namespace Tarn.Sql.Scans;

/// <summary>Whether a file holds one JSON record per line, seen from its head.</summary>
internal static class JsonLayout
{
    private const int HeadBytes = 64 * 1024;

    /// <summary>True when the first line that is not empty is a whole JSON value, or does not end within the head.</summary>
    public static bool IsLines(string path, string compression)
    {
        if (compression == "zstd")
        {
            // .NET cannot look inside; lines are what everybody writes.
            return true;
        }

        var head = ReadHead(path, compression);
        var text = head.AsSpan().TrimStart(" \t\r\n"u8);
        var end = text.IndexOf((byte)'\n');
        if (end < 0)
        {
            return true;
        }

        try
        {
            var reader = new Utf8JsonReader(text[..end]);
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            // A line that does not end its value, or one that is wrong: then the reader of lines has the better message.
            return !LooksOpen(text[..end]);
        }
    }

    private static bool LooksOpen(ReadOnlySpan<byte> line)
    {
        var trimmed = line.TrimEnd(" \t\r"u8);
        return trimmed.Length > 0 && trimmed[^1] is (byte)'{' or (byte)'[' or (byte)',' or (byte)':';
    }

    private static byte[] ReadHead(string path, string compression)
    {
        using var file = File.OpenRead(path);
        using Stream stream = compression == "gzip" ? new GZipStream(file, CompressionMode.Decompress) : file;
        var head = new byte[HeadBytes];
        return head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
    }
}
