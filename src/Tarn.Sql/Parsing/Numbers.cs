using System.Globalization;
using System.Text;

namespace Tarn.Sql.Parsing;

/// <summary>Values of number tokens.</summary>
internal static class Numbers
{
    public static long Integer(string text, SourcePosition position)
    {
        var digits = text.Replace("_", "", StringComparison.Ordinal);
        var negative = digits.StartsWith('-');
        var (radix, start) = digits.Length > 1 + (negative ? 1 : 0) ? digits[negative ? 1 : 0] == '0' ? digits[negative ? 2 : 1] switch
        {
            'x' or 'X' => (16, 2),
            'b' or 'B' => (2, 2),
            'o' or 'O' => (8, 2),
            _ => (10, 0),
        } : (10, 0) : (10, 0);
        if (radix == 10)
        {
            return long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : throw Invalid(text, position);
        }

        UInt128 sum = 0;
        foreach (var c in digits.AsSpan(start + (negative ? 1 : 0)))
        {
            var digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : radix;
            if (digit >= radix)
            {
                throw Invalid(text, position);
            }

            sum = (sum * (UInt128)radix) + (UInt128)digit;
            if (sum > (UInt128)long.MaxValue + (negative ? 1UL : 0UL))
            {
                throw Invalid(text, position);
            }
        }

        return negative ? (long)-(Int128)sum : (long)sum;
    }

    private static SqlException Invalid(string text, SourcePosition position) => new("SYNTAX_ERROR", $"Invalid numeric literal: {text}", position);
}

/// <summary><c>\XXXX</c> and <c>\+XXXXXX</c> of <c>U&amp;'...'</c>.</summary>
internal static class UnicodeEscapes
{
    public static string Decode(string text, char escape, SourcePosition position)
    {
        var value = new StringBuilder();
        for (var i = 0; i < text.Length;)
        {
            if (text[i] != escape)
            {
                value.Append(text[i++]);
            }
            else if (i + 1 < text.Length && text[i + 1] == escape)
            {
                value.Append(escape);
                i += 2;
            }
            else
            {
                var (start, length) = i + 1 < text.Length && text[i + 1] == '+' ? (i + 2, 6) : (i + 1, 4);
                if (start + length > text.Length || !int.TryParse(text.AsSpan(start, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
                {
                    throw new SqlException("SYNTAX_ERROR", "Incomplete escape sequence: " + text[i..], position);
                }

                if (!Rune.IsValid(code))
                {
                    throw new SqlException("SYNTAX_ERROR", "Invalid escaped character: " + text.Substring(start, length), position);
                }

                value.Append(new Rune(code).ToString());
                i = start + length;
            }
        }

        return value.ToString();
    }
}
