using Tarn.Contracts;
using Tarn.Contracts.Catalog;
using Tarn.Contracts.Lake;
using Tarn.Glue.Crawlers.Grouping;

namespace Tarn.Glue.Crawlers.Runs;

/// <summary>
/// For crawls of new folders only: which folders of a bucket an earlier crawl of the same crawler has put into the catalog. Remembers one folder, as keys come in order. One thread at a time
/// calls <see cref="IsKnownAsync"/>; <see cref="TableAbove"/> is thread-safe.
/// </summary>
internal sealed class KnownFolders(ICatalog catalog, AwsScope scope, string database, string bucket, IEnumerable<CatalogTable> ownTables)
{
    private readonly (string Prefix, CatalogTable Table)[] tables =
    [
        .. ownTables
            .Select(table => (Found: S3Location.TryParse(table.StorageDescriptor?.Location, out var location), Location: location, Table: table))
            .Where(entry => entry.Found && entry.Location.Bucket == bucket)
            .Select(entry => (entry.Location.Key, entry.Table))
            .OrderByDescending(entry => entry.Key.Length),
    ];

    private string? lastFolder;
    private bool lastIsKnown;

    /// <summary>The table whose location is this object or lies above it, the nearest one; null for none.</summary>
    public CatalogTable? TableAbove(string key)
    {
        foreach (var (prefix, table) in tables)
        {
            if (key == prefix || ((prefix.Length == 0 || prefix.EndsWith('/')) && key.StartsWith(prefix, StringComparison.Ordinal)))
            {
                return table;
            }
        }

        return null;
    }

    /// <summary>Whether a table lies in this folder, which so is no table itself.</summary>
    public bool HasTableUnder(string folder) => tables.Any(table => table.Prefix.StartsWith(folder, StringComparison.Ordinal));

    /// <summary>Whether an object lies in a folder that is a table or a partition already.</summary>
    public async ValueTask<bool> IsKnownAsync(string key, CancellationToken cancellationToken)
    {
        var folder = key[..(key.LastIndexOf('/') + 1)];
        if (TableAbove(key) is not { } table)
        {
            return false;
        }

        _ = S3Location.TryParse(table.StorageDescriptor!.Location, out var location);
        if (location.Key == key)
        {
            return true;
        }

        if (folder != lastFolder)
        {
            lastFolder = folder;
            lastIsKnown = await IsPartitionAsync(table, folder[location.Key.Length..].TrimEnd('/'), cancellationToken).ConfigureAwait(false);
        }

        return lastIsKnown;
    }

    private async ValueTask<bool> IsPartitionAsync(CatalogTable table, string below, CancellationToken cancellationToken)
    {
        var segments = below.Length == 0 ? [] : below.Split('/');
        if (segments.Length != table.PartitionKeys.Count)
        {
            return false;
        }

        if (segments.Length == 0)
        {
            return true;
        }

        var values = segments.Select((segment, index) =>
            FolderLevel.Of(segment) is { Key: not null } level && level.Key == table.PartitionKeys[index].Name ? level.ValueOf(segment) : segment);
        return await catalog.FindPartitionAsync(scope, database, table.Name, [.. values], cancellationToken).ConfigureAwait(false) is not null;
    }
}
