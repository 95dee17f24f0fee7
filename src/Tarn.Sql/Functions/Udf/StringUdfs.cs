using System.Globalization;
using System.Text;

namespace Tarn.Sql.Functions.Udf;

/// <summary>Text functions by code point.</summary>
internal static class StringUdfs
{
    private const int TextMax = 16 * 1024 * 1024;

    public static void Register(UdfTable udfs)
    {
        udfs.Add("trino_reverse", (string text) => Reverse(text));
        udfs.Add("trino_chr", (long point) => Rune.IsValid((int)Math.Clamp(point, -1, int.MaxValue)) ? new Rune((int)point).ToString() : throw MathUdfs.Argument($"Not a valid Unicode code point: {point}"));
        udfs.Add("trino_codepoint", (string text) => text.EnumerateRunes().Count() == 1 ? text.EnumerateRunes().First().Value : throw MathUdfs.Argument("Input string must be a single character string"));
        udfs.Add("trino_pad", (string text, long length, string padding, bool left) => Pad(text, length, padding, left));
        udfs.Add("trino_substr", (string text, long start) => Substring(text, start, long.MaxValue));
        udfs.Add("trino_substr", (string text, long start, long length) => Substring(text, start, length));
        udfs.Add("trino_replace", (string text, string search, string replacement) => Replace(text, search, replacement));
        udfs.Add("trino_normalize", (string text, string form) => Normalize(text, form));
        udfs.Add("trino_from_utf8", (byte[] bytes, string replacement) => FromUtf8(bytes, replacement));
        udfs.Add("trino_strpos", (string text, string search, long instance) => Position(text, search, instance));
        udfs.Add("trino_luhn_check", (string text) => Luhn(text));
        udfs.Add("trino_split", (string text, string delimiter, long limit) => Split(text, delimiter, limit));
        udfs.Add("trino_split_part", (string text, string delimiter, long index) => SplitPart(text, delimiter, index));
        udfs.Add("trino_split_to_map", (string text, string entries, string pairs) => SplitToMap(text, entries, pairs));
        udfs.Add("trino_split_to_multimap", (string text, string entries, string pairs) => SplitToMultimap(text, entries, pairs));
        udfs.Add("trino_levenshtein", (string a, string b) => Levenshtein(a, b));
        udfs.Add("trino_hamming", (string a, string b) => Hamming(a, b));
        udfs.Add("trino_soundex", (string text) => Soundex(text));
    }

    public static int[] Points(string text) => [.. text.EnumerateRunes().Select(rune => rune.Value)];

    private static string Text(ReadOnlySpan<int> points)
    {
        var text = new StringBuilder(points.Length);
        foreach (var point in points)
        {
            text.Append(new Rune(point).ToString());
        }

        return text.ToString();
    }

    private static string Reverse(string text)
    {
        var points = Points(text);
        Array.Reverse(points);
        return Text(points);
    }

    private static string Pad(string text, long length, string padding, bool left)
    {
        if (length is < 0 or > int.MaxValue)
        {
            throw MathUdfs.Argument($"Target length must be in the range [0..{int.MaxValue}]");
        }

        if (padding.Length == 0)
        {
            throw MathUdfs.Argument("Padding string must not be empty");
        }

        if (length > TextMax)
        {
            throw MathUdfs.Argument($"Padded text of {length} characters is longer than {TextMax}");
        }

        var points = Points(text);
        if (points.Length >= length)
        {
            return Text(points.AsSpan(0, (int)length));
        }

        var fill = Points(padding);
        var result = new int[length];
        var missing = (int)length - points.Length;
        points.CopyTo(result, left ? missing : 0);
        for (var i = 0; i < missing; i++)
        {
            result[(left ? 0 : points.Length) + i] = fill[i % fill.Length];
        }

        return Text(result);
    }

    /// <summary>From 1, or from the end when negative; empty when the start lies outside the text.</summary>
    private static string Substring(string text, long start, long length)
    {
        if (start == 0 || length <= 0 || text.Length == 0)
        {
            return "";
        }

        var isSimple = !text.Any(char.IsSurrogate);
        var count = isSimple ? text.Length : text.EnumerateRunes().Count();
        var from = start > 0 ? start - 1 : count + start;
        if (from < 0 || from >= count)
        {
            return "";
        }

        var taken = (int)Math.Min(length, count - from);
        return isSimple ? text.Substring((int)from, taken) : Text(Points(text).AsSpan((int)from, taken));
    }

    /// <summary>An empty search text puts the replacement around every character.</summary>
    private static string Replace(string text, string search, string replacement)
    {
        if (search.Length > 0)
        {
            return text.Replace(search, replacement, StringComparison.Ordinal);
        }

        var result = new StringBuilder(replacement);
        foreach (var rune in text.EnumerateRunes())
        {
            result.Append(rune.ToString()).Append(replacement);
        }

        return result.ToString();
    }

    /// <summary>The process runs without ICU, so only ASCII, which every form leaves alone, can be answered here; NFC is DuckDB's own.</summary>
    private static string Normalize(string text, string form) => form.ToUpperInvariant() is not ("NFC" or "NFD" or "NFKC" or "NFKD")
        ? throw MathUdfs.Argument("Normalization form must be one of [NFD, NFC, NFKD, NFKC]")
        : Ascii.IsValid(text) ? text : throw new SqlException("NOT_SUPPORTED", $"Normalization form {form} is not supported for text that is not ASCII");

    private static string FromUtf8(byte[] bytes, string replacement)
    {
        if (replacement.EnumerateRunes().Count() > 1)
        {
            throw MathUdfs.Argument("Replacement character string must empty or a single character");
        }

        var text = new StringBuilder(bytes.Length);
        var rest = bytes.AsSpan();
        while (rest.Length > 0)
        {
            if (Rune.DecodeFromUtf8(rest, out var rune, out var used) == System.Buffers.OperationStatus.Done)
            {
                text.Append(rune.ToString());
            }
            else
            {
                text.Append(replacement);
            }

            rest = rest[used..];
        }

        return text.ToString();
    }

    private static long Position(string text, string search, long instance)
    {
        if (instance == 0)
        {
            throw MathUdfs.Argument("'instance' must be a positive or negative number.");
        }

        if (search.Length == 0)
        {
            return 1;
        }

        var at = instance > 0 ? -1 : text.Length;
        for (long i = 0; i < Math.Abs(instance); i++)
        {
            at = instance > 0
                ? at + 1 > text.Length ? -1 : text.IndexOf(search, at + 1, StringComparison.Ordinal)
                : at == 0 ? -1 : text.LastIndexOf(search, Math.Min(at - 1 + search.Length - 1, text.Length - 1), StringComparison.Ordinal);
            if (at < 0)
            {
                return 0;
            }
        }

        return Points(text[..at]).Length + 1;
    }

    private static bool? Luhn(string text)
    {
        if (text.Length == 0)
        {
            return false;
        }

        var sum = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[text.Length - 1 - i];
            var digit = char.IsAsciiDigit(c) ? c - '0' : throw MathUdfs.Argument("Input contains a non-numeric character");
            digit = i % 2 == 1 ? digit * 2 : digit;
            sum += digit > 9 ? digit - 9 : digit;
        }

        return sum % 10 == 0;
    }

    private static string?[] Split(string text, string delimiter, long limit)
    {
        if (limit is <= 0 or > int.MaxValue)
        {
            throw MathUdfs.Argument(limit <= 0 ? "Limit must be positive" : "Limit is too large");
        }

        if (delimiter.Length == 0)
        {
            throw MathUdfs.Argument("The delimiter may not be the empty string");
        }

        return text.Split(delimiter, (int)limit);
    }

    private static string? SplitPart(string text, string delimiter, long index)
    {
        if (index <= 0)
        {
            throw MathUdfs.Argument("Index must be greater than zero");
        }

        if (delimiter.Length == 0)
        {
            return index <= text.EnumerateRunes().Count() ? text.EnumerateRunes().ElementAt((int)index - 1).ToString() : null;
        }

        var parts = text.Split(delimiter);
        return index <= parts.Length ? parts[index - 1] : null;
    }

    private static IEnumerable<(string Key, string Value)> Pairs(string text, string entries, string pairs)
    {
        if (entries.Length == 0)
        {
            throw MathUdfs.Argument("entryDelimiter is empty");
        }

        if (pairs.Length == 0)
        {
            throw MathUdfs.Argument("keyValueDelimiter is empty");
        }

        if (entries == pairs)
        {
            throw MathUdfs.Argument("entryDelimiter and keyValueDelimiter must not be the same");
        }

        var all = text.Split(entries);
        for (var i = 0; i < all.Length; i++)
        {
            if (all[i].Length == 0 && i == all.Length - 1)
            {
                yield break;
            }

            var at = all[i].IndexOf(pairs, StringComparison.Ordinal);
            if (at < 0 || all[i].IndexOf(pairs, at + pairs.Length, StringComparison.Ordinal) >= 0)
            {
                throw MathUdfs.Argument($"Key-value delimiter must appear exactly once in each entry. Bad input: '{all[i]}'");
            }

            yield return (all[i][..at], all[i][(at + pairs.Length)..]);
        }
    }

    private static TextMap SplitToMap(string text, string entries, string pairs)
    {
        var seen = new HashSet<string>();
        return new TextMap([.. Pairs(text, entries, pairs).Select(pair => seen.Add(pair.Key)
            ? KeyValuePair.Create<string, string?>(pair.Key, pair.Value)
            : throw MathUdfs.Argument($"Duplicate keys ({pair.Key}) are not allowed"))]);
    }

    private static TextMultimap SplitToMultimap(string text, string entries, string pairs) =>
        new([.. Pairs(text, entries, pairs).GroupBy(pair => pair.Key).Select(group => KeyValuePair.Create(group.Key, group.Select(pair => (string?)pair.Value).ToArray()))]);

    private static long Levenshtein(string left, string right)
    {
        var (a, b) = (Points(left), Points(right));
        if (a.Length * (long)b.Length > 1_000_000)
        {
            throw MathUdfs.Argument($"The combined inputs size exceeded max Levenshtein distance combined input size, code points left {a.Length}, right {b.Length}");
        }

        var distances = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = distances[0];
            distances[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = distances[j];
                distances[j] = Math.Min(Math.Min(above, distances[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return distances[b.Length];
    }

    private static long Hamming(string left, string right)
    {
        var (a, b) = (Points(left), Points(right));
        return a.Length == b.Length
            ? a.Zip(b).Count(pair => pair.First != pair.Second)
            : throw MathUdfs.Argument("The input strings to hamming_distance function must have the same length");
    }

    private static string Soundex(string text)
    {
        const string Codes = "01230120022455012623010202";
        var letters = text.Where(char.IsLetter).ToArray();
        if (letters.Any(letter => !char.IsAsciiLetter(letter)))
        {
            throw MathUdfs.Argument($"The character is not mapped: {letters.First(letter => !char.IsAsciiLetter(letter)).ToString(CultureInfo.InvariantCulture)} (index={(int)char.ToUpperInvariant(letters.First(letter => !char.IsAsciiLetter(letter))) - 'A'})");
        }

        if (letters.Length == 0)
        {
            return "";
        }

        var result = new StringBuilder().Append(char.ToUpperInvariant(letters[0]));
        var last = Codes[char.ToUpperInvariant(letters[0]) - 'A'];
        foreach (var letter in letters.Skip(1).Select(char.ToUpperInvariant))
        {
            var code = Codes[letter - 'A'];
            if (code != '0' && code != last)
            {
                result.Append(code);
            }

            // H and W do not part letters of the same code, vowels do.
            if (letter is not ('H' or 'W'))
            {
                last = code;
            }
        }

        return result.ToString().PadRight(4, '0')[..4];
    }
}
