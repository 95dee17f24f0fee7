using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Tarn.Sql.Scans.Text;

/// <summary>
/// The part of JSONPath that Glue's JSON classifiers know: <c>$</c>, <c>.name</c>, <c>['name']</c>, <c>[n]</c>, <c>*</c>. It says where in a document the records are.
/// </summary>
public sealed class JsonPath
{
    private JsonPath(string text, IReadOnlyList<JsonPathStep> steps)
    {
        Text = text;
        Steps = steps;
    }

    /// <summary>The whole document is the record: <c>$</c>.</summary>
    public static JsonPath Document { get; } = new("$", []);

    public string Text { get; }

    public IReadOnlyList<JsonPathStep> Steps { get; }

    /// <summary>False with a reason when the path is not of the supported form.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out JsonPath? path, out string reason)
    {
        path = null;
        reason = "";
        var rest = text.Trim();
        if (!rest.StartsWith('$'))
        {
            reason = "it must start with $";
            return false;
        }

        var steps = new List<JsonPathStep>();
        rest = rest[1..];
        while (rest.Length > 0)
        {
            if (!TryParseStep(ref rest, out var step))
            {
                reason = $"'{rest}' is not one of .name, .*, ['name'], [n], [*]";
                return false;
            }

            steps.Add(step);
        }

        path = new JsonPath(text.Trim(), steps);
        return true;
    }

    private static bool TryParseStep(ref string rest, out JsonPathStep step)
    {
        step = default;
        if (rest.StartsWith("[*]", StringComparison.Ordinal) || rest.StartsWith(".*", StringComparison.Ordinal))
        {
            step = new JsonPathStep(null, null);
            rest = rest[(rest[0] == '[' ? 3 : 2)..];
            return true;
        }

        if (rest[0] == '.')
        {
            var end = rest.AsSpan(1).IndexOfAny('.', '[');
            var name = end < 0 ? rest[1..] : rest[1..(end + 1)];
            if (name.Length == 0)
            {
                return false;
            }

            step = new JsonPathStep(name, null);
            rest = rest[(name.Length + 1)..];
            return true;
        }

        if (rest[0] != '[' || rest.Length < 3)
        {
            return false;
        }

        if (rest[1] is '\'' or '"')
        {
            var close = rest.IndexOf($"{rest[1]}]", 2, StringComparison.Ordinal);
            if (close <= 2 || rest.AsSpan(2, close - 2).Contains(rest[1]))
            {
                return false;
            }

            step = new JsonPathStep(rest[2..close], null);
            rest = rest[(close + 2)..];
            return true;
        }

        var bracket = rest.IndexOf(']', StringComparison.Ordinal);
        if (bracket < 2 || !int.TryParse(rest[1..bracket], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            return false;
        }

        step = new JsonPathStep(null, index);
        rest = rest[(bracket + 1)..];
        return true;
    }
}

/// <summary>One step down: a member by name, an element by index from 0, or all of them when both are null.</summary>
public readonly record struct JsonPathStep(string? Name, int? Index)
{
    public bool TakesMember(string name) => Index is null && (Name is null || Name == name);

    public bool TakesElement(int index) => Name is null && (Index is null || Index == index);
}
