using System.Collections.Concurrent;
using System.Globalization;

namespace Tarn.Sql.Functions.Udf;

/// <summary>Time zones by Trino's names, and their offsets at a moment. Rules come from the system's tz database.</summary>
internal static class TimeZones
{
    /// <summary>Trino keeps an instant in 52 bits of milliseconds.</summary>
    private const long MillisMax = 1L << 51;

    private const long DayMicros = 86_400_000_000;
    private const long CycleMicros = 146_097 * DayMicros;
    private const long YearOneMicros = -62_135_596_800_000_000;
    private const long YearTenThousandMicros = 253_402_300_800_000_000;
    private static readonly ConcurrentDictionary<string, TimeZoneInfo?> Named = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Trino's spelling of a zone: <c>UTC</c> for all its names, <c>+hh:mm</c>, or the tz name as given.</summary>
    /// <exception cref="SqlException"><c>INVALID_FUNCTION_ARGUMENT</c> for a zone that does not exist.</exception>
    public static string Normalize(string zone)
    {
        if (TryNormalize(zone) is { } known)
        {
            return known;
        }

        throw new SqlException("INVALID_FUNCTION_ARGUMENT", $"'{zone}' is not a valid time zone");
    }

    public static string? TryNormalize(string zone)
    {
        if (IsUtc(zone))
        {
            return "UTC";
        }

        if (TryFixed(zone, out var minutes))
        {
            return FixedName(minutes);
        }

        return FindNamed(zone) is null ? null : zone;
    }

    public static string FixedName(int minutes) => minutes == 0
        ? "UTC"
        : string.Create(CultureInfo.InvariantCulture, $"{(minutes < 0 ? '-' : '+')}{Math.Abs(minutes) / 60:00}:{Math.Abs(minutes) % 60:00}");

    /// <summary>Microseconds east of UTC at an instant.</summary>
    public static long OffsetAt(string zone, long instant)
    {
        if (zone == "UTC")
        {
            return 0;
        }

        if (TryFixed(zone, out var minutes))
        {
            return minutes * 60_000_000L;
        }

        var info = Find(zone);
        return info.GetUtcOffset(new DateTime(ToTicks(instant), DateTimeKind.Utc)).Ticks / TimeSpan.TicksPerMicrosecond;
    }

    public static long ToLocal(ZonedTimestamp value) => value.Instant + OffsetAt(value.Zone, value.Instant);

    /// <summary>
    /// The instant of a local date and time. Where clocks are set back, the earlier of the two; where they are set forward, a time that no clock
    /// showed moves on by the gap, as java.time does.
    /// </summary>
    /// <exception cref="SqlException"><c>INVALID_CAST_ARGUMENT</c>: outside of what Trino's timestamp with time zone holds.</exception>
    public static long ToInstant(long local, string zone)
    {
        var instant = Instant(local, zone);
        return Math.Abs(instant / 1000) < MillisMax ? instant : throw new SqlException("INVALID_CAST_ARGUMENT", $"Millis overflow: {instant / 1000}");
    }

    private static long Instant(long local, string zone)
    {
        if (zone == "UTC")
        {
            return local;
        }

        if (TryFixed(zone, out var minutes))
        {
            return local - (minutes * 60_000_000L);
        }

        var info = Find(zone);
        var clock = new DateTime(ToTicks(local), DateTimeKind.Unspecified);
        TimeSpan offset;
        if (info.IsInvalidTime(clock))
        {
            offset = info.GetUtcOffset(clock.AddHours(-3));
        }
        else if (info.IsAmbiguousTime(clock))
        {
            offset = info.GetAmbiguousTimeOffsets(clock).Max();
        }
        else
        {
            offset = info.GetUtcOffset(clock);
        }

        return local - (offset.Ticks / TimeSpan.TicksPerMicrosecond);
    }

    /// <summary>Reads <c>+hh:mm</c>, <c>-hhmm</c>, <c>+hh</c>, <c>UTC+h</c>, <c>GMT-hh:mm</c>: offsets that are the zone's name.</summary>
    public static bool TryFixed(string zone, out int minutes)
    {
        minutes = 0;
        var text = zone.AsSpan();
        if (text.StartsWith("UTC", StringComparison.OrdinalIgnoreCase) || text.StartsWith("GMT", StringComparison.OrdinalIgnoreCase))
        {
            text = text[3..];
        }
        else if (text.StartsWith("UT", StringComparison.OrdinalIgnoreCase))
        {
            text = text[2..];
        }

        if (text.Length < 2 || text[0] is not ('+' or '-'))
        {
            return false;
        }

        var digits = text[1..];
        var colon = digits.IndexOf(':');
        var cut = colon >= 0 ? colon : digits.Length <= 2 ? digits.Length : digits.Length - 2;
        var hourText = digits[..cut];
        var minuteText = colon >= 0 ? digits[(cut + 1)..] : cut == digits.Length ? "0" : digits[cut..];
        if (!int.TryParse(hourText, NumberStyles.None, CultureInfo.InvariantCulture, out var hours)
            || !int.TryParse(minuteText, NumberStyles.None, CultureInfo.InvariantCulture, out var rest)
            || hours > 14 || rest > 59 || (hours == 14 && rest > 0))
        {
            return false;
        }

        minutes = (hours * 60) + rest;
        if (text[0] == '-')
        {
            minutes = -minutes;
        }

        return true;
    }

    private static bool IsUtc(string zone) => zone is "UTC" or "Z" or "GMT" or "UT"
        || zone.ToUpperInvariant() is "UTC" or "Z" or "GMT" or "UT" or "UCT" or "ZULU" or "UNIVERSAL" or "GREENWICH" or "GMT0"
            or "ETC/UTC" or "ETC/UCT" or "ETC/GMT" or "ETC/ZULU" or "ETC/UNIVERSAL" or "ETC/GREENWICH" or "ETC/GMT0" or "ETC/GMT+0" or "ETC/GMT-0";

    private static TimeZoneInfo Find(string zone) =>
        FindNamed(zone) ?? throw new SqlException("INVALID_FUNCTION_ARGUMENT", $"'{zone}' is not a valid time zone");

    private static TimeZoneInfo? FindNamed(string zone) => Named.GetOrAdd(zone, static name =>
        name.Length is > 0 and < 64 && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var info) ? info : null);

    /// <summary>Ticks within the years 1 to 9999; years outside are moved by whole cycles of 400 years, whose calendars are alike.</summary>
    private static long ToTicks(long micros)
    {
        while (micros < YearOneMicros + DayMicros)
        {
            micros += CycleMicros;
        }

        while (micros >= YearTenThousandMicros - DayMicros)
        {
            micros -= CycleMicros;
        }

        return DateTime.UnixEpoch.Ticks + (micros * TimeSpan.TicksPerMicrosecond);
    }
}
