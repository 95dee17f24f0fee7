using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace Tarn.Sql.Functions.Udf;

/// <summary>
/// Patterns of java.util.regex compiled for .NET. What .NET writes otherwise is translated (possessive quantifiers, <c>\Q..\E</c>, <c>\h</c>, POSIX classes,
/// intersections are refused). Java's <c>\d \w \s</c> are ASCII. A match is limited to five seconds.
/// </summary>
internal static class JavaRegex
{
    private const int CacheMax = 500;
    private const string Pair = "[\\uD800-\\uDBFF][\\uDC00-\\uDFFF]";
    private const string AnyUnit = "[^\\n\\r\\u0085\\u2028\\u2029]";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private static readonly ConcurrentDictionary<string, Regex> Cache = new();

    /// <param name="hasPairs">Whether the text has characters beyond 16 bits: only then must <c>.</c> take two units for one.</param>
    public static Regex Get(string pattern, bool hasPairs)
    {
        var key = hasPairs ? "\0" + pattern : pattern;
        if (Cache.TryGetValue(key, out var known))
        {
            return known;
        }

        if (Cache.Count >= CacheMax)
        {
            Cache.Clear();
        }

        try
        {
            return Cache[key] = new Regex(Translate(pattern, hasPairs), RegexOptions.CultureInvariant, Timeout);
        }
        catch (ArgumentException failure)
        {
            throw MathUdfs.Argument($"Invalid regular expression '{pattern}': {failure.Message}");
        }
    }

    private static string Translate(string pattern, bool hasPairs)
    {
        var text = new StringBuilder(pattern.Length + 16);
        var depth = 0;
        var isPaired = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                i = Escape(pattern, i, text, inClass: depth > 0);
                continue;
            }

            if (depth > 0)
            {
                if (c == '&' && i + 1 < pattern.Length && pattern[i + 1] == '&')
                {
                    throw MathUdfs.Argument($"Intersections of character classes are not supported: {pattern}");
                }

                if (c == '[')
                {
                    throw MathUdfs.Argument($"Unions of character classes are not supported: {pattern}");
                }

                depth -= c == ']' && pattern[i - 1] != '[' && !(pattern[i - 1] == '^' && pattern[i - 2] == '[') ? 1 : 0;
                text.Append(c);
                if (depth == 0 && isPaired)
                {
                    text.Append(')');
                }

                continue;
            }

            if (c == '[')
            {
                depth = 1;
                isPaired = hasPairs && i + 1 < pattern.Length && pattern[i + 1] == '^';
                text.Append(isPaired ? $"(?:{Pair}|" : "").Append(c);
                continue;
            }

            // A possessive quantifier, x*+, gives nothing back: an atomic group.
            if (c == '+' && i > 0 && IsQuantifierEnd(pattern, i - 1) && !IsEscaped(pattern, i - 1))
            {
                MakeAtomic(text, pattern);
                continue;
            }

            // Java's $ without flags also matches before a final line break of any kind; .NET's before \n alone.
            text.Append(c == '$' ? "(?=(?:\\r\\n|[\\n\\r\\u0085\\u2028\\u2029])?\\z)" : c == '.' ? hasPairs ? $"(?:{Pair}|{AnyUnit})" : AnyUnit : c.ToString());
        }

        return text.ToString();
    }

    private static int Escape(string pattern, int i, StringBuilder text, bool inClass)
    {
        var next = pattern[i + 1];
        switch (next)
        {
            case 'Q':
                var end = pattern.IndexOf("\\E", i + 2, StringComparison.Ordinal);
                var literal = end < 0 ? pattern[(i + 2)..] : pattern[(i + 2)..end];
                text.Append(Regex.Escape(literal));
                return end < 0 ? pattern.Length : end + 1;
            case 'd':
                text.Append(inClass ? "0-9" : "[0-9]");
                return i + 1;
            case 'D' when !inClass:
                text.Append("[^0-9]");
                return i + 1;
            case 'w':
                text.Append(inClass ? "a-zA-Z0-9_" : "[a-zA-Z0-9_]");
                return i + 1;
            case 'W' when !inClass:
                text.Append("[^a-zA-Z0-9_]");
                return i + 1;
            case 's':
                text.Append(inClass ? " \\t\\n\\x0B\\f\\r" : "[ \\t\\n\\x0B\\f\\r]");
                return i + 1;
            case 'S' when !inClass:
                text.Append("[^ \\t\\n\\x0B\\f\\r]");
                return i + 1;
            case 'h':
                text.Append(inClass ? " \\t\\u00A0" : "[ \\t\\u00A0]");
                return i + 1;
            case 'R':
                text.Append("(?:\\r\\n|[\\n\\r\\u0085\\u2028\\u2029])");
                return i + 1;
            case 'p' or 'P' when i + 2 < pattern.Length && pattern[i + 2] == '{':
                return Property(pattern, i, text, inClass);
            case 'x' when i + 2 < pattern.Length && pattern[i + 2] == '{':
                var close = pattern.IndexOf('}', i);
                text.Append(Regex.Escape(new Rune(Convert.ToInt32(pattern[(i + 3)..close], 16)).ToString()));
                return close;
            default:
                text.Append('\\').Append(next);
                return i + 1;
        }
    }

    private static int Property(string pattern, int i, StringBuilder text, bool inClass)
    {
        var close = pattern.IndexOf('}', i);
        if (close < 0)
        {
            throw MathUdfs.Argument($"Invalid regular expression '{pattern}': unclosed property");
        }

        var name = pattern[(i + 3)..close];
        var members = name switch
        {
            "Lower" => "a-z",
            "Upper" => "A-Z",
            "ASCII" => "\\x00-\\x7F",
            "Alpha" => "a-zA-Z",
            "Digit" => "0-9",
            "Alnum" => "a-zA-Z0-9",
            "Punct" => "!-/:-@\\[-`{-~",
            "Graph" => "!-~",
            "Print" => " -~",
            "Blank" => " \\t",
            "Cntrl" => "\\x00-\\x1F\\x7F",
            "XDigit" => "0-9a-fA-F",
            "Space" => " \\t\\n\\x0B\\f\\r",
            "IsAlphabetic" or "IsL" => "\\p{L}",
            "IsDigit" => "\\p{Nd}",
            "IsPunctuation" => "\\p{P}",
            "IsUppercase" => "\\p{Lu}",
            "IsLowercase" => "\\p{Ll}",
            _ => null,
        };
        var isNegated = pattern[i + 1] == 'P';
        if (members is null)
        {
            text.Append('\\').Append(pattern[i + 1]).Append('{').Append(name).Append('}');
        }
        else if (inClass && isNegated)
        {
            throw MathUdfs.Argument($"A negated property inside a character class is not supported: {pattern}");
        }
        else
        {
            text.Append(inClass ? members : isNegated ? $"[^{members}]" : $"[{members}]");
        }

        return close;
    }

    private static bool IsQuantifierEnd(string pattern, int i) => pattern[i] is '*' or '+' or '?'
        ? i > 0 && !(pattern[i] is '+' or '?' && i > 1 && IsQuantifierEnd(pattern, i - 1) && pattern[i - 1] is '*' or '+' or '?')
        : pattern[i] == '}' && pattern.LastIndexOf('{', i) is >= 0 and var open && pattern[(open + 1)..i].All(c => char.IsAsciiDigit(c) || c == ',');

    private static bool IsEscaped(string pattern, int i)
    {
        var slashes = 0;
        while (i - 1 - slashes >= 0 && pattern[i - 1 - slashes] == '\\')
        {
            slashes++;
        }

        return slashes % 2 == 1;
    }

    /// <summary>Wraps the last atom and its quantifier, which end <paramref name="text"/>, in an atomic group.</summary>
    private static void MakeAtomic(StringBuilder text, string pattern)
    {
        var written = text.ToString();
        var end = written.Length - 1;
        if (written[end] == '}')
        {
            end = written.LastIndexOf('{') - 1;
        }
        else
        {
            end--;
        }

        var start = end;
        if (written[end] is ')' or ']')
        {
            var (close, open) = written[end] == ')' ? (')', '(') : (']', '[');
            var depth = 0;
            for (; start >= 0; start--)
            {
                if (IsEscaped(written, start))
                {
                    continue;
                }

                depth += written[start] == close ? 1 : written[start] == open ? -1 : 0;
                if (depth == 0)
                {
                    break;
                }
            }
        }
        else if (end > 0 && IsEscaped(written, end))
        {
            start--;
        }

        if (start < 0)
        {
            throw MathUdfs.Argument($"Invalid regular expression '{pattern}'");
        }

        text.Insert(start, "(?>").Append(')');
    }
}
