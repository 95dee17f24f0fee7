namespace Tarn.Worker.Columns;

/// <summary>Paths as Glue writes them: <c>["a", "b"]</c>, or <c>["a.b"]</c>, or <c>["`a.b`"]</c> for one name with a dot.</summary>
public static class FieldPath
{
    /// <summary>What a path may mean, the likeliest first.</summary>
    public static IEnumerable<IReadOnlyList<string>> Readings(IReadOnlyList<string> path)
    {
        yield return [.. path.Select(Unquote)];
        if (path.Any(name => name.Contains('.', StringComparison.Ordinal)))
        {
            yield return [.. path.SelectMany(Split)];
        }
    }

    /// <summary>The path with its names taken apart at dots that are not in backticks.</summary>
    public static IReadOnlyList<string> Nested(IReadOnlyList<string> path) => [.. path.SelectMany(Split)];

    public static string Show(IReadOnlyList<string> path) => string.Join('.', path);

    /// <summary>Takes a name apart at its dots, but not at those in backticks.</summary>
    public static IReadOnlyList<string> Split(string name)
    {
        var parts = new List<string>();
        var start = 0;
        var isQuoted = false;
        for (var i = 0; i <= name.Length; i++)
        {
            if (i < name.Length && name[i] == '`')
            {
                isQuoted = !isQuoted;
            }
            else if (i == name.Length || (name[i] == '.' && !isQuoted))
            {
                parts.Add(Unquote(name[start..i]));
                start = i + 1;
            }
        }

        return parts;
    }

    private static string Unquote(string name) => name.Length >= 2 && name[0] == '`' && name[^1] == '`' ? name[1..^1] : name;
}
