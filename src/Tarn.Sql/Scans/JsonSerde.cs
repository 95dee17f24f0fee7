using System.Text;
using System.Text.Json;
using Tarn.Sql.Types;

namespace Tarn.Sql.Scans;

/// <summary>
/// JSON records, as OpenX's and HCatalog's SerDes read them: keys without case, text where the column is a string, numbers also from
/// strings. A record is a line; files whose records go over lines are read too, which Athena does not.
/// </summary>
/// <remarks>
/// Each record is parsed once into a struct whose leaves are text (<c>json_transform</c>), after its keys were folded to lower case
/// (<see cref="JsonKeys"/>); then each leaf is read as its column's type.
/// </remarks>
internal sealed class JsonSerde : ISerde
{
    /// <summary>The largest record, in bytes; Athena's limit of a text line is 200 MB.</summary>
    private const int RecordBytesMax = 200 << 20;

    private const string Prefix = "mapping.";

    public IReadOnlyList<string> Libraries { get; } = ["org.openx.data.jsonserde.JsonSerDe", "org.apache.hive.hcatalog.data.JsonSerDe", "org.apache.hadoop.hive.serde2.JsonSerDe"];

    public string Select(SerdeInput input)
    {
        var ignoresMalformed = input.Flag("ignore.malformed.json", defaultValue: false);
        var compression = TextCompression.Of(input.Files[0].Name);
        var format = JsonLayout.IsLines(input.Files[0].Path, compression) ? "newline_delimited" : "unstructured";
        var records = $"read_json_objects({input.Paths}, format = '{format}', ignore_errors = {(ignoresMalformed ? "true" : "false")}, maximum_object_size = {RecordBytesMax}, "
            + $"filename = true, hive_partitioning = false, compression = '{compression}')";
        if (input.Columns.Count == 0)
        {
            return $"SELECT filename FROM {records}";
        }

        var items = input.Columns.Select((column, i) => $"{Value($"r.k{i}", column.Type)} AS {LiteralSql.Identifier(column.Name)}");
        var folded = $"{JsonKeys.Function}(CAST(json AS VARCHAR), {LiteralSql.Text(Renames(input))}, {(input.ColumnCount == 1 && input.Columns[0].Name == "array" ? "true" : "false")})";
        return $"SELECT {string.Join(", ", items)}, filename FROM (SELECT json_transform({folded}, {LiteralSql.Text(Shape(input))}) AS r, filename FROM {records})";
    }

    /// <summary>Key in the file to the name in the record that is transformed: <c>k0</c>, <c>k1</c>... of the wanted columns; as JSON.</summary>
    private static string Renames(SerdeInput input)
    {
        var renames = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < input.Columns.Count; i++)
        {
            var name = input.Columns[i].Name;
            renames[(input.Parameter(Prefix + name) ?? name).ToLowerInvariant()] = $"k{i}";
        }

        return JsonSerializer.Serialize(renames);
    }

    private static string Shape(SerdeInput input)
    {
        var text = new StringBuilder("{");
        for (var i = 0; i < input.Columns.Count; i++)
        {
            text.Append(i == 0 ? "" : ",").Append($"\"k{i}\":").Append(Shape(input.Columns[i].Type));
        }

        return text.Append('}').ToString();
    }

    /// <summary>The structure of a type with text as its leaves, as json_transform wants it.</summary>
    private static string Shape(SqlType type) => type switch
    {
        ArrayType array => $"[{Shape(array.Element)}]",
        MapType map => JsonSerializer.Serialize($"MAP(VARCHAR, {LeafType(map.Value)})"),
        RowType row => "{" + string.Join(",", row.Fields.Select(field => $"{JsonSerializer.Serialize(field.Name!)}:{Shape(field.Type)}")) + "}",
        _ => "\"VARCHAR\"",
    };

    /// <summary>The same as a DuckDB type.</summary>
    private static string LeafType(SqlType type) => type switch
    {
        ArrayType array => LeafType(array.Element) + "[]",
        MapType map => $"MAP(VARCHAR, {LeafType(map.Value)})",
        RowType row => "STRUCT(" + string.Join(", ", row.Fields.Select(field => $"{LiteralSql.Identifier(field.Name!)} {LeafType(field.Type)}")) + ")",
        _ => "VARCHAR",
    };

    private static string Value(string sql, SqlType type, int depth = 0)
    {
        switch (type)
        {
            case ArrayType { Element: VarcharType { Length: null } }:
                return sql;
            case ArrayType array:
                return $"list_transform({sql}, lambda e{depth}: {Value($"e{depth}", array.Element, depth + 1)})";
            case MapType map:
                return $"CASE WHEN {sql} IS NULL THEN NULL ELSE map_from_entries(list_transform(map_entries({sql}), lambda e{depth}: "
                    + $"{{'key': {Value($"e{depth}.key", map.Key, depth + 1)}, 'value': {Value($"e{depth}.value", map.Value, depth + 1)}}})) END";
            case RowType row:
                var fields = row.Fields.Select(field => Value($"struct_extract({sql}, {LiteralSql.Text(field.Name!)})", field.Type, depth));
                return $"CASE WHEN {sql} IS NULL THEN NULL ELSE {DuckDbTypes.Row(row, [.. fields])} END";
            case SimpleType { Kind: not (SimpleKind.Boolean or SimpleKind.Varbinary) } or DecimalType or TimestampType:
                return TextValues.Read($"nullif({sql}, '')", type, BadValue.Fails);
            default:
                return TextValues.Read(sql, type, BadValue.Fails);
        }
    }
}
