using System.Globalization;
using Tarn.Sql.Functions.Udf;
using Tarn.Sql.Types;

namespace Tarn.Sql.Functions.Scalars;

/// <summary>What a statement knows about its session: the time at which it started, its zone, names.</summary>
internal static class SessionFunctions
{
    public static void Add(ScalarFunctions functions)
    {
        functions.AddForSession("now() -> timestamp(3) with time zone", (_, session) => Zoned(session, 3));
        functions.Alias("current_timestamp", "now");
        functions.AddForSession("localtimestamp() -> timestamp(3)", (_, session) => $"make_timestamp({Local(session, 3)})");
        functions.AddForSession("current_date() -> date", (_, session) => $"CAST(make_timestamp({Local(session, 6)}) AS DATE)");
        functions.AddForSession("localtime() -> time(3)", (_, session) => $"CAST(make_timestamp({Local(session, 3)}) AS TIME)");
        functions.AddForSession("current_time() -> time(3) with time zone", (_, session) =>
            $"struct_pack(local := CAST(make_timestamp({Local(session, 3)}) AS TIME), minutes := CAST({TimeZones.OffsetAt(session.Zone, session.StartMicros) / 60_000_000} AS SMALLINT))");
        for (var precision = 0; precision <= 6; precision++)
        {
            Precise(functions, precision);
        }

        functions.AddForSession("current_timezone() -> varchar", (_, session) => session.ZoneSql);
        functions.AddForSession("current_user() -> varchar", (_, session) => LiteralSql.Text(session.User));
        functions.AddForSession("current_catalog() -> varchar", (_, session) => session.Catalog is { } name ? LiteralSql.Text(name) : "CAST(NULL AS VARCHAR)");
        functions.AddForSession("current_schema() -> varchar", (_, session) => session.Schema is { } name ? LiteralSql.Text(name) : "CAST(NULL AS VARCHAR)");
        functions.Add("uuid() -> uuid", "uuid()");
        functions.Add("version() -> varchar", "'Athena engine version 3'");
    }

    /// <summary>CURRENT_TIMESTAMP(p) and LOCALTIMESTAMP(p): the precision is part of the name here, as the type depends on it.</summary>
    private static void Precise(ScalarFunctions functions, int precision)
    {
        var digits = precision.ToString(CultureInfo.InvariantCulture);
        functions.AddForSession($"current_timestamp${digits}() -> timestamp({digits}) with time zone", (_, session) => Zoned(session, precision));
        functions.AddForSession($"localtimestamp${digits}() -> timestamp({digits})", (_, session) => $"make_timestamp({Local(session, precision)})");
        functions.AddForSession($"localtime${digits}() -> time({digits})", (_, session) => $"CAST(make_timestamp({Local(session, precision)}) AS TIME)");
    }

    private static string Zoned(TrinoSession session, int precision) =>
        $"struct_pack(instant := make_timestamp({Number(TimeTexts.Round(session.StartMicros, precision))}), zone := {session.ZoneSql})";

    private static string Local(TrinoSession session, int precision) =>
        Number(TimeTexts.Round(TimeZones.ToLocal(new ZonedTimestamp(session.StartMicros, session.Zone)), precision));

    private static string Number(long value) => $"CAST({value.ToString(CultureInfo.InvariantCulture)} AS BIGINT)";
}
