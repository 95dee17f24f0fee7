using Tarn.Contracts;
using Tarn.Contracts.Catalog;
using Tarn.Contracts.Lake;
using Tarn.Worker.Plans;

namespace Tarn.Glue.Jobs.Runs;

/// <summary>Where the files of one target go, checked before anything is written.</summary>
/// <param name="Folder">The bucket and the prefix, which ends with a slash or is empty.</param>
/// <param name="Table">The table as it is now; null when there is none.</param>
/// <param name="Update">What becomes of the catalog; null for nothing.</param>
internal sealed record OutputPlan(PlanNode Node, NodeOutput Output, S3Location Folder, CatalogTable? Table, CatalogUpdate? Update)
{
    public static async Task<OutputPlan> MakeAsync(PlanNode node, ILake lake, ICatalog catalog, AwsScope scope, string directory, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        var plan = node switch
        {
            Spigot spigot => new OutputPlan(node, new NodeOutput { Directory = directory, Format = "json" }, FolderOf(spigot.Path), null, null),
            FolderTarget target => await OfFolder(target, catalog, scope, directory, cancellationToken),
            CatalogTableTarget target => await OfTable(target, catalog, scope, directory, cancellationToken),
            _ => throw new ArgumentException($"{node.GetType().Name} does not write.", nameof(node)),
        };
        return await lake.BucketExistsAsync(scope, plan.Folder.Bucket, cancellationToken)
            ? plan
            : throw Failed(node, $"the bucket {plan.Folder.Bucket} does not exist");
    }

    private static async Task<OutputPlan> OfFolder(FolderTarget node, ICatalog catalog, AwsScope scope, string directory, CancellationToken cancellationToken)
    {
        CatalogTable? table = null;
        if (node.Update is { } update)
        {
            if (await catalog.FindDatabaseAsync(scope, update.Database, cancellationToken) is null)
            {
                throw Failed(node, $"database {update.Database} is not in the Data Catalog");
            }

            table = await catalog.FindTableAsync(scope, update.Database, update.Table, cancellationToken);
            if (table is not null)
            {
                CheckKeys(node, table, node.PartitionKeys);
            }
        }

        var output = new NodeOutput
        {
            Directory = directory,
            Format = node.Format,
            Compression = node.Compression,
            Csv = node.Format == "csv" ? new CsvFormat(",", "\"", null, false, HasHeader: true, false) : null,
            PartitionKeys = node.PartitionKeys,
            FileCount = node.FileCount,
        };
        return new OutputPlan(node, output, FolderOf(node.Path), table, node.Update);
    }

    private static async Task<OutputPlan> OfTable(CatalogTableTarget node, ICatalog catalog, AwsScope scope, string directory, CancellationToken cancellationToken)
    {
        var table = await catalog.FindTableAsync(scope, node.Database, node.Table, cancellationToken) ?? throw Failed(node, $"table {node.Database}.{node.Table} is not in the Data Catalog");
        var format = TableFiles.Format(table);
        var keys = node.PartitionKeys.Count > 0 ? node.PartitionKeys : [.. table.PartitionKeys.Select(key => key.Name)];
        CheckKeys(node, table, keys);
        if (!S3Location.TryParse(table.StorageDescriptor!.Location, out _))
        {
            throw Failed(node, $"table {node.Database}.{node.Table} has no S3 location");
        }

        var output = new NodeOutput
        {
            Directory = directory,
            Format = format.Format,
            Csv = format.Csv,
            PartitionKeys = keys,
            TableColumns = format.Columns,
            KeepsNewColumns = node.UpdatesCatalog && !node.IsLogOnly && format.Format != "csv",
        };
        return new OutputPlan(node, output, FolderOf(table.StorageDescriptor.Location), table, new CatalogUpdate(node.Database, node.Table, !node.UpdatesCatalog || node.IsLogOnly));
    }

    private static void CheckKeys(PlanNode node, CatalogTable table, IReadOnlyList<string> keys)
    {
        var actual = table.PartitionKeys.Select(key => key.Name).ToList();
        if (!actual.SequenceEqual(keys, StringComparer.OrdinalIgnoreCase))
        {
            throw Failed(node, $"the partition keys ({string.Join(", ", keys)}) are not those of table {table.DatabaseName}.{table.Name} ({string.Join(", ", actual)})");
        }
    }

    private static S3Location FolderOf(string? path) => S3Location.TryParse(path, out var location) ? location with { Key = location.FolderPrefix } : throw new RunFailedException($"{path} is not an S3 path.");

    private static RunFailedException Failed(PlanNode node, string message) => new($"Error in node {node.Name} ({node.Id}): {message}.");
}
