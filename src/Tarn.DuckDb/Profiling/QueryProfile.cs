using System.Globalization;
using Tarn.DuckDb.Native;
using Tarn.DuckDb.Values;

namespace Tarn.DuckDb.Profiling;

/// <summary>
/// What the last statement of a connection did, operator by operator. Only what DuckDB counts truly is read: the rows that come out of an operator, the row groups it
/// read, the files it opened. (Its TOTAL_BYTES_READ and OPERATOR_ROWS_SCANNED are estimates; see <see cref="FileBytes"/> for bytes.)
/// </summary>
public sealed record QueryProfile(IReadOnlyList<QueryOperator> Operators)
{
    internal static void Enable(DuckDbConnection connection)
    {
        connection.Execute(
            """
            PRAGMA enable_profiling = 'no_output';
            SET profiling_coverage = 'ALL';
            SET custom_profiling_settings = '{"OPERATOR_NAME": "true", "OPERATOR_TYPE": "true", "OPERATOR_CARDINALITY": "true", "EXTRA_INFO": "true"}'
            """,
            CancellationToken.None);
    }

    /// <summary>The profile of the statement that ran last, once its result was read to the end; null when none ran or the instance was not opened with <see cref="DuckDbOptions.Profiles"/>.</summary>
    public static QueryProfile? Read(DuckDbConnection connection)
    {
        var root = NativeMethods.duckdb_get_profiling_info(connection.Handle);
        if (root == 0)
        {
            return null;
        }

        var operators = new List<QueryOperator>();
        Collect(root, operators);
        return new QueryProfile(operators);
    }

    /// <summary>Rows that came out of all scans of tables and files.</summary>
    public long RowsScanned => Operators.Where(step => step.IsScan).Sum(step => step.RowCount);

    /// <summary>Files that scans opened.</summary>
    public long FilesRead => Operators.Sum(step => step.Extra.TryGetValue("Total Files Read", out var files) && long.TryParse(files, CultureInfo.InvariantCulture, out var count) ? count : 0);

    /// <summary>The node's memory belongs to the connection: nothing is released here.</summary>
    private static void Collect(nint node, List<QueryOperator> operators)
    {
        if (NativeValueReader.ReadOwned(NativeMethods.duckdb_profiling_info_get_metrics(node)) is DuckDbMap metrics)
        {
            var values = metrics.ToDictionary(entry => (string)entry.Key, entry => entry.Value, StringComparer.OrdinalIgnoreCase);
            if (Metric(values, "OPERATOR_TYPE") is { Length: > 0 } type)
            {
                operators.Add(new QueryOperator(
                    type,
                    long.TryParse(Metric(values, "OPERATOR_CARDINALITY"), CultureInfo.InvariantCulture, out var rows) ? rows : 0,
                    ParseExtra(values.GetValueOrDefault("EXTRA_INFO"))));
            }
        }

        for (ulong i = 0; i < NativeMethods.duckdb_profiling_info_get_child_count(node); i++)
        {
            Collect(NativeMethods.duckdb_profiling_info_get_child(node, i), operators);
        }
    }

    private static string? Metric(Dictionary<string, object?> values, string name) => values.GetValueOrDefault(name)?.ToString();

    private static Dictionary<string, string> ParseExtra(object? value) => value switch
    {
        DuckDbMap map => map.ToDictionary(entry => entry.Key.ToString()!, entry => entry.Value?.ToString() ?? ""),
        string text => ParseText(text),
        _ => [],
    };

    /// <summary>The text is <c>{Key=value, Key=value}</c>; values may hold commas, so only what looks like the next key ends one.</summary>
    private static Dictionary<string, string> ParseText(string text)
    {
        var extra = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in text.Trim('{', '}').Split(", ", StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                extra.TryAdd(part[..equals].Trim('\'', '"'), part[(equals + 1)..].Trim('\'', '"'));
            }
        }

        return extra;
    }
}

/// <param name="Kind">DuckDB's name of the operator: <c>TABLE_SCAN</c>, <c>HASH_JOIN</c>, ...</param>
/// <param name="RowCount">Rows that came out of it.</param>
/// <param name="Extra">What DuckDB says of it besides, by name, as text.</param>
public sealed record QueryOperator(string Kind, long RowCount, IReadOnlyDictionary<string, string> Extra)
{
    public bool IsScan => Kind.Contains("SCAN", StringComparison.Ordinal) && !Kind.Contains("COLUMN_DATA", StringComparison.Ordinal) && Kind is not ("CTE_SCAN" or "DELIM_SCAN" or "DUMMY_SCAN");
}
