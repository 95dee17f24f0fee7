using Tarn.Contracts;
using Tarn.Contracts.Catalog;
using Tarn.Glue.Classifiers;
using Tarn.Glue.Crawlers.Grouping;

namespace Tarn.Glue.Crawlers.Runs;

/// <summary>
/// Writes what a crawl found into the catalog, under the crawler's change policy. Each call of the catalog is one durable transaction; a table is followed by its partitions at
/// once, so a crawl that is cut short leaves whole tables, and the next crawl adds what is missing.
/// </summary>
internal sealed class CatalogWriter(ICatalog catalog, AwsScope scope, CrawlerRecord crawler, CrawlerOptions options, CrawlLog log, CrawlSummary summary, TimeProvider time)
{
    private readonly string database = crawler.DatabaseName!.ToLowerInvariant();
    private readonly CrawlerConfiguration settings = crawler.ParseConfiguration();
    private readonly Dictionary<string, CatalogTable> tables = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> ownNames = new(StringComparer.Ordinal);
    private readonly HashSet<string> written = new(StringComparer.Ordinal);

    /// <summary>Reads the tables that are there; makes the database when there is none, as Glue does.</summary>
    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        if (await catalog.FindDatabaseAsync(scope, database, cancellationToken).ConfigureAwait(false) is null)
        {
            await catalog.CreateDatabaseAsync(scope, new CatalogDatabase { Name = database, CreateTime = time.GetUtcNow() }, cancellationToken).ConfigureAwait(false);
            log.Info($"Created database {database}");
        }

        foreach (var table in await catalog.ListTablesAsync(scope, database, cancellationToken).ConfigureAwait(false))
        {
            tables[table.Name] = table;
            if (IsOwn(table) && table.StorageDescriptor?.Location is { } location)
            {
                ownNames.TryAdd(location, table.Name);
            }
        }
    }

    /// <summary>The tables that this crawler made, with their locations.</summary>
    public IEnumerable<CatalogTable> OwnTables => ownNames.Values.Select(name => tables[name]);

    /// <summary>Creates or updates the table of a group, with its partitions.</summary>
    public async ValueTask WriteAsync(CrawledTarget target, TableGroup group, LeafSpill spill, CancellationToken cancellationToken)
    {
        var location = target.LocationOf(group.Path);
        var name = NameOf(target, group, location);
        written.Add(name);
        var found = TableOf(target, group, location, name);
        if (!tables.TryGetValue(name, out var existing))
        {
            await catalog.CreateTableAsync(scope, found, cancellationToken).ConfigureAwait(false);
            tables[name] = found;
            summary.AddTable(name);
            log.Info($"Created table {name} in database {database}");
            await WritePartitionsAsync(found, group, spill, target, isNew: true, cancellationToken).ConfigureAwait(false);
            return;
        }

        var kept = await UpdateAsync(existing, found, cancellationToken).ConfigureAwait(false);
        if (kept is not null)
        {
            await WritePartitionsAsync(kept, group, spill, target, isNew: false, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Adds new folders to a table that is there (crawls of new folders only).</summary>
    public async ValueTask AddPartitionsAsync(CrawledTarget target, NewPartitions found, LeafSpill spill, CancellationToken cancellationToken)
    {
        written.Add(found.Table.Name);
        await WritePartitionsAsync(found.Table, found.Group, spill, target, isNew: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes or deprecates the tables of this crawler under the include paths that were not found again.</summary>
    public async ValueTask RemoveGoneAsync(IReadOnlyList<CrawledTarget> targets, CancellationToken cancellationToken)
    {
        foreach (var table in OwnTables.ToArray())
        {
            var location = table.StorageDescriptor!.Location!;
            if (written.Contains(table.Name) || !targets.Any(target => IsUnder(location, target.LocationOf(""))))
            {
                continue;
            }

            switch (crawler.DeleteBehavior)
            {
                case DeleteBehaviors.Delete:
                    await catalog.DeleteTableAsync(scope, database, table.Name, cancellationToken).ConfigureAwait(false);
                    summary.DeleteTable(table.Name);
                    log.Info($"Deleted table {table.Name} in database {database}");
                    break;
                case DeleteBehaviors.Deprecate when !table.Parameters.ContainsKey(TableShape.DeprecatedByCrawler):
                    await catalog.UpdateTableAsync(scope, Deprecated(table), null, cancellationToken).ConfigureAwait(false);
                    summary.UpdateTable(table.Name);
                    log.Info($"Deprecated table {table.Name} in database {database}: nothing was found at {location}");
                    break;
                case DeleteBehaviors.Log:
                    log.Info($"Nothing was found at {location}; table {table.Name} is left as it is");
                    break;
            }
        }
    }

    private static bool IsUnder(string location, string include) => location == include || location.StartsWith(include, StringComparison.Ordinal);

    private bool IsOwn(CatalogTable table) => table.Parameters.TryGetValue(TableShape.UpdatedByCrawler, out var by) && by == crawler.Name;

    private string NameOf(CrawledTarget target, TableGroup group, string location)
    {
        if (ownNames.TryGetValue(location, out var own))
        {
            return own;
        }

        var name = TableShape.TableName(crawler.TablePrefix ?? "", target.Include.Bucket, target.Include.Key + group.Path);
        if (tables.TryGetValue(name, out var other) && other.StorageDescriptor?.Location != location)
        {
            name = TableShape.WithSuffix(name, location);
        }

        ownNames[location] = name;
        return name;
    }

    private CatalogTable TableOf(CrawledTarget target, TableGroup group, string location, string name)
    {
        var keys = TableShape.PartitionKeys(group.Levels);
        var parameters = TableShape.Parameters(group.Schema.Format, group.Counts, target.Stamp);
        if (keys.Count > 0 && settings.CreatePartitionIndex)
        {
            parameters[TableShape.PartitionFiltering] = "true";
        }

        var now = time.GetUtcNow();
        return new CatalogTable
        {
            DatabaseName = database,
            Name = name,
            Owner = "owner",
            CreateTime = now,
            UpdateTime = now,
            LastAccessTime = now,
            Retention = 0,
            TableType = "EXTERNAL_TABLE",
            StorageDescriptor = TableShape.Descriptor(group.Schema, keys, location, parameters),
            PartitionKeys = [.. keys.Select(key => new CatalogColumn(key, "string"))],
            Parameters = parameters,
        };
    }

    /// <returns>The table as it is now, under which partitions go; null when they have nowhere to go.</returns>
    private async ValueTask<CatalogTable?> UpdateAsync(CatalogTable existing, CatalogTable found, CancellationToken cancellationToken)
    {
        var sameKeys = existing.PartitionKeys.Select(key => key.Name).SequenceEqual(found.PartitionKeys.Select(key => key.Name));
        if (settings.MergeNewColumns)
        {
            return await MergeAsync(existing, found, sameKeys, cancellationToken).ConfigureAwait(false);
        }

        if (crawler.UpdateBehavior == UpdateBehaviors.Log)
        {
            if (!TableShape.AreSame(existing.Parameters, existing.StorageDescriptor, found.Parameters, found.StorageDescriptor))
            {
                log.Info($"Table {existing.Name} in database {database} has changed and is left as it is");
            }

            return sameKeys ? existing : null;
        }

        var updated = found with { CreateTime = existing.CreateTime, Description = existing.Description, VersionId = existing.VersionId };
        if (sameKeys && TableShape.AreSame(existing.Parameters, existing.StorageDescriptor, found.Parameters, found.StorageDescriptor))
        {
            return existing;
        }

        if (!sameKeys)
        {
            // Partitions of other keys mean nothing any more.
            await DeletePartitionsAsync(existing, _ => true, cancellationToken).ConfigureAwait(false);
        }

        await catalog.UpdateTableAsync(scope, updated, null, cancellationToken).ConfigureAwait(false);
        tables[existing.Name] = updated;
        summary.UpdateTable(existing.Name);
        log.Info($"Updated table {existing.Name} in database {database}");
        return updated;
    }

    private async ValueTask<CatalogTable?> MergeAsync(CatalogTable existing, CatalogTable found, bool sameKeys, CancellationToken cancellationToken)
    {
        var changed = new[] { "classification", "compressionType", "delimiter" }
            .FirstOrDefault(key => existing.Parameters.GetValueOrDefault(key) != found.Parameters.GetValueOrDefault(key));
        if (changed is not null || !sameKeys)
        {
            log.Warning($"Table {existing.Name} is deprecated: its {changed ?? "partition keys"} changed, which new columns cannot be merged into.");
            await catalog.UpdateTableAsync(scope, Deprecated(existing), null, cancellationToken).ConfigureAwait(false);
            summary.UpdateTable(existing.Name);
            return null;
        }

        var descriptor = existing.StorageDescriptor!;
        var columns = ColumnMerge.AddNew(descriptor.Columns, found.StorageDescriptor!.Columns);
        var parameters = new SortedDictionary<string, string>(existing.Parameters.ToDictionary(), StringComparer.Ordinal);
        foreach (var (key, value) in found.Parameters)
        {
            parameters[key] = value;
        }

        parameters.Remove(TableShape.DeprecatedByCrawler);
        var serde = ColumnMerge.AddPaths(descriptor.SerdeInfo, found.StorageDescriptor.SerdeInfo);
        var updated = existing with { UpdateTime = found.UpdateTime, Parameters = parameters, StorageDescriptor = descriptor with { Columns = columns, SerdeInfo = serde, Parameters = parameters } };
        if (TableShape.AreSame(existing.Parameters, existing.StorageDescriptor, updated.Parameters, updated.StorageDescriptor))
        {
            return existing;
        }

        await catalog.UpdateTableAsync(scope, updated, null, cancellationToken).ConfigureAwait(false);
        tables[existing.Name] = updated;
        summary.UpdateTable(existing.Name);
        log.Info($"Updated table {existing.Name} in database {database}");
        return updated;
    }

    private CatalogTable Deprecated(CatalogTable table) => table with { UpdateTime = time.GetUtcNow(), Parameters = WithDeprecation(table.Parameters) };

    private SortedDictionary<string, string> WithDeprecation(IReadOnlyDictionary<string, string> parameters) =>
        new(parameters.ToDictionary(), StringComparer.Ordinal) { [TableShape.DeprecatedByCrawler] = time.GetUtcNow().ToUnixTimeMilliseconds().ToString() };

    private async ValueTask WritePartitionsAsync(CatalogTable table, TableGroup group, LeafSpill spill, CrawledTarget target, bool isNew, CancellationToken cancellationToken)
    {
        if (table.PartitionKeys.Count == 0)
        {
            return;
        }

        // 64 bits a partition tell those that are gone; a table that is new has none.
        HashSet<ulong>? seen = isNew ? null : [];
        foreach (var batch in spill.Read(group.Leaves).Chunk(options.PartitionBatch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var partitions = batch.Select(leaf => PartitionOf(table, group, leaf, target)).ToList();
            seen?.UnionWith(partitions.Select(partition => Fingerprint(partition.Values)));
            if (isNew)
            {
                await catalog.CreatePartitionsAsync(scope, database, table.Name, partitions, ifNotExists: true, cancellationToken).ConfigureAwait(false);
                partitions.ForEach(partition => summary.AddPartition(table.Name, partition.Values));
            }
            else
            {
                await UpsertAsync(table, partitions, cancellationToken).ConfigureAwait(false);
            }
        }

        if (seen is not null)
        {
            await RemoveGonePartitionsAsync(table, seen, cancellationToken).ConfigureAwait(false);
        }
    }

    private CatalogPartition PartitionOf(CatalogTable table, TableGroup group, LeafFolder leaf, CrawledTarget target)
    {
        var below = leaf.Path[group.Path.Length..];
        var location = table.StorageDescriptor!.Location! + below;
        var schema = SchemaSimilarity.Settle(leaf.Schema, group.Schema, mustAgree: false) ?? group.Schema;
        var parameters = TableShape.Parameters(settings.InheritFromTable ? group.Schema.Format : schema.Format, leaf.Counts, target.Stamp);
        var descriptor = settings.InheritFromTable
            ? table.StorageDescriptor with { Location = location, Parameters = parameters }
            : TableShape.Descriptor(schema, [.. table.PartitionKeys.Select(key => key.Name)], location, parameters);
        return new CatalogPartition
        {
            DatabaseName = database,
            TableName = table.Name,
            Values = TableShape.PartitionValues(group.Levels, below),
            CreationTime = time.GetUtcNow(),
            LastAccessTime = time.GetUtcNow(),
            StorageDescriptor = descriptor,
            Parameters = parameters,
        };
    }

    private async ValueTask UpsertAsync(CatalogTable table, List<CatalogPartition> partitions, CancellationToken cancellationToken)
    {
        var changed = new List<CatalogPartition>();
        foreach (var partition in partitions)
        {
            var there = await catalog.FindPartitionAsync(scope, database, table.Name, partition.Values, cancellationToken).ConfigureAwait(false);
            if (there is null)
            {
                changed.Add(partition);
                summary.AddPartition(table.Name, partition.Values);
            }
            else if (crawler.UpdateBehavior != UpdateBehaviors.Log && !TableShape.AreSame(there.Parameters, there.StorageDescriptor, partition.Parameters, partition.StorageDescriptor))
            {
                changed.Add(partition with { CreationTime = there.CreationTime });
                summary.UpdatePartition(table.Name, partition.Values);
            }
        }

        if (changed.Count > 0)
        {
            await catalog.UpsertPartitionsAsync(scope, database, table.Name, changed, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask RemoveGonePartitionsAsync(CatalogTable table, HashSet<ulong> seen, CancellationToken cancellationToken)
    {
        if (crawler.DeleteBehavior == DeleteBehaviors.Delete)
        {
            await DeletePartitionsAsync(table, partition => !seen.Contains(Fingerprint(partition.Values)), cancellationToken).ConfigureAwait(false);
            return;
        }

        await foreach (var batch in Batches(table, partition => !seen.Contains(Fingerprint(partition.Values)) && !partition.Parameters.ContainsKey(TableShape.DeprecatedByCrawler), cancellationToken).ConfigureAwait(false))
        {
            if (crawler.DeleteBehavior == DeleteBehaviors.Log)
            {
                batch.ForEach(partition => log.Info($"Nothing was found of partition {string.Join('/', partition.Values)} of table {table.Name}; it is left as it is"));
                continue;
            }

            var deprecated = batch.ConvertAll(partition => partition with { Parameters = WithDeprecation(partition.Parameters) });
            await catalog.UpsertPartitionsAsync(scope, database, table.Name, deprecated, cancellationToken).ConfigureAwait(false);
            batch.ForEach(partition => summary.UpdatePartition(table.Name, partition.Values));
        }
    }

    private async ValueTask DeletePartitionsAsync(CatalogTable table, Func<CatalogPartition, bool> which, CancellationToken cancellationToken)
    {
        await foreach (var batch in Batches(table, which, cancellationToken).ConfigureAwait(false))
        {
            await catalog.DeletePartitionsAsync(scope, database, table.Name, batch.ConvertAll(partition => partition.Values), cancellationToken).ConfigureAwait(false);
            batch.ForEach(partition => summary.DeletePartition(table.Name, partition.Values));
        }
    }

    private async IAsyncEnumerable<List<CatalogPartition>> Batches(
        CatalogTable table,
        Func<CatalogPartition, bool> which,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var batch = new List<CatalogPartition>();
        await foreach (var partition in catalog.ListPartitionsAsync(scope, database, table.Name, null, cancellationToken).ConfigureAwait(false))
        {
            if (which(partition))
            {
                batch.Add(partition);
            }

            if (batch.Count == options.PartitionBatch)
            {
                yield return batch;
                batch = [];
            }
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    /// <summary>FNV-1a over the values; a collision (1 in 2^64 a pair) leaves a partition that is gone.</summary>
    private static ulong Fingerprint(IReadOnlyList<string> values)
    {
        var hash = 14695981039346656037UL;
        foreach (var value in values)
        {
            foreach (var character in value)
            {
                hash = (hash ^ character) * 1099511628211UL;
            }

            hash = (hash ^ 0x1_0000) * 1099511628211UL;
        }

        return hash;
    }
}
