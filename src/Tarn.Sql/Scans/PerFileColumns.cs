using System.Globalization;
using System.Text;
using Tarn.Sql.Types;

namespace Tarn.Sql.Scans;

/// <summary>
/// Columns whose values depend on the file alone (partition keys, <c>$path</c>): constants where all files agree, otherwise a small table with a row for each file that
/// is joined to the reader by <c>file_index</c>. A lookup in a list constant costs the length of the list for every chunk.
/// </summary>
internal sealed class PerFileColumns
{
    private const string Alias = "\"$files\"";
    private readonly List<string> lists = [];

    /// <param name="values">One for each file, null for NULL.</param>
    /// <returns>DuckDB text of the column.</returns>
    public string Add(string?[] values, string duckDbType)
    {
        if (Array.TrueForAll(values, value => value == values[0]))
        {
            return $"CAST({Literal(values[0])} AS {duckDbType})";
        }

        lists.Add($"unnest(CAST([{string.Join(",", values.Select(Literal))}] AS {duckDbType}[])) AS \"${lists.Count}\"");
        return $"{Alias}.\"${lists.Count - 1}\"";
    }

    /// <summary>What stands behind the reader in FROM.</summary>
    public string Join(int fileCount)
    {
        if (lists.Count == 0)
        {
            return "";
        }

        var text = new StringBuilder(" AS \"$reader\" JOIN (SELECT unnest(range(").Append(fileCount.ToString(CultureInfo.InvariantCulture)).Append("::BIGINT)) AS \"$place\"");
        foreach (var list in lists)
        {
            text.Append(", ").Append(list);
        }

        return text.Append($") AS {Alias} ON CAST(file_index AS BIGINT) = {Alias}.\"$place\"").ToString();
    }

    private static string Literal(string? value) => value is null ? "NULL" : LiteralSql.Text(value);
}
