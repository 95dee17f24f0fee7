using Tarn.DuckDb;
using Tarn.DuckDb.Types;
using Tarn.Worker.Columns;
using Tarn.Worker.Plans;

namespace Tarn.Worker.Sources;

/// <summary>
/// Relations over files. Schemas are settled once, here, and written into the query: nothing is guessed again when a view is used, and a file cannot
/// change what its neighbour means.
/// </summary>
internal static class SourceRelations
{
    /// <summary>The column by which DuckDB names the file of a row; never seen outside.</summary>
    public const string FileColumn = "__tarn_file";

    public static string Compile(PlanNode node, NodeInput input, DuckDbConnection connection, CancellationToken cancellationToken)
    {
        if (input is { Files.Count: 0, Table: { } empty })
        {
            return $"SELECT {string.Join(", ", empty.Columns.Concat(input.PartitionColumns).Select(column => $"NULL::{GlueTypes.DuckDbName(column.HiveType)} AS {DuckDbText.Identifier(column.Name)}"))} WHERE false";
        }

        if (input.Table?.Scanned is { } scanned)
        {
            return TableRelation.Scan(scanned, input);
        }

        var rows = node switch
        {
            _ when input.Table is { } table => TableRelation.Csv(table, input),
            CsvSource csv => CsvRelation.Compile(csv, input, connection, cancellationToken),
            JsonSource json => JsonRelation.Compile(json, input, connection, cancellationToken),
            ParquetSource => $"SELECT * FROM read_parquet({FileList(input.Files)}, union_by_name = true, hive_partitioning = false, filename = '{FileColumn}')",
            _ => throw new PlanException(node.Id, $"{node.GetType().Name} is not a source"),
        };
        return WithPartitions(rows, input);
    }

    public static string FileList(IEnumerable<InputFile> files) => DuckDbText.LiteralList(files.Select(file => file.Path));

    /// <summary>Reading options cannot differ inside one call, so files are read in groups of one compression.</summary>
    public static IEnumerable<IGrouping<string, InputFile>> ByCompression(IEnumerable<InputFile> files) => files.GroupBy(file => file.Compression ?? Compression(file.Path));

    /// <summary>The JSON reader has a word of its own for no compression.</summary>
    public static string JsonCompression(string compression) => compression == "none" ? "uncompressed" : compression;

    private static string Compression(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".gz" or ".gzip" => "gzip",
        ".zst" or ".zstd" => "zstd",
        _ => "none",
    };

    /// <summary>Partition columns stand behind the others, in the types of the table.</summary>
    private static string WithPartitions(string rows, NodeInput input)
    {
        if (input.PartitionColumns.Count == 0)
        {
            return $"SELECT * EXCLUDE ({FileColumn}) FROM ({rows})";
        }

        var values = string.Join(", ", input.Files.Select(file =>
            $"({DuckDbText.Literal(file.Path)}, {string.Join(", ", file.Partition.Select(value => value is null ? "NULL" : DuckDbText.Literal(value)))})"));
        var names = string.Join(", ", input.PartitionColumns.Select((_, index) => $"p{index}"));
        var columns = string.Join(", ", input.PartitionColumns.Select((column, index) =>
            $"{GlueTypes.Convert($"v.p{index}", DuckDbType.Varchar, GlueTypes.DuckDbName(column.HiveType))} AS {DuckDbText.Identifier(column.Name)}"));
        // A column of the data that is also a partition key gives way to the key, as in Hive.
        return $"SELECT f.* EXCLUDE ({FileColumn}), {columns} FROM (SELECT COLUMNS(c -> lower(c) NOT IN ({string.Join(", ", input.PartitionColumns.Select(column => DuckDbText.Literal(column.Name.ToLowerInvariant())))})) FROM ({rows})) AS f "
            + $"JOIN (VALUES {values}) AS v(file, {names}) ON f.{FileColumn} = v.file";
    }
}
