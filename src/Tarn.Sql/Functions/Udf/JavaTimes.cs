using System.Globalization;

namespace Tarn.Sql.Functions.Udf;

/// <summary>Dates and times as the toString of Java's classes writes them, which is what <c>%s</c> of format() gives.</summary>
internal static class JavaTimes
{
    /// <summary>1973-01-01: the last zone whose offset had seconds gave them up in 1972.</summary>
    private const long FirstWholeMinutes = 94_694_400_000_000;

    /// <summary>LocalDateTime and LocalTime: a <c>T</c> between date and time, seconds only when there are any, fractions in groups of three digits.</summary>
    /// <param name="value">Trino's text: <c>2020-01-02 03:04:05.120</c> or <c>03:04:05.120</c>.</param>
    public static string Local(string value)
    {
        var point = value.IndexOf('.');
        var whole = (point < 0 ? value : value[..point]).Replace(' ', 'T');
        var fraction = point < 0 ? "" : value[(point + 1)..].TrimEnd('0');
        if (fraction.Length > 0)
        {
            return $"{whole}.{fraction.PadRight((fraction.Length + 2) / 3 * 3, '0')}";
        }

        return whole.EndsWith(":00", StringComparison.Ordinal) ? whole[..^3] : whole;
    }

    /// <summary>ZonedDateTime: the local time, the offset, and the zone in brackets unless it is an offset itself.</summary>
    /// <param name="value">Microseconds since 1970, a blank, Trino's name of the zone.</param>
    public static string Zoned(string value)
    {
        var (micros, zone) = Split(value);
        if (zone != "UTC" && zone[0] is not ('+' or '-') && micros < FirstWholeMinutes)
        {
            throw new SqlException("NOT_SUPPORTED", $"format() of a time in {zone} before 1973 is not supported: offsets had seconds then");
        }

        var minutes = (int)(TimeZones.OffsetAt(zone, micros) / 60_000_000);
        var offset = minutes == 0 ? "Z" : TimeZones.FixedName(minutes);
        return Local(LocalText(value)) + offset + (zone[0] is '+' or '-' ? "" : $"[{zone}]");
    }

    /// <summary>The local time of an instant in its zone, as Trino writes a timestamp.</summary>
    public static string LocalText(string value)
    {
        var (micros, zone) = Split(value);
        return TimeTexts.Timestamp(micros + TimeZones.OffsetAt(zone, micros), 6);
    }

    private static (long Micros, string Zone) Split(string value)
    {
        var blank = value.IndexOf(' ', StringComparison.Ordinal);
        return (long.Parse(value.AsSpan(0, blank), CultureInfo.InvariantCulture), value[(blank + 1)..]);
    }
}
