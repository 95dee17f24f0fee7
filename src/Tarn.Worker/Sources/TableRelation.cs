using Tarn.DuckDb.Types;
using Tarn.Worker.Columns;
using Tarn.Worker.Plans;

namespace Tarn.Worker.Sources;

/// <summary>The files of a catalog table, read by its schema and nothing else: columns by name (Parquet, JSON) or by position (CSV), in the table's types.</summary>
internal static class TableRelation
{
    public static string Compile(TableFormat table, NodeInput input)
    {
        var parts = SourceRelations.ByCompression(input.Files).Select(group => table.Format switch
        {
            "csv" => Csv(table, group, group.Key),
            "json" => Json(table, group, group.Key),
            _ => Parquet(table, group),
        });
        return string.Join(" UNION ALL BY NAME ", parts);
    }

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

    private static string Json(TableFormat table, IEnumerable<InputFile> files, string compression)
    {
        var schema = string.Join(", ", table.Columns.Select(column => $"{DuckDbText.Literal(column.Name)}: {DuckDbText.Literal(GlueTypes.DuckDbName(column.HiveType))}"));
        return $"SELECT * FROM read_json({SourceRelations.FileList(files)}, format = 'auto', compression = '{SourceRelations.JsonCompression(compression)}', columns = {{{schema}}}, ignore_errors = true, filename = '{SourceRelations.FileColumn}')";
    }

    /// <summary>Columns are found by name whatever the case; those that no file has are NULL.</summary>
    private static string Parquet(TableFormat table, IEnumerable<InputFile> files)
    {
        var columns = string.Join(", ", table.Columns.Select(column =>
            $"NULL::{GlueTypes.DuckDbName(column.HiveType)} AS {DuckDbText.Identifier(column.Name)}").Append($"NULL::VARCHAR AS {SourceRelations.FileColumn}"));
        var rows = $"SELECT * FROM read_parquet({SourceRelations.FileList(files)}, union_by_name = true, hive_partitioning = false, filename = '{SourceRelations.FileColumn}')";
        var select = string.Join(", ", table.Columns.Select(column =>
        {
            var name = DuckDbText.Identifier(column.Name);
            return $"CAST({name} AS {GlueTypes.DuckDbName(column.HiveType)}) AS {name}";
        }));
        return $"SELECT {select}, {SourceRelations.FileColumn} FROM (SELECT {columns} WHERE false UNION ALL BY NAME {rows})";
    }
}
