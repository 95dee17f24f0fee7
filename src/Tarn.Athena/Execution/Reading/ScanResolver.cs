using Tarn.Contracts;
using Tarn.Contracts.Catalog;
using Tarn.Contracts.Lake;
using Tarn.Sql;
using Tarn.Sql.Scans;
using CatalogTable = Tarn.Contracts.Catalog.CatalogTable;

namespace Tarn.Athena.Execution.Reading;

/// <summary>The files that a scan reads: partitions are pruned in the catalog before a folder is listed.</summary>
internal sealed class ScanResolver(ICatalog catalog, ILake lake, AthenaOptions options)
{
    /// <summary>Partitions with their files, in order of their values.</summary>
    public async ValueTask<IReadOnlyList<ScanPartition>> ResolveAsync(AwsScope scope, Sql.Binding.TableScan scan, CancellationToken cancellationToken)
    {
        var table = (CatalogTable)scan.Table.Handle!;
        if (table.Parameters.TryGetValue("projection.enabled", out var projection) && projection.Equals("true", StringComparison.OrdinalIgnoreCase))
        {
            throw new SqlException("NOT_SUPPORTED", $"Table {table.DatabaseName}.{table.Name} uses partition projection, which is not built in Tarn yet");
        }

        var left = options.ScannedFilesMax;
        var exclusions = TableExclusions.Of(table);
        var storage = table.StorageDescriptor ?? new StorageDescriptor();
        if (table.PartitionKeys.Count == 0)
        {
            return [new ScanPartition([], storage, await FilesAsync(scope, table, storage.Location, exclusions, left, cancellationToken))];
        }

        var parts = new List<ScanPartition>();
        await foreach (var partition in catalog.ListPartitionsAsync(scope, table.DatabaseName, table.Name, PartitionFilter.Expression(scan), cancellationToken))
        {
            var own = partition.StorageDescriptor ?? storage;
            var files = await FilesAsync(scope, table, own.Location, exclusions, left, cancellationToken);
            left -= files.Count;
            parts.Add(new ScanPartition(partition.Values, own, files));
        }

        return parts;
    }

    private async ValueTask<List<ScanFile>> FilesAsync(AwsScope scope, CatalogTable table, string? uri, TableExclusions exclusions, int limit, CancellationToken cancellationToken)
    {
        if (!S3Location.TryParse(uri, out var location))
        {
            throw new SqlException("HIVE_METASTORE_ERROR", $"Table {table.DatabaseName}.{table.Name} has no location in S3: '{uri}'");
        }

        var files = new List<ScanFile>();
        await foreach (var item in ListAsync(scope, location, cancellationToken))
        {
            var isNamed = item.Key == location.Key;
            if (item.Size == 0 || (!isNamed && HiddenNames.IsHidden(item.Key.AsSpan(Math.Min(location.FolderPrefix.Length, item.Key.Length)))) || exclusions.Matches(item))
            {
                continue;
            }

            if (files.Count == limit)
            {
                throw new SqlException("HIVE_EXCEEDED_SPLIT_LIMIT", $"The query reads more than {options.ScannedFilesMax} files");
            }

            files.Add(new ScanFile(item.LocalPath ?? throw new SqlException("NOT_SUPPORTED", "Objects that are no local files cannot be scanned yet"), $"s3://{item.Bucket}/{item.Key}", item.Size, item.LastModified));
        }

        return files;
    }

    private async IAsyncEnumerable<LakeObject> ListAsync(AwsScope scope, S3Location location, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A crawler gives a table of one file that file as its location.
        if (location.Key.Length > 0 && !location.Key.EndsWith('/') && await lake.HeadAsync(scope, location.Bucket, location.Key, cancellationToken) is { } single)
        {
            yield return single;
            yield break;
        }

        await foreach (var item in lake.ListAsync(scope, location.Bucket, location.FolderPrefix, cancellationToken))
        {
            yield return item;
        }
    }
}
