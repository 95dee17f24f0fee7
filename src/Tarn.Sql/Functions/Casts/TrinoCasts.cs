using Tarn.Sql.Functions.Resolution;
using Tarn.Sql.Types;

namespace Tarn.Sql.Functions.Casts;

/// <summary>
/// CAST between Trino types as DuckDB text. What DuckDB's own cast does alike is left to it; texts, rounding and what Trino words differently go
/// through the functions of <see cref="Udf"/>. A NULL stays NULL.
/// </summary>
internal sealed class TrinoCasts(TrinoSession session)
{
    /// <summary>DuckDB text of the conversion, or null when Trino has no such cast.</summary>
    public string? Cast(SqlType from, SqlType to, string sql)
    {
        if (from.Equals(to))
        {
            return sql;
        }

        if (from is SimpleType { Kind: SimpleKind.Unknown })
        {
            return DuckDbTypes.Null(to);
        }

        if (to is SimpleType { Kind: SimpleKind.Json })
        {
            return new JsonCasts(this).ToJson(from, sql);
        }

        return from switch
        {
            VarcharType => FromText(to, sql, (from as VarcharType)!.Length),
            CharType c => to is VarcharType or SimpleType { Kind: SimpleKind.Varbinary } ? FromText(to, Pad(c, sql), c.Length) : FromText(to, sql, c.Length),
            DecimalType d => FromDecimal(d, to, sql),
            TimestampType t => t.WithTimeZone ? FromTimestampWithTimeZone(t, to, sql) : FromTimestamp(t, to, sql),
            TimeType t => FromTime(t, to, sql),
            ArrayType a => to is ArrayType target ? Array(a.Element, target.Element, sql) : null,
            MapType m => to is MapType target ? Map(m, target, sql) : null,
            RowType r => to is RowType target ? Row(r, target, sql) : null,
            SimpleType s => FromSimple(s.Kind, to, sql),
            _ => null,
        };
    }

    /// <summary>A char's text with the blanks that its length asks for.</summary>
    public static string Pad(CharType type, string sql) => $"rpad({sql}, {type.Length}, ' ')";

    private string? FromSimple(SimpleKind from, SqlType to, string sql)
    {
        switch (from)
        {
            case SimpleKind.Boolean:
                return to switch
                {
                    _ when TypeCoercion.IsNumeric(to) => $"CAST(CAST({sql} AS TINYINT) AS {DuckDbTypes.Name(to)})",
                    _ => Text(to, $"CAST({sql} AS VARCHAR)", 5),
                };
            case SimpleKind.TinyInt or SimpleKind.SmallInt or SimpleKind.Integer or SimpleKind.BigInt:
                return to switch
                {
                    SimpleType { Kind: SimpleKind.Boolean } => $"({sql} <> 0)",
                    _ when TypeCoercion.IsNumeric(to) => $"CAST({sql} AS {DuckDbTypes.Name(to)})",
                    _ => Text(to, $"CAST({sql} AS VARCHAR)", from switch { SimpleKind.TinyInt => 4, SimpleKind.SmallInt => 6, SimpleKind.Integer => 11, _ => 20 }),
                };
            case SimpleKind.Real or SimpleKind.Double:
                return FromFloating(from, to, sql);
            case SimpleKind.Date:
                return to switch
                {
                    TimestampType { WithTimeZone: false } => $"CAST({sql} AS {DuckDbTypes.Name(to)})",
                    TimestampType => AtSession($"CAST({sql} AS TIMESTAMP)"),
                    _ => Text(to, $"trino_date_text({sql})", 10),
                };
            case SimpleKind.IntervalDayToSecond:
                return Text(to, $"trino_interval_day_text({sql})", 40);
            case SimpleKind.IntervalYearToMonth:
                return Text(to, $"trino_interval_year_text({sql})", 20);
            case SimpleKind.Json:
                return new JsonCasts(this).FromJson(to, sql);
            case SimpleKind.Uuid:
                return to is SimpleType { Kind: SimpleKind.Varbinary } ? $"unhex(replace(CAST({sql} AS VARCHAR), '-', ''))" : to is VarcharType { Length: null } ? $"CAST({sql} AS VARCHAR)" : null;
            case SimpleKind.IpAddress:
                return to is SimpleType { Kind: SimpleKind.Varbinary } ? sql : to is VarcharType { Length: null } ? $"trino_ip_text({sql})" : null;
            case SimpleKind.Varbinary:
                return to switch
                {
                    SimpleType { Kind: SimpleKind.Uuid } => $"CAST(trino_uuid_text({sql}) AS UUID)",
                    SimpleType { Kind: SimpleKind.IpAddress } => $"trino_ip_bytes({sql})",
                    _ => null,
                };
            default:
                return null;
        }
    }

    private static string? FromFloating(SimpleKind from, SqlType to, string sql)
    {
        var text = from == SimpleKind.Real ? $"trino_real_text({sql})" : $"trino_double_text({sql})";
        var wide = from == SimpleKind.Real ? $"CAST({sql} AS DOUBLE)" : sql;
        return to switch
        {
            SimpleType { Kind: SimpleKind.Boolean } => $"({sql} <> 0)",
            SimpleType { Kind: SimpleKind.Real } => $"trino_double_to_real({sql})",
            SimpleType { Kind: SimpleKind.Double } => wide,
            SimpleType { Kind: SimpleKind.TinyInt } => $"trino_double_to_tinyint({wide})",
            SimpleType { Kind: SimpleKind.SmallInt } => $"trino_double_to_smallint({wide})",
            SimpleType { Kind: SimpleKind.Integer } => $"trino_double_to_integer({wide})",
            SimpleType { Kind: SimpleKind.BigInt } => $"trino_double_to_bigint({wide})",
            DecimalType d => $"CAST(trino_{(from == SimpleKind.Real ? "real" : "double")}_to_decimal({sql}, {d.Precision}, {d.Scale}) AS {DuckDbTypes.Name(d)})",
            _ => Text(to, text, 24),
        };
    }

    private static string? FromDecimal(DecimalType from, SqlType to, string sql) => to switch
    {
        SimpleType { Kind: SimpleKind.Boolean } => $"({sql} <> 0)",
        SimpleType { Kind: SimpleKind.Real or SimpleKind.Double } when from.Precision <= 15 && to.Equals(SqlType.Double) => $"CAST({sql} AS DOUBLE)",
        // Through the digits: DuckDB divides by the scale in floating point, which rounds twice when the digits are more than a double holds.
        SimpleType { Kind: SimpleKind.Real or SimpleKind.Double } => $"CAST(CAST({sql} AS VARCHAR) AS {DuckDbTypes.Name(to)})",
        _ when TypeCoercion.IsNumeric(to) => $"CAST({sql} AS {DuckDbTypes.Name(to)})",
        _ => Text(to, DecimalText(from, sql), from.Precision + 3),
    };

    /// <summary>The digits of a decimal: DuckDB leaves the zero before the point out where the type has no digit there.</summary>
    public static string DecimalText(DecimalType type, string sql) => type.Precision > type.Scale
        ? $"CAST({sql} AS VARCHAR)"
        : $"trino_leading_zero(CAST({sql} AS VARCHAR))";

    private string? FromText(SqlType to, string sql, int? length)
    {
        switch (to)
        {
            case VarcharType v:
                return v.Length is { } limit && !(length <= limit) ? $"left({sql}, {limit})" : sql;
            case CharType c:
                return length <= c.Length ? $"rtrim({sql}, ' ')" : $"rtrim(left({sql}, {c.Length}), ' ')";
            case DecimalType d:
                return $"CAST(trino_text_to_decimal({sql}, {d.Precision}, {d.Scale}) AS {DuckDbTypes.Name(d)})";
            case TimestampType { WithTimeZone: true } t:
                return $"trino_text_to_timestamptz({sql}, {t.Precision}, {session.ZoneSql})";
            case TimestampType { Precision: <= 6 } t:
                return $"trino_text_to_timestamp({sql}, {t.Precision})";
            case TimestampType t:
                return $"make_timestamp_ns(trino_text_to_timestamp_ns({sql}, {t.Precision}))";
            case TimeType { WithTimeZone: true } t:
                return $"trino_text_to_timetz({sql}, {t.Precision}, {session.ZoneSql})";
            case TimeType t:
                return $"trino_text_to_time({sql}, {t.Precision})";
            case SimpleType s:
                return s.Kind switch
                {
                    SimpleKind.Boolean => $"trino_text_to_boolean({sql})",
                    SimpleKind.TinyInt => $"trino_text_to_tinyint({sql})",
                    SimpleKind.SmallInt => $"trino_text_to_smallint({sql})",
                    SimpleKind.Integer => $"trino_text_to_integer({sql})",
                    SimpleKind.BigInt => $"trino_text_to_bigint({sql})",
                    SimpleKind.Real => $"trino_text_to_real({sql})",
                    SimpleKind.Double => $"trino_text_to_double({sql})",
                    SimpleKind.Varbinary => $"encode({sql})",
                    SimpleKind.Date => $"trino_text_to_date({sql})",
                    SimpleKind.Uuid => $"CAST(trino_text_to_uuid({sql}) AS UUID)",
                    SimpleKind.IpAddress => $"trino_text_to_ip({sql})",
                    _ => null,
                };
            default:
                return null;
        }
    }

    private string? FromTimestamp(TimestampType from, SqlType to, string sql) => to switch
    {
        SimpleType { Kind: SimpleKind.Date } => $"CAST({sql} AS DATE)",
        TimeType { WithTimeZone: false } time => RoundTime($"CAST({sql} AS TIME)", from.Precision, time.Precision),
        TimestampType { WithTimeZone: true } target => Round(AtSession(sql), from.Precision, target),
        TimestampType target => Round(sql, from.Precision, target),
        _ => Text(to, TimestampText(from.Precision, sql), 20 + from.Precision),
    };

    private static string TimestampText(int precision, string sql) => precision > 6
        ? $"trino_timestamp_ns_text(epoch_ns({sql}), {precision})"
        : $"trino_timestamp_text({sql}, {precision})";

    private string? FromTimestampWithTimeZone(TimestampType from, SqlType to, string sql)
    {
        switch (to)
        {
            case TimestampType { WithTimeZone: true } target:
                return Round(sql, from.Precision, target);
            case TimestampType target:
                return Round(Local(sql), from.Precision, target);
            case SimpleType { Kind: SimpleKind.Date }:
                return $"CAST({Local(sql)} AS DATE)";
            case TimeType { WithTimeZone: false } time:
                return RoundTime($"CAST({Local(sql)} AS TIME)", from.Precision, time.Precision);
            default:
                return Text(to, $"trino_timestamptz_text({sql}, {from.Precision})", 100);
        }
    }

    private static string? FromTime(TimeType from, SqlType to, string sql) => to switch
    {
        TimeType { WithTimeZone: false } target => from.WithTimeZone
            ? RoundTime($"struct_extract({sql}, 'local')", from.Precision, target.Precision)
            : RoundTime(sql, from.Precision, target.Precision),
        TimeType { WithTimeZone: true } target when from.WithTimeZone && target.Precision >= from.Precision => sql,
        TimeType => null,
        _ when from.WithTimeZone => Text(to, $"trino_timetz_text({sql}, {from.Precision})", 20 + from.Precision),
        _ => Text(to, $"trino_time_text({sql}, {from.Precision})", from.Precision == 0 ? 8 : 9 + from.Precision),
    };

    /// <summary>The local date and time of a timestamp with time zone.</summary>
    public static string Local(string sql) => $"trino_local({sql})";

    /// <summary>A local date and time as a timestamp with time zone of the session's zone.</summary>
    public string AtSession(string sql) => $"trino_at_zone(CAST({sql} AS TIMESTAMP), {session.ZoneSql})";

    private static string Round(string sql, int from, TimestampType to)
    {
        if (to.Precision >= from)
        {
            return from <= 6 && to.Precision > 6 ? $"CAST({sql} AS {DuckDbTypes.Name(to)})" : sql;
        }

        if (to.WithTimeZone)
        {
            return $"trino_round_timestamptz({sql}, {to.Precision})";
        }

        return from > 6
            ? to.Precision > 6 ? $"make_timestamp_ns(trino_round_nanos(epoch_ns({sql}), {9 - to.Precision}))" : $"make_timestamp(trino_round_nanos(epoch_ns({sql}), {9 - to.Precision}) // 1000)"
            : $"trino_round_timestamp({sql}, {to.Precision})";
    }

    private static string RoundTime(string sql, int from, int to) => to < from ? $"trino_round_time({sql}, {to})" : sql;

    private string? Array(SqlType from, SqlType to, string sql)
    {
        var element = Template.NewName();
        return Cast(from, to, element) is { } cast ? cast == element ? sql : $"list_transform({sql}, lambda {element}: {cast})" : null;
    }

    private string? Map(MapType from, MapType to, string sql)
    {
        var entry = Template.NewName();
        var key = Cast(from.Key, to.Key, $"{entry}.key");
        var value = Cast(from.Value, to.Value, $"{entry}.value");
        return key is null || value is null ? null
            : key == $"{entry}.key" && value == $"{entry}.value" ? sql
            : $"map_from_entries(list_transform(map_entries({sql}), lambda {entry}: struct_pack(\"key\" := {key}, \"value\" := {value})))";
    }

    private string? Row(RowType from, RowType to, string sql)
    {
        if (from.Fields.Count != to.Fields.Count)
        {
            return null;
        }

        if (DuckDbTypes.Name(from) == DuckDbTypes.Name(to) && from.Fields.Zip(to.Fields).All(pair => pair.First.Type.Equals(pair.Second.Type)))
        {
            return sql;
        }

        var possible = true;
        var text = Template.Let(sql, row =>
        {
            var fields = new string[to.Fields.Count];
            for (var i = 0; i < fields.Length; i++)
            {
                var field = Cast(from.Fields[i].Type, to.Fields[i].Type, DuckDbTypes.Field(from, row, i));
                possible &= field is not null;
                fields[i] = field ?? "";
            }

            return $"CASE WHEN {row} IS NULL THEN NULL ELSE {DuckDbTypes.Row(to, fields)} END";
        });
        return possible ? text : null;
    }

    /// <summary>A text of at most <paramref name="longest"/> characters as varchar(n), which it must fit; null when <paramref name="to"/> is not varchar.</summary>
    public static string? Text(SqlType to, string sql, int longest) => to switch
    {
        VarcharType { Length: null } => sql,
        VarcharType { Length: { } length } => length >= longest ? sql : $"trino_fit({sql}, {length})",
        _ => null,
    };
}
