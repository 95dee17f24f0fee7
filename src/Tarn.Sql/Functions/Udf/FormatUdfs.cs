using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;

namespace Tarn.Sql.Functions.Udf;

/// <summary>format() with Java's Formatter, and numbers and durations for people.</summary>
internal static partial class FormatUdfs
{
    public static void Register(UdfTable udfs)
    {
        udfs.Add("trino_format", (string pattern, string?[] arguments) => Format(pattern, arguments));
        udfs.Add("trino_format_number", (double value) => FormatNumber(value));
        udfs.Add("trino_format_number_integer", (long value) => value == long.MinValue ? "-9223.37Q" : FormatNumber(value));
        udfs.Add("trino_human_readable_seconds", (double seconds) => HumanSeconds(seconds));
        udfs.Add("trino_parse_data_size", (string text) => DataSize(text));
        udfs.Add("trino_parse_duration", (string text) => Duration(text));
    }

    /// <param name="arguments">Each a letter for its kind (i integer, d decimal, f floating, b boolean, t date or timestamp, z instant, c time of day, s other) and its text.</param>
    private static string Format(string pattern, string?[] arguments)
    {
        var next = 0;
        var last = -1;
        var result = new StringBuilder();
        var end = 0;
        foreach (Match match in Specifier().Matches(pattern))
        {
            if (pattern.IndexOf('%', end, match.Index - end) >= 0)
            {
                throw Bad(pattern);
            }

            result.Append(pattern, end, match.Index - end);
            end = match.Index + match.Length;
            var conversion = match.Groups["conversion"].Value;
            if (conversion == "%")
            {
                result.Append(Width(match, "%"));
                continue;
            }

            if (conversion == "n")
            {
                result.Append('\n');
                continue;
            }

            var index = match.Groups["index"].Value switch { "" => next++, "<" => last, var number => int.Parse(number.AsSpan(0, number.Length - 1), CultureInfo.InvariantCulture) - 1 };
            if (index < 0 || index >= arguments.Length)
            {
                throw MathUdfs.Argument($"Invalid format string: {pattern} (MissingFormatArgument: Format specifier '{match.Value}')");
            }

            last = index;
            result.Append(Width(match, Convert(pattern, match, conversion, arguments[index])));
        }

        if (pattern.IndexOf('%', end) >= 0)
        {
            throw Bad(pattern);
        }

        return result.Append(pattern, end, pattern.Length - end).ToString();
    }

    private static string Convert(string pattern, Match match, string conversion, string? argument)
    {
        var upper = char.IsUpper(conversion[0]) && conversion[0] is not 'T';
        var precision = match.Groups["precision"].Success ? int.Parse(match.Groups["precision"].ValueSpan, CultureInfo.InvariantCulture) : -1;
        var flags = match.Groups["flags"].Value;
        string text;
        if (argument is null)
        {
            text = conversion is "b" or "B" ? "false" : "null";
            text = precision >= 0 && precision < text.Length ? text[..precision] : text;
        }
        else
        {
            var (kind, value) = (argument[0], argument[1..]);
            text = (conversion[0] | 32) switch
            {
                's' when (kind == 't' && value.Length > 10) || kind == 'c' => JavaTimes.Local(value),
                's' when kind == 'z' => JavaTimes.Zoned(value),
                's' => precision >= 0 && precision < value.Length ? value[..precision] : value,
                'b' => kind == 'b' ? value : "true",
                'd' when kind == 'i' => Grouped(BigInteger.Parse(value, CultureInfo.InvariantCulture), flags),
                'x' when kind == 'i' => Radix(long.Parse(value, CultureInfo.InvariantCulture), "x", flags),
                'o' when kind == 'i' => System.Convert.ToString(long.Parse(value, CultureInfo.InvariantCulture), 8),
                'c' when kind == 'i' => new Rune(int.Parse(value, CultureInfo.InvariantCulture)).ToString(),
                'f' when kind is 'f' or 'd' => Fixed(value, precision < 0 ? 6 : precision, flags),
                'e' when kind is 'f' or 'd' => Exponent(value, precision < 0 ? 6 : precision, flags),
                't' when kind == 't' => JavaDate(value, conversion[1], pattern),
                't' when kind == 'z' => JavaDate(JavaTimes.LocalText(value), conversion[1], pattern),
                _ => throw MathUdfs.Argument($"Invalid format string: {pattern} (IllegalFormatConversion: {match.Value})"),
            };
        }

        return upper ? text.ToUpperInvariant() : text;
    }

    private static string Width(Match match, string text)
    {
        if (!match.Groups["width"].Success)
        {
            return text;
        }

        var width = Math.Min(int.Parse(match.Groups["width"].ValueSpan, CultureInfo.InvariantCulture), 1_000_000);
        var flags = match.Groups["flags"].Value;
        if (flags.Contains('0') && text.Length < width)
        {
            var sign = text.Length > 0 && text[0] is '-' or '+' ? 1 : 0;
            return text[..sign] + new string('0', width - text.Length) + text[sign..];
        }

        return flags.Contains('-') ? text.PadRight(width) : text.PadLeft(width);
    }

    private static string Grouped(BigInteger value, string flags)
    {
        var digits = BigInteger.Abs(value).ToString(flags.Contains(',') ? "#,##0" : "0", CultureInfo.InvariantCulture);
        return Signed(value.Sign < 0, digits, flags);
    }

    private static string Signed(bool negative, string digits, string flags) => negative
        ? flags.Contains('(') ? $"({digits})" : "-" + digits
        : flags.Contains('+') ? "+" + digits : flags.Contains(' ') ? " " + digits : digits;

    private static string Radix(long value, string format, string flags) => (flags.Contains('#') ? "0x" : "") + value.ToString(format, CultureInfo.InvariantCulture);

    private static string Fixed(string value, int precision, string flags)
    {
        if (!NumberTexts.TryParseDecimal(value, out var unscaled, out var exponent))
        {
            return value is "Infinity" && flags.Contains('+') ? "+Infinity" : value;
        }

        var text = NumberTexts.Rescale(BigInteger.Abs(unscaled), exponent, 400, Math.Min(precision, 300)) ?? "0";
        if (flags.Contains(','))
        {
            var point = text.IndexOf('.');
            var whole = point < 0 ? text : text[..point];
            text = BigInteger.Parse(whole, CultureInfo.InvariantCulture).ToString("#,##0", CultureInfo.InvariantCulture) + (point < 0 ? "" : text[point..]);
        }

        return Signed(value.StartsWith('-'), text, flags);
    }

    private static string Exponent(string value, int precision, string flags)
    {
        if (!NumberTexts.TryParseDecimal(value, out var unscaled, out var exponent))
        {
            return value;
        }

        var digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture);
        var power = unscaled.IsZero ? 0 : exponent + digits.Length - 1;
        var mantissa = NumberTexts.Rescale(BigInteger.Abs(unscaled), -(digits.Length - 1), 400, precision)!;
        if (mantissa.StartsWith("10", StringComparison.Ordinal))
        {
            mantissa = NumberTexts.Rescale(BigInteger.One, 0, 400, precision)!;
            power++;
        }

        return Signed(value.StartsWith('-'), string.Create(CultureInfo.InvariantCulture, $"{mantissa}e{(power < 0 ? '-' : '+')}{Math.Abs(power):00}"), flags);
    }

    private static string JavaDate(string text, char field, string pattern)
    {
        var micros = text.Length > 10 ? TimeTexts.ParseTimestamp(text, 6) : TimeTexts.ParseDate(text).Days * Calendar.DayMicros;
        var format = field switch
        {
            'Y' => "%Y", 'y' => "%y", 'm' => "%m", 'd' => "%d", 'e' => "%e", 'H' => "%H", 'I' => "%h", 'M' => "%i", 'S' => "%s",
            'B' => "%M", 'b' or 'h' => "%b", 'A' => "%W", 'a' => "%a", 'j' => "%j", 'F' => "%Y-%m-%d", 'T' => "%T", 'R' => "%H:%i", 'D' => "%m/%d/%y",
            _ => throw Bad(pattern),
        };
        return MySqlDateFormat.Format(micros, format);
    }

    private static SqlException Bad(string pattern) => MathUdfs.Argument($"Invalid format string: {pattern}");

    private static string FormatNumber(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
        }

        string[] units = ["", "K", "M", "B", "T", "Q"];
        var (magnitude, unit) = (value, 0);
        while (Math.Abs(magnitude) >= 1000 && unit < units.Length - 1)
        {
            magnitude /= 1000;
            unit++;
        }

        var size = Math.Abs(magnitude);
        var digits = size < 10 ? 2 : size < 100 ? 1 : 0;
        return Math.Round((decimal)magnitude, digits, MidpointRounding.AwayFromZero).ToString(digits switch { 2 => "0.##", 1 => "0.#", _ => "0" }, CultureInfo.InvariantCulture) + units[unit];
    }

    private static string HumanSeconds(double seconds)
    {
        if (!double.IsFinite(seconds))
        {
            throw MathUdfs.Argument("Invalid argument found: " + NumberTexts.Double(seconds));
        }

        var total = Int128.Abs((Int128)Math.Round(seconds, MidpointRounding.AwayFromZero));
        var parts = new List<string>();
        foreach (var (size, name) in new[] { (604_800, "week"), (86_400, "day"), (3_600, "hour"), (60, "minute") })
        {
            if (total / size is var count && count > 0)
            {
                parts.Add($"{count} {name}{(count > 1 ? "s" : "")}");
                total %= size;
            }
        }

        if (total > 0 || parts.Count == 0)
        {
            parts.Add($"{total} second{(total == 1 ? "" : "s")}");
        }

        return string.Join(", ", parts);
    }

    private static string DataSize(string text)
    {
        var match = SizeText().Match(text);
        var power = match.Success ? "BkMGTPEZY".IndexOf(match.Groups[2].Value[0], StringComparison.Ordinal) : -1;
        if (power < 0 || !NumberTexts.TryParseDecimal(match.Groups[1].Value, out var unscaled, out var exponent))
        {
            throw MathUdfs.Argument($"Invalid data size: '{text}'");
        }

        var size = unscaled * BigInteger.Pow(1024, power);
        size = exponent < 0 ? size / BigInteger.Pow(10, -exponent) : size * BigInteger.Pow(10, exponent);
        return size < BigInteger.Pow(10, 38) ? size.ToString(CultureInfo.InvariantCulture) : throw new SqlException("NUMERIC_VALUE_OUT_OF_RANGE", $"Value out of range: '{text}' ('{size}B')");
    }

    private static long Duration(string text)
    {
        var match = DurationText().Match(text);
        if (!match.Success)
        {
            throw MathUdfs.Argument($"duration is not a valid data duration string: {text}");
        }

        var millis = match.Groups[2].Value switch
        {
            "ns" => 1e-6, "us" => 1e-3, "ms" => 1, "s" => 1e3, "m" => 6e4, "h" => 3.6e6, "d" => 8.64e7,
            var unit => throw MathUdfs.Argument($"Unknown time unit: {unit}"),
        };
        return (long)Math.Round(double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * millis, MidpointRounding.AwayFromZero);
    }

    [GeneratedRegex(@"%(?<index>[0-9]+\$|<)?(?<flags>[-#+ 0,(]*)(?<width>[1-9][0-9]*)?(?:\.(?<precision>[0-9]+))?(?<conversion>[tT][a-zA-Z]|[a-zA-Z%])", RegexOptions.CultureInvariant)]
    private static partial Regex Specifier();

    [GeneratedRegex(@"^\s*([0-9]+(?:\.[0-9]+)?)\s*([BkMGTPEZY]B?)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex SizeText();

    [GeneratedRegex(@"^\s*([0-9]+(?:\.[0-9]+)?)\s*([a-zA-Z]+)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex DurationText();
}
