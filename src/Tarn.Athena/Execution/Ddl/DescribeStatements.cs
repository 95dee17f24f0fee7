using Tarn.Contracts.Catalog;
using Tarn.Sql.Ddl;

namespace Tarn.Athena.Execution.Ddl;

/// <summary>DESCRIBE, with EXTENDED and FORMATTED. Values are padded to 20 characters, as Hive's client prints them.</summary>
internal sealed class DescribeStatements(ICatalog catalog)
{
    private const int Width = 20;
    private static readonly string[] Columns = ["col_name", "data_type", "comment"];

    public async ValueTask<TextResult> RunAsync(DescribeTable statement, StatementContext context, CancellationToken cancellationToken)
    {
        var table = await catalog.GetTableAsync(statement.Table, context, cancellationToken);
        var storage = table.StorageDescriptor ?? new StorageDescriptor();
        if (statement.Partition is { } specification)
        {
            var values = PartitionValues.Of(table, specification);
            var partition = await catalog.FindPartitionAsync(context.Scope, table.DatabaseName, table.Name, values, cancellationToken)
                ?? throw DdlErrors.Semantic($"[Error 10006]: Partition not found {PartitionValues.Name(table, values)}");
            storage = partition.StorageDescriptor ?? storage;
        }

        if (statement.ColumnPath is { } path)
        {
            var column = storage.Columns.Concat(table.PartitionKeys).FirstOrDefault(candidate => candidate.Name == path)
                ?? throw DdlErrors.Semantic($"[Error 10002]: Invalid column reference {path}");
            return TextResult.Of(Columns, [Row(column)]);
        }

        var lines = storage.Columns.Concat(table.PartitionKeys).Select(Row).ToList();
        if (table.PartitionKeys.Count > 0)
        {
            lines.AddRange(["\t \t ", "# Partition Information\t \t ", Row("# col_name", "data_type", "comment"), "\t \t "]);
            lines.AddRange(table.PartitionKeys.Select(Row));
        }

        if (statement.Detail != DescribeDetail.Plain)
        {
            lines.AddRange(Details(table, storage));
        }

        return TextResult.Of(Columns, lines);
    }

    private static IEnumerable<string> Details(CatalogTable table, StorageDescriptor storage)
    {
        yield return "\t \t ";
        yield return "# Detailed Table Information\t \t ";
        yield return Row("Database:", table.DatabaseName, "");
        yield return Row("Owner:", table.Owner ?? "", "");
        yield return Row("CreateTime:", table.CreateTime.UtcDateTime.ToString("ddd MMM dd HH:mm:ss 'UTC' yyyy"), "");
        yield return Row("Location:", storage.Location ?? "", "");
        yield return Row("Table Type:", table.TableType ?? "", "");
        yield return "Table Parameters:\t \t ";
        foreach (var (key, value) in table.Parameters.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            yield return $"\t{key.PadRight(Width)}\t{value.PadRight(Width)}";
        }

        yield return "\t \t ";
        yield return "# Storage Information\t \t ";
        yield return Row("SerDe Library:", storage.SerdeInfo?.SerializationLibrary ?? "", "");
        yield return Row("InputFormat:", storage.InputFormat ?? "", "");
        yield return Row("OutputFormat:", storage.OutputFormat ?? "", "");
        yield return Row("Compressed:", storage.Compressed ? "Yes" : "No", "");
        yield return Row("Num Buckets:", storage.NumberOfBuckets.ToString(), "");
    }

    private static string Row(CatalogColumn column) => Row(column.Name, column.Type ?? "", column.Comment ?? "");

    private static string Row(string name, string type, string comment) => $"{name.PadRight(Width)}\t{type.PadRight(Width)}\t{comment.PadRight(Width)}";
}
