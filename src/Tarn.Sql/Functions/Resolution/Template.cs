using System.Text;

namespace Tarn.Sql.Functions.Resolution;

/// <summary>DuckDB text with holes <c>{0}</c>, <c>{1}</c>, ... for the arguments of a call.</summary>
internal static class Template
{
    [ThreadStatic]
    private static int names;

    /// <summary>
    /// Fills the holes. An argument that is used more than once and is more than a name or a literal is evaluated once, through a list of one
    /// value and a lambda: it may be volatile, costly, or itself such a template, whose text would grow with every level.
    /// </summary>
    public static string Fill(string template, IReadOnlyList<string> arguments)
    {
        var texts = arguments.ToArray();
        var bound = new List<(string Name, string Value)>();
        for (var i = 0; i < texts.Length; i++)
        {
            if (!IsSimple(texts[i]) && Uses(template, i) > 1)
            {
                var name = NewName();
                bound.Add((name, texts[i]));
                texts[i] = name;
            }
        }

        var text = new StringBuilder();
        for (var i = 0; i < template.Length; i++)
        {
            if (template[i] == '{' && i + 2 < template.Length && char.IsAsciiDigit(template[i + 1]) && template[i + 2] == '}')
            {
                text.Append(texts[template[i + 1] - '0']);
                i += 2;
            }
            else
            {
                text.Append(template[i]);
            }
        }

        var body = text.ToString();
        for (var i = bound.Count - 1; i >= 0; i--)
        {
            body = $"list_extract(list_transform([{bound[i].Value}], lambda {bound[i].Name}: {body}), 1)";
        }

        return body;
    }

    /// <summary>A text that names a value once computed, for a body that uses it more than once.</summary>
    public static string Let(string value, Func<string, string> body)
    {
        if (IsSimple(value))
        {
            return body(value);
        }

        var name = NewName();
        return $"list_extract(list_transform([{value}], lambda {name}: {body(name)}), 1)";
    }

    /// <summary>A lambda as DuckDB writes it.</summary>
    public static string Lambda(BoundArgument argument) => $"lambda {string.Join(", ", argument.LambdaParameters!)}: {argument.Sql}";

    /// <summary>A name for a lambda parameter that no other of the statement has.</summary>
    public static string NewName() => $"_t{unchecked((uint)++names)}";

    /// <summary>
    /// A random number from 0 to 1. Each text is another: DuckDB takes two equal lambdas for one, even when they hold a random().
    /// </summary>
    public static string Random() => $"greatest(random(), -{unchecked((uint)++names)}.0)";

    private static bool IsSimple(string text) =>
        text.Length > 0 && (text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '"' or '-') || IsLiteral(text));

    private static bool IsLiteral(string text) => text.Length < 200 && text[0] == '\'' && text[^1] == '\'' && !text[1..^1].Replace("''", "").Contains('\'');

    private static int Uses(string template, int index)
    {
        var hole = $"{{{index}}}";
        var uses = 0;
        for (var i = template.IndexOf(hole, StringComparison.Ordinal); i >= 0; i = template.IndexOf(hole, i + 3, StringComparison.Ordinal))
        {
            uses++;
        }

        return uses;
    }
}
