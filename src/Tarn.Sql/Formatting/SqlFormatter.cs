using System.Text;
using Tarn.Sql.Tree;

namespace Tarn.Sql.Formatting;

/// <summary>
/// Writes a tree as Trino SQL on one line. Every operator that stands inside another gets parentheses, so that precedence never has to be
/// thought about and parsing the text gives an equal tree.
/// </summary>
public static class SqlFormatter
{
    public static string Format(Statement statement)
    {
        var text = new StringBuilder();
        StatementFormatter.Append(text, statement);
        return text.ToString();
    }

    public static string Format(Expression expression)
    {
        var text = new StringBuilder();
        ExpressionFormatter.Append(text, expression);
        return text.ToString();
    }

    public static string Format(TypeName type)
    {
        var text = new StringBuilder();
        TypeNameFormatter.Append(text, type);
        return text.ToString();
    }

    internal static StringBuilder AppendList<T>(this StringBuilder text, IEnumerable<T> items, Action<StringBuilder, T> append)
    {
        var separator = "";
        foreach (var item in items)
        {
            text.Append(separator);
            append(text, item);
            separator = ", ";
        }

        return text;
    }

    internal static StringBuilder AppendString(this StringBuilder text, string value) => text.Append('\'').Append(value.Replace("'", "''", StringComparison.Ordinal)).Append('\'');

    internal static StringBuilder AppendName(this StringBuilder text, Identifier name) =>
        name.Quoted ? text.Append('"').Append(name.Value.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"') : text.Append(name.Value);

    internal static StringBuilder AppendName(this StringBuilder text, QualifiedName name)
    {
        for (var i = 0; i < name.Parts.Count; i++)
        {
            text.Append(i == 0 ? "" : ".").AppendName(name.Parts[i]);
        }

        return text;
    }

    internal static StringBuilder AppendNames(this StringBuilder text, NodeList<Identifier> names) =>
        text.Append('(').AppendList(names, (to, name) => to.AppendName(name)).Append(')');
}
