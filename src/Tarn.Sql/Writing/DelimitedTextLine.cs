using Tarn.Sql.Functions;
using Tarn.Sql.Functions.Resolution;
using Tarn.Sql.Types;

namespace Tarn.Sql.Writing;

/// <summary>
/// A row as LazySimpleSerDe writes it, in DuckDB text: fields between delimiters, <c>\N</c> for NULL, arrays, maps and rows between the delimiters of the next
/// levels. Nothing is quoted or escaped, as in Hive: a text that holds a delimiter or a line's end reads back as more fields or lines.
/// </summary>
public static class DelimitedTextLine
{
    private const string NullText = @"'\N'";
    private const int LevelsMax = 8;

    /// <param name="values">DuckDB texts, each a name or as short as one: they are used more than once.</param>
    /// <param name="delimiter">Between fields; Hive's is <c>\u0001</c>.</param>
    public static string Sql(IReadOnlyList<(SqlType Type, string Sql)> values, string delimiter, TrinoFunctions library) =>
        string.Join($" || {LiteralSql.Text(delimiter)} || ", values.Select(value => Value(value.Type, value.Sql, 1, library)));

    private static string Value(SqlType type, string sql, int level, TrinoFunctions library) => $"(CASE WHEN {sql} IS NULL THEN {NullText} ELSE {NotNull(type, sql, level, library)} END)";

    private static string NotNull(SqlType type, string sql, int level, TrinoFunctions library)
    {
        var item = Template.NewName();
        switch (type)
        {
            case ArrayType array:
                return Joined($"list_transform({sql}, lambda {item}: {Value(array.Element, item, level + 1, library)})", level);
            case MapType map:
                var entry = $"{Value(map.Key, $"{item}.\"key\"", level + 2, library)} || {Separator(level + 1)} || {Value(map.Value, $"{item}.\"value\"", level + 2, library)}";
                return Joined($"list_transform(map_entries({sql}), lambda {item}: {entry})", level);
            case RowType row:
                return string.Join($" || {Separator(level)} || ", row.Fields.Select((field, i) => Value(field.Type, DuckDbTypes.Field(row, sql, i), level + 1, library)));
            default:
                return HiveScalars.Text(type, sql, library);
        }
    }

    private static string Joined(string list, int level) => $"array_to_string({list}, {Separator(level)})";

    private static string Separator(int level) => level < LevelsMax
        ? $"chr({level + 1})"
        : throw new SqlException("NOT_SUPPORTED", "Types nested that deep cannot be written as delimited text");
}
