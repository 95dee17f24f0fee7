using Tarn.Sql.Scans.Parquet;
using Tarn.Sql.Types;

namespace Tarn.Sql.Scans;

/// <summary>
/// ParquetHiveSerDe: columns by name without regard to case, also inside structs; what a file lacks is NULL, what it has in a type that
/// Trino does not read as the column's is refused (<see cref="ParquetSchemas"/>).
/// </summary>
internal static class ParquetScan
{
    public static ScanSource Read((string Name, SqlType Type)[] data, IReadOnlyList<ScanFile> files, string[] wanted, ScanDialect dialect)
    {
        (string Name, SqlType Type)[] asked = [.. data.Where(column => wanted.Contains(column.Name))];
        var common = dialect == ScanDialect.Athena ? ParquetSchemas.Check(files, asked) : null;
        var list = LiteralSql.TextList([.. files.Select(file => file.Path)]);
        var columns = new Dictionary<string, string>();
        if (common is not null && NeedsNoSchema(common, asked))
        {
            foreach (var (name, type) in asked)
            {
                columns[name] = Narrow(type, LiteralSql.Identifier(name), dialect);
            }

            return new ScanSource($"read_parquet({list}, hive_partitioning=false)", columns);
        }

        var schema = new List<string>();
        foreach (var (name, type) in data)
        {
            // One column at least: a reader without columns cannot be written down.
            if (!wanted.Contains(name) && (wanted.Length > 0 || schema.Count > 0))
            {
                continue;
            }

            schema.Add($"{LiteralSql.Text(name)}: {{name: {LiteralSql.Text(name)}, type: {LiteralSql.Text(DuckDbTypes.Name(type))}, default_value: NULL}}");
            columns[name] = Narrow(type, LiteralSql.Identifier(name), dialect);
        }

        // Writers of old left text unmarked; as bytes is how a file says it then, and only a table without binary columns can tell.
        var text = data.Any(column => HasBinary(column.Type)) ? "" : ", binary_as_string=true";
        return new ScanSource($"read_parquet({list}{text}, schema=map{{{string.Join(", ", schema)}}})", columns);
    }

    /// <summary>
    /// Whether the files are what the table says, all alike: then DuckDB reads them without being told a schema, which is faster, because the
    /// columns need not pass through casts that keep no dictionaries.
    /// </summary>
    private static bool NeedsNoSchema(ParquetNode file, (string Name, SqlType Type)[] asked)
    {
        var byName = new Dictionary<string, ParquetNode>(StringComparer.OrdinalIgnoreCase);
        return file.Children.TrueForAll(child => byName.TryAdd(child.Name, child))
            && !byName.ContainsKey("file_index")
            && Array.TrueForAll(asked, column => byName.TryGetValue(column.Name, out var field) && ParquetCoercions.IsHeldAs(field, column.Type));
    }

    /// <summary>What a column's type says beyond DuckDB's: milliseconds, lengths.</summary>
    private static string Narrow(SqlType type, string sql, ScanDialect dialect) => type switch
    {
        TimestampType { Precision: 3 } when dialect == ScanDialect.Athena => $"CAST(CAST({sql} AS TIMESTAMP_MS) AS TIMESTAMP)",
        VarcharType { Length: { } length } => $"left({sql}, {length})",
        CharType { Length: var length } => $"rtrim(left({sql}, {length}), ' ')",
        _ => sql,
    };

    private static bool HasBinary(SqlType type) => type switch
    {
        SimpleType { Kind: SimpleKind.Varbinary } => true,
        ArrayType array => HasBinary(array.Element),
        MapType map => HasBinary(map.Key) || HasBinary(map.Value),
        RowType row => row.Fields.Any(field => HasBinary(field.Type)),
        _ => false,
    };
}
