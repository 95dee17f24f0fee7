using System.Text;
using Tarn.Contracts.Catalog;
using Tarn.Sql.Functions.Udf;
using Tarn.Sql.Types;

namespace Tarn.Sql.Scans;

/// <summary>
/// The two JSON SerDes: an object on each line, its members found without regard to case (unless the table says otherwise) and read as the column's type.
/// A line that is no object fails, or is a row of NULLs when the table asks to ignore malformed JSON.
/// </summary>
internal static class JsonScan
{
    public static ScanSource Read(CatalogTable table, StorageDescriptor storage, string[] paths, string[] wanted, bool isOpenX)
    {
        var byName = (table.StorageDescriptor?.Columns ?? []).ToDictionary(column => column.Name.ToLowerInvariant(), TableScan.TypeOf);
        var columns = new Dictionary<string, string>();
        var spec = new StringBuilder();
        spec.Append(isOpenX && IsTrue(storage, "ignore.malformed.json") ? 'i' : '-');
        spec.Append(isOpenX && TextFiles.Property(storage, "case.insensitive")?.ToLowerInvariant() == "false" ? 'c' : '-');
        foreach (var name in wanted)
        {
            var key = isOpenX ? Key(storage, name) : name;
            spec.Append('\n').Append(key.Replace("\n", " ")).Append('\t').Append(JsonShape.Describe(byName[name]));
            columns[name] = Value(byName[name], $"list_extract(fields, {columns.Count + 1})");
        }

        var lines = TextFiles.Lines(storage, paths, TextFiles.HeaderLines(table, storage));
        var rows = $"SELECT hive_json_fields(line, {LiteralSql.Text(spec.ToString())}) AS fields, file_index FROM {lines}";

        // A count asks for no column; the lines must be read as objects all the same, or text that is none would be counted.
        return new ScanSource(wanted.Length > 0 ? $"({rows})" : $"(SELECT file_index FROM ({rows}) WHERE fields IS NOT NULL)", columns);
    }

    /// <summary>The member that a column stands for: mapping.x names it; dots.in.keys turns the underscores of a column's name back.</summary>
    private static string Key(StorageDescriptor storage, string column)
    {
        if (TextFiles.Property(storage, $"mapping.{column}") is { } mapped)
        {
            return mapped;
        }

        return IsTrue(storage, "dots.in.keys") ? column.Replace('_', '.') : column;
    }

    private static bool IsTrue(StorageDescriptor storage, string property) => TextFiles.Property(storage, property)?.ToLowerInvariant() == "true";

    /// <summary>Fields come checked and in DuckDB's spelling, so that plain casts do not fail.</summary>
    private static string Value(SqlType type, string sql) => type switch
    {
        VarcharType { Length: null } => sql,
        VarcharType { Length: { } length } => $"left({sql}, {length})",
        CharType { Length: var length } => $"rtrim(left({sql}, {length}), ' ')",
        SimpleType { Kind: SimpleKind.Varbinary } => $"from_base64({sql})",
        ArrayType or MapType or RowType => $"CAST(json_transform({sql}, {LiteralSql.Text(JsonShape.Structure(type))}) AS {DuckDbTypes.Name(type)})",
        _ => $"CAST({sql} AS {DuckDbTypes.Name(type)})",
    };
}
