using System.Text;
using Tarn.Contracts.Catalog;
using Tarn.Sql.Functions.Resolution;
using Tarn.Sql.Types;

namespace Tarn.Sql.Scans;

/// <summary>
/// LazySimpleSerDe: fields between delimiters, no quotes. What does not read as its type is NULL, missing fields are NULL, fields too many are passed over.
/// Arrays, maps and structs lie between delimiters of the next levels.
/// </summary>
internal static class DelimitedTextScan
{
    public static ScanSource Read(CatalogTable table, StorageDescriptor storage, string[] paths, string[] wanted)
    {
        TextFiles.Check(paths);
        var delimiter = TextFiles.Delimiter(TextFiles.Property(storage, "field.delim") ?? TextFiles.Property(storage, "serialization.format")) ?? "\u0001";
        var escape = TextFiles.Delimiter(TextFiles.Property(storage, "escape.delim"));
        var nullText = TextFiles.Property(storage, "serialization.null.format") ?? "\\N";
        var separators = Separators(storage, delimiter);
        var header = TextFiles.HeaderLines(table, storage);
        var names = storage.Columns.Select((_, i) => $"c{i}").ToArray();
        var columns = new Dictionary<string, string>();
        var byName = (table.StorageDescriptor?.Columns ?? []).ToDictionary(column => column.Name.ToLowerInvariant(), TableScan.TypeOf);
        for (var i = 0; i < storage.Columns.Count; i++)
        {
            var name = storage.Columns[i].Name.ToLowerInvariant();
            if (wanted.Contains(name) && byName.TryGetValue(name, out var type) && !columns.ContainsKey(name))
            {
                var field = escape is null ? names[i] : $"list_extract(fields, {i + 1})";
                columns[name] = TextFiles.Convert(table, storage.Columns[i], type, target => Value(target, field, 1, separators, nullText));
            }
        }

        foreach (var name in wanted.Where(name => !columns.ContainsKey(name)))
        {
            columns[name] = DuckDbTypes.Null(byName[name]);
        }

        if (escape is not null)
        {
            var spec = LiteralSql.Text($"{delimiter}{escape}");
            return new ScanSource($"(SELECT hive_split_escaped(line, {spec}) AS fields, file_index FROM {TextFiles.Lines(storage, paths, header)})", columns);
        }

        // nullstr is a text that no field has: which text is NULL is for the values to say, since '' may be it.
        var from = new StringBuilder($"read_csv({LiteralSql.TextList(paths)}, header=false, auto_detect=false, delim={LiteralSql.Text(delimiter)}, quote='', escape='', null_padding=true, strict_mode=false, nullstr={TextFiles.NoNullText(delimiter)}, skip={header}{TextFiles.Encoding(storage)}, columns={{");
        from.AppendJoin(", ", names.Select(name => $"'{name}': 'VARCHAR'"));
        return new ScanSource(from.Append("})").ToString(), columns);
    }

    /// <summary>Field, collection and key delimiters, then control characters for the levels below, as Hive numbers them.</summary>
    private static string[] Separators(StorageDescriptor storage, string field)
    {
        var separators = new List<string>
        {
            field,
            TextFiles.Delimiter(TextFiles.Property(storage, "collection.delim") ?? TextFiles.Property(storage, "colelction.delim")) ?? "\u0002",
            TextFiles.Delimiter(TextFiles.Property(storage, "mapkey.delim")) ?? "\u0003",
        };
        for (var c = 4; c <= 8; c++)
        {
            separators.Add(((char)c).ToString());
        }

        return [.. separators];
    }

    private static string Value(SqlType type, string sql, int level, string[] separators, string nullText)
    {
        var text = $"nullif({sql}, {LiteralSql.Text(nullText)})";
        switch (type)
        {
            case ArrayType array:
                var element = Template.NewName();
                return Template.Let(text, list =>
                    $"CASE WHEN {list} IS NULL THEN NULL WHEN {list} = '' THEN CAST([] AS {DuckDbTypes.Name(array)}) ELSE list_transform(string_split({list}, {Separator(separators, level)}), lambda {element}: {Value(array.Element, element, level + 1, separators, nullText)}) END");
            case MapType map:
                return MapValue(map, text, level, separators, nullText);
            case RowType row:
                return Template.Let($"string_split({text}, {Separator(separators, level)})", fields =>
                    $"CASE WHEN {fields} IS NULL THEN NULL ELSE {DuckDbTypes.Row(row, [.. row.Fields.Select((field, i) => Value(field.Type, $"list_extract({fields}, {i + 1})", level + 1, separators, nullText))])} END");
            default:
                return LazyValues.Read(type, text);
        }
    }

    /// <summary>Entries whose key is NULL are passed over, and the first of equal keys counts, as in Hive.</summary>
    private static string MapValue(MapType map, string text, int level, string[] separators, string nullText)
    {
        var entry = Template.NewName();
        var pair = $"string_split({entry}, {Separator(separators, level + 1)})";
        var key = Value(map.Key, $"list_extract({pair}, 1)", level + 2, separators, nullText);
        var value = Value(map.Value, $"list_extract({pair}, 2)", level + 2, separators, nullText);
        return Template.Let(text, whole =>
        {
            var entries = $"list_filter(list_transform(string_split({whole}, {Separator(separators, level)}), lambda {entry}: struct_pack(\"key\" := {key}, \"value\" := {value})), lambda _m: _m.\"key\" IS NOT NULL)";
            var unique = Template.Let(entries, list => $"list_filter({list}, lambda _m, _n: list_position(list_transform({list}, lambda _e: _e.\"key\"), _m.\"key\") = _n)");
            return $"CASE WHEN {whole} IS NULL THEN NULL WHEN {whole} = '' THEN CAST(MAP {{}} AS {DuckDbTypes.Name(map)}) ELSE map_from_entries({unique}) END";
        });
    }

    private static string Separator(string[] separators, int level) => level < separators.Length
        ? LiteralSql.Text(separators[level])
        : throw new SqlException("NOT_SUPPORTED", "Types nested that deep cannot be read from delimited text");
}
