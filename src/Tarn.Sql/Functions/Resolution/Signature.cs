namespace Tarn.Sql.Functions.Resolution;

/// <summary>A function's name, parameter types and result type, read from text such as <c>transform(array(T), function(T,U)) -> array(U)</c>.</summary>
/// <param name="Variadic">The last parameter may be repeated any number of times, or be absent.</param>
internal sealed record Signature(string Name, IReadOnlyList<TypePattern> Parameters, bool Variadic, TypePattern Result, string Text)
{
    public static Signature Parse(string text)
    {
        var arrow = text.IndexOf("->", StringComparison.Ordinal);
        var head = text[..arrow].Trim();
        var open = head.IndexOf('(');
        var inside = head[(open + 1)..head.LastIndexOf(')')].Trim();
        var variadic = inside.EndsWith("...", StringComparison.Ordinal);
        var parameters = SplitTop(variadic ? inside[..^3] : inside).Select(TypePattern.Parse).ToArray();
        return new Signature(head[..open], parameters, variadic, TypePattern.Parse(text[(arrow + 2)..]), head);
    }

    public bool Accepts(int arguments) => Variadic ? arguments >= Parameters.Count - 1 : arguments == Parameters.Count;

    public TypePattern Parameter(int index) => Parameters[Math.Min(index, Parameters.Count - 1)];

    /// <summary>Cuts at commas that stand outside parentheses.</summary>
    public static List<string> SplitTop(string text)
    {
        var parts = new List<string>();
        var depth = 0;
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (text[i] == ',' && depth == 0)
            {
                parts.Add(text[start..i].Trim());
                start = i + 1;
            }
        }

        if (text.Length > start)
        {
            parts.Add(text[start..].Trim());
        }

        return parts;
    }
}
