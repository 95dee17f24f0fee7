namespace Tarn.DuckDb.Types;

/// <summary>Pieces of SQL text.</summary>
public static class DuckDbText
{
    /// <summary>A name in double quotes: any character may be in it but NUL.</summary>
    public static string Identifier(string name) => $"\"{Checked(name).Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>A string literal in single quotes.</summary>
    public static string Literal(string value) => $"'{Checked(value).Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A list literal of strings: <c>['a', 'b']</c>.</summary>
    public static string LiteralList(IEnumerable<string> values) => $"[{string.Join(", ", values.Select(Literal))}]";

    private static string Checked(string text) =>
        text.Contains('\0', StringComparison.Ordinal) ? throw new DuckDbException(DuckDbErrorKind.Parser, "SQL text must not contain NUL characters") : text;
}
