using Tarn.Contracts;
using Tarn.Contracts.Catalog;
using Tarn.Contracts.Lake;
using Tarn.Worker.Plans;

namespace Tarn.Glue.Jobs.Runs;

/// <summary>Finds the files that the sources of a plan read, before it starts: what appears later is not read.</summary>
internal sealed class InputResolver(ILake lake, ICatalog catalog, RunContext context)
{
    private int copies;

    public async Task<NodeInput> ResolveAsync(PlanNode node, CancellationToken cancellationToken) => node switch
    {
        FileSource source => await Files(source, cancellationToken),
        CatalogTableSource source => await Table(source, cancellationToken),
        _ => throw new ArgumentException($"{node.GetType().Name} is not a source.", nameof(node)),
    };

    private async Task<NodeInput> Files(FileSource source, CancellationToken cancellationToken)
    {
        var found = new List<LakeFile>();
        foreach (var path in source.Paths)
        {
            await foreach (var file in LakeFiles.FindAsync(lake, context.Scope, path, source.IsRecursive, source.Exclusions, cancellationToken))
            {
                found.Add(file);
            }
        }

        if (found.Count == 0)
        {
            throw new RunFailedException($"Error in node {source.Name} ({source.Id}): there are no files at {string.Join(", ", source.Paths)}.");
        }

        // Folders are partitions when every file has the same keys.
        var partitions = found.ConvertAll(file => LakeFiles.Partitions(file.RelativeKey));
        var keys = partitions[0].Select(pair => pair.Key).ToList();
        var isPartitioned = keys.Count > 0 && keys.Distinct(StringComparer.OrdinalIgnoreCase).Count() == keys.Count && partitions.All(pairs => pairs.Select(pair => pair.Key).SequenceEqual(keys));
        var files = new List<InputFile>();
        for (var i = 0; i < found.Count; i++)
        {
            files.Add(new InputFile(await LocalPath(found[i].Object, cancellationToken), source.Compression ?? CompressionOf(found[i].Object.Key), isPartitioned ? [.. partitions[i].Select(pair => pair.Value)] : []));
        }

        return new NodeInput { Files = files, PartitionColumns = isPartitioned ? [.. keys.Select(key => new TableColumn(key, "string"))] : [] };
    }

    private async Task<NodeInput> Table(CatalogTableSource source, CancellationToken cancellationToken)
    {
        var table = await catalog.FindTableAsync(context.Scope, source.Database, source.Table, cancellationToken)
            ?? throw new RunFailedException($"Error in node {source.Name} ({source.Id}): table {source.Database}.{source.Table} is not in the Data Catalog.");
        var format = TableFiles.Format(table);
        var files = new List<InputFile>();
        if (table.PartitionKeys.Count == 0)
        {
            await Add(files, table.StorageDescriptor!.Location, [], cancellationToken);
        }
        else
        {
            await foreach (var partition in catalog.ListPartitionsAsync(context.Scope, source.Database, source.Table, source.PartitionPredicate, cancellationToken))
            {
                await Add(files, partition.StorageDescriptor?.Location, [.. partition.Values.Select(value => value == PartitionFolders.NullValue ? null : value)], cancellationToken);
            }
        }

        return new NodeInput { Files = files, Table = format, PartitionColumns = [.. table.PartitionKeys.Select(key => new TableColumn(key.Name, key.Type ?? "string"))] };
    }

    private async Task Add(List<InputFile> files, string? location, IReadOnlyList<string?> partition, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(location))
        {
            return;
        }

        await foreach (var file in LakeFiles.FindAsync(lake, context.Scope, location, isRecursive: true, [], cancellationToken))
        {
            files.Add(new InputFile(await LocalPath(file.Object, cancellationToken), CompressionOf(file.Object.Key), partition));
        }
    }

    /// <summary>By the key, since the local file of an object may be named otherwise.</summary>
    private static string CompressionOf(string key) => Path.GetExtension(key).ToLowerInvariant() switch
    {
        ".gz" or ".gzip" => "gzip",
        ".zst" or ".zstd" => "zstd",
        _ => "none",
    };

    /// <summary>The file of an object; a copy in the run's folder where objects are no files, or where DuckDB would take the name for a pattern.</summary>
    private async Task<string> LocalPath(LakeObject item, CancellationToken cancellationToken)
    {
        if (item.LocalPath is { } path && path.IndexOfAny(['*', '?', '[']) < 0)
        {
            return path;
        }

        var folder = Directory.CreateDirectory(Path.Combine(context.Directory, "inputs")).FullName;
        var copy = Path.Combine(folder, $"{copies++}{Path.GetExtension(item.Key)}");
        await using var source = await lake.OpenReadAsync(context.Scope, item.Bucket, item.Key, cancellationToken);
        await using var target = File.Create(copy);
        await source.CopyToAsync(target, cancellationToken);
        return copy;
    }
}
