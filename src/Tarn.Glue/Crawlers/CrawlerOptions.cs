namespace Tarn.Glue.Crawlers;

/// <summary>Limits of crawlers.</summary>
public sealed record CrawlerOptions
{
    /// <summary>An existing folder for the logs of crawls; each crawler has a file <c>aws-glue/crawlers/NAME</c> in it.</summary>
    public required string LogDirectory { get; init; }

    /// <summary>An existing folder for scratch files, which may be emptied while the server is down.</summary>
    public required string ScratchDirectory { get; init; }

    /// <summary>Crawls that run at the same time, 1 to 100; the others wait in state RUNNING.</summary>
    public int CrawlsMax { get; init; } = 2;

    /// <summary>Files of one crawl that are read at the same time, 1 to 64. Each may hold a head of 1 MB (JSON: up to 10 MB) and its text.</summary>
    public int FilesAtOnceMax { get; init; } = 8;

    /// <summary>Tables that one include path may make. More fail the crawl: most often files that are no table were not excluded.</summary>
    public int TablesMax { get; init; } = 10_000;

    /// <summary>Different schemas that one crawl may find; each is held in memory while it runs.</summary>
    public int SchemasMax { get; init; } = 50_000;

    /// <summary>Partitions that are written to the catalog in one transaction.</summary>
    public int PartitionBatch { get; init; } = 500;

    /// <summary>Crawlers per account and region.</summary>
    public int CrawlersMax { get; init; } = 1000;

    /// <summary>Crawls kept in the history of a crawler; the oldest go first.</summary>
    public int HistoryMax { get; init; } = 1000;

    /// <summary>A crawler's log is cut to its newer half beyond this many bytes.</summary>
    public long LogBytesMax { get; init; } = 16 * 1024 * 1024;
}
