using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Tarn.Api.Glue;
using Tarn.Contracts;
using Tarn.Contracts.Catalog;
using Tarn.Glue.Crawlers;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Glue.Tests.Crawlers;

/// <summary>Glue over a SQLite store and a lake of plain files, each in a folder of its own: what a test drives through the operations.</summary>
internal sealed class CrawlerWorld : IAsyncDisposable
{
    public const string Bucket = "lake";

    private readonly string root;
    private GlueService service;
    private IMetadataStore store;

    private CrawlerWorld(string root, IMetadataStore store, TimeProvider time)
    {
        this.root = root;
        this.store = store;
        Time = time;
        Lake = new FolderLake(root);
        Directory.CreateDirectory(Path.Combine(root, Bucket));
        Directory.CreateDirectory(Options.ScratchDirectory);
        (service, Runner) = Start();
    }

    public static AwsScope Scope { get; } = new("000000000000", "us-east-1");

    public TimeProvider Time { get; }

    public FolderLake Lake { get; }

    public CrawlRunner Runner { get; private set; }

    public ICatalog Catalog => service.Catalog;

    public CrawlerOptions Options => new() { LogDirectory = Path.Combine(root, "logs"), ScratchDirectory = Path.Combine(root, "scratch"), PartitionBatch = 7 };

    public static async Task<CrawlerWorld> OpenAsync(TimeProvider? time = null)
    {
        var root = Directory.CreateTempSubdirectory("tarn-crawl-").FullName;
        return new CrawlerWorld(root, await OpenStoreAsync(root), time ?? TimeProvider.System);
    }

    /// <summary>A new server over the same files, as after a kill: the old one is just left.</summary>
    public async Task RestartAsync()
    {
        await ((IAsyncDisposable)store).DisposeAsync();
        store = await OpenStoreAsync(root);
        (service, Runner) = Start();
        await Runner.StartAsync(CancellationToken.None);
    }

    public void Put(string key, string text)
    {
        var path = Path.Combine(root, Bucket, key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public void PutFile(string key, string source)
    {
        var path = Path.Combine(root, Bucket, key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Copy(source, path);
    }

    public void Delete(string key) => File.Delete(Path.Combine(root, Bucket, key));

    public async Task<TOut> CallAsync<TIn, TOut>(Operation<TIn, TOut> operation, TIn request)
        where TIn : class
        where TOut : class
    {
        var handler = (OperationHandler<TIn, TOut>)service.Operations.Handlers[operation.Name];
        var context = new RequestContext
        {
            Scope = Scope,
            AccessKeyId = "test",
            CallerArn = $"arn:aws:iam::{Scope.AccountId}:root",
            RequestId = Guid.NewGuid().ToString(),
            Http = new DefaultHttpContext(),
        };
        return await handler.Handler(request, context, CancellationToken.None);
    }

    public Task CreateAsync(string path = "", Func<CreateCrawlerRequest, CreateCrawlerRequest>? change = null) =>
        CallAsync(GlueModel.CreateCrawler, change is null ? Request(path) : change(Request(path)));

    public static CreateCrawlerRequest Request(string path, string? configuration = null, SchemaChangePolicy? policy = null, RecrawlPolicy? recrawl = null, string[]? exclusions = null, int? sampleSize = null, string? prefix = null, string[]? classifiers = null, string? schedule = null, string name = "crawler") => new()
    {
        Name = name,
        Role = "role",
        DatabaseName = "db",
        Targets = new CrawlerTargets { S3Targets = [new S3Target { Path = $"s3://{Bucket}/{path}", Exclusions = exclusions, SampleSize = sampleSize }] },
        Configuration = configuration,
        SchemaChangePolicy = policy,
        RecrawlPolicy = recrawl,
        TablePrefix = prefix,
        Classifiers = classifiers,
        Schedule = schedule,
    };

    /// <summary>Runs the crawler to its end, which must be COMPLETED unless another state is expected.</summary>
    public async Task<CrawlerHistory> CrawlAsync(string expectedState = "COMPLETED", string name = "crawler")
    {
        await CallAsync(GlueModel.StartCrawler, new StartCrawlerRequest { Name = name });
        await Runner.WaitAsync(Scope, name);
        var crawls = await CallAsync(GlueModel.ListCrawls, new ListCrawlsRequest { CrawlerName = name, MaxResults = 1 });
        Assert.Equal((expectedState, crawls.Crawls![0].ErrorMessage), (crawls.Crawls[0].State, crawls.Crawls[0].ErrorMessage));
        return crawls.Crawls[0];
    }

    public async Task<IReadOnlyList<CatalogTable>> TablesAsync() => await Catalog.ListTablesAsync(Scope, "db", CancellationToken.None);

    /// <summary>Each table as <c>name(column:type,...)[key,...]</c>.</summary>
    public async Task<string[]> SchemasAsync() => [.. (await TablesAsync()).Select(Schema)];

    public static string Schema(CatalogTable table) =>
        $"{table.Name}({string.Join(',', table.StorageDescriptor!.Columns.Select(column => $"{column.Name}:{column.Type}"))})"
        + (table.PartitionKeys.Count == 0 ? "" : $"[{string.Join(',', table.PartitionKeys.Select(key => key.Name))}]");

    public async Task<CatalogTable> TableAsync(string name) => (await Catalog.FindTableAsync(Scope, "db", name, CancellationToken.None))!;

    public async Task<List<CatalogPartition>> PartitionsAsync(string table)
    {
        var partitions = new List<CatalogPartition>();
        await foreach (var partition in Catalog.ListPartitionsAsync(Scope, "db", table, null, CancellationToken.None))
        {
            partitions.Add(partition);
        }

        return partitions;
    }

    public async Task<string[]> PartitionValuesAsync(string table) => [.. (await PartitionsAsync(table)).Select(partition => string.Join('/', partition.Values)).Order(StringComparer.Ordinal)];

    public string Log(string name = "crawler") => File.ReadAllText(Path.Combine(root, "logs", "aws-glue", "crawlers", name));

    public static string Rows(int count, string columns = "id,name") =>
        columns + "\n" + string.Concat(Enumerable.Range(1, count).Select(row => string.Join(',', columns.Split(',').Select((_, index) => index == 0 ? row.ToString(CultureInfo.InvariantCulture) : $"v{row}")) + "\n"));

    public async ValueTask DisposeAsync()
    {
        await Runner.DisposeAsync();
        await ((IAsyncDisposable)store).DisposeAsync();
        Directory.Delete(root, recursive: true);
    }

    private static async Task<IMetadataStore> OpenStoreAsync(string root) =>
        await MetadataStore.OpenAsync(StoreOptions.Sqlite(Path.Combine(root, "tarn.db")), GlueService.Schemas, logging: null, CancellationToken.None);

    private (GlueService Service, CrawlRunner Runner) Start()
    {
        var started = new GlueService(store, Time);
        return (started, started.AddCrawlers(Lake, Options, NullLogger<CrawlRunner>.Instance));
    }
}
