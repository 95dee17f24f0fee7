using Microsoft.Extensions.Logging;
using Tarn.Api.Glue;
using Tarn.Contracts.Catalog;
using Tarn.Contracts.Lake;
using Tarn.Glue.Catalog;
using Tarn.Glue.Crawlers;
using Tarn.Glue.Jobs;
using Tarn.Glue.Tags;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Glue;

/// <summary>
/// AWS Glue: the Data Catalog, crawlers and jobs over one metadata store. Each folder owns its rows and adds its operations to the one table
/// that the wire serves; what other services need of the catalog they get as <see cref="ICatalog"/>.
/// </summary>
public sealed class GlueService
{
    /// <summary>The tables of every part of Glue: the server opens the store with them.</summary>
    public static IReadOnlyList<StoreSchema> Schemas { get; } = [CatalogSchema.Schema, CrawlerSchema.Schema, JobStore.Schema];

    private readonly IMetadataStore store;
    private readonly TimeProvider time;
    private readonly TagOperations tags;

    public GlueService(IMetadataStore store, TimeProvider time)
    {
        this.store = store;
        this.time = time;
        tags = new TagOperations(store);
        Operations = new OperationTable(GlueModel.Service);
        tags.AddTo(Operations);
        Catalog = new CatalogOperations(store, time, tags).AddTo(Operations);
    }

    /// <summary>Adds crawlers and classifiers, which read <paramref name="lake"/>. The server starts the runner before the first request, and stops it after the last.</summary>
    public CrawlRunner AddCrawlers(ILake lake, CrawlerOptions options, ILogger<CrawlRunner> logger)
    {
        var runner = new CrawlRunner(store, lake, Catalog, options, time, logger);
        new CrawlerOperations(store, runner, time).AddTo(Operations);
        tags.Resource("crawler", CrawlerOperations.Exists);
        return runner;
    }

    /// <summary>Adds ETL jobs over <paramref name="lake"/>. The server starts the runner before the first request, and stops it after the last.</summary>
    public JobRunner AddJobs(ILake lake, IJobEnvironment environment, JobOptions options, ILogger<JobRunner> logger)
    {
        var runner = new JobRunner(store, lake, Catalog, environment, options, time, logger);
        new JobOperations(store, lake, runner, options, time).AddTo(Operations);
        tags.Resource("job", JobOperations.Exists);
        return runner;
    }

    /// <summary>Everything that Glue answers.</summary>
    public OperationTable Operations { get; }

    /// <summary>The Data Catalog for other services.</summary>
    public ICatalog Catalog { get; }
}
