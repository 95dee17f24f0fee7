using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Tarn.Sql.Functions.Udf;

/// <summary>Dates and times from and to Trino's text.</summary>
internal static partial class TimeTexts
{
    private static readonly long[] MicrosOfDigit = [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

    public static void Register(UdfTable udfs)
    {
        udfs.Add("trino_text_to_date", (string text) => ParseDate(text));
        udfs.Add("trino_text_to_timestamp", (string text, int precision) => new Moment(ParseTimestamp(text, precision)));
        udfs.Add("trino_text_to_timestamp_ns", (string text, int precision) => ParseNanos(text, precision));
        udfs.Add("trino_text_to_timestamptz", (string text, int precision, string zone) => ParseZoned(text, precision, zone));
        udfs.Add("trino_text_to_time", (string text, int precision) => new TimeOfDay(ParseTime(text, precision, out _)));
        udfs.Add("trino_text_to_timetz", (string text, int precision, string zone) => ParseZonedTime(text, precision, zone));
        udfs.Add("trino_date_text", (Day day) => Date(day.Days));
        udfs.Add("trino_timestamp_text", (Moment value, int precision) => Timestamp(value.Micros, precision));
        udfs.Add("trino_timestamp_ns_text", (long nanos, int precision) => TimestampNanos(nanos, precision));
        udfs.Add("trino_timestamptz_text", (ZonedTimestamp value, int precision) => $"{Timestamp(TimeZones.ToLocal(value), precision)} {value.Zone}");
        udfs.Add("trino_time_text", (TimeOfDay value, int precision) => Time(value.Micros, precision));
        udfs.Add("trino_timetz_text", (ZonedTime value, int precision) => Time(value.Local, precision) + Offset(value.Minutes));
        udfs.Add("trino_round_timestamp", (Moment value, int precision) => new Moment(Round(value.Micros, precision)));
        udfs.Add("trino_round_timestamptz", (ZonedTimestamp value, int precision) => value with { Instant = Round(value.Instant, precision) });
        udfs.Add("trino_round_time", (TimeOfDay value, int precision) => new TimeOfDay(Round(value.Micros, precision) % Calendar.DayMicros));
        udfs.Add("trino_round_nanos", (long nanos, int digits) => RoundTo(nanos, (long)Math.Pow(10, digits)));
        udfs.Add("trino_local", (ZonedTimestamp value) => new Moment(TimeZones.ToLocal(value)));
        udfs.Add("trino_at_zone", (Moment local, string zone) => AtZone(local.Micros, zone));
        udfs.Add("trino_interval_day_text", (long millis) => IntervalDay(millis));
        udfs.Add("trino_interval_year_text", (int months) => IntervalYear(months));
    }

    public static ZonedTimestamp AtZone(long local, string zone)
    {
        var name = TimeZones.Normalize(zone);
        return new ZonedTimestamp(TimeZones.ToInstant(local, name), name);
    }

    public static Day ParseDate(string text) => TryDate(text.Trim()) ?? throw NumberTexts.Invalid($"Value cannot be cast to date: {text}");

    public static Day? TryDate(string text)
    {
        var match = DateText().Match(text);
        if (match.Success && long.TryParse(match.Groups[1].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var year) && Math.Abs(year) < 5_800_000)
        {
            var (month, day) = (Number(match.Groups[2]), Number(match.Groups[3]));
            if (Calendar.IsDate(year, month, day))
            {
                return new Day((int)Calendar.Days(year, month, day));
            }
        }

        return null;
    }

    /// <summary>A local date and time without zone; null for anything else.</summary>
    public static long? TryTimestamp(string text, int precision) => TryTimestamp(text, precision, out var zone) is { } micros && zone is null ? micros : null;

    public static long ParseTimestamp(string text, int precision)
    {
        var micros = TryTimestamp(text.Trim(), precision, out var zone);
        return micros is { } value && zone is null ? value : throw NotTimestamp(text);
    }

    public static ZonedTimestamp ParseZoned(string text, int precision, string sessionZone)
    {
        if (TryTimestamp(text.Trim(), precision, out var zone) is not { } local)
        {
            throw NotTimestamp(text);
        }

        var name = zone is null ? sessionZone : TimeZones.TryNormalize(zone) ?? throw NotTimestamp(text);
        return new ZonedTimestamp(TimeZones.ToInstant(local, name), name);
    }

    public static long ParseTime(string text, int precision, out string? offset)
    {
        var match = TimeText().Match(text.Trim());
        if (match.Success)
        {
            var (hour, minute, second) = (Number(match.Groups[1]), Number(match.Groups[2]), Number(match.Groups[3]));
            if (hour < 24 && minute < 60 && second < 60 && match.Groups[4].Length <= 12)
            {
                offset = match.Groups[5].Success ? match.Groups[5].Value : null;
                return ((((hour * 60L) + minute) * 60 + second) * 1_000_000 + Fraction(match.Groups[4].Value, precision)) % Calendar.DayMicros;
            }
        }

        throw NumberTexts.Invalid($"Value cannot be cast to time: {text}");
    }

    public static string Date(long days)
    {
        var (year, month, day) = Calendar.Date(days);
        return string.Create(CultureInfo.InvariantCulture, $"{Year(year)}-{month:00}-{day:00}");
    }

    public static string Timestamp(long micros, int precision)
    {
        var days = Calendar.FloorDivide(micros, Calendar.DayMicros);
        return $"{Date(days)} {Time(micros - (days * Calendar.DayMicros), precision)}";
    }

    public static string Time(long micros, int precision)
    {
        var seconds = micros / 1_000_000;
        var text = string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}");
        return precision == 0 ? text : $"{text}.{(micros % 1_000_000).ToString("000000", CultureInfo.InvariantCulture).PadRight(precision, '0')[..precision]}";
    }

    public static string Offset(int minutes) =>
        string.Create(CultureInfo.InvariantCulture, $"{(minutes < 0 ? '-' : '+')}{Math.Abs(minutes) / 60:00}:{Math.Abs(minutes) % 60:00}");

    /// <summary><c>1 02:03:04.005</c>, as Trino prints INTERVAL DAY TO SECOND.</summary>
    public static string IntervalDay(long millis)
    {
        var total = Int128.Abs(millis);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(millis < 0 ? "-" : "")}{total / 86_400_000} {total / 3_600_000 % 24:00}:{total / 60_000 % 60:00}:{total / 1000 % 60:00}.{total % 1000:000}");
    }

    /// <summary><c>1-2</c>, as Trino prints INTERVAL YEAR TO MONTH.</summary>
    public static string IntervalYear(int months)
    {
        var total = Math.Abs((long)months);
        return string.Create(CultureInfo.InvariantCulture, $"{(months < 0 ? "-" : "")}{total / 12}-{total % 12}");
    }

    /// <summary>Half up, towards the later moment, as Trino rounds timestamps of either side of 1970.</summary>
    public static long Round(long micros, int precision) => precision >= 6 ? micros : RoundTo(micros, MicrosOfDigit[precision]);

    private static long RoundTo(long value, long unit) => Calendar.FloorDivide(value + (unit / 2), unit) * unit;

    private static ZonedTime ParseZonedTime(string text, int precision, string sessionZone)
    {
        var local = ParseTime(text, precision, out var offset);
        var zone = offset ?? sessionZone;
        if (zone == "UTC")
        {
            return new ZonedTime(local, 0);
        }

        return TimeZones.TryFixed(zone, out var minutes)
            ? new ZonedTime(local, (short)minutes)
            : throw new SqlException("NOT_SUPPORTED", $"A time with time zone in a session of zone {zone} is not supported; write its offset");
    }

    private static long? TryTimestamp(string text, int precision, out string? zone)
    {
        zone = null;
        var match = TimestampText().Match(text);
        if (!match.Success || !long.TryParse(match.Groups[1].Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var year) || Math.Abs(year) > 290_000)
        {
            return null;
        }

        var (month, day) = (Number(match.Groups[2]), Number(match.Groups[3]));
        var (hour, minute, second) = (Number(match.Groups[4]), Number(match.Groups[5]), Number(match.Groups[6]));
        if (!Calendar.IsDate(year, month, day) || hour > 23 || minute > 59 || second > 59 || match.Groups[7].Length > 12)
        {
            return null;
        }

        zone = match.Groups[8].Success && match.Groups[8].Length > 0 ? match.Groups[8].Value : null;
        return (Calendar.Days(year, month, day) * Calendar.DayMicros)
            + ((((hour * 60L) + minute) * 60 + second) * 1_000_000)
            + Fraction(match.Groups[7].Value, Math.Min(precision, 6));
    }

    private static long ParseNanos(string text, int precision)
    {
        var match = TimestampText().Match(text.Trim());
        if (!match.Success || TryTimestamp(text.Trim(), 0, out var zone) is null || zone is not null || match.Groups[7].Length > 9)
        {
            throw NotTimestamp(text);
        }

        var whole = TryTimestamp(RemoveFraction(text.Trim(), match.Groups[7]), 0, out _)!.Value;
        var nanos = match.Groups[7].Length == 0 ? 0 : long.Parse(match.Groups[7].Value.PadRight(9, '0'), CultureInfo.InvariantCulture);
        return checked(whole * 1000) + RoundTo(nanos, (long)Math.Pow(10, 9 - precision));
    }

    private static string RemoveFraction(string text, Group fraction) => fraction.Length == 0 ? text : text.Remove(fraction.Index - 1, fraction.Length + 1);

    public static string TimestampNanos(long nanos, int precision)
    {
        var micros = Calendar.FloorDivide(nanos, 1000);
        var rest = (nanos - (micros * 1000)).ToString("000", CultureInfo.InvariantCulture);
        return (Timestamp(micros, 6) + rest)[..^(9 - precision)];
    }

    /// <summary>Microseconds of a fraction's digits, half up at the given precision.</summary>
    private static long Fraction(string digits, int precision)
    {
        if (digits.Length == 0)
        {
            return 0;
        }

        var picos = long.Parse(digits.PadRight(12, '0')[..12], CultureInfo.InvariantCulture);
        var unit = MicrosOfDigit[Math.Min(precision, 6)] * 1_000_000;
        return RoundTo(picos, unit) / 1_000_000;
    }

    private static string Year(long year) => year switch
    {
        > 9999 => "+" + year.ToString(CultureInfo.InvariantCulture),
        < 0 => "-" + (-year).ToString("0000", CultureInfo.InvariantCulture),
        _ => year.ToString("0000", CultureInfo.InvariantCulture),
    };

    private static int Number(Group group) => group.Length == 0 ? 0 : int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);

    private static SqlException NotTimestamp(string text) => NumberTexts.Invalid($"Value cannot be cast to timestamp: {text}");

    [GeneratedRegex(@"^([+-]?[0-9]+)-([0-9]{1,2})-([0-9]{1,2})$", RegexOptions.CultureInvariant)]
    private static partial Regex DateText();

    [GeneratedRegex(@"^([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2})(?:\.([0-9]+))?)?\s*([+-][0-9]{2}:[0-9]{2})?$", RegexOptions.CultureInvariant)]
    private static partial Regex TimeText();

    [GeneratedRegex(@"^([+-]?[0-9]{4,})-([0-9]{1,2})-([0-9]{1,2})(?: (?:([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2})(?:\.([0-9]+))?)?)?\s*(.+)?)?$", RegexOptions.CultureInvariant)]
    private static partial Regex TimestampText();
}
