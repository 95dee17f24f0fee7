using System.Text.Json;

namespace Tarn.Sql.Scans.Text;

/// <summary>
/// How JSON records lie in a file. One a line is what the SerDes know; then each line stands for itself, and a large file can be read in parts. Everything else (an
/// object over several lines, an array at the top, a path into a document) is read as one value after the other.
/// </summary>
internal static class JsonLayout
{
    /// <summary>Lines that are looked at when the first is broken and broken lines are to be passed over.</summary>
    private const int ProbedLines = 32;

    public static readonly JsonReaderOptions Options = new() { MaxDepth = 256, AllowMultipleValues = true };

    public static bool IsLines(string path, TextScanSpec spec)
    {
        using var window = new ByteWindow(new TextUnit(0, path, 0, long.MaxValue), spec.Encoding);
        for (var i = 0; i < spec.HeaderLines && window.ReadLine(out _); i++)
        {
        }

        return IsLines(window, spec);
    }

    /// <summary>Looks at what the window begins with, and consumes nothing.</summary>
    public static bool IsLines(ByteWindow window, TextScanSpec spec)
    {
        if (spec.JsonPath is not null)
        {
            return false;
        }

        int first;
        while ((first = window.Available.IndexOfAnyExcept(" \t\r\n"u8)) < 0)
        {
            if (!window.Fill())
            {
                return true;
            }
        }

        if (window.Available[first] != '{')
        {
            return window.Available[first] != '[';
        }

        int length;
        while ((length = window.Available[first..].IndexOfAny("\r\n"u8)) < 0)
        {
            if (!window.Fill())
            {
                length = window.Available.Length - first;
                break;
            }
        }

        return IsComplete(window.Available.Slice(first, length)) || (spec.IgnoresMalformed && HasCompleteLine(window.Available[(first + length)..]));
    }

    private static bool HasCompleteLine(ReadOnlySpan<byte> text)
    {
        for (var i = 0; i < ProbedLines && !text.IsEmpty; i++)
        {
            var length = text.IndexOfAny("\r\n"u8);
            var line = length < 0 ? text : text[..length];
            if (line.StartsWith("{"u8) && IsComplete(line))
            {
                return true;
            }

            text = length < 0 ? default : text[(length + 1)..];
        }

        return false;
    }

    /// <summary>Whether a line holds whole values, one or more.</summary>
    private static bool IsComplete(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line, isFinalBlock: false, new JsonReaderState(Options));
            while (reader.Read())
            {
                if (!reader.TrySkip())
                {
                    return false;
                }
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
