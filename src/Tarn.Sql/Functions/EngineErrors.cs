using System.Globalization;
using System.Text.RegularExpressions;

namespace Tarn.Sql.Functions;

/// <summary>Failures of DuckDB while it ran our text, in Trino's words.</summary>
public static partial class EngineErrors
{
    private const string OutOfRange = "NUMERIC_VALUE_OUT_OF_RANGE";

    /// <summary>What DuckDB's planner cannot do although Trino can: refused before a row is read.</summary>
    private static readonly (string Message, string Words)[] Refused =
    [
        ("TRY can not be used in combination with a volatile function", "TRY of an expression that gives another value each time is not supported"),
        ("TRY can not be used in combination with a scalar subquery", "TRY of a subquery is not supported"),
        ("Unimplemented expression class in ExpressionBinder::BindExpression: WINDOW", "TRY of a window function is not supported"),
        ("Cannot perform non-inner join on subquery", "A subquery in the ON of an outer join is not supported"),
        ("Join condition for non-inner LATERAL JOIN must be", "This condition of an outer join with LATERAL is not supported"),
        ("Failed to bind column reference", "A subquery that is correlated in this way is not supported"),
    ];

    /// <summary>
    /// The Trino failure that a DuckDB message stands for. Null when it stands for none, which is an error of ours or of the machine
    /// (memory, disk, a file that is gone).
    /// </summary>
    /// <param name="message">DuckDB's message, with or without its kind (<c>Invalid Input Error: ...</c>).</param>
    public static SqlException? Translate(string message)
    {
        var text = Kind().Replace(message, "");
        if (Coded().Match(text) is { Success: true } coded)
        {
            return new SqlException(coded.Groups[1].Value, coded.Groups[2].Value.TrimEnd());
        }

        if (Overflow().Match(text) is { Success: true } overflow)
        {
            var type = TypeName(overflow.Groups[2].Value);
            var (noun, sign) = overflow.Groups[1].Value switch
            {
                "addition" => ("addition", "+"),
                "subtraction" => ("subtraction", "-"),
                _ => ("multiplication", "*"),
            };
            return new SqlException(OutOfRange, $"{type} {noun} overflow: {overflow.Groups[3].Value.Replace($" {overflow.Groups[4].Value} ", $" {sign} ")}");
        }

        if (CastRange().Match(text) is { Success: true } range)
        {
            return new SqlException(OutOfRange, $"Out of range for {TypeName(range.Groups[2].Value)}: {range.Groups[1].Value}");
        }

        if (DecimalRange().Match(text) is { Success: true } digits)
        {
            return new SqlException("INVALID_CAST_ARGUMENT", $"Cannot cast DECIMAL '{digits.Groups[1].Value}' to DECIMAL({digits.Groups[2].Value}, {digits.Groups[3].Value})");
        }

        if (UnfitDecimal().Match(text) is { Success: true } unfit)
        {
            return new SqlException("INVALID_CAST_ARGUMENT", $"Cannot cast '{unfit.Groups[1].Value}' to DECIMAL({unfit.Groups[2].Value}, {unfit.Groups[3].Value})");
        }

        if (text.StartsWith("Overflow in ", StringComparison.Ordinal))
        {
            return new SqlException(OutOfRange, text.Contains("DECIMAL", StringComparison.Ordinal) ? "Decimal overflow" : text.TrimEnd('!', ';'));
        }

        if (text.StartsWith("Map keys must be unique", StringComparison.Ordinal))
        {
            return new SqlException("INVALID_FUNCTION_ARGUMENT", "Duplicate map keys are not allowed");
        }

        if (text.StartsWith("Map keys can not be NULL", StringComparison.Ordinal))
        {
            return new SqlException("INVALID_FUNCTION_ARGUMENT", "map key cannot be null");
        }

        if (Refused.FirstOrDefault(refusal => text.StartsWith(refusal.Message, StringComparison.Ordinal)) is { Message: not null } refused)
        {
            return new SqlException("NOT_SUPPORTED", refused.Words);
        }

        if (text.StartsWith("More than one row returned by a subquery", StringComparison.Ordinal))
        {
            return new SqlException("SUBQUERY_MULTIPLE_ROWS", "Scalar sub-query has returned multiple rows");
        }

        return message.StartsWith("Out of Range Error", StringComparison.Ordinal) ? new SqlException(OutOfRange, text) : null;
    }

    private static string TypeName(string duckDb) => duckDb switch
    {
        "INT8" => "tinyint",
        "INT16" => "smallint",
        "INT32" => "integer",
        "INT64" => "bigint",
        "INT128" => "decimal",
        "FLOAT" => "real",
        _ when duckDb.StartsWith("DECIMAL", StringComparison.Ordinal) => "decimal",
        _ => duckDb.ToLower(CultureInfo.InvariantCulture),
    };

    [GeneratedRegex(@"^[A-Z][A-Za-z-]*(?: [A-Z][A-Za-z-]*)* Error: ", RegexOptions.CultureInvariant)]
    private static partial Regex Kind();

    [GeneratedRegex(@"^([A-Z][A-Z0-9_]{4,}): (.*)$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Coded();

    [GeneratedRegex(@"^Overflow in (addition|subtraction|multiplication) of (\w+(?:\([0-9]+\))?) \((-?[0-9.]+ ([-+*]) -?[0-9.]+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Overflow();

    [GeneratedRegex(@"^Type \S+ with value (\S+) can't be cast .* destination type (\w+)", RegexOptions.CultureInvariant)]
    private static partial Regex CastRange();

    [GeneratedRegex(@"^Could not cast value (\S+) to DECIMAL\(([0-9]+),([0-9]+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex UnfitDecimal();

    [GeneratedRegex(@"^Casting value ""([^""]*)"" to type DECIMAL\(([0-9]+),([0-9]+)\) failed", RegexOptions.CultureInvariant)]
    private static partial Regex DecimalRange();
}
