using System.Text;

namespace Tarn.Wire.Protocols.Rest;

/// <summary>Lists in one header: separated by commas; entries that hold a comma or a quote are quoted.</summary>
internal static class HeaderList
{
    /// <summary>Dates hold a comma after the day: <c>Mon, 16 Dec 2019 23:48:18 GMT</c> stays one entry.</summary>
    private static readonly string[] Days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

    public static string[] Split(string header)
    {
        if (string.IsNullOrWhiteSpace(header))
        {
            return [];
        }

        var entries = new List<string>();
        var entry = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < header.Length; i++)
        {
            var c = header[i];
            if (isQuoted && c == '\\' && i + 1 < header.Length)
            {
                entry.Append(header[++i]);
            }
            else if (c == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (c == ',' && !isQuoted && !Days.Contains(entry.ToString().Trim()))
            {
                entries.Add(entry.ToString().Trim());
                entry.Clear();
            }
            else
            {
                entry.Append(c);
            }
        }

        entries.Add(entry.ToString().Trim());
        return [.. entries];
    }

    public static string Quote(string entry) => entry.AsSpan().ContainsAny(',', '"')
        ? $"\"{entry.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""
        : entry;
}
