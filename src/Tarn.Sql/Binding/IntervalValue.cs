using System.Globalization;
using System.Text.RegularExpressions;
using Tarn.Sql.Tree;
using Tarn.Sql.Types;

namespace Tarn.Sql.Binding;

/// <summary>The value of <c>INTERVAL '1 02:03:04.5' DAY TO SECOND</c>: milliseconds, or months.</summary>
internal static partial class IntervalValue
{
    public static BoundExpression Bind(IntervalLiteral literal)
    {
        var to = literal.To ?? literal.From;
        var isMonths = literal.From <= IntervalField.Month;
        if (to < literal.From || (literal.To is not null && to == literal.From) || (isMonths != to <= IntervalField.Month))
        {
            throw new SqlException("SYNTAX_ERROR", $"Invalid interval qualifier: {Upper(literal.From)} TO {Upper(to)}", literal.Position);
        }

        if (Value(literal, to) is not { } value)
        {
            throw new SqlException("INVALID_LITERAL", $"'{literal.Value}' is not a valid INTERVAL literal", literal.Position);
        }

        if (isMonths && value is < int.MinValue or > int.MaxValue)
        {
            throw new SqlException("INVALID_LITERAL", $"'{literal.Value}' is not a valid INTERVAL literal", literal.Position);
        }

        var type = isMonths ? SqlType.IntervalYearToMonth : SqlType.IntervalDayToSecond;
        return new BoundExpression(type, LiteralSql.Integer(value, type)) { Constant = value };
    }

    private static string Upper(IntervalField field) => field.ToString().ToUpperInvariant();

    /// <summary>Null when the text does not have the fields of the qualifier.</summary>
    private static long? Value(IntervalLiteral literal, IntervalField to)
    {
        var match = Text().Match(literal.Value);
        if (!match.Success)
        {
            return null;
        }

        // The numbers of the text belong to the fields from the first on; fewer than the qualifier names are allowed, more are not.
        var separators = match.Groups["sep"].Captures.Select(capture => capture.Value).ToArray();
        var numbers = match.Groups["n"].Captures.Select(capture => capture.Value).ToArray();
        if (numbers.Length > to - literal.From + 1)
        {
            return null;
        }

        decimal total = 0;
        for (var i = 0; i < numbers.Length; i++)
        {
            var field = literal.From + i;
            if (i > 0 && separators[i - 1] != Separator(field))
            {
                return null;
            }

            if (!decimal.TryParse(numbers[i], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > 1_000_000_000_000_000_000m)
            {
                return null;
            }

            total += number * Unit(field);
        }

        if (match.Groups["fraction"].Length > 0)
        {
            if (literal.From + numbers.Length - 1 != IntervalField.Second)
            {
                return null;
            }

            // Milliseconds are all that an interval keeps.
            total += decimal.Parse(match.Groups["fraction"].Value.PadRight(3, '0')[..3], CultureInfo.InvariantCulture);
        }

        var negative = literal.Negative != (match.Groups["sign"].Value == "-");
        return total > long.MaxValue ? null : (long)(negative ? -total : total);
    }

    private static string Separator(IntervalField field) => field switch
    {
        IntervalField.Month => "-",
        IntervalField.Hour => " ",
        _ => ":",
    };

    private static decimal Unit(IntervalField field) => field switch
    {
        IntervalField.Year => 12,
        IntervalField.Month => 1,
        IntervalField.Day => 86_400_000,
        IntervalField.Hour => 3_600_000,
        IntervalField.Minute => 60_000,
        _ => 1000,
    };

    [GeneratedRegex(@"^\s*(?<sign>[+-]?)(?<n>\d+)((?<sep>[- :])(?<n>\d+))*(\.(?<fraction>\d+))?\s*$")]
    private static partial Regex Text();
}
