using System.Globalization;
using Tarn.Wire.Shapes;

namespace Tarn.Wire.Protocols;

/// <summary>The three ways in which AWS writes a point in time, to the millisecond.</summary>
internal static class Timestamps
{
    private static readonly string[] Rfc822Forms = ["ddd, dd MMM yyyy HH:mm:ss 'GMT'", "ddd, dd MMM yyyy HH:mm:ss.FFF 'GMT'", "ddd, dd-MMM-yy HH:mm:ss 'GMT'"];

    /// <summary>False where the text is none of the three forms, or out of the years 1 to 9999.</summary>
    public static bool TryParse(string text, out DateTimeOffset value)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds))
        {
            return TryFromUnixSeconds(seconds, out value);
        }

        return DateTimeOffset.TryParseExact(text, Rfc822Forms, CultureInfo.InvariantCulture, Utc, out value)
            || (text.Contains('T', StringComparison.Ordinal) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out value));
    }

    public static bool TryFromUnixSeconds(double seconds, out DateTimeOffset value)
    {
        var milliseconds = Math.Round(seconds * 1000);
        var isInRange = milliseconds >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
        value = isInRange ? DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds) : default;
        return isInRange;
    }

    /// <param name="format">Not <see cref="TimestampFormat.Default"/>.</param>
    public static string Format(DateTimeOffset value, TimestampFormat format) => format switch
    {
        TimestampFormat.UnixTimestamp => UnixSeconds(value).ToString(CultureInfo.InvariantCulture),
        TimestampFormat.Rfc822 => value.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss 'GMT'", CultureInfo.InvariantCulture),
        _ => value.UtcDateTime.ToString(value.Millisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
    };

    /// <summary>A decimal, so that 1.1 is written 1.1.</summary>
    public static decimal UnixSeconds(DateTimeOffset value)
    {
        var milliseconds = value.ToUnixTimeMilliseconds();
        return milliseconds % 1000 == 0 ? milliseconds / 1000 : milliseconds / 1000m;
    }
}
