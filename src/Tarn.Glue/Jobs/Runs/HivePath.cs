using System.Globalization;
using System.Text;

namespace Tarn.Glue.Jobs.Runs;

/// <summary>Folders of partitions, as Hive and Spark write them: <c>day=2024-01-01/hour=7/</c>.</summary>
internal static class HivePath
{
    public const string NullPartition = "__HIVE_DEFAULT_PARTITION__";

    /// <summary>With a slash at the end; empty without keys.</summary>
    public static string Of(IReadOnlyList<string> keys, IReadOnlyList<string?> values)
    {
        var path = new StringBuilder();
        for (var i = 0; i < keys.Count; i++)
        {
            path.Append(Escape(keys[i])).Append('=').Append(values[i] is { } value ? Escape(value) : NullPartition).Append('/');
        }

        return path.ToString();
    }

    /// <summary>Spark's escapePathName: the characters that file systems and Hive cannot take, as % and two digits.</summary>
    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var c in text)
        {
            if (c < ' ' || c is '"' or '#' or '%' or '\'' or '*' or '/' or ':' or '=' or '?' or '\\' or '\u007F' or '{' or '[' or ']' or '^')
            {
                escaped.Append(CultureInfo.InvariantCulture, $"%{(int)c:X2}");
            }
            else
            {
                escaped.Append(c);
            }
        }

        return escaped.ToString();
    }
}
