using Tarn.Sql.Functions;
using Tarn.Sql.Functions.Resolution;
using Tarn.Sql.Types;

namespace Tarn.Sql.Writing;

/// <summary>
/// A row as Hive's JSON SerDe writes it, in DuckDB text: an object with every column, NULL included; dates, times and bytes (in base64) as texts, rows and maps
/// as objects.
/// </summary>
public static class JsonLine
{
    /// <param name="values">Names of columns, and DuckDB texts that are used more than once.</param>
    public static string Sql(IReadOnlyList<(string Name, SqlType Type, string Sql)> values, TrinoFunctions library) =>
        Object(values.Select(value => (Text(LiteralSql.Text(value.Name)), Value(value.Type, value.Sql, library))));

    private static string Value(SqlType type, string sql, TrinoFunctions library) => $"(CASE WHEN {sql} IS NULL THEN 'null' ELSE {NotNull(type, sql, library)} END)";

    private static string NotNull(SqlType type, string sql, TrinoFunctions library)
    {
        var item = Template.NewName();
        switch (type)
        {
            case ArrayType array:
                return $"'[' || array_to_string(list_transform({sql}, lambda {item}: {Value(array.Element, item, library)}), ',') || ']'";
            case MapType map:
                var key = Text(HiveScalars.Text(map.Key, $"{item}.\"key\"", library));
                return $"'{{' || array_to_string(list_transform(map_entries({sql}), lambda {item}: {key} || ':' || {Value(map.Value, $"{item}.\"value\"", library)}), ',') || '}}'";
            case RowType row:
                return Object(row.Fields.Select((field, i) => (Text(LiteralSql.Text(field.Name ?? $"field{i}")), Value(field.Type, DuckDbTypes.Field(row, sql, i), library))));
            case SimpleType { Kind: SimpleKind.Double or SimpleKind.Real }:
                var number = HiveScalars.Text(type, sql, library);
                return $"CASE WHEN isfinite({sql}) THEN {number} ELSE {Text(number)} END";
            case DecimalType or SimpleType { Kind: SimpleKind.Boolean or SimpleKind.TinyInt or SimpleKind.SmallInt or SimpleKind.Integer or SimpleKind.BigInt }:
                return HiveScalars.Text(type, sql, library);
            default:
                return Text(HiveScalars.Text(type, sql, library));
        }
    }

    private static string Object(IEnumerable<(string Name, string Value)> members) =>
        $"'{{' || {string.Join(" || ',' || ", members.Select(member => $"{member.Name} || ':' || {member.Value}"))} || '}}'";

    /// <summary>A JSON string.</summary>
    private static string Text(string sql) => $"CAST(to_json({sql}) AS VARCHAR)";
}
