using Tarn.Contracts;
using Shapes = Tarn.Api.Glue;

namespace Tarn.Glue.Crawlers;

/// <summary>Stored crawlers as the API shows them.</summary>
internal static class CrawlerMapping
{
    public const string LogGroup = "/aws-glue/crawlers";

    public static string Arn(AwsScope scope, string name) => scope.Arn("glue", $"crawler/{name}");

    public static Shapes.Crawler ToApi(CrawlerRecord crawler, DateTimeOffset now) => new()
    {
        Name = crawler.Name,
        Role = crawler.Role,
        DatabaseName = crawler.DatabaseName,
        Description = crawler.Description,
        Targets = new Shapes.CrawlerTargets
        {
            S3Targets = [.. crawler.S3Targets.Select(target => new Shapes.S3Target
            {
                Path = target.Path,
                Exclusions = target.Exclusions,
                ConnectionName = target.ConnectionName,
                SampleSize = target.SampleSize,
            })],
            JdbcTargets = [],
            MongoDBTargets = [],
            DynamoDBTargets = [],
            CatalogTargets = [],
            DeltaTargets = [],
            IcebergTargets = [],
            HudiTargets = [],
        },
        Classifiers = crawler.Classifiers,
        RecrawlPolicy = new Shapes.RecrawlPolicy { RecrawlBehavior = crawler.RecrawlBehavior },
        SchemaChangePolicy = new Shapes.SchemaChangePolicy { UpdateBehavior = crawler.UpdateBehavior, DeleteBehavior = crawler.DeleteBehavior },
        LineageConfiguration = new Shapes.LineageConfiguration { CrawlerLineageSettings = crawler.LineageSettings },
        State = crawler.State,
        TablePrefix = crawler.TablePrefix,
        Schedule = crawler.ScheduleExpression is null
            ? null
            : new Shapes.Schedule { ScheduleExpression = crawler.ScheduleExpression, State = crawler.IsScheduled ? "SCHEDULED" : "NOT_SCHEDULED" },
        CrawlElapsedTime = crawler.CurrentCrawl is { } current ? Math.Max(0, (long)(now - current.StartTime).TotalMilliseconds) : 0,
        CreationTime = crawler.CreationTime,
        LastUpdated = crawler.LastUpdated,
        LastCrawl = crawler.LastCrawl is { } last ? ToLastCrawl(crawler.Name, last) : null,
        Version = crawler.Version,
        Configuration = crawler.Configuration,
        CrawlerSecurityConfiguration = crawler.SecurityConfiguration,
        LakeFormationConfiguration = new Shapes.LakeFormationConfiguration
        {
            UseLakeFormationCredentials = crawler.UseLakeFormationCredentials ?? false,
            AccountId = crawler.LakeFormationAccountId ?? "",
        },
    };

    public static Shapes.CrawlerHistory ToHistory(string crawler, CrawlRecord crawl, DateTimeOffset now) => new()
    {
        CrawlId = crawl.CrawlId,
        State = crawl.State,
        StartTime = crawl.StartTime,
        EndTime = crawl.EndTime,
        Summary = crawl.Summary,
        ErrorMessage = crawl.ErrorMessage,
        LogGroup = LogGroup,
        LogStream = crawler,
        MessagePrefix = crawl.CrawlId,
        DPUHour = DpuHours(crawl, now),
    };

    /// <summary>A crawl takes one DPU here, so this is the hours that it ran.</summary>
    public static double DpuHours(CrawlRecord crawl, DateTimeOffset now) => Math.Round(((crawl.EndTime ?? now) - crawl.StartTime).TotalHours, 3);

    private static Shapes.LastCrawlInfo ToLastCrawl(string crawler, CrawlRecord crawl) => new()
    {
        Status = crawl.State switch
        {
            CrawlStates.Completed => "SUCCEEDED",
            CrawlStates.Stopped => "CANCELLED",
            _ => "FAILED",
        },
        ErrorMessage = crawl.ErrorMessage,
        LogGroup = LogGroup,
        LogStream = crawler,
        MessagePrefix = crawl.CrawlId,
        StartTime = crawl.StartTime,
    };
}
