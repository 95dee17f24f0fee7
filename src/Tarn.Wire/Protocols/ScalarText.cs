using System.Globalization;

namespace Tarn.Wire.Protocols;

/// <summary>Numbers and booleans as text, for headers, labels, query strings and XML.</summary>
internal static class ScalarText
{
    public static string Of(double value) => double.IsNaN(value) ? "NaN"
        : double.IsInfinity(value) ? value > 0 ? "Infinity" : "-Infinity"
        : value.ToString("R", CultureInfo.InvariantCulture);

    public static string Of(float value) => float.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : Of((double)value);

    public static bool TryDouble(string text, out double value)
    {
        value = text switch { "NaN" => double.NaN, "Infinity" => double.PositiveInfinity, "-Infinity" => double.NegativeInfinity, _ => 0 };
        return value != 0 || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Whole numbers beyond 64 bits are cut to the limits of 64 bits.</summary>
    public static bool TryWhole(string text, out long value)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
        {
            return true;
        }

        var isDigits = text.Length > 1 && !text.AsSpan(1).ContainsAnyExceptInRange('0', '9') && (text[0] is '-' or '+' || char.IsAsciiDigit(text[0]));
        value = text.StartsWith('-') ? long.MinValue : long.MaxValue;
        return isDigits;
    }
}
