using Tarn.Store;

namespace Tarn.Glue.Crawlers;

/// <summary>The tables of crawlers and classifiers. Definitions are JSON (<see cref="CrawlerRecord"/>, <see cref="CrawlRecord"/>, <see cref="Classifiers.ClassifierRecord"/>).</summary>
public static class CrawlerSchema
{
    public static StoreSchema Schema { get; } = new("glue_crawlers",
    [
        """
        CREATE TABLE glue_crawlers (
            account {text} NOT NULL, region {text} NOT NULL, name {text} NOT NULL,
            is_running BIGINT NOT NULL,
            next_run BIGINT,
            definition {text} NOT NULL,
            PRIMARY KEY (account, region, name));
        CREATE INDEX glue_crawlers_next_run ON glue_crawlers (next_run) WHERE next_run IS NOT NULL;
        CREATE INDEX glue_crawlers_running ON glue_crawlers (is_running) WHERE is_running = 1;

        CREATE TABLE glue_crawlers_crawls (
            account {text} NOT NULL, region {text} NOT NULL, crawler {text} NOT NULL,
            started BIGINT NOT NULL, crawl_id {text} NOT NULL,
            definition {text} NOT NULL,
            PRIMARY KEY (account, region, crawler, started, crawl_id));

        CREATE TABLE glue_crawlers_classifiers (
            account {text} NOT NULL, region {text} NOT NULL, name {text} NOT NULL,
            definition {text} NOT NULL,
            PRIMARY KEY (account, region, name));
        """,
    ]);
}
