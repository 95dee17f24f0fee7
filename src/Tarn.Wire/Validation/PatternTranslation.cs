using System.Text;

namespace Tarn.Wire.Validation;

/// <summary>
/// Model patterns are Java's, .NET's differ in three places: a range of supplementary characters, which Java reads as code points
/// and .NET as surrogates; POSIX classes such as <c>\p{Alpha}</c>; and what <c>\d</c>, <c>\w</c>, <c>\s</c> and <c>$</c> mean.
/// </summary>
internal static class PatternTranslation
{
    /// <summary>How models write "any supplementary character" inside a class: the surrogates of U+10000, a dash, those of U+10FFFF.</summary>
    private const string SupplementaryRange = @"\uD800\uDC00-\uDBFF\uDFFF";

    private static readonly (string Java, string DotNet)[] Classes =
    [
        (@"\p{Alpha}", "a-zA-Z"), (@"\p{Alnum}", "a-zA-Z0-9"), (@"\p{Digit}", "0-9"), (@"\p{Lower}", "a-z"), (@"\p{Upper}", "A-Z"),
        (@"\p{Punct}", @"!-/:-@\[-`{-~"), (@"\p{Space}", @"\t-\r "), (@"\p{Graph}", "!-~"), (@"\p{Print}", " -~"), (@"\p{ASCII}", @"\x00-\x7F"),
    ];

    /// <summary>The pattern as .NET reads it, anchored so that only the whole value matches.</summary>
    public static string ToWholeMatch(string javaPattern)
    {
        var pattern = javaPattern
            .Replace(SupplementaryRange, @"\uD800-\uDFFF", StringComparison.OrdinalIgnoreCase);
        foreach (var (java, dotNet) in Classes)
        {
            pattern = ReplaceClass(pattern, java, dotNet);
        }

        // \A and \z: ^ and $ would let a newline at the end through.
        return $@"\A(?:{AsciiClasses(pattern)})\z";
    }

    /// <summary>Inside brackets the class is its characters; outside, it needs brackets of its own.</summary>
    private static string ReplaceClass(string pattern, string java, string dotNet)
    {
        var result = new StringBuilder();
        var rest = pattern.AsSpan();
        for (int at; (at = rest.IndexOf(java, StringComparison.Ordinal)) >= 0; rest = rest[(at + java.Length)..])
        {
            result.Append(rest[..at]);
            result.Append(IsInsideBrackets(result) ? dotNet : $"[{dotNet}]");
        }

        return result.Append(rest).ToString();
    }

    /// <summary>Java's \d, \w, \s and $ are ASCII and strict; .NET's take any script's digits, and $ a newline before the end.</summary>
    private static string AsciiClasses(string pattern)
    {
        var result = new StringBuilder(pattern.Length + 32);
        for (var i = 0; i < pattern.Length; i++)
        {
            var inside = IsInsideBrackets(result);
            if (pattern[i] == '\\' && i + 1 < pattern.Length)
            {
                result.Append(Escape(pattern[++i], inside));
            }
            else
            {
                result.Append(pattern[i] == '$' && !inside ? @"\z" : pattern[i]);
            }
        }

        return result.ToString();
    }

    private static string Escape(char c, bool inside) => (c, inside) switch
    {
        ('d', true) => "0-9",
        ('d', false) => "[0-9]",
        ('w', true) => "a-zA-Z0-9_",
        ('w', false) => "[a-zA-Z0-9_]",
        ('s', true) => @"\t-\r ",
        ('s', false) => @"[\t-\r ]",
        ('D', false) => "[^0-9]",
        ('W', false) => "[^a-zA-Z0-9_]",
        ('S', false) => @"[^\t-\r ]",

        // Java lets any other character be escaped, .NET only those that mean something.
        ('_', _) => "_",
        _ => "\\" + c,
    };

    private static bool IsInsideBrackets(StringBuilder pattern)
    {
        var inside = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\': i++; break;
                case '[' when !inside: inside = true; break;
                case ']' when inside: inside = false; break;
            }
        }

        return inside;
    }
}
