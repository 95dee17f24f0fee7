using System.Globalization;
using System.Text.RegularExpressions;

namespace Tarn.Sql.Functions.Udf;

/// <summary>Arithmetic of timestamps with time zone, Unix time and ISO 8601.</summary>
internal static partial class DateTimeUdfs
{
    public static void Register(UdfTable udfs)
    {
        udfs.Add("trino_zoned_truncate", (string unit, ZonedTimestamp value) => Truncate(unit, value));
        udfs.Add("trino_zoned_add", (string unit, long count, ZonedTimestamp value) => Add(unit, count, value));
        udfs.Add("trino_zoned_diff", (string unit, ZonedTimestamp from, ZonedTimestamp to) => Difference(unit, from, to));
        udfs.Add("trino_at_timezone", (ZonedTimestamp value, string zone) => value with { Zone = TimeZones.Normalize(zone) });
        udfs.Add("trino_offset_minutes", (ZonedTimestamp value) => TimeZones.OffsetAt(value.Zone, value.Instant) / 60_000_000);
        udfs.Add("trino_offset_zone", (long hours, long minutes) => TimeZones.Normalize(TimeTexts.Offset((int)((hours * 60) + minutes))));
        udfs.Add("trino_from_unixtime", (double seconds, string zone) => FromUnixTime(seconds, zone));
        udfs.Add("trino_zoned_iso", (ZonedTimestamp value, int precision) => Iso(value, precision));
        udfs.Add("trino_from_iso8601_date", (string text) => IsoDate(text));
        udfs.Add("trino_from_iso8601_timestamp", (string text, string zone) => IsoTimestamp(text, zone));
    }

    private static ZonedTimestamp FromUnixTime(double seconds, string zone)
    {
        var millis = Math.Round(seconds * 1000, MidpointRounding.AwayFromZero);
        return double.IsFinite(millis) && Math.Abs(millis) < 9e15
            ? new ZonedTimestamp((long)millis * 1000, TimeZones.Normalize(zone))
            : throw MathUdfs.Argument("Could not convert to timestamp: " + NumberTexts.Double(seconds));
    }

    private static ZonedTimestamp Truncate(string unit, ZonedTimestamp value)
    {
        var local = TimeZones.ToLocal(value);
        var step = StepOf(unit);
        if (step is > 0 and < Calendar.DayMicros)
        {
            // Within the hour the offset does not change; flooring the local time keeps the instant on the same side of a change of clocks.
            return value with { Instant = value.Instant - Calendar.FloorModulo(local, step) };
        }

        var days = Calendar.FloorDivide(local, Calendar.DayMicros);
        var (year, month, _) = Calendar.Date(days);
        var start = unit.ToLowerInvariant() switch
        {
            "day" => days,
            "week" => days - Calendar.DayOfWeek(days) + 1,
            "month" => Calendar.Days(year, month, 1),
            "quarter" => Calendar.Days(year, ((month - 1) / 3 * 3) + 1, 1),
            "year" => Calendar.Days(year, 1, 1),
            _ => throw BadUnit(unit),
        };
        return value with { Instant = TimeZones.ToInstant(start * Calendar.DayMicros, value.Zone) };
    }

    private static ZonedTimestamp Add(string unit, long count, ZonedTimestamp value)
    {
        var step = StepOf(unit);
        if (step > 0 && step < Calendar.DayMicros)
        {
            return value with { Instant = checked(value.Instant + (count * step)) };
        }

        var local = TimeZones.ToLocal(value);
        local = step > 0 ? checked(local + (count * step)) : AddMonths(local, checked((int)(count * MonthsOf(unit))));
        return value with { Instant = TimeZones.ToInstant(local, value.Zone) };
    }

    private static long Difference(string unit, ZonedTimestamp from, ZonedTimestamp to)
    {
        var step = StepOf(unit);
        if (step > 0 && step < Calendar.DayMicros)
        {
            return (to.Instant - from.Instant) / step;
        }

        // Days and more are counted on the calendar of the first one's zone.
        var (a, b) = (TimeZones.ToLocal(from), TimeZones.ToLocal(to with { Zone = from.Zone }));
        return step > 0 ? (b - a) / step : Months(a, b) / MonthsOf(unit);
    }

    private static long Months(long from, long to)
    {
        var sign = from <= to ? 1 : -1;
        var (x, y) = from <= to ? (from, to) : (to, from);
        var (xYear, xMonth, _) = Calendar.Date(Calendar.FloorDivide(x, Calendar.DayMicros));
        var (yYear, yMonth, _) = Calendar.Date(Calendar.FloorDivide(y, Calendar.DayMicros));
        var months = ((yYear - xYear) * 12) + yMonth - xMonth;
        if (months > 0 && AddMonths(x, (int)months) > y)
        {
            months--;
        }

        return months * sign;
    }

    private static long AddMonths(long local, int months)
    {
        var days = Calendar.FloorDivide(local, Calendar.DayMicros);
        var (year, month, day) = Calendar.Date(days);
        var total = (year * 12) + month - 1 + months;
        var (newYear, newMonth) = (Calendar.FloorDivide(total, 12), (int)Calendar.FloorModulo(total, 12) + 1);
        return (Calendar.Days(newYear, newMonth, Math.Min(day, Calendar.DaysInMonth(newYear, newMonth))) * Calendar.DayMicros) + local - (days * Calendar.DayMicros);
    }

    /// <summary>Microseconds of a unit of fixed length; 0 for months and more.</summary>
    private static long StepOf(string unit) => unit.ToLowerInvariant() switch
    {
        "millisecond" => 1_000,
        "second" => 1_000_000,
        "minute" => 60_000_000,
        "hour" => 3_600_000_000,
        "day" => Calendar.DayMicros,
        "week" => 7 * Calendar.DayMicros,
        "month" or "quarter" or "year" => 0,
        _ => throw BadUnit(unit),
    };

    private static int MonthsOf(string unit) => unit.ToLowerInvariant() switch { "month" => 1, "quarter" => 3, _ => 12 };

    private static SqlException BadUnit(string unit) => MathUdfs.Argument($"'{unit}' is not a valid TIMESTAMP field");

    private static string Iso(ZonedTimestamp value, int precision)
    {
        var offset = TimeZones.OffsetAt(value.Zone, value.Instant) / 60_000_000;
        return TimeTexts.Timestamp(TimeZones.ToLocal(value), precision).Replace(' ', 'T') + (offset == 0 ? "Z" : TimeTexts.Offset((int)offset));
    }

    private static Day IsoDate(string text)
    {
        var match = IsoText().Match(text);
        return match.Success && !match.Groups["time"].Success && IsoDays(match) is { } days
            ? new Day((int)days)
            : throw MathUdfs.Argument($"Invalid format: \"{text}\"");
    }

    private static ZonedTimestamp IsoTimestamp(string text, string sessionZone)
    {
        var match = IsoText().Match(text);
        if (!match.Success || IsoDays(match) is not { } days)
        {
            throw MathUdfs.Argument($"Invalid format: \"{text}\"");
        }

        var (hour, minute, second) = (Number(match, "hour"), Number(match, "minute"), Number(match, "second"));
        if (hour > 24 || minute > 59 || second > 59)
        {
            throw MathUdfs.Argument($"Cannot parse \"{text}\": a field of the time is out of range");
        }

        var fraction = match.Groups["fraction"].Value;
        var millis = fraction.Length == 0 ? 0 : int.Parse(fraction.PadRight(3, '0').AsSpan(0, 3), CultureInfo.InvariantCulture);
        var local = (days * Calendar.DayMicros) + ((((hour * 60L) + minute) * 60 + second) * 1_000_000) + (millis * 1000L);
        var zone = match.Groups["zone"].Success ? TimeZones.Normalize(match.Groups["zone"].Value) : sessionZone;
        return new ZonedTimestamp(TimeZones.ToInstant(local, zone), zone);
    }

    private static long? IsoDays(Match match)
    {
        var year = long.Parse(match.Groups["year"].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (match.Groups["week"].Success)
        {
            var (week, weekday) = (Number(match, "week"), match.Groups["weekday"].Success ? Number(match, "weekday") : 1);
            var january4 = Calendar.Days(year, 1, 4);
            return week is >= 1 and <= 53 && weekday is >= 1 and <= 7 ? january4 - Calendar.DayOfWeek(january4) + 1 + ((week - 1) * 7) + weekday - 1 : null;
        }

        if (match.Groups["ordinal"].Success)
        {
            var ordinal = Number(match, "ordinal");
            return ordinal >= 1 && ordinal <= (Calendar.IsLeap(year) ? 366 : 365) ? Calendar.Days(year, 1, 1) + ordinal - 1 : null;
        }

        var month = match.Groups["month"].Success ? Number(match, "month") : 1;
        var day = match.Groups["day"].Success ? Number(match, "day") : 1;
        return Calendar.IsDate(year, month, day) ? Calendar.Days(year, month, day) : null;
    }

    private static int Number(Match match, string group) => match.Groups[group].Success ? int.Parse(match.Groups[group].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^(?<year>[+-]?[0-9]{1,9})(?:-W(?<week>[0-9]{1,2})(?:-(?<weekday>[0-9]))?|-(?<ordinal>[0-9]{3})|(?:-(?<month>[0-9]{1,2})(?:-(?<day>[0-9]{1,2}))?)?)(?<time>T(?:(?<hour>[0-9]{1,2})(?::(?<minute>[0-9]{1,2})(?::(?<second>[0-9]{1,2})(?:[.,](?<fraction>[0-9]{1,9}))?)?)?)?(?<zone>Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?$", RegexOptions.CultureInvariant)]
    private static partial Regex IsoText();
}
