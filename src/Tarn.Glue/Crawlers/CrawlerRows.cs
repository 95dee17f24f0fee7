using System.Text.Json;
using Tarn.Contracts;
using Tarn.Store;

namespace Tarn.Glue.Crawlers;

/// <summary>The rows of crawlers and their history, inside a transaction of the caller.</summary>
internal static class CrawlerRows
{
    public static CrawlerRecord? Find(IStoreReader store, AwsScope scope, string name) => store.QueryFirst(
        "SELECT definition FROM glue_crawlers WHERE account = @p0 AND region = @p1 AND name = @p2",
        row => Read<CrawlerRecord>(row.Text(0)),
        scope.AccountId, scope.Region, name);

    /// <exception cref="AwsException">EntityNotFoundException.</exception>
    public static CrawlerRecord Get(IStoreReader store, AwsScope scope, string name) => Find(store, scope, name) ?? throw CrawlerErrors.NotFound(name);

    public static List<CrawlerRecord> List(IStoreReader store, AwsScope scope, string after, int count) => store.Query(
        "SELECT definition FROM glue_crawlers WHERE account = @p0 AND region = @p1 AND name > @p2 ORDER BY name LIMIT @p3",
        row => Read<CrawlerRecord>(row.Text(0)),
        scope.AccountId, scope.Region, after, count);

    public static int Count(IStoreReader store, AwsScope scope) => store.QueryFirst(
        "SELECT count(*) FROM glue_crawlers WHERE account = @p0 AND region = @p1",
        row => row.Int(0),
        scope.AccountId, scope.Region);

    /// <param name="now">From when on its next scheduled run is counted.</param>
    public static void Put(IStoreWriter store, AwsScope scope, CrawlerRecord crawler, DateTimeOffset now)
    {
        long? next = crawler is { IsScheduled: true, ScheduleExpression: { } schedule } ? CronExpression.Parse(schedule).Next(now)?.ToMicroseconds() : null;
        store.Execute(
            """
            INSERT INTO glue_crawlers (account, region, name, is_running, next_run, definition) VALUES (@p0, @p1, @p2, @p3, @p4, @p5)
            ON CONFLICT (account, region, name) DO UPDATE SET is_running = excluded.is_running, next_run = excluded.next_run, definition = excluded.definition
            """,
            scope.AccountId, scope.Region, crawler.Name, crawler.State == CrawlerStates.Ready ? 0L : 1L, next, JsonSerializer.Serialize(crawler));
    }

    public static void Delete(IStoreWriter store, AwsScope scope, string name)
    {
        store.Execute("DELETE FROM glue_crawlers WHERE account = @p0 AND region = @p1 AND name = @p2", scope.AccountId, scope.Region, name);
        store.Execute("DELETE FROM glue_crawlers_crawls WHERE account = @p0 AND region = @p1 AND crawler = @p2", scope.AccountId, scope.Region, name);
    }

    /// <summary>Crawlers of all accounts that were running.</summary>
    public static List<(AwsScope Scope, CrawlerRecord Crawler)> Running(IStoreReader store) => store.Query(
        "SELECT account, region, definition FROM glue_crawlers WHERE is_running = 1",
        row => (new AwsScope(row.Text(0), row.Text(1)), Read<CrawlerRecord>(row.Text(2))));

    /// <summary>Crawlers of all accounts whose time has come.</summary>
    public static List<(AwsScope Scope, CrawlerRecord Crawler)> Due(IStoreReader store, DateTimeOffset now) => store.Query(
        "SELECT account, region, definition FROM glue_crawlers WHERE next_run <= @p0 ORDER BY next_run LIMIT 1000",
        row => (new AwsScope(row.Text(0), row.Text(1)), Read<CrawlerRecord>(row.Text(2))),
        now.ToMicroseconds());

    public static DateTimeOffset? NextRun(IStoreReader store) => store.QueryFirst<DateTimeOffset?>(
        "SELECT min(next_run) FROM glue_crawlers",
        row => row.TimeOrNull(0));

    public static void PutCrawl(IStoreWriter store, AwsScope scope, string crawler, CrawlRecord crawl, int historyMax)
    {
        store.Execute(
            """
            INSERT INTO glue_crawlers_crawls (account, region, crawler, started, crawl_id, definition) VALUES (@p0, @p1, @p2, @p3, @p4, @p5)
            ON CONFLICT (account, region, crawler, started, crawl_id) DO UPDATE SET definition = excluded.definition
            """,
            scope.AccountId, scope.Region, crawler, crawl.StartTime.ToMicroseconds(), crawl.CrawlId, JsonSerializer.Serialize(crawl));
        store.Execute(
            """
            DELETE FROM glue_crawlers_crawls WHERE account = @p0 AND region = @p1 AND crawler = @p2 AND started <
                (SELECT min(started) FROM (SELECT started FROM glue_crawlers_crawls WHERE account = @p0 AND region = @p1 AND crawler = @p2 ORDER BY started DESC LIMIT @p3) newest)
            """,
            scope.AccountId, scope.Region, crawler, historyMax);
    }

    /// <summary>Crawls of a crawler, the newest first; at most as many as the history keeps.</summary>
    public static List<CrawlRecord> Crawls(IStoreReader store, AwsScope scope, string crawler, int count) => store.Query(
        "SELECT definition FROM glue_crawlers_crawls WHERE account = @p0 AND region = @p1 AND crawler = @p2 ORDER BY started DESC, crawl_id LIMIT @p3",
        row => Read<CrawlRecord>(row.Text(0)),
        scope.AccountId, scope.Region, crawler, count);

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json)!;
}
