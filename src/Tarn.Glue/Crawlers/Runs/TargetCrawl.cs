using System.Threading.Channels;
using Tarn.Contracts;
using Tarn.Contracts.Catalog;
using Tarn.Contracts.Lake;
using Tarn.Glue.Classifiers;
using Tarn.Glue.Crawlers.Grouping;

namespace Tarn.Glue.Crawlers.Runs;

/// <summary>
/// Crawls one S3 target: lists it in key order, reads a bounded number of files at a time, and folds the answers, still in order, into tables. What is held does not grow with the
/// number of files.
/// </summary>
internal sealed class TargetCrawl
{
    private readonly ILake lake;
    private readonly AwsScope scope;
    private readonly CrawlerOptions options;
    private readonly FileReading reading;
    private readonly KnownFolders? known;
    private readonly FileSchemaPool pool;
    private readonly LeafSpill spill;
    private readonly S3Location include;
    private readonly List<ExclusionGlob> exclusions;
    private readonly FolderFold fold;
    private readonly FoldRules rules;
    private readonly FolderSampler sampler;
    private readonly CrawlStamp stamp;
    private readonly CrawlProgress progress;

    // Folds of new folders under tables that are there, by table name (crawls of new folders only).
    private readonly Dictionary<string, (CatalogTable Table, string Root, FolderFold Fold)> growing = new(StringComparer.Ordinal);

    /// <param name="known">For a crawl of new folders only: the folders that are in the catalog; null to crawl everything.</param>
    public TargetCrawl(
        ILake lake,
        AwsScope scope,
        CrawlerOptions options,
        FileReading reading,
        CrawlerConfiguration configuration,
        S3TargetRecord target,
        CrawlStamp stamp,
        KnownFolders? known,
        FileSchemaPool pool,
        LeafSpill spill,
        CrawlProgress progress)
    {
        this.lake = lake;
        this.scope = scope;
        this.options = options;
        this.reading = reading;
        this.known = known;
        this.pool = pool;
        this.spill = spill;
        this.progress = progress;
        this.stamp = stamp;
        _ = S3Location.TryParse(target.Path, out var location);
        include = location;
        exclusions = [.. target.Exclusions.Select(ExclusionGlob.Parse)];
        sampler = new FolderSampler(target.SampleSize, new Random());
        rules = new FoldRules(
            configuration.CombineCompatibleSchemas,
            1 + location.FolderPrefix.AsSpan().Count('/'),
            configuration.TableLevel,
            options.TablesMax,
            known is null ? null : path => known.HasTableUnder(location.FolderPrefix + path));
        fold = new FolderFold(rules, spill, pool);
    }

    /// <exception cref="AwsException">The bucket is not there or not allowed.</exception>
    /// <exception cref="TooManyTablesException">The files make more tables than a crawl may.</exception>
    public async Task<CrawledTarget> RunAsync(CancellationToken cancellationToken)
    {
        // The path of one object makes one table of it.
        if (include.Key.Length > 0 && !include.Key.EndsWith('/')
            && await lake.HeadAsync(scope, include.Bucket, include.Key, cancellationToken).ConfigureAwait(false) is { Size: > 0 } single)
        {
            return await CrawlFileAsync(single, cancellationToken).ConfigureAwait(false);
        }

        var prefix = include.FolderPrefix;
        await foreach (var file in InOrderAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            var schema = Intern(file.Schema);
            progress.FileRead();
            if (known?.TableAbove(prefix + file.Path) is { } table)
            {
                Grow(table, prefix + file.Path, schema, file.Counts);
            }
            else
            {
                fold.AddFile(file.Path, schema, file.Counts);
            }
        }

        return new CrawledTarget(include with { Key = prefix }, stamp, fold.Finish(), [.. growing.Values.Select(grown => Grown(grown.Table, grown.Fold))]);
    }

    private async Task<CrawledTarget> CrawlFileAsync(LakeObject file, CancellationToken cancellationToken)
    {
        var read = await reading.ReadAsync(new SampledFile(file.Key, file, default), cancellationToken).ConfigureAwait(false);
        progress.FileRead();
        var slash = file.Key.LastIndexOf('/') + 1;
        var group = new TableGroup(file.Key[slash..], Intern(read.Schema), [], read.Counts, default);
        return new CrawledTarget(include with { Key = file.Key[..slash] }, stamp, [group], []);
    }

    /// <summary>Files, read at the same time and given in order. At most <see cref="CrawlerOptions.FilesAtOnceMax"/> are open.</summary>
    private async IAsyncEnumerable<ReadFile> InOrderAsync(string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var queue = Channel.CreateBounded<Task<ReadFile>>(options.FilesAtOnceMax);
        var slots = new SemaphoreSlim(options.FilesAtOnceMax);
        var producer = Task.Run(() => ProduceAsync(prefix, queue.Writer, slots, stopping.Token), stopping.Token);
        try
        {
            await foreach (var task in queue.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return await task.ConfigureAwait(false);
            }

            await producer.ConfigureAwait(false);
        }
        finally
        {
            await stopping.CancelAsync().ConfigureAwait(false);
            await Task.WhenAny(producer).ConfigureAwait(false);
            while (queue.Reader.TryRead(out var left))
            {
                await Task.WhenAny(left).ConfigureAwait(false);
            }
        }
    }

    private async Task ProduceAsync(string prefix, ChannelWriter<Task<ReadFile>> queue, SemaphoreSlim slots, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            await foreach (var file in ListAsync(prefix, cancellationToken).ConfigureAwait(false))
            {
                await slots.WaitAsync(cancellationToken).ConfigureAwait(false);
                await queue.WriteAsync(Task.Run(() => ReadInSlotAsync(file, slots, cancellationToken), CancellationToken.None), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is AwsException or IOException or OperationCanceledException)
        {
            failure = exception;
        }
        finally
        {
            queue.Complete(failure);
        }
    }

    private async Task<ReadFile> ReadInSlotAsync(SampledFile file, SemaphoreSlim slots, CancellationToken cancellationToken)
    {
        try
        {
            return await reading.ReadAsync(file, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            slots.Release();
        }
    }

    private async IAsyncEnumerable<SampledFile> ListAsync(string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var found in lake.ListAsync(scope, include.Bucket, prefix, cancellationToken).ConfigureAwait(false))
        {
            var path = found.Key[prefix.Length..];
            if (IsSkipped(path, found.Size) || exclusions.Exists(exclusion => exclusion.Matches(path)))
            {
                continue;
            }

            if (known is not null && await known.IsKnownAsync(found.Key, cancellationToken).ConfigureAwait(false))
            {
                continue;
            }

            foreach (var file in sampler.Add(path, found))
            {
                yield return file;
            }
        }

        foreach (var file in sampler.Finish())
        {
            yield return file;
        }
    }

    /// <summary>Empty objects, folder markers, and what readers hide: a file or folder whose name starts with <c>_</c> or <c>.</c>, unless it is a partition.</summary>
    internal static bool IsSkipped(string path, long size)
    {
        if (size == 0 || path.EndsWith('/') || path.EndsWith("_$folder$", StringComparison.Ordinal))
        {
            return true;
        }

        foreach (var range in path.AsSpan().Split('/'))
        {
            var segment = path.AsSpan()[range];
            if (segment.StartsWith('.') || (segment.StartsWith('_') && !segment.Contains('=')))
            {
                return true;
            }
        }

        return false;
    }

    private FileSchema Intern(FileSchema schema)
    {
        var interned = pool.Intern(schema);
        return pool.Count <= options.SchemasMax
            ? interned
            : throw new TooManyTablesException($"The files have more than {options.SchemasMax} different schemas; exclude those that are no tables.");
    }

    private void Grow(CatalogTable table, string key, FileSchema schema, FileCounts counts)
    {
        if (!growing.TryGetValue(table.Name, out var grown))
        {
            _ = S3Location.TryParse(table.StorageDescriptor!.Location, out var location);
            grown = (table, location.FolderPrefix, new FolderFold(rules with { TableLevel = null, StaysApart = null }, spill, pool));
            growing.Add(table.Name, grown);
        }

        grown.Fold.AddFile(key[grown.Root.Length..], schema, counts);
    }

    private static NewPartitions Grown(CatalogTable table, FolderFold fold)
    {
        var groups = fold.Finish();
        return groups is [{ Path: "" } group] && group.Levels.Count == table.PartitionKeys.Count && !group.Schema.IsUnknown
            ? new NewPartitions(table, group)
            : throw new InvalidDataException($"The new folders under table {table.Name} do not fit it; crawl everything to sort them out.");
    }
}
