using Tarn.Sql.Functions.Casts;

namespace Tarn.Sql.Functions.Scalars;

/// <summary>Dates and times to and from text: MySQL patterns (date_format), Joda patterns (format_datetime), ISO 8601.</summary>
internal static class DateTimeTextFunctions
{
    public static void Add(ScalarFunctions functions)
    {
        functions.Add("date_format(timestamp(p), varchar(x)) -> varchar", "trino_date_format({0}, {1})");
        functions.Add("date_format(timestamp(p) with time zone, varchar(x)) -> varchar", "trino_date_format(trino_local({0}), {1})");
        functions.Add("date_parse(varchar(x), varchar(y)) -> timestamp(3)", "trino_date_parse({0}, {1})");
        functions.AddForSession("format_datetime(timestamp(p), varchar(x)) -> varchar", (call, session) => $"trino_format_datetime({new TrinoCasts(session).AtSession(call[0].Sql)}, {call[1].Sql})");
        functions.Add("format_datetime(timestamp(p) with time zone, varchar(x)) -> varchar", "trino_format_datetime({0}, {1})");
        functions.AddForSession("parse_datetime(varchar(x), varchar(y)) -> timestamp(3) with time zone", (call, session) => $"trino_parse_datetime({call[0].Sql}, {call[1].Sql}, {session.ZoneSql})");
        functions.Add("to_iso8601(date) -> varchar(16)", "trino_date_text({0})");
        functions.AddTyped("to_iso8601(timestamp(p)) -> varchar", call => Iso(call, "trino_timestamp_text"));
        functions.AddTyped("to_iso8601(timestamp(p) with time zone) -> varchar", call => Iso(call, "trino_zoned_iso"));
        functions.Add("from_iso8601_date(varchar(x)) -> date", "trino_from_iso8601_date({0})");
        functions.AddForSession("from_iso8601_timestamp(varchar(x)) -> timestamp(3) with time zone", (call, session) => $"trino_from_iso8601_timestamp({call[0].Sql}, {session.ZoneSql})");
        functions.Add("human_readable_seconds(double) -> varchar", "trino_human_readable_seconds({0})");
        functions.Add("parse_duration(varchar(x)) -> interval day to second", "trino_parse_duration({0})");
    }

    private static BoundCall Iso(Resolution.ResolvedCall call, string function)
    {
        var precision = ((Types.TimestampType)call[0].Type).Precision;
        var text = $"{function}({call[0].Sql}, {precision})";
        return new BoundCall(call.Result, function == "trino_timestamp_text" ? $"replace({text}, ' ', 'T')" : text);
    }
}
