using System.Text;
using System.Text.RegularExpressions;

namespace Tarn.Sql.Functions.Udf;

/// <summary>regexp_*: find, take out, replace, cut.</summary>
internal static class RegexUdfs
{
    public static void Register(UdfTable udfs)
    {
        udfs.Add("trino_regexp_like", (string text, string pattern) => Limited(pattern, text, regex => regex.IsMatch(text)));
        udfs.Add("trino_regexp_extract", (string text, string pattern, long group) => Limited(pattern, text, regex => Extract(regex, text, group)));
        udfs.Add("trino_regexp_extract_all", (string text, string pattern, long group) => Limited(pattern, text, regex => ExtractAll(regex, text, group)));
        udfs.Add("trino_regexp_replace", (string text, string pattern, string replacement) => Limited(pattern, text, regex => Replace(regex, text, replacement)));
        udfs.Add("trino_regexp_groups", (string text, string pattern) => Limited(pattern, text, regex => Groups(regex, text)));
        udfs.Add("trino_regexp_join", (string text, string pattern, string?[] replacements) => Limited(pattern, text, regex => Join(regex, text, replacements)));
        udfs.Add("trino_regexp_split", (string text, string pattern) => Limited(pattern, text, regex => Split(regex, text)));
        udfs.Add("trino_regexp_count", (string text, string pattern) => Limited(pattern, text, regex => (long)regex.Count(text)));
        udfs.Add("trino_regexp_position", (string text, string pattern, int start, int occurrence) => Limited(pattern, text, regex => Position(regex, text, start, occurrence)));
    }

    private static T Limited<T>(string pattern, string text, Func<Regex, T> body)
    {
        try
        {
            return body(JavaRegex.Get(pattern, text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff') >= 0));
        }
        catch (RegexMatchTimeoutException)
        {
            throw new SqlException("EXCEEDED_TIME_LIMIT", $"Regular expression '{pattern}' ran for more than 5 seconds on one value");
        }
    }

    private static Group Group(Regex regex, Match match, long group)
    {
        var count = regex.GetGroupNumbers().Length - 1;
        return group < 0 ? throw MathUdfs.Argument("Group cannot be negative")
            : group > count ? throw MathUdfs.Argument($"Pattern has {count} groups. Cannot access group {group}")
            : match.Groups[(int)group];
    }

    private static string? Extract(Regex regex, string text, long group)
    {
        var match = regex.Match(text);
        var found = Group(regex, match, group);
        return match.Success && found.Success ? found.Value : null;
    }

    private static string?[] ExtractAll(Regex regex, string text, long group)
    {
        Group(regex, System.Text.RegularExpressions.Match.Empty, Math.Min(group, 0));
        return [.. regex.Matches(text).Select(match => Group(regex, match, group) is { Success: true } found ? found.Value : null)];
    }

    /// <summary><c>$1</c> and <c>${name}</c> are groups, a backslash takes the next character as it is.</summary>
    private static string Replace(Regex regex, string text, string replacement)
    {
        var parts = Parse(regex, replacement);
        return regex.Replace(text, match =>
        {
            var result = new StringBuilder();
            foreach (var (literal, group) in parts)
            {
                result.Append(group is { } name ? match.Groups[name].Value : literal);
            }

            return result.ToString();
        });
    }

    private static List<(string? Literal, string? Group)> Parse(Regex regex, string replacement)
    {
        var parts = new List<(string?, string?)>();
        var literal = new StringBuilder();
        for (var i = 0; i < replacement.Length; i++)
        {
            var c = replacement[i];
            if (c == '\\')
            {
                literal.Append(++i < replacement.Length ? replacement[i] : throw MathUdfs.Argument("Illegal replacement sequence: " + replacement));
                continue;
            }

            if (c != '$')
            {
                literal.Append(c);
                continue;
            }

            string group;
            if (i + 1 < replacement.Length && replacement[i + 1] == '{')
            {
                var close = replacement.IndexOf('}', i);
                group = close < 0 ? throw MathUdfs.Argument("Illegal replacement sequence: " + replacement) : replacement[(i + 2)..close];
                if (regex.GroupNumberFromName(group) < 0 || char.IsAsciiDigit(group.FirstOrDefault()))
                {
                    throw MathUdfs.Argument($"Illegal replacement sequence: unknown group {{ {group} }}");
                }

                i = close;
            }
            else
            {
                if (i + 1 >= replacement.Length || !char.IsAsciiDigit(replacement[i + 1]))
                {
                    throw MathUdfs.Argument("Illegal replacement sequence: " + replacement);
                }

                // As many digits as still name a group.
                var number = replacement[++i] - '0';
                var count = regex.GetGroupNumbers().Length - 1;
                if (number > count)
                {
                    throw MathUdfs.Argument($"Illegal replacement sequence: unknown group {number}");
                }

                while (i + 1 < replacement.Length && char.IsAsciiDigit(replacement[i + 1]) && (number * 10) + replacement[i + 1] - '0' <= count)
                {
                    number = (number * 10) + replacement[++i] - '0';
                }

                group = number.ToString(System.Globalization.CultureInfo.InvariantCulture);
            }

            parts.Add((literal.ToString(), null));
            literal.Clear();
            parts.Add((null, group));
        }

        parts.Add((literal.ToString(), null));
        return parts;
    }

    /// <summary>The groups of each match as a row of texts; only the groups, not the match itself, as the lambda of regexp_replace sees them.</summary>
    private static string?[][] Groups(Regex regex, string text)
    {
        var count = regex.GetGroupNumbers().Length - 1;
        return [.. regex.Matches(text).Select(match => Enumerable.Range(1, count).Select(i => match.Groups[i].Success ? match.Groups[i].Value : null).ToArray())];
    }

    private static string? Join(Regex regex, string text, string?[] replacements)
    {
        if (replacements.Contains(null))
        {
            return null;
        }

        var next = 0;
        return regex.Replace(text, _ => replacements[next++] ?? "");
    }

    private static string?[] Split(Regex regex, string text)
    {
        var parts = new List<string?>();
        var start = 0;
        foreach (Match match in regex.Matches(text))
        {
            parts.Add(text[start..match.Index]);
            start = match.Index + match.Length;
        }

        parts.Add(text[start..]);
        return [.. parts];
    }

    private static int Position(Regex regex, string text, int start, int occurrence)
    {
        if (start < 1)
        {
            throw MathUdfs.Argument("start position cannot be smaller than 1");
        }

        if (occurrence < 1)
        {
            throw MathUdfs.Argument("occurrence cannot be smaller than 1");
        }

        var points = StringUdfs.Points(text);
        if (start > points.Length)
        {
            return -1;
        }

        var offset = points.Take(start - 1).Sum(point => point > 0xFFFF ? 2 : 1);
        var match = regex.Match(text, offset);
        for (var i = 1; i < occurrence && match.Success; i++)
        {
            match = match.NextMatch();
        }

        return match.Success ? StringUdfs.Points(text[..match.Index]).Length + 1 : -1;
    }
}
