using System.Globalization;
using System.Text;

namespace Tarn.Sql.Functions.Udf;

/// <summary>Patterns of Joda-Time, in which format_datetime and parse_datetime are written.</summary>
internal static class JodaDateFormat
{
    public static void Register(UdfTable udfs)
    {
        udfs.Add("trino_format_datetime", (ZonedTimestamp value, string pattern) => Format(value with { Instant = TimeTexts.Round(value.Instant, 3) }, pattern));
        udfs.Add("trino_parse_datetime", (string text, string pattern, string zone) => Parse(text, pattern, zone));
    }

    private static IEnumerable<(char Letter, int Count, string Literal)> Tokens(string pattern)
    {
        for (var i = 0; i < pattern.Length;)
        {
            var c = pattern[i];
            if (char.IsAsciiLetter(c))
            {
                var end = i;
                while (end < pattern.Length && pattern[end] == c)
                {
                    end++;
                }

                yield return (c, end - i, "");
                i = end;
            }
            else if (c == '\'')
            {
                var literal = new StringBuilder();
                for (i++; i < pattern.Length && (pattern[i] != '\'' || (i + 1 < pattern.Length && pattern[i + 1] == '\'')); i++)
                {
                    i += pattern[i] == '\'' ? 1 : 0;
                    literal.Append(pattern[i]);
                }

                i++;
                yield return ('\0', 0, literal.Length == 0 ? "'" : literal.ToString());
            }
            else
            {
                yield return ('\0', 0, c.ToString());
                i++;
            }
        }
    }

    private static string Format(ZonedTimestamp value, string pattern)
    {
        var local = TimeZones.ToLocal(value);
        var days = Calendar.FloorDivide(local, Calendar.DayMicros);
        var time = local - (days * Calendar.DayMicros);
        var (year, month, day) = Calendar.Date(days);
        var hour = (int)(time / 3_600_000_000);
        var text = new StringBuilder();
        foreach (var (letter, count, literal) in Tokens(pattern))
        {
            switch (letter)
            {
                case '\0': text.Append(literal); break;
                case 'G': text.Append(year > 0 ? "AD" : "BC"); break;
                case 'C': Padded(text, Math.Abs(year) / 100, count); break;
                case 'Y' or 'y' when count == 2: Padded(text, Calendar.FloorModulo(year, 100), 2); break;
                case 'Y': Padded(text, year > 0 ? year : 1 - year, count); break;
                case 'y': Padded(text, year, count); break;
                case 'x' when count == 2: Padded(text, Calendar.FloorModulo(Calendar.IsoWeek(days).Year, 100), 2); break;
                case 'x': Padded(text, Calendar.IsoWeek(days).Year, count); break;
                case 'w': Padded(text, Calendar.IsoWeek(days).Week, count); break;
                case 'e': Padded(text, Calendar.DayOfWeek(days), count); break;
                case 'E': text.Append(count >= 4 ? MySqlDateFormat.Days[Calendar.DayOfWeek(days) - 1] : MySqlDateFormat.Days[Calendar.DayOfWeek(days) - 1][..3]); break;
                case 'D': Padded(text, Calendar.DayOfYear(year, month, day), count); break;
                case 'M' when count >= 3: text.Append(count == 3 ? MySqlDateFormat.Months[month - 1][..3] : MySqlDateFormat.Months[month - 1]); break;
                case 'M': Padded(text, month, count); break;
                case 'd': Padded(text, day, count); break;
                case 'a': text.Append(hour < 12 ? "AM" : "PM"); break;
                case 'K': Padded(text, hour % 12, count); break;
                case 'h': Padded(text, hour % 12 == 0 ? 12 : hour % 12, count); break;
                case 'H': Padded(text, hour, count); break;
                case 'k': Padded(text, hour == 0 ? 24 : hour, count); break;
                case 'm': Padded(text, time / 60_000_000 % 60, count); break;
                case 's': Padded(text, time / 1_000_000 % 60, count); break;
                case 'S': text.Append((time / 1000 % 1000).ToString("000", CultureInfo.InvariantCulture).PadRight(count, '0').AsSpan(0, count)); break;
                case 'z': text.Append(value.Zone); break;
                case 'Z' when count >= 3: text.Append(value.Zone); break;
                case 'Z':
                    var offset = TimeTexts.Offset((int)(TimeZones.OffsetAt(value.Zone, value.Instant) / 60_000_000));
                    text.Append(count == 2 ? offset : offset.Replace(":", ""));
                    break;
                default: throw MathUdfs.Argument($"Illegal pattern component: {new string(letter, count)}");
            }
        }

        return text.ToString();
    }

    private static ZonedTimestamp Parse(string text, string pattern, string sessionZone)
    {
        var fields = new DateFields();
        var at = 0;
        var tokens = Tokens(pattern).ToArray();
        for (var t = 0; t < tokens.Length; t++)
        {
            var (letter, count, literal) = tokens[t];

            // A number takes all digits, unless the next field is a number too: then as many as the letters say.
            var isFollowedByNumber = t + 1 < tokens.Length && (tokens[t + 1].Letter is not ('\0' or 'a' or 'E' or 'G' or 'z' or 'Z'));
            var most = isFollowedByNumber ? count : 9;
            switch (letter)
            {
                case '\0':
                    at = string.CompareOrdinal(text, at, literal, 0, literal.Length) == 0 ? at + literal.Length : throw MySqlDateFormat.Invalid(text, at);
                    break;
                case 'G': DateFields.Name(text, ref at, ["BC", "AD"]); break;
                case 'Y' or 'y' when count == 2: fields.Year = TwoDigitYear(text, ref at, isFollowedByNumber); break;
                case 'Y' or 'y': fields.Year = Signed(text, ref at, most); break;
                case 'x': fields.WeekYear = Signed(text, ref at, most); break;
                case 'w': fields.Week = DateFields.Number(text, ref at, Math.Min(most, 2)); break;
                case 'e': fields.DayOfWeek = DateFields.Number(text, ref at, 1); break;
                case 'E': fields.SkipName(text, ref at, MySqlDateFormat.Days); break;
                case 'D': fields.DayOfYear = DateFields.Number(text, ref at, Math.Min(most, 3)); break;
                case 'M' when count >= 3: fields.Month = DateFields.Name(text, ref at, MySqlDateFormat.Months) + 1; break;
                case 'M': fields.Month = DateFields.Number(text, ref at, Math.Min(most, 2)); break;
                case 'd': fields.Day = DateFields.Number(text, ref at, Math.Min(most, 2)); break;
                case 'a': fields.IsAfternoon = DateFields.Name(text, ref at, ["AM", "PM"]) == 1; break;
                case 'K': fields.HalfDayHour = DateFields.Number(text, ref at, 2) is var zero && zero == 0 ? 12 : zero; break;
                case 'h': fields.HalfDayHour = DateFields.Number(text, ref at, 2); break;
                case 'H': fields.Hour = DateFields.Number(text, ref at, 2); break;
                case 'k': fields.Hour = DateFields.Number(text, ref at, 2) % 24; break;
                case 'm': fields.Minute = DateFields.Number(text, ref at, 2); break;
                case 's': fields.Second = DateFields.Number(text, ref at, 2); break;
                case 'S': fields.Micros = DateFields.Fraction(text, ref at, isFollowedByNumber ? count : 9) / 1000 * 1000; break;
                case 'z' or 'Z': fields.Zone = Zone(text, ref at, letter == 'Z' && count < 3); break;
                default: throw MathUdfs.Argument($"Illegal pattern component: {new string(letter, count)}");
            }
        }

        if (at < text.Length)
        {
            throw MySqlDateFormat.Invalid(text, at);
        }

        var zone = fields.Zone ?? sessionZone;
        return new ZonedTimestamp(TimeZones.ToInstant(fields.ToMicros(text), zone), zone);
    }

    private static string Zone(string text, ref int at, bool isOffset)
    {
        var end = at;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '+' or '-' or ':' or '/' or '_'))
        {
            end++;
        }

        if (isOffset && text[at..end] is not "Z" && !TimeZones.TryFixed(text[at..end], out _))
        {
            throw MySqlDateFormat.Invalid(text, at);
        }

        // Words may follow a zone's name; the longest that is a zone counts.
        for (; end > at; end--)
        {
            if (TimeZones.TryNormalize(text[at..end]) is { } zone)
            {
                at = end;
                return zone;
            }
        }

        throw MySqlDateFormat.Invalid(text, at);
    }

    /// <summary>Two digits are a year within 50 of 2000 (Joda's pivot follows the clock; the clock of the day does not change answers here); more digits are the year.</summary>
    private static int TwoDigitYear(string text, ref int at, bool isFollowedByNumber)
    {
        var start = at;
        var year = Signed(text, ref at, isFollowedByNumber ? 2 : 9);
        return at - start == 2 && char.IsAsciiDigit(text[start]) ? year + (year < 70 ? 2000 : 1900) : year;
    }

    private static int Signed(string text, ref int at, int digitsMax)
    {
        var sign = 1;
        if (at < text.Length && text[at] is '-' or '+')
        {
            sign = text[at++] == '-' ? -1 : 1;
        }

        return sign * DateFields.Number(text, ref at, digitsMax);
    }

    private static void Padded(StringBuilder text, long number, int digits)
    {
        if (number < 0)
        {
            text.Append('-');
        }

        text.Append(Math.Abs(number).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0'));
    }
}
