using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;

namespace Tarn.Sql.Functions.Udf;

/// <summary>Numbers from and to text as Java and Trino write them.</summary>
internal static partial class NumberTexts
{
    public static void Register(UdfTable udfs)
    {
        udfs.Add("trino_text_to_tinyint", (string text) => (sbyte)Integer(text, "TINYINT", sbyte.MinValue, sbyte.MaxValue));
        udfs.Add("trino_text_to_smallint", (string text) => (short)Integer(text, "SMALLINT", short.MinValue, short.MaxValue));
        udfs.Add("trino_text_to_integer", (string text) => (int)Integer(text, "INT", int.MinValue, int.MaxValue));
        udfs.Add("trino_text_to_bigint", (string text) => Integer(text, "BIGINT", long.MinValue, long.MaxValue));
        udfs.Add("trino_text_to_double", (string text) => Floating(text, "DOUBLE"));
        udfs.Add("trino_text_to_real", (string text) => JavaFloating(text) is { } digits ? ParseSingle(digits) : throw Invalid($"Cannot cast '{text}' to REAL"));
        udfs.Add("trino_text_to_boolean", (string text) => Boolean(text));
        udfs.Add("trino_text_to_decimal", (string text, int precision, int scale) => TextToDecimal(text, precision, scale));
        udfs.Add("trino_double_text", (double value) => Scientific(value, Double(value), 20));
        udfs.Add("trino_real_text", (float value) => Scientific(value, Real(value), 6));
        udfs.Add("trino_double_java", (double value) => Double(value));
        udfs.Add("trino_real_java", (float value) => Real(value));
        udfs.Add("trino_double_to_tinyint", (double value) => (sbyte)Round(value, "tinyint", sbyte.MinValue, sbyte.MaxValue));
        udfs.Add("trino_double_to_smallint", (double value) => (short)Round(value, "smallint", short.MinValue, short.MaxValue));
        udfs.Add("trino_double_to_integer", (double value) => (int)Round(value, "integer", int.MinValue, int.MaxValue));
        udfs.Add("trino_double_to_bigint", (double value) => RoundToBigint(value));
        udfs.Add("trino_double_to_real", (double value) => (float)value);
        udfs.Add("trino_double_to_decimal", (double value, int precision, int scale) => FloatingToDecimal("DOUBLE", Double(value), precision, scale));
        udfs.Add("trino_real_to_decimal", (float value, int precision, int scale) => FloatingToDecimal("REAL", Real(value), precision, scale));
        udfs.Add("trino_leading_zero", (string text) => text.StartsWith('.') ? "0" + text : text.StartsWith("-.", StringComparison.Ordinal) ? "-0" + text[1..] : text);
        udfs.Add("trino_fit", (string text, int length) => Fit(text, length));
    }

    /// <summary>Java's <c>Double.toString</c>: <c>1.0</c>, <c>1.0E10</c>, <c>NaN</c>, <c>-Infinity</c>.</summary>
    public static string Double(double value) => double.IsFinite(value)
        ? Java(Shortest(value), value == 0, double.IsNegative(value))
        : NotFinite(value);

    /// <summary>Java's <c>Float.toString</c>.</summary>
    public static string Real(float value) => float.IsFinite(value)
        ? Java(value.ToString("R", CultureInfo.InvariantCulture), value == 0, float.IsNegative(value))
        : NotFinite(value);

    /// <summary>CAST to varchar: always with an exponent, <c>1.23E1</c>, <c>0E0</c>, as SQL wants it and Java's toString does not.</summary>
    /// <param name="java">The value as <see cref="Double"/> or <see cref="Real"/> gives it.</param>
    /// <param name="fractionMax">Most digits behind the point; more are rounded half to even.</param>
    public static string Scientific(double value, string java, int fractionMax)
    {
        if (!double.IsFinite(value))
        {
            return java;
        }

        if (value == 0)
        {
            return double.IsNegative(value) ? "-0E0" : "0E0";
        }

        TryParseDecimal(java, out var unscaled, out var exponent);
        var digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture);
        exponent += digits.Length - 1;
        if (digits.Length > fractionMax + 1)
        {
            var unit = BigInteger.Pow(10, digits.Length - fractionMax - 1);
            var (quotient, rest) = BigInteger.DivRem(BigInteger.Abs(unscaled), unit);
            var twice = (rest * 2).CompareTo(unit);
            digits = (twice > 0 || (twice == 0 && !quotient.IsEven) ? quotient + 1 : quotient).ToString(CultureInfo.InvariantCulture);
            exponent += digits.Length - fractionMax - 1;
        }

        var fraction = digits[1..].TrimEnd('0');
        return string.Create(CultureInfo.InvariantCulture, $"{(value < 0 ? "-" : "")}{digits[0]}.{(fraction.Length == 0 ? "0" : fraction)}E{exponent}");
    }

    /// <summary>A plain decimal text brought to a scale, half away from zero; null when it has more digits than <paramref name="precision"/>.</summary>
    public static string? Rescale(BigInteger unscaled, int exponent, int precision, int scale)
    {
        var shift = exponent + scale;
        if (shift > 80 && !unscaled.IsZero)
        {
            return null;
        }

        if (shift < 0)
        {
            if (shift < -10_000)
            {
                unscaled = BigInteger.Zero;
            }
            else
            {
                var divisor = BigInteger.Pow(10, -shift);
                var half = divisor / 2;
                unscaled = unscaled.Sign >= 0 ? (unscaled + half) / divisor : (unscaled - half) / divisor;
            }
        }
        else if (!unscaled.IsZero)
        {
            unscaled *= BigInteger.Pow(10, shift);
        }

        return BigInteger.Abs(unscaled) >= BigInteger.Pow(10, precision) ? null : Plain(unscaled, scale);
    }

    /// <summary>Reads <c>-12.34e5</c> as digits and a power of ten; false for anything that Java's BigDecimal refuses.</summary>
    public static bool TryParseDecimal(string text, out BigInteger unscaled, out int exponent)
    {
        unscaled = default;
        exponent = 0;
        var match = DecimalText().Match(text);
        if (!match.Success || (match.Groups[2].Length == 0 && match.Groups[3].Length == 0))
        {
            return false;
        }

        var power = 0;
        if (match.Groups[4].Success && !int.TryParse(match.Groups[4].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out power))
        {
            return false;
        }

        unscaled = BigInteger.Parse(match.Groups[2].Value + match.Groups[3].Value, NumberStyles.None, CultureInfo.InvariantCulture);
        if (match.Groups[1].Value == "-")
        {
            unscaled = -unscaled;
        }

        exponent = power - match.Groups[3].Length;
        return true;
    }

    public static string Plain(BigInteger unscaled, int scale)
    {
        var digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        var text = scale == 0 ? digits : $"{digits[..^scale]}.{digits[^scale..]}";
        return unscaled.Sign < 0 ? "-" + text : text;
    }

    public static SqlException Invalid(string message) => new("INVALID_CAST_ARGUMENT", message);

    /// <summary>What <see cref="double"/> reads from a text that Java's <c>Double.parseDouble</c> takes; null for the rest.</summary>
    public static string? JavaFloating(string text)
    {
        var trimmed = text.AsSpan().Trim("\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f ").ToString();
        var match = FloatingText().Match(trimmed);
        return match.Success ? match.Groups[1].Value : null;
    }

    private static long Integer(string text, string type, long min, long max) =>
        text.Length > 0 && !char.IsWhiteSpace(text[0]) && !char.IsWhiteSpace(text[^1])
            && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw Invalid($"Cannot cast '{text}' to {type}");

    private static double Floating(string text, string type) => JavaFloating(text) is { } digits
        ? double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture)
        : throw Invalid($"Cannot cast '{text}' to {type}");

    private static float ParseSingle(string digits) => float.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static bool Boolean(string text) => text.ToLowerInvariant() switch
    {
        "t" or "true" or "1" => true,
        "f" or "false" or "0" => false,
        _ => throw Invalid($"Cannot cast '{text}' to BOOLEAN"),
    };

    private static string TextToDecimal(string text, int precision, int scale) => !TryParseDecimal(text, out var unscaled, out var exponent)
        ? throw Invalid($"Cannot cast VARCHAR '{text}' to DECIMAL({precision}, {scale}). Value is not a number.")
        : Rescale(unscaled, exponent, precision, scale) ?? throw Invalid($"Cannot cast VARCHAR '{text}' to DECIMAL({precision}, {scale}). Value too large.");

    private static string FloatingToDecimal(string type, string text, int precision, int scale) =>
        (TryParseDecimal(text, out var unscaled, out var exponent) ? Rescale(unscaled, exponent, precision, scale) : null)
        ?? throw Invalid($"Cannot cast {type} '{text}' to DECIMAL({precision}, {scale})");

    private static long Round(double value, string type, long min, long max)
    {
        if (double.IsNaN(value))
        {
            throw Invalid($"Cannot cast double NaN to {type}");
        }

        var rounded = Math.Round(value, MidpointRounding.AwayFromZero);
        return rounded >= min && rounded <= max ? (long)rounded : throw Invalid($"Out of range for {type}: {Double(value)}");
    }

    private static long RoundToBigint(double value)
    {
        var rounded = Math.Round(value, MidpointRounding.AwayFromZero);
        return rounded is >= -9223372036854775808.0 and < 9223372036854775808.0 ? (long)rounded : throw Invalid($"Unable to cast {Double(value)} to bigint");
    }

    private static string Fit(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        var points = text.EnumerateRunes().Count();
        return points <= length ? text : throw Invalid($"Cannot cast '{text}' to varchar({length})");
    }

    private static string NotFinite(double value) => double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";

    /// <summary>
    /// The shortest text that reads back as the value, of two digits at least: Java takes the nearest of those, 4.9E-324, where one digit, 5E-324, would do.
    /// </summary>
    private static string Shortest(double value)
    {
        var shortest = value.ToString("R", CultureInfo.InvariantCulture);
        if (Math.Abs(value) > 1e-320 || shortest.Contains('.'))
        {
            return shortest;
        }

        var two = value.ToString("E1", CultureInfo.InvariantCulture);
        return double.Parse(two, CultureInfo.InvariantCulture) == value ? two : shortest;
    }

    /// <summary>Java's layout of the shortest digits that .NET gives.</summary>
    private static string Java(string shortest, bool isZero, bool isNegative)
    {
        if (isZero)
        {
            return isNegative ? "-0.0" : "0.0";
        }

        var exponentAt = shortest.IndexOf('E');
        var mantissa = exponentAt < 0 ? shortest : shortest[..exponentAt];
        var exponent = exponentAt < 0 ? 0 : int.Parse(shortest.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var unsigned = isNegative ? mantissa[1..] : mantissa;
        var point = unsigned.IndexOf('.');
        var digits = point < 0 ? unsigned : unsigned.Remove(point, 1);
        exponent += point < 0 ? unsigned.Length : point;
        var leading = digits.Length - digits.TrimStart('0').Length;
        digits = digits[leading..].TrimEnd('0');
        exponent -= leading;

        // The value is 0.digits times ten to the exponent.
        string text;
        if (exponent is > -3 and <= 7)
        {
            text = exponent <= 0 ? $"0.{new string('0', -exponent)}{digits}"
                : digits.Length <= exponent ? $"{digits.PadRight(exponent, '0')}.0"
                : $"{digits[..exponent]}.{digits[exponent..]}";
        }
        else
        {
            text = $"{digits[0]}.{(digits.Length > 1 ? digits[1..] : "0")}E{(exponent - 1).ToString(CultureInfo.InvariantCulture)}";
        }

        return isNegative ? "-" + text : text;
    }

    [GeneratedRegex(@"^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?$", RegexOptions.CultureInvariant)]
    private static partial Regex DecimalText();

    [GeneratedRegex(@"^([+-]?(?:NaN|Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?))(?<!(?:NaN|Infinity)(?=[fFdD]))[fFdD]?$", RegexOptions.CultureInvariant)]
    private static partial Regex FloatingText();
}
