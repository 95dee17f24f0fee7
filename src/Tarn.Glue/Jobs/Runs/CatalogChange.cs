using Tarn.Contracts;
using Tarn.Contracts.Catalog;
using Tarn.Contracts.Lake;
using Tarn.Worker.Plans;

namespace Tarn.Glue.Jobs.Runs;

/// <summary>Brings the table of a target up to date with what was written: made when there is none, columns added or retyped unless only logged, partitions added.</summary>
internal sealed class CatalogChange(ICatalog catalog, AwsScope scope, TimeProvider time)
{
    private const int PartitionsPerCall = 1000;

    public async Task ApplyAsync(OutputPlan plan, PlanWritten written, CancellationToken cancellationToken)
    {
        var update = plan.Update!;
        var table = await catalog.FindTableAsync(scope, update.Database, update.Table, cancellationToken);
        if (table is null)
        {
            if (written.Columns.Count == 0)
            {
                return;
            }

            table = NewTable(plan, written);
            await catalog.CreateTableAsync(scope, table, cancellationToken);
        }
        else if (!update.IsLogOnly && Merge(table, written) is { } changed)
        {
            table = changed;
            await catalog.UpdateTableAsync(scope, changed, expectedVersionId: null, cancellationToken);
        }

        await AddPartitions(plan, written, table, cancellationToken);
    }

    private async Task AddPartitions(OutputPlan plan, PlanWritten written, CatalogTable table, CancellationToken cancellationToken)
    {
        if (table.PartitionKeys.Count == 0)
        {
            return;
        }

        var now = time.GetUtcNow();
        var partitions = written.Files.Select(file => file.Partition)
            .DistinctBy(values => HivePath.Of(plan.Output.PartitionKeys, values))
            .Select(values => new CatalogPartition
            {
                DatabaseName = table.DatabaseName,
                TableName = table.Name,
                Values = [.. values.Select(value => value ?? PartitionFolders.NullValue)],
                CreationTime = now,
                StorageDescriptor = table.StorageDescriptor! with { Location = $"s3://{plan.Folder.Bucket}/{plan.Folder.Key}{HivePath.Of(plan.Output.PartitionKeys, values)}" },
            })
            .ToList();
        foreach (var batch in partitions.Chunk(PartitionsPerCall))
        {
            await catalog.CreatePartitionsAsync(scope, table.DatabaseName, table.Name, batch, ifNotExists: true, cancellationToken);
        }
    }

    /// <summary>Columns of the table keep their place and take the new type; new ones come behind. Null when nothing changes.</summary>
    private static CatalogTable? Merge(CatalogTable table, PlanWritten written)
    {
        var columns = table.StorageDescriptor!.Columns.ToList();
        var hasChanged = false;
        foreach (var column in written.Columns)
        {
            var index = columns.FindIndex(existing => string.Equals(existing.Name, column.Name, StringComparison.OrdinalIgnoreCase));
            if (index < 0)
            {
                columns.Add(new CatalogColumn(column.Name.ToLowerInvariant(), column.HiveType));
                hasChanged = true;
            }
            else if (!string.Equals(columns[index].Type, column.HiveType, StringComparison.OrdinalIgnoreCase))
            {
                columns[index] = columns[index] with { Type = column.HiveType };
                hasChanged = true;
            }
        }

        return hasChanged ? table with { StorageDescriptor = table.StorageDescriptor with { Columns = columns } } : null;
    }

    private CatalogTable NewTable(OutputPlan plan, PlanWritten written)
    {
        var (serde, input, output, settings) = plan.Output.Format switch
        {
            "parquet" => ("org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe", "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat", "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
                new Dictionary<string, string> { ["serialization.format"] = "1" }),
            "json" => ("org.openx.data.jsonserde.JsonSerDe", "org.apache.hadoop.mapred.TextInputFormat", "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
                new Dictionary<string, string> { ["paths"] = string.Join(',', written.Columns.Select(column => column.Name).Order(StringComparer.Ordinal)) }),

            // Values that hold separators are written in quotes, which LazySimpleSerDe would not take off.
            _ => ("org.apache.hadoop.hive.serde2.OpenCSVSerde", "org.apache.hadoop.mapred.TextInputFormat", "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
                new Dictionary<string, string> { ["separatorChar"] = ",", ["quoteChar"] = "\"", ["escapeChar"] = "\"" }),
        };
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal) { ["classification"] = plan.Output.Format, ["useGlueParquetWriter"] = "true" };
        if (plan.Output.Format != "parquet")
        {
            parameters.Remove("useGlueParquetWriter");
        }

        if (plan.Output.Format == "csv")
        {
            parameters["skip.header.line.count"] = "1";
        }

        var now = time.GetUtcNow();
        return new CatalogTable
        {
            DatabaseName = plan.Update!.Database.ToLowerInvariant(),
            Name = plan.Update.Table.ToLowerInvariant(),
            CreateTime = now,
            UpdateTime = now,
            TableType = "EXTERNAL_TABLE",
            Parameters = parameters,
            PartitionKeys = [.. written.PartitionColumns.Select(column => new CatalogColumn(column.Name.ToLowerInvariant(), column.HiveType))],
            StorageDescriptor = new StorageDescriptor
            {
                Columns = [.. written.Columns.Select(column => new CatalogColumn(column.Name.ToLowerInvariant(), column.HiveType))],
                Location = plan.Folder.ToString(),
                InputFormat = input,
                OutputFormat = output,
                SerdeInfo = new SerDeInfo(null, serde, settings),
            },
        };
    }
}
