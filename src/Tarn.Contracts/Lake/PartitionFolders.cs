using System.Globalization;
using System.Text;

namespace Tarn.Contracts.Lake;

/// <summary>Names of the folders of partitions, as Hive and Spark write them: <c>dt=2020-01-01/hour=3</c>.</summary>
public static class PartitionFolders
{
    /// <summary>The value that stands for NULL, in folders and in the catalog.</summary>
    public const string NullValue = "__HIVE_DEFAULT_PARTITION__";

    /// <summary>Characters that file systems and Hive cannot take: they are written as % and two digits.</summary>
    private const string Escaped = "\"#%'*/:=?\\{[]^";

    /// <summary>Without slashes around it; empty without keys.</summary>
    /// <param name="values">One for each key; null for the NULL partition.</param>
    public static string Name(IEnumerable<string> keys, IReadOnlyList<string?> values) =>
        string.Join('/', keys.Select((key, i) => $"{Escape(key)}={(string.IsNullOrEmpty(values[i]) ? NullValue : Escape(values[i]!))}"));

    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            escaped.Append(c < ' ' || c == 0x7F || Escaped.Contains(c, StringComparison.Ordinal) ? $"%{(int)c:X2}" : c.ToString());
        }

        return escaped.ToString();
    }

    /// <summary>The text of a folder's name, with %XX decoded.</summary>
    public static string Unescape(string text)
    {
        var bytes = new List<byte>(text.Length);
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, null, out var b))
            {
                bytes.Add(b);
                i += 2;
            }
            else
            {
                var rune = Rune.GetRuneAt(text, i);
                bytes.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
                i += rune.Utf16SequenceLength - 1;
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
