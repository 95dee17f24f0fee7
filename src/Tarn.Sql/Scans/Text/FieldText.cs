using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Tarn.Sql.Functions.Udf;
using Calendar = Tarn.Sql.Functions.Udf.Calendar;

namespace Tarn.Sql.Scans.Text;

/// <summary>
/// Values of text files from their bytes. Each has a short way for the plain forms that nearly all values have, and gives the rest to the functions
/// that know every form; both ways give the same value.
/// </summary>
internal static class FieldText
{
    /// <summary>Powers of ten that a <see cref="double"/> holds exactly.</summary>
    private static readonly double[] Powers = [.. Enumerable.Range(0, 23).Select(i => double.Parse($"1e{i}", CultureInfo.InvariantCulture))];

    private static readonly long[] WholePowers = [.. Enumerable.Range(0, 19).Select(i => (long)Math.Pow(10, i))];

    /// <summary>Digits behind an optional sign, as Hive reads whole numbers.</summary>
    public static bool TryInteger(ReadOnlySpan<byte> text, out long value)
    {
        if (text.Length > 0 && text[0] == '+')
        {
            text = text[1..];
            if (text.Length > 0 && text[0] == '-')
            {
                value = 0;
                return false;
            }
        }

        return Utf8Parser.TryParse(text, out value, out var used) && used == text.Length;
    }

    /// <summary>What Java's <c>Double.parseDouble</c> takes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryDouble(ReadOnlySpan<byte> text, out double value)
    {
        // A quotient of two numbers that a double holds exactly is rounded once, so it is the nearest double.
        if (TryPlain(text, digitsMax: 15, out var unscaled, out var scale))
        {
            value = unscaled / Powers[scale];
            value = unscaled == 0 && text[0] == '-' ? -0.0 : value;
            return true;
        }

        if (Utf8Parser.TryParse(text, out value, out var used) && used == text.Length && char.IsAsciiDigit((char)text[^1]))
        {
            return true;
        }

        if (NumberTexts.JavaFloating(Encoding.UTF8.GetString(text)) is { } digits)
        {
            value = double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture);
            return true;
        }

        return false;
    }

    /// <summary>What Java's <c>Float.parseFloat</c> takes, rounded once.</summary>
    public static bool TryReal(ReadOnlySpan<byte> text, out float value)
    {
        if (TryPlain(text, digitsMax: 7, out var unscaled, out var scale))
        {
            value = unscaled / (float)Powers[scale];
            value = unscaled == 0 && text[0] == '-' ? -0.0f : value;
            return true;
        }

        var digits = NumberTexts.JavaFloating(Encoding.UTF8.GetString(text));
        value = digits is null ? 0 : float.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture);
        return digits is not null;
    }

    public static bool TryBoolean(ReadOnlySpan<byte> text, out bool value)
    {
        value = Ascii.EqualsIgnoreCase(text, "true"u8);
        return value || Ascii.EqualsIgnoreCase(text, "false"u8);
    }

    /// <param name="days">Since 1970-01-01.</param>
    public static bool TryDate(ReadOnlySpan<byte> text, out int days)
    {
        if (text.Length == 10 && TryPlainDate(text, out var day))
        {
            days = (int)day;
            return true;
        }

        var date = text.Length is >= 8 and <= 12 ? TimeTexts.TryDate(Encoding.UTF8.GetString(text)) : null;
        days = date?.Days ?? 0;
        return date is not null;
    }

    /// <summary>A local date and time as Hive's text files have it: a time must stand there; <c>T</c> may part the two. Rounded to milliseconds.</summary>
    /// <param name="micros">Since 1970-01-01.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryTimestamp(ReadOnlySpan<byte> text, out long micros)
    {
        if (text.Length is 19 or 21 or 22 or 23 && text[10] == ' ' && text[13] == ':' && text[16] == ':'
            && TryPlainDate(text[..10], out var day)
            && TryTwo(text, 11, out var hour) && TryTwo(text, 14, out var minute) && TryTwo(text, 17, out var second)
            && hour < 24 && minute < 60 && second < 60
            && TryMillis(text[19..], out var millis))
        {
            micros = (day * Calendar.DayMicros) + ((((hour * 60L) + minute) * 60 + second) * 1_000_000) + (millis * 1000);
            return true;
        }

        var found = text.Length < 14 ? null : Timestamp(Encoding.UTF8.GetString(text));
        micros = found ?? 0;
        return found is not null;
    }

    /// <summary>Brought to the scale, half away from zero; false when it is no number or has too many digits.</summary>
    /// <param name="value">Without the point.</param>
    public static bool TryDecimal(ReadOnlySpan<byte> text, int precision, int scale, out Int128 value)
    {
        if (TryPlain(text, digitsMax: 18, out var unscaled, out var ownScale) && scale - ownScale is <= 18 and >= -18)
        {
            if (scale >= ownScale)
            {
                value = (Int128)unscaled * WholePowers[scale - ownScale];
            }
            else
            {
                var divisor = WholePowers[ownScale - scale];
                value = (unscaled + (unscaled < 0 ? -divisor / 2 : divisor / 2)) / divisor;
            }

            if (precision <= 18)
            {
                return Int128.Abs(value) < WholePowers[precision];
            }
        }

        value = 0;
        return NumberTexts.TryParseDecimal(Encoding.UTF8.GetString(text), out var digits, out var exponent)
            && NumberTexts.Rescale(digits, exponent, precision, scale) is { } plain
            && Int128.TryParse(plain.Replace(".", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    private static long? Timestamp(string text)
    {
        var at = text.IndexOf('T', StringComparison.Ordinal);
        return text.Contains(':') ? TimeTexts.TryTimestamp(at == 10 ? string.Concat(text.AsSpan(0, 10), " ", text.AsSpan(11).TrimEnd('Z')) : text, 3) : null;
    }

    /// <summary>Digits with an optional minus and at most one point, a digit on both sides of it; no exponent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryPlain(ReadOnlySpan<byte> text, int digitsMax, out long unscaled, out int scale)
    {
        unscaled = 0;
        scale = 0;
        var i = text.Length > 0 && text[0] == '-' ? 1 : 0;
        if (text.Length == i || text.Length - i > digitsMax + 1 || !char.IsAsciiDigit((char)text[i]) || !char.IsAsciiDigit((char)text[^1]))
        {
            return false;
        }

        var point = -1;
        for (var at = i; at < text.Length; at++)
        {
            var digit = (uint)(text[at] - '0');
            if (digit <= 9)
            {
                unscaled = (unscaled * 10) + digit;
            }
            else if (text[at] == '.' && point < 0)
            {
                point = at;
            }
            else
            {
                return false;
            }
        }

        scale = point < 0 ? 0 : text.Length - point - 1;
        unscaled = i == 1 ? -unscaled : unscaled;
        return text.Length - i - (point < 0 ? 0 : 1) <= digitsMax;
    }

    private static bool TryPlainDate(ReadOnlySpan<byte> text, out long days)
    {
        days = 0;
        if (text[4] != '-' || text[7] != '-' || !TryTwo(text, 0, out var century) || !TryTwo(text, 2, out var year) || !TryTwo(text, 5, out var month) || !TryTwo(text, 8, out var day)
            || !Calendar.IsDate((century * 100) + year, month, day))
        {
            return false;
        }

        days = Calendar.Days((century * 100) + year, month, day);
        return true;
    }

    private static bool TryTwo(ReadOnlySpan<byte> text, int at, out int value)
    {
        var (tens, ones) = ((uint)(text[at] - '0'), (uint)(text[at + 1] - '0'));
        value = (int)((tens * 10) + ones);
        return tens <= 9 && ones <= 9;
    }

    private static bool TryMillis(ReadOnlySpan<byte> fraction, out int millis)
    {
        millis = 0;
        if (fraction.IsEmpty)
        {
            return true;
        }

        if (fraction[0] != '.')
        {
            return false;
        }

        for (var i = 1; i <= 3; i++)
        {
            var digit = i < fraction.Length ? (uint)(fraction[i] - '0') : 0;
            if (digit > 9)
            {
                return false;
            }

            millis = (millis * 10) + (int)digit;
        }

        return true;
    }
}
