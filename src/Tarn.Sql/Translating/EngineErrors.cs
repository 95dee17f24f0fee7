using System.Text.RegularExpressions;
using Tarn.DuckDb;

namespace Tarn.Sql.Translating;

/// <summary>What DuckDB says while a translated query runs, in Trino's words.</summary>
public static partial class EngineErrors
{
    /// <summary>
    /// A failure of the user's statement as <see cref="SqlException"/>; null when the fault is the engine's or ours: an error that names no
    /// condition of the data must not be blamed on the query.
    /// </summary>
    public static SqlException? Map(DuckDbException error)
    {
        var message = error.Message;
        if (Raised().Match(message) is { Success: true } raised)
        {
            return new SqlException(raised.Groups["code"].Value, raised.Groups["message"].Value.TrimEnd());
        }

        if (message.Contains("More than one row returned by a subquery", StringComparison.Ordinal))
        {
            return new SqlException("SUBQUERY_MULTIPLE_ROWS", "Scalar sub-query has returned multiple rows");
        }

        if (message.Contains("Max expression depth limit", StringComparison.Ordinal))
        {
            return new SqlException("STACK_OVERFLOW", "statement is too large (stack overflow during analysis)", new SourcePosition(1, 1));
        }

        if (Overflow().IsMatch(message))
        {
            return new SqlException("NUMERIC_VALUE_OUT_OF_RANGE", FirstLine(message));
        }

        if (message.StartsWith("Conversion Error", StringComparison.Ordinal))
        {
            return new SqlException("INVALID_CAST_ARGUMENT", FirstLine(message));
        }

        if (message.StartsWith("Out of Range Error", StringComparison.Ordinal) || message.StartsWith("Invalid Input Error", StringComparison.Ordinal))
        {
            return new SqlException("INVALID_FUNCTION_ARGUMENT", FirstLine(message));
        }

        return message.StartsWith("Out of Memory Error", StringComparison.Ordinal) ? new SqlException("EXCEEDED_LOCAL_MEMORY_LIMIT", "Query exceeded per-node memory limit") : null;
    }

    private static string FirstLine(string message)
    {
        var line = message.Split('\n')[0];
        var colon = line.IndexOf(": ", StringComparison.Ordinal);
        return colon < 0 ? line : line[(colon + 2)..];
    }

    /// <summary><c>CODE: message</c> as the translated text raises it, behind whatever DuckDB puts in front.</summary>
    [GeneratedRegex(@"(^|: |\s)(?<code>[A-Z]{3,}(_[A-Z]+)+): (?<message>[^\n]*)", RegexOptions.Singleline)]
    private static partial Regex Raised();

    [GeneratedRegex(@"Overflow in|out of range for the destination type|Could not cast value .* to DECIMAL|Casting value .* failed: value is out of range|Failed to cast decimal value", RegexOptions.IgnoreCase)]
    private static partial Regex Overflow();
}
