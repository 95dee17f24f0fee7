namespace Tarn.Sql.Functions.Udf;

/// <summary>What has been read of a date and time so far; what is not said is 1970-01-01 00:00:00 in the session's zone.</summary>
internal sealed class DateFields
{
    public int Year { get; set; } = 1970;

    public int Month { get; set; } = 1;

    public int Day { get; set; } = 1;

    public int Hour { get; set; }

    public int? HalfDayHour { get; set; }

    public bool IsAfternoon { get; set; }

    public int Minute { get; set; }

    public int Second { get; set; }

    public long Micros { get; set; }

    public int? DayOfYear { get; set; }

    public int? Week { get; set; }

    public int? WeekYear { get; set; }

    public int? DayOfWeek { get; set; }

    /// <summary>Null for the session's.</summary>
    public string? Zone { get; set; }

    public static int Number(string text, ref int at, int digitsMax)
    {
        var start = at;
        var value = 0;
        while (at < text.Length && at - start < digitsMax && char.IsAsciiDigit(text[at]))
        {
            value = (value * 10) + text[at++] - '0';
        }

        return at > start ? value : throw MySqlDateFormat.Invalid(text, at);
    }

    /// <summary>Microseconds of up to <paramref name="digitsMax"/> digits of a fraction.</summary>
    public static long Fraction(string text, ref int at, int digitsMax)
    {
        var start = at;
        long value = 0;
        while (at < text.Length && at - start < digitsMax && char.IsAsciiDigit(text[at]))
        {
            value = at - start < 6 ? (value * 10) + text[at] - '0' : value;
            at++;
        }

        if (at == start)
        {
            throw MySqlDateFormat.Invalid(text, at);
        }

        for (var digits = at - start; digits < 6; digits++)
        {
            value *= 10;
        }

        return value;
    }

    /// <summary>The index of the name, whole or its first three letters, that stands next.</summary>
    public static int Name(string text, ref int at, string[] names)
    {
        for (var whole = 1; whole >= 0; whole--)
        {
            for (var i = 0; i < names.Length; i++)
            {
                var name = whole == 1 ? names[i] : names[i][..Math.Min(3, names[i].Length)];
                if (string.Compare(text, at, name, 0, name.Length, StringComparison.OrdinalIgnoreCase) == 0)
                {
                    at += name.Length;
                    return i;
                }
            }
        }

        throw MySqlDateFormat.Invalid(text, at);
    }

    public void SkipName(string text, ref int at, string[] names) => DayOfWeek = Name(text, ref at, names) + 1;

    public long ToMicros(string text)
    {
        var hour = HalfDayHour is { } half ? (half % 12) + (IsAfternoon ? 12 : 0) : Hour;
        if (hour > 23 || HalfDayHour is 0 or > 12 || Minute > 59 || Second > 59)
        {
            throw MathUdfs.Argument($"Cannot parse \"{text}\": Value for a field of the time must be in its range");
        }

        long days;
        if (WeekYear is { } weekYear)
        {
            var january4 = Calendar.Days(weekYear, 1, 4);
            days = january4 - Calendar.DayOfWeek(january4) + 1 + (((Week ?? 1) - 1) * 7) + (DayOfWeek ?? 1) - 1;
        }
        else if (DayOfYear is { } ordinal)
        {
            days = ordinal >= 1 && ordinal <= (Calendar.IsLeap(Year) ? 366 : 365) ? Calendar.Days(Year, 1, 1) + ordinal - 1 : throw OutOfRange(text, "dayOfYear");
        }
        else if (Month is < 1 or > 12)
        {
            throw OutOfRange(text, "monthOfYear");
        }
        else
        {
            days = Calendar.IsDate(Year, Month, Day) ? Calendar.Days(Year, Month, Day) : throw OutOfRange(text, "dayOfMonth");
        }

        return (days * Calendar.DayMicros) + ((((hour * 60L) + Minute) * 60 + Second) * 1_000_000) + Micros;
    }

    private SqlException OutOfRange(string text, string field) => MathUdfs.Argument(field switch
    {
        "monthOfYear" => $"Cannot parse \"{text}\": Value {Month} for monthOfYear must be in the range [1,12]",
        "dayOfMonth" => $"Cannot parse \"{text}\": Value {Day} for dayOfMonth must be in the range [1,{Calendar.DaysInMonth(Year, Month)}]",
        _ => $"Cannot parse \"{text}\": Value {DayOfYear} for dayOfYear must be in the range [1,{(Calendar.IsLeap(Year) ? 366 : 365)}]",
    });
}
