using System.Collections;
using System.Globalization;

namespace Tarn.Glue.Crawlers;

/// <summary>
/// A schedule as Glue writes it: <c>cron(Minutes Hours Day-of-month Month Day-of-week Year)</c> in UTC. Exactly one of the two day fields is <c>?</c>; days of the week
/// count from 1 = Sunday; runs are at least 5 minutes apart. Immutable.
/// </summary>
internal sealed class CronExpression
{
    private const int YearMin = 1970;
    private const int YearMax = 2199;

    private static readonly TimeSpan ApartMin = TimeSpan.FromMinutes(5);
    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private readonly BitArray minutes;
    private readonly BitArray hours;
    private readonly BitArray months;
    private readonly BitArray years;
    private readonly DayField day;

    private CronExpression(BitArray minutes, BitArray hours, BitArray months, BitArray years, DayField day)
    {
        this.minutes = minutes;
        this.hours = hours;
        this.months = months;
        this.years = years;
        this.day = day;
    }

    /// <exception cref="FormatException">The text is no schedule; the message says which field.</exception>
    public static CronExpression Parse(string text)
    {
        var trimmed = text.Trim();
        if (!trimmed.StartsWith("cron(", StringComparison.Ordinal) || !trimmed.EndsWith(')'))
        {
            throw new FormatException("It must be of the form cron(Minutes Hours Day-of-month Month Day-of-week Year).");
        }

        var fields = trimmed[5..^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 6)
        {
            throw new FormatException($"It must have 6 fields, not {fields.Length}.");
        }

        var expression = new CronExpression(
            ParseList("minutes", fields[0], 0, 59, null),
            ParseList("hours", fields[1], 0, 23, null),
            ParseList("month", fields[3], 1, 12, Months),
            ParseList("year", fields[5], YearMin, YearMax, null),
            ParseDays(fields[2], fields[4]));
        expression.CheckApart();
        return expression;
    }

    /// <summary>The first time after <paramref name="after"/>, to the minute; null when there is none until 2199.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        var start = after.UtcDateTime;
        var date = start.Date;
        var time = new TimeSpan(start.Hour, start.Minute + 1, 0);
        if (time >= TimeSpan.FromDays(1))
        {
            date = date.AddDays(1);
            time = TimeSpan.Zero;
        }

        for (; date.Year <= YearMax; time = TimeSpan.Zero)
        {
            if (!years[date.Year])
            {
                date = new DateTime(date.Year + 1, 1, 1);
                continue;
            }

            if (!months[date.Month])
            {
                date = new DateTime(date.Year, date.Month, 1).AddMonths(1);
                continue;
            }

            if (day.Includes(date) && NextTime(time) is { } found)
            {
                return new DateTimeOffset(date + found, TimeSpan.Zero);
            }

            date = date.AddDays(1);
        }

        return null;
    }

    private TimeSpan? NextTime(TimeSpan from)
    {
        for (var hour = from.Hours; hour < 24; hour++)
        {
            for (var minute = hour == from.Hours ? from.Minutes : 0; hours[hour] && minute < 60; minute++)
            {
                if (minutes[minute])
                {
                    return new TimeSpan(hour, minute, 0);
                }
            }
        }

        return null;
    }

    private void CheckApart()
    {
        // The distance between runs within an hour, and over the hour's end where hours follow each other.
        var set = Enumerable.Range(0, 60).Where(minute => minutes[minute]).ToArray();
        var adjoining = Enumerable.Range(0, 24).Any(hour => hours[hour] && hours[(hour + 1) % 24]);
        for (var index = 0; index < set.Length; index++)
        {
            var next = index + 1 < set.Length ? set[index + 1] : adjoining ? set[0] + 60 : int.MaxValue;
            if (next - set[index] < ApartMin.TotalMinutes)
            {
                throw new FormatException("Runs must be at least 5 minutes apart.");
            }
        }
    }

    private static DayField ParseDays(string dayOfMonth, string dayOfWeek)
    {
        if (dayOfMonth == "?" == (dayOfWeek == "?"))
        {
            throw new FormatException("Exactly one of day-of-month and day-of-week must be '?'.");
        }

        if (dayOfWeek == "?")
        {
            if (dayOfMonth is "L" or "LW")
            {
                return new LastDayOfMonth(Weekday: dayOfMonth == "LW");
            }

            return dayOfMonth.EndsWith('W')
                ? new NearestWeekday(ParseNumber("day-of-month", dayOfMonth[..^1], 1, 31, null))
                : new DaysOfMonth(ParseList("day-of-month", dayOfMonth, 1, 31, null));
        }

        if (dayOfWeek.EndsWith('L'))
        {
            return dayOfWeek == "L" ? new DaysOfWeek(ParseList("day-of-week", "7", 1, 7, Days)) : new LastWeekday(ParseNumber("day-of-week", dayOfWeek[..^1], 1, 7, Days));
        }

        return new DaysOfWeek(ParseList("day-of-week", dayOfWeek, 1, 7, Days));
    }

    /// <summary>A list of numbers, ranges and steps: <c>*</c>, <c>5</c>, <c>1-5</c>, <c>1/10</c>, <c>*/15</c>, <c>MON-FRI</c>.</summary>
    private static BitArray ParseList(string field, string text, int min, int max, string[]? names)
    {
        var set = new BitArray(max + 1);
        foreach (var part in text.Split(','))
        {
            var slash = part.IndexOf('/', StringComparison.Ordinal);
            var step = slash < 0 ? 1 : ParseNumber(field, part[(slash + 1)..], 1, max, null);
            var range = slash < 0 ? part : part[..slash];
            var dash = range.IndexOf('-', StringComparison.Ordinal);
            var (low, high) = range switch
            {
                "*" => (min, max),
                _ when dash > 0 => (ParseNumber(field, range[..dash], min, max, names), ParseNumber(field, range[(dash + 1)..], min, max, names)),
                _ => (ParseNumber(field, range, min, max, names), slash < 0 ? -1 : max),
            };
            high = high < 0 ? low : high;
            if (high < low)
            {
                throw new FormatException($"The range '{range}' of {field} is upside down.");
            }

            for (var value = low; value <= high; value += step)
            {
                set[value] = true;
            }
        }

        return set;
    }

    private static int ParseNumber(string field, string text, int min, int max, string[]? names)
    {
        var named = names is null ? -1 : Array.FindIndex(names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        if (named >= 0)
        {
            return named + min;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : throw new FormatException($"'{text}' is no value of {field}: {min} to {max}{(names is null ? "" : $" or {names[0]} to {names[^1]}")}.");
    }

    private abstract record DayField
    {
        public abstract bool Includes(DateTime date);
    }

    private sealed record DaysOfMonth(BitArray Set) : DayField
    {
        public override bool Includes(DateTime date) => Set[date.Day];
    }

    private sealed record DaysOfWeek(BitArray Set) : DayField
    {
        public override bool Includes(DateTime date) => Set[(int)date.DayOfWeek + 1];
    }

    private sealed record LastDayOfMonth(bool Weekday) : DayField
    {
        public override bool Includes(DateTime date)
        {
            var last = new DateTime(date.Year, date.Month, DateTime.DaysInMonth(date.Year, date.Month));
            while (Weekday && last.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday)
            {
                last = last.AddDays(-1);
            }

            return date == last;
        }
    }

    private sealed record LastWeekday(int Day) : DayField
    {
        public override bool Includes(DateTime date) => (int)date.DayOfWeek + 1 == Day && date.Day + 7 > DateTime.DaysInMonth(date.Year, date.Month);
    }

    /// <summary>The weekday nearest to a day of the month, never in another month: <c>3W</c>.</summary>
    private sealed record NearestWeekday(int Day) : DayField
    {
        public override bool Includes(DateTime date)
        {
            var length = DateTime.DaysInMonth(date.Year, date.Month);
            if (Day > length)
            {
                return false;
            }

            var target = new DateTime(date.Year, date.Month, Day);
            return date == (target.DayOfWeek switch
            {
                DayOfWeek.Saturday => target.AddDays(Day == 1 ? 2 : -1),
                DayOfWeek.Sunday => target.AddDays(Day == length ? -2 : 1),
                _ => target,
            });
        }
    }
}
