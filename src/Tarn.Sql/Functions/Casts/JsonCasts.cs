using Tarn.Sql.Functions.Resolution;
using Tarn.Sql.Types;

namespace Tarn.Sql.Functions.Casts;

/// <summary>CAST to and from JSON: Trino maps arrays, maps and rows element by element, and a JSON null to NULL.</summary>
internal sealed class JsonCasts(TrinoCasts casts)
{
    /// <summary>JSON text of a value; NULL stays NULL. Null when the type has no JSON form.</summary>
    public string? ToJson(SqlType from, string sql)
    {
        switch (from)
        {
            case SimpleType { Kind: SimpleKind.Json }:
                return sql;
            case SimpleType { Kind: SimpleKind.Unknown }:
                return DuckDbTypes.Null(SqlType.Json);
            case SimpleType { Kind: SimpleKind.Boolean or SimpleKind.TinyInt or SimpleKind.SmallInt or SimpleKind.Integer or SimpleKind.BigInt }:
                return $"CAST({sql} AS VARCHAR)";
            case DecimalType d:
                return TrinoCasts.DecimalText(d, sql);
            case SimpleType { Kind: SimpleKind.Double }:
                return $"trino_double_json({sql})";
            case SimpleType { Kind: SimpleKind.Real }:
                return $"trino_real_json({sql})";
            case VarcharType:
                return $"trino_json_quote({sql})";
            case SimpleType { Kind: SimpleKind.Date } or TimestampType:
                return $"trino_json_quote({casts.Cast(from, SqlType.Varchar, sql)})";
            case ArrayType array:
                var element = Template.NewName();
                return ToJson(array.Element, element) is { } item ? $"trino_json_array(list_transform({sql}, lambda {element}: {item}))" : null;
            case MapType map:
                return MapToJson(map, sql);
            case RowType row:
                return RowToJson(row, sql);
            default:
                return null;
        }
    }

    /// <summary>A value from JSON text; null when Trino has no such cast.</summary>
    public string? FromJson(SqlType to, string sql)
    {
        switch (to)
        {
            case SimpleType { Kind: SimpleKind.Json }:
                return sql;
            case SimpleType simple:
                return simple.Kind switch
                {
                    SimpleKind.Boolean => $"trino_json_to_boolean({sql})",
                    SimpleKind.TinyInt => $"CAST(trino_json_to_integer({sql}, 'tinyint') AS TINYINT)",
                    SimpleKind.SmallInt => $"CAST(trino_json_to_integer({sql}, 'smallint') AS SMALLINT)",
                    SimpleKind.Integer => $"CAST(trino_json_to_integer({sql}, 'integer') AS INTEGER)",
                    SimpleKind.BigInt => $"trino_json_to_integer({sql}, 'bigint')",
                    SimpleKind.Real => $"CAST(trino_json_to_double({sql}, 'real') AS FLOAT)",
                    SimpleKind.Double => $"trino_json_to_double({sql}, 'double')",
                    SimpleKind.Date => casts.Cast(SqlType.Varchar, to, $"trino_json_to_text({sql})"),
                    _ => null,
                };
            case DecimalType d:
                return $"CAST(trino_json_to_decimal({sql}, {d.Precision}, {d.Scale}) AS {DuckDbTypes.Name(d)})";
            case VarcharType:
                return TrinoCasts.Text(to, $"trino_json_to_text({sql})", int.MaxValue);
            case TimestampType { WithTimeZone: false }:
                return casts.Cast(SqlType.Varchar, to, $"trino_json_to_text({sql})");
            case ArrayType array:
                var element = Template.NewName();
                return FromJson(array.Element, element) is { } item
                    ? $"list_transform(trino_json_elements({sql}, {LiteralSql.Text(to.ToString())}), lambda {element}: {item})"
                    : null;
            case MapType map:
                return JsonToMap(map, sql);
            case RowType row:
                return JsonToRow(row, sql);
            default:
                return null;
        }
    }

    private string? MapToJson(MapType map, string sql)
    {
        var entry = Template.NewName();
        if (map.Key is not (VarcharType or DecimalType or SimpleType { Kind: SimpleKind.Boolean or SimpleKind.TinyInt or SimpleKind.SmallInt or SimpleKind.Integer or SimpleKind.BigInt or SimpleKind.Real or SimpleKind.Double })
            || ToJson(map.Value, $"{entry}.value") is not { } value
            || Key(map.Key, $"{entry}.key") is not { } key)
        {
            return null;
        }

        return Template.Let(sql, text =>
            $"trino_json_object(list_transform(map_entries({text}), lambda {entry}: {key}), list_transform(map_entries({text}), lambda {entry}: {value}), true)");
    }

    private string? Key(SqlType type, string sql) => type switch
    {
        SimpleType { Kind: SimpleKind.Double } => $"trino_double_java({sql})",
        SimpleType { Kind: SimpleKind.Real } => $"trino_real_java({sql})",
        _ => casts.Cast(type, SqlType.Varchar, sql),
    };

    private string? RowToJson(RowType row, string sql)
    {
        var possible = true;
        var text = Template.Let(sql, value =>
        {
            var fields = row.Fields.Select((field, i) => ToJson(field.Type, DuckDbTypes.Field(row, value, i))).ToArray();
            possible = fields.All(field => field is not null);
            return $"CASE WHEN {value} IS NULL THEN NULL ELSE trino_json_object({LiteralSql.TextList(row.Fields.Select(field => field.Name ?? ""))}, [{string.Join(", ", fields)}], false) END";
        });
        return possible ? text : null;
    }

    private string? JsonToMap(MapType map, string sql)
    {
        var name = Template.NewName();
        if (casts.Cast(SqlType.Varchar, map.Key, name) is not { } key || FromJson(map.Value, name) is not { } value || map.Key is RowType or ArrayType or MapType)
        {
            return null;
        }

        var type = LiteralSql.Text(map.ToString());
        return Template.Let(sql, text =>
            $"CASE WHEN trino_json_kind({text}) = 'null' THEN NULL ELSE map(list_transform(trino_json_keys({text}, {type}), lambda {name}: {key}), list_transform(trino_json_values({text}, {type}), lambda {name}: {value})) END");
    }

    private string? JsonToRow(RowType row, string sql)
    {
        var possible = true;
        var names = LiteralSql.TextList(row.Fields.Select(field => field.Name ?? ""));
        var text = Template.Let($"trino_json_fields({sql}, {names}, {LiteralSql.Text(row.ToString())})", list =>
        {
            var fields = row.Fields.Select((field, i) => FromJson(field.Type, $"list_extract({list}, {i + 1})")).ToArray();
            possible = fields.All(field => field is not null);
            return $"CASE WHEN {list} IS NULL THEN NULL ELSE {DuckDbTypes.Row(row, [.. fields.Select(field => field ?? "")])} END";
        });
        return possible ? text : null;
    }
}
