using Tarn.Contracts.Catalog;
using Tarn.Contracts.Lake;
using Tarn.Sql.Ddl;

namespace Tarn.Athena.Execution.Ddl;

/// <summary>MSCK REPAIR TABLE: adds partitions for the Hive-style folders below a table that the catalog does not know.</summary>
internal sealed class RepairStatement(ICatalog catalog, ILake lake)
{
    private const int BatchSize = 1_000;

    public async ValueTask<TextResult> RunAsync(RepairTable statement, StatementContext context, CancellationToken cancellationToken)
    {
        var table = await catalog.GetTableAsync(statement.Table, context, cancellationToken);
        if (table.PartitionKeys.Count == 0)
        {
            throw DdlErrors.Execution($"Table {table.DatabaseName}.{table.Name} is not a partitioned table");
        }

        if (!S3Location.TryParse(table.StorageDescriptor?.Location, out var location))
        {
            throw DdlErrors.Execution($"MetaException(message:Table {table.Name} has no location)");
        }

        var known = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var partition in catalog.ListPartitionsAsync(context.Scope, table.DatabaseName, table.Name, null, cancellationToken))
        {
            known.Add(PartitionValues.Name(table, partition.Values));
        }

        var added = new List<string>();
        var batch = new List<CatalogPartition>();
        string? folder = null;
        await foreach (var item in lake.ListAsync(context.Scope, location.Bucket, location.FolderPrefix, cancellationToken))
        {
            var rest = item.Key[location.FolderPrefix.Length..];
            if ((folder is not null && rest.StartsWith(folder, StringComparison.Ordinal)) || Values(table, rest) is not { } values)
            {
                continue;
            }

            folder = string.Concat(rest.Split('/').Take(table.PartitionKeys.Count).Select(segment => segment + "/"));
            var name = PartitionValues.Name(table, values);
            if (known.Add(name))
            {
                added.Add(name);
                batch.Add(PartitionStatements.Partition(table, values, $"s3://{location.Bucket}/{location.FolderPrefix}{folder}"));
                if (batch.Count == BatchSize)
                {
                    await FlushAsync(table, batch, context, cancellationToken);
                }
            }
        }

        await FlushAsync(table, batch, context, cancellationToken);
        var missing = added.Count == 0 ? [] : new[] { "Partitions not in metastore:\t" + string.Join('\t', added.Select(name => $"{table.Name}:{name}")) };
        return TextResult.Of(["result"], missing.Concat(added.Select(name => $"Repair: Added partition to metastore {table.Name}:{name}")));
    }

    /// <summary>The values of a key's folders, or null when they are not <c>key=value</c> for each key in order.</summary>
    private static List<string>? Values(CatalogTable table, string key)
    {
        var segments = key.Split('/');
        if (segments.Length <= table.PartitionKeys.Count)
        {
            return null;
        }

        var values = new List<string>(table.PartitionKeys.Count);
        for (var i = 0; i < table.PartitionKeys.Count; i++)
        {
            var equals = segments[i].IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || !PartitionFolders.Unescape(segments[i][..equals]).Equals(table.PartitionKeys[i].Name, StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }

            values.Add(PartitionFolders.Unescape(segments[i][(equals + 1)..]));
        }

        return values;
    }

    private async ValueTask FlushAsync(CatalogTable table, List<CatalogPartition> batch, StatementContext context, CancellationToken cancellationToken)
    {
        if (batch.Count > 0)
        {
            await catalog.CreatePartitionsAsync(context.Scope, table.DatabaseName, table.Name, batch, ifNotExists: true, cancellationToken);
            batch.Clear();
        }
    }
}
