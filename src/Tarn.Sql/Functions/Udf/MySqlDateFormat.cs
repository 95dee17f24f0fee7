using System.Globalization;
using System.Text;

namespace Tarn.Sql.Functions.Udf;

/// <summary>Patterns of MySQL's DATE_FORMAT, in which date_format and date_parse are written.</summary>
internal static class MySqlDateFormat
{
    public static readonly string[] Months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
    public static readonly string[] Days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    public static void Register(UdfTable udfs)
    {
        udfs.Add("trino_date_format", (Moment value, string pattern) => Format(TimeTexts.Round(value.Micros, 3), pattern));
        udfs.Add("trino_date_parse", (string text, string pattern) => new Moment(Parse(text, pattern)));
    }

    public static string Format(long micros, string pattern)
    {
        var days = Calendar.FloorDivide(micros, Calendar.DayMicros);
        var time = micros - (days * Calendar.DayMicros);
        var (year, month, day) = Calendar.Date(days);
        var (hour, minute, second) = ((int)(time / 3_600_000_000), (int)(time / 60_000_000 % 60), (int)(time / 1_000_000 % 60));
        var hour12 = hour % 12 == 0 ? 12 : hour % 12;
        var text = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] != '%' || i + 1 >= pattern.Length)
            {
                text.Append(pattern[i] == '%' ? throw MathUdfs.Argument($"Invalid format: {pattern}") : pattern[i]);
                continue;
            }

            var field = pattern[++i];
            switch (field)
            {
                case 'a': text.Append(Days[Calendar.DayOfWeek(days) - 1], 0, 3); break;
                case 'b': text.Append(Months[month - 1], 0, 3); break;
                case 'c': text.Append(month); break;
                case 'd': Two(text, day); break;
                case 'e': text.Append(day); break;
                case 'f': text.Append((time % 1_000_000).ToString("000000", CultureInfo.InvariantCulture)); break;
                case 'H': Two(text, hour); break;
                case 'h' or 'I': Two(text, hour12); break;
                case 'i': Two(text, minute); break;
                case 'j': text.Append(Calendar.DayOfYear(year, month, day).ToString("000", CultureInfo.InvariantCulture)); break;
                case 'k': text.Append(hour); break;
                case 'l': text.Append(hour12); break;
                case 'M': text.Append(Months[month - 1]); break;
                case 'm': Two(text, month); break;
                case 'p': text.Append(hour < 12 ? "AM" : "PM"); break;
                case 'r': Two(text, hour12).Append(':'); Two(text, minute).Append(':'); Two(text, second).Append(hour < 12 ? " AM" : " PM"); break;
                case 'S' or 's': Two(text, second); break;
                case 'T': Two(text, hour).Append(':'); Two(text, minute).Append(':'); Two(text, second); break;
                case 'v': Two(text, Calendar.IsoWeek(days).Week); break;
                case 'W': text.Append(Days[Calendar.DayOfWeek(days) - 1]); break;
                case 'x': text.Append(Calendar.IsoWeek(days).Year.ToString("0000", CultureInfo.InvariantCulture)); break;
                case 'Y': text.Append(year.ToString("0000", CultureInfo.InvariantCulture)); break;
                case 'y': Two(text, (int)Calendar.FloorModulo(year, 100)); break;
                case '%': text.Append('%'); break;
                case 'D' or 'U' or 'u' or 'V' or 'w' or 'X': throw Unsupported(field);
                default: text.Append(field); break;
            }
        }

        return text.ToString();
    }

    public static SqlException Invalid(string text, int position) => position == 0
        ? MathUdfs.Argument($"Invalid format: \"{text}\"")
        : MathUdfs.Argument(position >= text.Length ? $"Invalid format: \"{text}\" is too short" : $"Invalid format: \"{text}\" is malformed at \"{text[position..]}\"");

    private static long Parse(string text, string pattern)
    {
        var fields = new DateFields();
        var at = 0;
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] != '%')
            {
                at = at < text.Length && text[at] == pattern[i] ? at + 1 : throw Invalid(text, at);
                continue;
            }

            var field = ++i < pattern.Length ? pattern[i] : throw MathUdfs.Argument($"Invalid format: {pattern}");
            switch (field)
            {
                case 'a': fields.SkipName(text, ref at, Days); break;
                case 'W': fields.SkipName(text, ref at, Days); break;
                case 'b' or 'M': fields.Month = DateFields.Name(text, ref at, Months) + 1; break;
                case 'c' or 'm': fields.Month = DateFields.Number(text, ref at, 2); break;
                case 'd' or 'e': fields.Day = DateFields.Number(text, ref at, 2); break;
                case 'f': fields.Micros = DateFields.Fraction(text, ref at, 6); break;
                case 'H' or 'k': fields.Hour = DateFields.Number(text, ref at, 2); break;
                case 'h' or 'I' or 'l': fields.HalfDayHour = DateFields.Number(text, ref at, 2); break;
                case 'i': fields.Minute = DateFields.Number(text, ref at, 2); break;
                case 'j': fields.DayOfYear = DateFields.Number(text, ref at, 3); break;
                case 'p': fields.IsAfternoon = DateFields.Name(text, ref at, ["AM", "PM"]) == 1; break;
                case 'r': ParseInto(fields, text, ref at, "%h:%i:%s %p"); break;
                case 'S' or 's': fields.Second = DateFields.Number(text, ref at, 2); break;
                case 'T': ParseInto(fields, text, ref at, "%H:%i:%s"); break;
                case 'v': fields.Week = DateFields.Number(text, ref at, 2); break;
                case 'x': fields.WeekYear = DateFields.Number(text, ref at, 4); break;
                case 'Y': fields.Year = DateFields.Number(text, ref at, 4); break;
                case 'y': fields.Year = DateFields.Number(text, ref at, 2) is var two && two < 70 ? two + 2000 : two + 1900; break;
                case '%': at = at < text.Length && text[at] == '%' ? at + 1 : throw Invalid(text, at); break;
                case 'D' or 'U' or 'u' or 'V' or 'w' or 'X': throw Unsupported(field);
                default: at = at < text.Length && text[at] == field ? at + 1 : throw Invalid(text, at); break;
            }
        }

        return at == text.Length ? fields.ToMicros(text) / 1000 * 1000 : throw Invalid(text, at);
    }

    private static void ParseInto(DateFields fields, string text, ref int at, string pattern)
    {
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] != '%')
            {
                at = at < text.Length && text[at] == pattern[i] ? at + 1 : throw Invalid(text, at);
                continue;
            }

            switch (pattern[++i])
            {
                case 'H': fields.Hour = DateFields.Number(text, ref at, 2); break;
                case 'h': fields.HalfDayHour = DateFields.Number(text, ref at, 2); break;
                case 'i': fields.Minute = DateFields.Number(text, ref at, 2); break;
                case 's': fields.Second = DateFields.Number(text, ref at, 2); break;
                default: fields.IsAfternoon = DateFields.Name(text, ref at, ["AM", "PM"]) == 1; break;
            }
        }
    }

    private static StringBuilder Two(StringBuilder text, int number) => text.Append(number.ToString("00", CultureInfo.InvariantCulture));

    private static SqlException Unsupported(char field) => MathUdfs.Argument($"%{field} not supported in date format string");
}
