using Tarn.Athena;
using Tarn.Contracts;
using Tarn.Glue;
using Tarn.Glue.Crawlers;
using Tarn.Glue.Jobs;
using Tarn.Kinesis;
using Tarn.Kinesis.Leases;
using Tarn.Lake;
using Tarn.Store;
using Tarn.Sts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Edge;
using Tarn.Wire.Signing;

namespace Tarn.Server;

/// <summary>
/// Everything that serves one data folder, made in the order in which it depends on each other: the composition of Tarn. There is one at a
/// time; a reset ends it and makes another.
/// </summary>
internal sealed class TarnInstance : IAsyncDisposable
{
    private readonly IMetadataStore store;
    private readonly TemporaryCredentials temporary;
    private readonly LakeService lake;
    private readonly CrawlRunner crawls;
    private readonly JobRunner jobs;
    private readonly AthenaService athena;
    private readonly KinesisService kinesis;

    private TarnInstance(IMetadataStore store, TemporaryCredentials temporary, LakeService lake, TarnOptions options, string data, Func<Uri> endpoint, TimeProvider time, ILoggerFactory logging)
    {
        this.store = store;
        this.temporary = temporary;
        this.lake = lake;
        var authenticator = Authenticator(options, temporary, time);
        var glue = new GlueService(store, time);
        var logs = Directory.CreateDirectory(Path.Combine(data, "logs")).FullName;
        crawls = glue.AddCrawlers(lake.Lake, options.Crawlers with { LogDirectory = logs, ScratchDirectory = Directory.CreateDirectory(Path.Combine(data, "scratch", "crawls")).FullName }, logging.CreateLogger<CrawlRunner>());
        jobs = glue.AddJobs(
            lake.Lake,
            new JobEnvironment(endpoint, temporary),
            options.Jobs with { LogDirectory = logs, WorkDirectory = Directory.CreateDirectory(Path.Combine(data, "scratch", "jobs")).FullName },
            logging.CreateLogger<JobRunner>());
        athena = new AthenaService(
            options.Athena,
            store,
            glue.Catalog,
            lake.Lake,
            Path.Combine(data, "scratch", "queries"),
            [Path.Combine(data, "lake"), .. options.Lake.Mounts.Select(mount => Path.GetFullPath(mount.Folder))],
            time,
            logging);
        kinesis = KinesisService.Open(Path.Combine(data, "streams"), options.Kinesis, store, TimeSpan.FromMilliseconds(options.StateDelayMs), time, logging);
        var sts = new StsService(temporary, new StsOptions { AllowsRolesOfOtherAccounts = authenticator.OpensEveryAccount }, time);
        Tables = [lake.Operations, glue.Operations, athena.Operations, kinesis.Operations, new LeaseService(store, options.Leases).Operations, sts.Operations];
        Endpoint = new AwsEndpoint(Tables, authenticator, options.Edge, logging.CreateLogger<AwsEndpoint>());
    }

    /// <summary>The tables of all modules, as the metadata store is opened with them.</summary>
    public static IReadOnlyList<StoreSchema> Schemas { get; } = [LakeSchema.Schema, .. GlueService.Schemas, AthenaService.Schema, KinesisService.Schema, LeaseService.Schema];

    /// <summary>What each service has built.</summary>
    public IReadOnlyList<OperationTable> Tables { get; }

    /// <summary>Answers AWS requests.</summary>
    public AwsEndpoint Endpoint { get; }

    /// <summary>Opens the folder and starts the background work; on return requests can be answered.</summary>
    /// <param name="endpoint">Asked when a job runs: where its own process finds this server.</param>
    public static async ValueTask<TarnInstance> StartAsync(TarnOptions options, string data, Func<Uri> endpoint, TimeProvider time, ILoggerFactory logging, CancellationToken cancellationToken)
    {
        var store = await MetadataStore.OpenAsync(StoreIn(options, data), Schemas, logging, cancellationToken);
        var temporary = TemporaryCredentials.FromFile(Path.Combine(data, "session.key"));
        var lake = await LakeService.OpenAsync(options.Lake with { Folder = Path.Combine(data, "lake") }, store, time, cancellationToken);
        var instance = new TarnInstance(store, temporary, lake, options, data, endpoint, time, logging);
        await instance.crawls.StartAsync(cancellationToken);
        await instance.jobs.StartAsync(cancellationToken);
        await instance.athena.StartAsync(cancellationToken);
        await instance.kinesis.StartAsync(cancellationToken);
        return instance;
    }

    /// <summary>The store's settings with the file in the data folder where none is named.</summary>
    public static StoreOptions StoreIn(TarnOptions options, string data) =>
        options.Store.Kind == StoreKind.Sqlite && options.Store.Path is null ? options.Store with { Path = Path.Combine(data, "tarn.db") } : options.Store;

    /// <summary>Ends the background work, then what it stands on.</summary>
    public async ValueTask DisposeAsync()
    {
        await kinesis.DisposeAsync();
        await athena.DisposeAsync();
        await jobs.DisposeAsync();
        await crawls.DisposeAsync();
        lake.Dispose();
        temporary.Dispose();
        await store.DisposeAsync();
    }

    private static SigV4Authenticator Authenticator(TarnOptions options, TemporaryCredentials temporary, TimeProvider time)
    {
        try
        {
            var signing = new SigningOptions { Mode = options.Auth == AuthKind.Open ? AuthMode.Open : AuthMode.Signed, AccessKeys = options.AccessKeys };
            return new SigV4Authenticator(signing, temporary, options.Listener.IsLoopbackOnly, time);
        }
        catch (ArgumentException e)
        {
            throw new Operation.StartException(e.Message);
        }
    }

    /// <summary>Runs get keys of their own account that end by themselves, and the address of this server.</summary>
    private sealed class JobEnvironment(Func<Uri> endpoint, TemporaryCredentials temporary) : IJobEnvironment
    {
        private static readonly TimeSpan Lifetime = TimeSpan.FromHours(36);

        public IReadOnlyDictionary<string, string> Variables(AwsScope scope)
        {
            var keys = temporary.Issue(scope.AccountId, $"arn:aws:sts::{scope.AccountId}:assumed-role/glue/job", DateTimeOffset.UtcNow + Lifetime);
            return new Dictionary<string, string>
            {
                ["AWS_ENDPOINT_URL"] = endpoint().ToString().TrimEnd('/'),
                ["AWS_REGION"] = scope.Region,
                ["AWS_DEFAULT_REGION"] = scope.Region,
                ["AWS_ACCESS_KEY_ID"] = keys.AccessKeyId,
                ["AWS_SECRET_ACCESS_KEY"] = keys.SecretAccessKey,
                ["AWS_SESSION_TOKEN"] = keys.SessionToken,
            };
        }
    }
}
