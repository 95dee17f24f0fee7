using Tarn.Sql.Functions.Casts;
using Tarn.Sql.Functions.Resolution;
using Tarn.Sql.Types;

namespace Tarn.Sql.Functions.Scalars;

/// <summary>Calendar arithmetic and fields. A timestamp with time zone is seen in its own zone.</summary>
internal static class DateTimeFunctions
{
    /// <summary>Fields by name, with DuckDB text of a field of a local TIMESTAMP or DATE <c>{0}</c>.</summary>
    private static readonly (string[] Names, string Sql)[] DateFields =
    [
        (["year"], "year({0})"),
        (["quarter"], "quarter({0})"),
        (["month"], "month({0})"),
        (["week", "week_of_year"], "weekofyear({0})"),
        (["day", "day_of_month"], "day({0})"),
        (["day_of_week", "dow"], "isodow({0})"),
        (["day_of_year", "doy"], "dayofyear({0})"),
        (["year_of_week", "yow"], "isoyear({0})"),
    ];

    private static readonly (string Name, string Sql)[] TimeFields =
    [
        ("hour", "hour({0})"),
        ("minute", "minute({0})"),
        ("second", "second({0})"),
        ("millisecond", "(millisecond({0}) % 1000)"),
    ];

    private static readonly string[] DateUnits = ["day", "week", "month", "quarter", "year"];
    private static readonly string[] TimeUnits = ["millisecond", "second", "minute", "hour"];

    public static void Add(ScalarFunctions functions)
    {
        Fields(functions);
        Truncation(functions);
        Arithmetic(functions);
        Zones(functions);
        functions.AddForSession("date(timestamp(p)) -> date", (call, _) => $"CAST({call[0].Sql} AS DATE)");
        functions.Add("date(timestamp(p) with time zone) -> date", call => $"CAST({TrinoCasts.Local(call[0].Sql)} AS DATE)");
        functions.Add("date(date) -> date", "{0}");
        functions.Add("date(varchar(x)) -> date", "trino_text_to_date({0})");
        foreach (var (type, local) in new[] { ("date", "{0}"), ("timestamp(p)", "{0}"), ("timestamp(p) with time zone", "trino_local({0})") })
        {
            functions.Add($"last_day_of_month({type}) -> date", $"last_day({local})");
        }
    }

    private static void Fields(ScalarFunctions functions)
    {
        foreach (var (names, sql) in DateFields)
        {
            foreach (var name in names)
            {
                functions.Add($"{name}(date) -> bigint", $"CAST({sql} AS BIGINT)");
                functions.Add($"{name}(timestamp(p)) -> bigint", $"CAST({sql} AS BIGINT)");
                functions.Add($"{name}(timestamp(p) with time zone) -> bigint", $"CAST({sql.Replace("{0}", "trino_local({0})")} AS BIGINT)");
            }
        }

        foreach (var (name, sql) in TimeFields)
        {
            functions.Add($"{name}(timestamp(p)) -> bigint", $"CAST({sql} AS BIGINT)");
            functions.Add($"{name}(timestamp(p) with time zone) -> bigint", $"CAST({sql.Replace("{0}", "trino_local({0})")} AS BIGINT)");
            functions.Add($"{name}(time(p)) -> bigint", $"CAST({sql} AS BIGINT)");
            functions.Add($"{name}(time(p) with time zone) -> bigint", $"CAST({sql.Replace("{0}", "struct_extract({0}, 'local')")} AS BIGINT)");
        }

        functions.Add("year(interval year to month) -> bigint", "CAST({0} // 12 AS BIGINT)");
        functions.Add("month(interval year to month) -> bigint", "CAST({0} % 12 AS BIGINT)");
        functions.Add("day(interval day to second) -> bigint", "({0} // 86400000)");
        functions.Add("hour(interval day to second) -> bigint", "({0} // 3600000 % 24)");
        functions.Add("minute(interval day to second) -> bigint", "({0} // 60000 % 60)");
        functions.Add("second(interval day to second) -> bigint", "({0} // 1000 % 60)");
        functions.Add("millisecond(interval day to second) -> bigint", "({0} % 1000)");
        functions.Add("to_milliseconds(interval day to second) -> bigint", "{0}");
        functions.Add("timezone_hour(timestamp(p) with time zone) -> bigint", "(trino_offset_minutes({0}) // 60)");
        functions.Add("timezone_minute(timestamp(p) with time zone) -> bigint", "(trino_offset_minutes({0}) % 60)");
        functions.Add("timezone_hour(time(p) with time zone) -> bigint", "CAST(struct_extract({0}, 'minutes') // 60 AS BIGINT)");
        functions.Add("timezone_minute(time(p) with time zone) -> bigint", "CAST(struct_extract({0}, 'minutes') % 60 AS BIGINT)");
    }

    private static void Truncation(ScalarFunctions functions)
    {
        functions.Add("date_trunc(varchar(x), date) -> date", call => Unit(call, DateUnits, "DATE", "date", unit => $"CAST(date_trunc('{unit}', {call[1].Sql}) AS DATE)"));
        functions.Add("date_trunc(varchar(x), timestamp(p)) -> timestamp(p)", call => Unit(call, [.. TimeUnits, .. DateUnits], DuckDbTypes.Name(call.Result), "timestamp", unit =>
            $"CAST(date_trunc('{unit}', {call[1].Sql}) AS {DuckDbTypes.Name(call.Result)})"));
        functions.Add("date_trunc(varchar(x), timestamp(p) with time zone) -> timestamp(p) with time zone", "trino_zoned_truncate({0}, {1})");
        functions.Add("date_trunc(varchar(x), time(p)) -> time(p)", call => Unit(call, TimeUnits, "TIME", "time", unit =>
            $"CAST(date_trunc('{unit}', DATE '2000-01-01' + {call[1].Sql}) AS TIME)"));
    }

    private static void Arithmetic(ScalarFunctions functions)
    {
        functions.Add("date_add(varchar(x), bigint, date) -> date", call => Unit(call, DateUnits, "DATE", "date", unit => $"CAST({call[2].Sql} + {Interval(unit, call[1].Sql)} AS DATE)"));
        functions.Add("date_add(varchar(x), bigint, timestamp(p)) -> timestamp(p)", call => Unit(call, [.. TimeUnits, .. DateUnits], DuckDbTypes.Name(call.Result), "timestamp", unit =>
            Rounded(unit, ((TimestampType)call.Result).Precision, "trino_round_timestamp", $"CAST({call[2].Sql} + {Interval(unit, call[1].Sql)} AS {DuckDbTypes.Name(call.Result)})")));
        functions.Add("date_add(varchar(x), bigint, timestamp(p) with time zone) -> timestamp(p) with time zone", call =>
        {
            var sum = $"trino_zoned_add({call[0].Sql}, {call[1].Sql}, {call[2].Sql})";
            return ((TimestampType)call.Result).Precision < 3 ? $"trino_round_timestamptz({sum}, {((TimestampType)call.Result).Precision})" : sum;
        });
        functions.Add("date_add(varchar(x), bigint, time(p)) -> time(p)", call => Unit(call, TimeUnits, "TIME", "time", unit => Rounded(unit, ((TimeType)call.Result).Precision, "trino_round_time", $"({call[2].Sql} + {Interval(unit, call[1].Sql)})")));

        // date_sub counts whole units between, as Trino does; DuckDB's date_diff counts boundaries.
        functions.Add("date_diff(varchar(x), date, date) -> bigint", call => Unit(call, DateUnits, "BIGINT", "date", unit => Difference(unit, call[1].Sql, call[2].Sql)));
        functions.Add("date_diff(varchar(x), timestamp(p), timestamp(p)) -> bigint", call => Unit(call, [.. TimeUnits, .. DateUnits], "BIGINT", "timestamp", unit => Difference(unit, call[1].Sql, call[2].Sql)));
        functions.Add("date_diff(varchar(x), timestamp(p) with time zone, timestamp(p) with time zone) -> bigint", "trino_zoned_diff({0}, {1}, {2})");
        functions.Add("date_diff(varchar(x), time(p), time(p)) -> bigint", call => Unit(call, TimeUnits, "BIGINT", "time", unit => $"date_sub('{unit}', {call[1].Sql}, {call[2].Sql})"));
    }

    private static void Zones(ScalarFunctions functions)
    {
        functions.Add("at_timezone(timestamp(p) with time zone, varchar(x)) -> timestamp(p) with time zone", "trino_at_timezone({0}, {1})");
        functions.AddTyped("with_timezone(timestamp(p), varchar(x)) -> timestamp(p) with time zone", call => new BoundCall(
            (TimestampType)call[0].Type with { WithTimeZone = true }, $"trino_at_zone(CAST({call[0].Sql} AS TIMESTAMP), {call[1].Sql})"));
        functions.Add("timezone(timestamp(p) with time zone) -> varchar", "struct_extract({0}, 'zone')");
        functions.Add("to_unixtime(timestamp(p) with time zone) -> double", call => Template.Let($"epoch_us(struct_extract({call[0].Sql}, 'instant'))", UnixTime));
        functions.AddForSession("to_unixtime(timestamp(p)) -> double", (call, session) => Template.Let($"epoch_us(struct_extract({new TrinoCasts(session).AtSession(call[0].Sql)}, 'instant'))", UnixTime));
        functions.AddForSession("from_unixtime(double) -> timestamp(3) with time zone", (call, session) => $"trino_from_unixtime({call[0].Sql}, {session.ZoneSql})");
        functions.Add("from_unixtime(double, varchar(x)) -> timestamp(3) with time zone", "trino_from_unixtime({0}, {1})");
        functions.Add("from_unixtime(double, bigint, bigint) -> timestamp(3) with time zone", "trino_from_unixtime({0}, trino_offset_zone({1}, {2}))");
    }

    /// <summary>Milliseconds added to a type that has none are rounded to its digits.</summary>
    private static string Rounded(string unit, int precision, string function, string sql) => unit == "millisecond" && precision < 3 ? $"{function}({sql}, {precision})" : sql;

    private static string Difference(string unit, string from, string to) => $"date_sub('{unit}', CAST({from} AS TIMESTAMP), CAST({to} AS TIMESTAMP))";

    private static string Interval(string unit, string count) => unit switch
    {
        "millisecond" => $"to_milliseconds({count})",
        "second" => $"to_seconds({count})",
        "minute" => $"to_minutes({count})",
        "hour" => $"to_hours({count})",
        "day" => $"to_days(CAST({count} AS INTEGER))",
        "week" => $"to_weeks(CAST({count} AS INTEGER))",
        "month" => $"to_months(CAST({count} AS INTEGER))",
        "quarter" => $"to_months(CAST(3 * {count} AS INTEGER))",
        _ => $"to_years(CAST({count} AS INTEGER))",
    };

    /// <summary>The text for a unit that is a literal, or a choice among all units when it is computed.</summary>
    private static string Unit(ResolvedCall call, string[] units, string duckDbType, string of, Func<string, string> build)
    {
        if (call[0].Constant is string constant)
        {
            var unit = constant.ToLowerInvariant();
            return units.Contains(unit) ? build(unit) : throw new SqlException("INVALID_FUNCTION_ARGUMENT", $"'{constant}' is not a valid {Title(of)} field", call.Position);
        }

        return Template.Let($"lower({call[0].Sql})", name =>
            $"CASE {name} {string.Join(" ", units.Select(unit => $"WHEN '{unit}' THEN {build(unit)}"))} ELSE CASE WHEN {name} IS NULL THEN NULL ELSE {Failure.Raw(duckDbType, "INVALID_FUNCTION_ARGUMENT", $"concat('''', {name}, ''' is not a valid {Title(of)} field')")} END END");
    }

    private static string Title(string type) => type switch { "date" => "DATE", "time" => "TIME", _ => "TIMESTAMP" };

    /// <summary>Seconds from microseconds: Trino divides the milliseconds and adds the rest, which rounds otherwise than one division.</summary>
    private static string UnixTime(string micros) => $"(CAST(({micros} - (({micros} % 1000 + 1000) % 1000)) // 1000 AS DOUBLE) / 1e3 + CAST((({micros} % 1000 + 1000) % 1000) * 1000000 AS DOUBLE) / 1e12)";
}
