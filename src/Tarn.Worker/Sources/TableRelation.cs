using Tarn.Contracts.Catalog;
using Tarn.Contracts.Lake;
using Tarn.DuckDb.Types;
using Tarn.Sql.Scans;
using Tarn.Worker.Columns;
using Tarn.Worker.Plans;
using TableFormat = Tarn.Worker.Plans.TableFormat;

namespace Tarn.Worker.Sources;

/// <summary>
/// The files of a catalog table, read by its schema and nothing else. Parquet, JSON and plain delimited text are read by the reader that Athena's queries have (see
/// <see cref="ScanDialect.Glue"/> for what differs); CSV, where Glue's own reader knows quotes, line ends between them and headers whatever the SerDe, by that of CSV sources.
/// </summary>
internal static class TableRelation
{
    /// <summary>Data columns, then partition columns in the types of the table.</summary>
    public static string Scan(CatalogTable table, NodeInput input)
    {
        // A column of the data that is also a partition key gives way to the key, as in Hive.
        var keys = table.PartitionKeys.Select(key => key.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var own = table with { StorageDescriptor = table.StorageDescriptor! with { Columns = [.. table.StorageDescriptor.Columns.Where(column => !keys.Contains(column.Name))] } };
        var parts = input.Files.Select(file => new ScanPartition(
            [.. file.Partition.Select(value => value ?? PartitionFolders.NullValue)],
            IsByPlace(own) ? table.StorageDescriptor : null,
            [new ScanFile(file.Path, file.Path, 0, default)]));
        return $"SELECT * FROM {TableScan.ToDuckDb(own, [.. parts], null, ScanDialect.Glue)}";
    }

    /// <summary>CSV; partition columns are joined by the file's name.</summary>
    public static string Csv(TableFormat table, NodeInput input) =>
        string.Join(" UNION ALL BY NAME ", SourceRelations.ByCompression(input.Files).Select(group => Csv(table, group, group.Key)));

    /// <summary>Whether fields are columns by their place in a line: then those that give way are still there.</summary>
    private static bool IsByPlace(CatalogTable table) => table.StorageDescriptor?.SerdeInfo?.SerializationLibrary?.EndsWith("LazySimpleSerDe", StringComparison.Ordinal) == true;

    private static string Csv(TableFormat table, IEnumerable<InputFile> files, string compression)
    {
        var format = table.Csv! with { HasHeader = false, SkipsFirstLine = table.SkipsHeaderLine };
        var rows = CsvRelation.Read(files, [.. table.Columns.Select(column => column.Name)], compression, format);
        var columns = table.Columns.Select(column =>
        {
            // An empty field of a typed column is no value; of a string column it is the empty string.
            var name = DuckDbText.Identifier(column.Name);
            return $"{GlueTypes.Convert(name, DuckDbType.Varchar, GlueTypes.DuckDbName(column.HiveType))} AS {name}";
        });
        return $"SELECT {string.Join(", ", columns)}, {SourceRelations.FileColumn} FROM ({rows})";
    }
}
