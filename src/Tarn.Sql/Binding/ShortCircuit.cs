using System.Text.RegularExpressions;
using Tarn.Sql.Tree;

namespace Tarn.Sql.Binding;

/// <summary>
/// AND and OR from left to right: <c>x &lt;&gt; 0 AND 1 / x &gt; 1</c> does not divide by zero. DuckDB computes all terms of a select list, and orders those of a
/// filter by what they cost, as it does not know that our functions fail. So a term that may fail stands in a CASE behind the terms before it.
/// </summary>
internal static partial class ShortCircuit
{
    /// <summary>What is written again before a term; longer is left out, and the engine is free again.</summary>
    private const int GuardLengthMax = 4_000;

    public static string Join(LogicalOperator @operator, IReadOnlyList<string> terms)
    {
        var isAnd = @operator == LogicalOperator.And;
        var written = new List<string>(terms.Count);
        foreach (var term in terms)
        {
            written.Add(MayFail(term) && Guard(isAnd, written, term) is { } guard ? $"CASE WHEN ({guard}) IS NOT {(isAnd ? "FALSE" : "TRUE")} THEN {term} ELSE {(isAnd ? "false" : "true")} END" : term);
        }

        return string.Join(isAnd ? " AND " : " OR ", written);
    }

    /// <summary>
    /// The terms before one, as far as they are about the same relation: a filter of one table must stay one, and an equality of two tables must stay one
    /// that they can be joined by. Null for none.
    /// </summary>
    private static string? Guard(bool isAnd, List<string> before, string term)
    {
        var relations = Relations(term);
        if (relations.Count > 1)
        {
            return null;
        }

        var usable = before.Where(other => !other.Contains("SELECT ", StringComparison.Ordinal) && Relations(other).IsSubsetOf(relations)).ToList();
        return usable.Count > 0 && usable.Sum(other => other.Length) <= GuardLengthMax ? string.Join(isAnd ? " AND " : " OR ", usable) : null;
    }

    private static bool MayFail(string term) => term.Contains("trino_", StringComparison.Ordinal) && !term.Contains("SELECT ", StringComparison.Ordinal);

    private static HashSet<string> Relations(string term) => [.. Relation().Matches(term).Select(match => match.Groups["relation"]).Where(group => group.Success).Select(group => group.Value)];

    [GeneratedRegex("""'(?:[^']|'')*'|(?<![\w."])(?<relation>[a-z][0-9]+)\.""")]
    private static partial Regex Relation();
}
