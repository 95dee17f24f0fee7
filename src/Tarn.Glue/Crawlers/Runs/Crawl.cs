using System.Text.Json;
using Tarn.Contracts;
using Tarn.Contracts.Catalog;
using Tarn.Contracts.Lake;
using Tarn.Glue.Classifiers;
using Tarn.Glue.Crawlers.Grouping;

namespace Tarn.Glue.Crawlers.Runs;

/// <summary>
/// One crawl from end to end: read all targets, decide the tables, and only then write. So what cannot be decided (too many tables, a bucket that is not there) changes nothing.
/// </summary>
internal sealed class Crawl(ILake lake, ICatalog catalog, CrawlerOptions options, TimeProvider time)
{
    /// <exception cref="CrawlFailedException">The crawl cannot go on; what was written stays.</exception>
    public async Task RunAsync(
        AwsScope scope,
        CrawlerRecord crawler,
        IReadOnlyList<IClassifier> custom,
        string runId,
        CrawlLog log,
        CrawlSummary summary,
        CrawlProgress progress,
        CancellationToken cancellationToken)
    {
        log.Benchmark($"Running Start Crawl for Crawler {crawler.Name}");
        if (string.IsNullOrWhiteSpace(crawler.DatabaseName))
        {
            throw new CrawlFailedException("The crawler has no DatabaseName: tables of S3 targets need a database to be written to.", null);
        }

        log.Info($"Crawler configured with SchemaChangePolicy {JsonSerializer.Serialize(new { crawler.UpdateBehavior, crawler.DeleteBehavior })}.");
        if (crawler.Configuration is not null)
        {
            log.Info($"Crawler configured with Configuration {crawler.Configuration}");
        }

        var effective = crawler.RecrawlBehavior == RecrawlBehaviors.NewFoldersOnly
            ? crawler with { UpdateBehavior = UpdateBehaviors.Log, DeleteBehavior = DeleteBehaviors.Log }
            : crawler;
        try
        {
            var writer = new CatalogWriter(catalog, scope, effective, options, log, summary, time);
            await writer.OpenAsync(cancellationToken).ConfigureAwait(false);
            using var spill = new LeafSpill(options.ScratchDirectory);
            var targets = await CrawlTargetsAsync(scope, effective, custom, runId, log, writer, spill, progress, cancellationToken).ConfigureAwait(false);
            CheckThreshold(effective, targets);
            log.Benchmark($"Classification complete, writing results to database {crawler.DatabaseName}");
            await WriteAsync(effective, targets, writer, spill, log, cancellationToken).ConfigureAwait(false);
            log.Benchmark("Finished writing to Catalog");
        }
        catch (Exception exception) when (exception is AwsException or TooManyTablesException or IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new CrawlFailedException(exception is AwsException aws ? $"{aws.Code}: {aws.Message}" : exception.Message, exception);
        }
    }

    private async Task<List<CrawledTarget>> CrawlTargetsAsync(
        AwsScope scope,
        CrawlerRecord crawler,
        IReadOnlyList<IClassifier> custom,
        string runId,
        CrawlLog log,
        CatalogWriter writer,
        LeafSpill spill,
        CrawlProgress progress,
        CancellationToken cancellationToken)
    {
        var pool = new FileSchemaPool();
        var reading = new FileReading(lake, scope, new ClassifierChain(custom), log);
        var targets = new List<CrawledTarget>();
        foreach (var target in crawler.S3Targets)
        {
            _ = S3Location.TryParse(target.Path, out var location);
            var known = crawler.RecrawlBehavior == RecrawlBehaviors.NewFoldersOnly
                ? new KnownFolders(catalog, scope, crawler.DatabaseName!.ToLowerInvariant(), location.Bucket, writer.OwnTables)
                : null;
            var crawl = new TargetCrawl(
                lake,
                scope,
                options,
                reading,
                crawler.ParseConfiguration(),
                target,
                new CrawlStamp(crawler.Name, runId, Absolute(location, target.Exclusions)),
                known,
                pool,
                spill,
                progress);
            targets.Add(await crawl.RunAsync(cancellationToken).ConfigureAwait(false));
        }

        return targets;
    }

    /// <summary>The patterns as a table carries them: who reads the table does not know the include path.</summary>
    private static string[] Absolute(S3Location include, IReadOnlyList<string> exclusions) =>
        [.. exclusions.Select(exclusion => ExclusionGlob.Escape($"s3://{include.Bucket}/{include.Key}") + exclusion)];

    private static void CheckThreshold(CrawlerRecord crawler, List<CrawledTarget> targets)
    {
        var locations = targets.SelectMany(target => target.Groups.Where(group => !group.Schema.IsUnknown).Select(group => target.LocationOf(group.Path))).ToArray();
        if (crawler.ParseConfiguration().TableThreshold is { } threshold && locations.Length > threshold)
        {
            throw new InvalidDataException(
                $"The number of tables detected, {locations.Length}, is more than the TableThreshold of {threshold}; nothing was written. Detected at: {string.Join(", ", locations.Take(10))}{(locations.Length > 10 ? ", ..." : "")}");
        }
    }

    private static async Task WriteAsync(CrawlerRecord crawler, List<CrawledTarget> targets, CatalogWriter writer, LeafSpill spill, CrawlLog log, CancellationToken cancellationToken)
    {
        foreach (var target in targets)
        {
            foreach (var group in target.Groups)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (group.Schema.IsUnknown)
                {
                    log.Warning($"No table for {target.LocationOf(group.Path)}: its classification is UNKNOWN.");
                    continue;
                }

                await writer.WriteAsync(target, group, spill, cancellationToken).ConfigureAwait(false);
            }

            foreach (var found in target.NewPartitions)
            {
                await writer.AddPartitionsAsync(target, found, spill, cancellationToken).ConfigureAwait(false);
            }
        }

        if (crawler.RecrawlBehavior != RecrawlBehaviors.NewFoldersOnly)
        {
            await writer.RemoveGoneAsync(targets, cancellationToken).ConfigureAwait(false);
        }
    }
}

/// <summary>A crawl that cannot go on: the message is what <c>LastCrawl.ErrorMessage</c> says.</summary>
internal sealed class CrawlFailedException(string message, Exception? inner) : Exception(message, inner);
