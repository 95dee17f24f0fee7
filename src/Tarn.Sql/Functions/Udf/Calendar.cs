namespace Tarn.Sql.Functions.Udf;

/// <summary>The proleptic Gregorian calendar over all years that DuckDB holds, which <see cref="DateTime"/> does not.</summary>
internal static class Calendar
{
    public const long DayMicros = 86_400_000_000;

    public static (long Year, int Month, int Day) Date(long days)
    {
        // Years start in March, so that the leap day is the last; 719468 days lie between 0000-03-01 and 1970-01-01.
        var shifted = days + 719_468;
        var era = FloorDivide(shifted, 146_097);
        var dayOfEra = shifted - (era * 146_097);
        var yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        var dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        var shiftedMonth = ((5 * dayOfYear) + 2) / 153;
        var day = (int)(dayOfYear - (((153 * shiftedMonth) + 2) / 5) + 1);
        var month = (int)(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9);
        return ((era * 400) + yearOfEra + (month <= 2 ? 1 : 0), month, day);
    }

    public static long Days(long year, int month, int day)
    {
        var shifted = month <= 2 ? year - 1 : year;
        var era = FloorDivide(shifted, 400);
        var yearOfEra = shifted - (era * 400);
        var dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9)) + 2) / 5) + day - 1;
        var dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * 146_097) + dayOfEra - 719_468;
    }

    public static bool IsLeap(long year) => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    public static int DaysInMonth(long year, int month) => month switch
    {
        2 => IsLeap(year) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    public static bool IsDate(long year, int month, int day) => month is >= 1 and <= 12 && day >= 1 && day <= DaysInMonth(year, month);

    public static int DayOfYear(long year, int month, int day) => (int)(Days(year, month, day) - Days(year, 1, 1)) + 1;

    /// <summary>1 Monday to 7 Sunday.</summary>
    public static int DayOfWeek(long days) => (int)FloorModulo(days + 3, 7) + 1;

    /// <summary>Week and year of ISO 8601.</summary>
    public static (long Year, int Week) IsoWeek(long days)
    {
        var thursday = days - DayOfWeek(days) + 4;
        var (year, _, _) = Date(thursday);
        return (year, (int)((thursday - Days(year, 1, 1)) / 7) + 1);
    }

    public static long FloorDivide(long value, long divisor)
    {
        var quotient = value / divisor;
        return value % divisor < 0 ? quotient - 1 : quotient;
    }

    public static long FloorModulo(long value, long divisor) => value - (FloorDivide(value, divisor) * divisor);
}
