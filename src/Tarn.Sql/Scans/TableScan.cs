using System.Globalization;
using System.Text;
using Tarn.Contracts.Catalog;
using Tarn.Sql.Types;

namespace Tarn.Sql.Scans;

/// <summary>
/// A catalog table as a DuckDB relation: its files read by their SerDe into columns of the catalog's types, partition columns beside them. Hidden
/// columns <c>$path</c>, <c>$file_size</c> and <c>$file_modified_time</c> come when asked for.
/// </summary>
/// <remarks>
/// Files of one shape (SerDe, its properties, the columns of text formats) are one reader call, however many partitions they lie in; values of
/// partition columns are joined by the reader's <c>file_index</c>. So 10,000 files cost one list, not 10,000 branches of a plan.
/// </remarks>
public static class TableScan
{

    /// <summary>Names and Trino types of a table's columns: data columns, then partition keys. Hidden columns are not among them.</summary>
    public static IReadOnlyList<(string Name, SqlType Type)> Columns(CatalogTable table) =>
        [.. (table.StorageDescriptor?.Columns ?? []).Concat(table.PartitionKeys).Select(column => (column.Name.ToLowerInvariant(), TypeOf(column)))];

    /// <summary>Types of the hidden columns by name.</summary>
    public static SqlType? HiddenColumn(string name) => name switch
    {
        "$path" => SqlType.Varchar,
        "$file_size" => SqlType.BigInt,
        "$file_modified_time" => new TimestampType(3, WithTimeZone: true),
        _ => null,
    };

    /// <summary>
    /// A relation in parentheses, to stand in FROM before an alias. Its columns are the wanted ones in their order, held as <see cref="DuckDbTypes"/> says; when
    /// none is wanted (<c>count(*)</c>) it has one column without meaning.
    /// </summary>
    /// <param name="parts">What is left after partitions were pruned; hidden and empty files are left out already (<see cref="Contracts.Lake.HiddenNames"/>).</param>
    /// <param name="columns">Names of the wanted columns, hidden ones too; null for all but the hidden.</param>
    /// <exception cref="SqlException"><c>HIVE_UNSUPPORTED_FORMAT</c>, <c>HIVE_PARTITION_SCHEMA_MISMATCH</c>, <c>HIVE_BAD_DATA</c> (of Parquet files, whose footers are read here), <c>HIVE_INVALID_PARTITION_VALUE</c>, <c>COLUMN_NOT_FOUND</c>.</exception>
    public static string ToDuckDb(CatalogTable table, IReadOnlyList<ScanPartition> parts, IReadOnlyList<string>? columns) => ToDuckDb(table, parts, columns, ScanDialect.Athena);

    /// <summary>The same, as another reads it.</summary>
    public static string ToDuckDb(CatalogTable table, IReadOnlyList<ScanPartition> parts, IReadOnlyList<string>? columns, ScanDialect dialect)
    {
        var all = Columns(table);
        var wanted = (columns ?? [.. all.Select(column => column.Name)]).Select(name => name.ToLowerInvariant()).ToArray();
        var branches = new List<string>();
        foreach (var group in parts.GroupBy(part => ShapeOf(table, part.Storage)))
        {
            var files = group.SelectMany(part => part.Files.Select(file => (Part: part, File: file))).ToArray();
            if (files.Length > 0)
            {
                branches.Add(Branch(table, wanted, group.First().Storage ?? table.StorageDescriptor!, files, dialect));
            }
        }

        return branches.Count == 0 ? Empty(all, wanted) : $"({string.Join(" UNION ALL ", branches)})";
    }

    internal static SqlType TypeOf(CatalogColumn column) =>
        HiveTypes.Parse(column.Type ?? throw new SqlException("HIVE_METASTORE_ERROR", $"Column {column.Name} has no type"));

    private static string Branch(CatalogTable table, string[] wanted, StorageDescriptor storage, (ScanPartition Part, ScanFile File)[] files, ScanDialect dialect)
    {
        var name = $"{table.DatabaseName}.{table.Name}";
        var format = TableFormats.Of(storage, name);
        var data = (table.StorageDescriptor?.Columns ?? []).Select(column => (Name: column.Name.ToLowerInvariant(), Type: TypeOf(column))).ToArray();
        var dataNames = wanted.Where(column => data.Any(known => known.Name == column)).Distinct().ToArray();
        if (data.Any(column => column.Name == "file_index") && format == TableFormat.Parquet)
        {
            throw new SqlException("NOT_SUPPORTED", $"Table {name} has a column file_index, which hides the reader's own");
        }

        var paths = files.Select(file => file.File.Path).ToArray();
        var source = format switch
        {
            TableFormat.DelimitedText => DelimitedTextScan.Read(table, storage, paths, dataNames),
            TableFormat.QuotedText => QuotedTextScan.Read(table, storage, paths, dataNames),
            TableFormat.Parquet => ParquetScan.Read(data, [.. files.Select(file => file.File)], dataNames, dialect),
            _ => JsonScan.Read(table, storage, paths, dataNames, format == TableFormat.OpenXJson, dialect),
        };

        var perFile = new PerFileColumns();
        var select = new StringBuilder("SELECT ");
        for (var i = 0; i < wanted.Length; i++)
        {
            select.Append(i == 0 ? "" : ", ").Append(Column(table, wanted[i], source, files, perFile)).Append(" AS ").Append(LiteralSql.Identifier(wanted[i]));
        }

        return select.Append(wanted.Length == 0 ? "true AS \"$row\"" : "").Append(" FROM ").Append(source.From).Append(perFile.Join(files.Length)).ToString();
    }

    private static string Column(CatalogTable table, string name, ScanSource source, (ScanPartition Part, ScanFile File)[] files, PerFileColumns perFile)
    {
        if (source.Columns.TryGetValue(name, out var sql))
        {
            return sql;
        }

        for (var i = 0; i < table.PartitionKeys.Count; i++)
        {
            if (table.PartitionKeys[i].Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                var type = TypeOf(table.PartitionKeys[i]);
                return perFile.Add([.. files.Select(file => PartitionTexts.ToText(file.Part.Values[i], type, name))], DuckDbTypes.Name(type));
            }
        }

        return name switch
        {
            "$path" => perFile.Add([.. files.Select(file => (string?)file.File.Uri)], "VARCHAR"),
            "$file_size" => perFile.Add([.. files.Select(file => (string?)file.File.Size.ToString(CultureInfo.InvariantCulture))], "BIGINT"),
            "$file_modified_time" => $"struct_pack(instant := {perFile.Add([.. files.Select(file => (string?)file.File.Modified.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture))], "TIMESTAMP")}, zone := 'UTC')",
            _ => throw new SqlException("COLUMN_NOT_FOUND", $"Column '{name}' cannot be resolved"),
        };
    }

    private static string Empty(IReadOnlyList<(string Name, SqlType Type)> all, string[] wanted)
    {
        var select = wanted.Select(name =>
        {
            var type = all.FirstOrDefault(column => column.Name == name).Type ?? HiddenColumn(name) ?? throw new SqlException("COLUMN_NOT_FOUND", $"Column '{name}' cannot be resolved");
            return $"{DuckDbTypes.Null(type)} AS {LiteralSql.Identifier(name)}";
        });
        return $"(SELECT {(wanted.Length == 0 ? "true AS \"$row\"" : string.Join(", ", select))} WHERE false)";
    }

    /// <summary>What must be the same for files to be read by one call. Parquet files say their own columns.</summary>
    private static string ShapeOf(CatalogTable table, StorageDescriptor? own)
    {
        var storage = own ?? table.StorageDescriptor ?? throw new SqlException("HIVE_METASTORE_ERROR", $"Table {table.DatabaseName}.{table.Name} is missing a storage descriptor");
        var shape = new StringBuilder(storage.SerdeInfo?.SerializationLibrary).Append('\n');
        if (TableFormats.Of(storage, $"{table.DatabaseName}.{table.Name}") == TableFormat.Parquet)
        {
            return shape.ToString();
        }

        foreach (var (key, value) in (storage.SerdeInfo?.Parameters ?? new Dictionary<string, string>()).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            shape.Append(key).Append('=').Append(value).Append('\n');
        }

        foreach (var column in storage.Columns)
        {
            shape.Append(column.Name).Append(' ').Append(column.Type).Append('\n');
        }

        return shape.ToString();
    }
}

/// <summary>A reader call and what each data column is in terms of its output.</summary>
/// <param name="From">DuckDB text to stand behind FROM; it has the virtual column <c>file_index</c>.</param>
/// <param name="Columns">DuckDB texts by column name.</param>
internal sealed record ScanSource(string From, IReadOnlyDictionary<string, string> Columns);
