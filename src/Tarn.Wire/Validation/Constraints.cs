using System.Collections;
using System.Text;

namespace Tarn.Wire.Validation;

/// <summary>Single values against their constraint, and how AWS phrases each failure.</summary>
internal static class Constraints
{
    public static bool IsGood(string value, ShapeConstraint constraint) =>
        IsLengthGood(value, constraint)
        && (constraint.Enum is null || Array.IndexOf(constraint.Enum, value) >= 0)
        && (constraint.Pattern is null || constraint.Matches(value));

    /// <summary>One error per constraint that fails, in the order that AWS has been seen to use: pattern, enum, length.</summary>
    public static void Explain(ref ShapeValidator validator, string value, ShapeConstraint constraint)
    {
        var shown = constraint.IsSensitive ? null : value;
        if (constraint.Pattern is not null && !constraint.Matches(value))
        {
            validator.Fail(shown, Pattern(constraint));
        }

        if (constraint.Enum is not null && Array.IndexOf(constraint.Enum, value) < 0)
        {
            validator.Fail(shown, EnumSet(constraint));
        }

        if (!IsLengthGood(value, constraint))
        {
            validator.Fail(shown, Length(CodePoints(value), constraint));
        }
    }

    public static string Length(int count, ShapeConstraint constraint) => count > constraint.Max
        ? $"Member must have length less than or equal to {constraint.Max}"
        : $"Member must have length greater than or equal to {constraint.Min}";

    /// <summary>Every constraint of an entry, as AWS lists them for lists and maps of strings.</summary>
    public static string All(ShapeConstraint constraint)
    {
        var all = new List<string>();
        if (constraint.Max != long.MaxValue)
        {
            all.Add($"Member must have length less than or equal to {constraint.Max}");
        }

        if (constraint.Min != long.MinValue)
        {
            all.Add($"Member must have length greater than or equal to {constraint.Min}");
        }

        if (constraint.Pattern is not null)
        {
            all.Add(Pattern(constraint));
        }

        if (constraint.Enum is not null)
        {
            all.Add(EnumSet(constraint));
        }

        return string.Join(", ", all);
    }

    /// <summary>A collection of strings as Java prints it; null for anything that has no short form.</summary>
    public static string? Show(object? collection) => collection switch
    {
        IReadOnlyDictionary<string, string> map => $"{{{string.Join(", ", map.Select(entry => $"{entry.Key}={entry.Value}"))}}}",
        IReadOnlyList<string> list => $"[{string.Join(", ", list)}]",
        ICollection { Count: 0 } => "[]",
        _ => null,
    };

    private static bool IsLengthGood(string value, ShapeConstraint constraint)
    {
        // The count of code points is at most the count of chars and at least half of it: count only when that leaves a doubt.
        if (value.Length <= constraint.Max && value.Length / 2 >= constraint.Min)
        {
            return true;
        }

        var length = CodePoints(value);
        return length <= constraint.Max && length >= constraint.Min;
    }

    private static int CodePoints(string value)
    {
        var count = 0;
        foreach (var _ in value.EnumerateRunes())
        {
            count++;
        }

        return count;
    }

    private static string Pattern(ShapeConstraint constraint) => $"Member must satisfy regular expression pattern: {constraint.Pattern}";

    private static string EnumSet(ShapeConstraint constraint) => $"Member must satisfy enum value set: [{string.Join(", ", constraint.Enum!)}]";
}
