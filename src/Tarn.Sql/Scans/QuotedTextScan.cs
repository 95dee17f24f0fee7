using Tarn.Contracts.Catalog;
using Tarn.Sql.Types;

namespace Tarn.Sql.Scans;

/// <summary>
/// OpenCSVSerde: fields in quotes. Every field is text; a column of another type reads it as Athena does (dates in days, timestamps in milliseconds since
/// 1970), and what does not read so fails. Line breaks inside quotes are not supported, as in Athena.
/// </summary>
internal static class QuotedTextScan
{
    public static ScanSource Read(CatalogTable table, StorageDescriptor storage, string[] paths, string[] wanted)
    {
        var separator = Character(storage, "separatorChar", ",");
        var quote = Character(storage, "quoteChar", "\"");
        var escape = Character(storage, "escapeChar", "\\");
        var byName = (table.StorageDescriptor?.Columns ?? []).ToDictionary(column => column.Name.ToLowerInvariant(), TableScan.TypeOf);
        var columns = new Dictionary<string, string>();
        for (var i = 0; i < storage.Columns.Count; i++)
        {
            var name = storage.Columns[i].Name.ToLowerInvariant();
            if (wanted.Contains(name) && byName.TryGetValue(name, out var type) && !columns.ContainsKey(name))
            {
                var index = i;
                columns[name] = TextFiles.Convert(table, storage.Columns[i], type, target => Value(target, $"list_extract(fields, {index + 1})", index));
            }
        }

        foreach (var name in wanted.Where(name => !columns.ContainsKey(name)))
        {
            columns[name] = DuckDbTypes.Null(byName[name]);
        }

        var lines = TextFiles.Lines(storage, paths, TextFiles.HeaderLines(table, storage));
        return new ScanSource($"(SELECT hive_split_quoted(line, {LiteralSql.Text(separator + quote + escape)}) AS fields, file_index FROM {lines})", columns);
    }

    /// <summary>An empty field is NULL where the column is no text: crawlers type columns by the fields that are there.</summary>
    private static string Value(SqlType type, string field, int index) => type switch
    {
        VarcharType { Length: null } => field,
        VarcharType { Length: { } length } => $"left({field}, {length})",
        CharType { Length: var length } => $"rtrim(left({field}, {length}), ' ')",
        _ => TypedValue(type, $"nullif(trim({field}), '')", index),
    };

    private static string TypedValue(SqlType type, string sql, int index) => type switch
    {
        SimpleType { Kind: SimpleKind.Boolean } => $"hive_csv_boolean({sql}, {index})",
        SimpleType { Kind: SimpleKind.TinyInt or SimpleKind.SmallInt or SimpleKind.Integer or SimpleKind.BigInt } => $"CAST(hive_csv_bigint({sql}, {index}) AS {DuckDbTypes.Name(type)})",
        SimpleType { Kind: SimpleKind.Real or SimpleKind.Double } => $"CAST(hive_csv_double({sql}, {index}) AS {DuckDbTypes.Name(type)})",
        DecimalType d => $"CAST(trino_text_to_decimal({sql}, {d.Precision}, {d.Scale}) AS {DuckDbTypes.Name(d)})",
        SimpleType { Kind: SimpleKind.Date } => $"(DATE '1970-01-01' + CAST(hive_csv_bigint({sql}, {index}) AS INTEGER))",
        TimestampType { WithTimeZone: false } => $"make_timestamp(hive_csv_bigint({sql}, {index}) * 1000)",
        _ => throw new SqlException("HIVE_UNSUPPORTED_FORMAT", $"OpenCSVSerde cannot read columns of type {type}"),
    };

    private static string Character(StorageDescriptor storage, string property, string fallback)
    {
        var text = TextFiles.Delimiter(TextFiles.Property(storage, property)) ?? fallback;
        return text.Length == 1 ? text : throw new SqlException("HIVE_INVALID_METADATA", $"{property} of OpenCSVSerde must be one character: {text}");
    }
}
