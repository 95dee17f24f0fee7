using Tarn.Contracts.Catalog;
using Tarn.Contracts.Lake;
using Tarn.Glue.Crawlers.Grouping;

namespace Tarn.Glue.Crawlers.Runs;

/// <summary>What a crawl found under one include path.</summary>
/// <param name="Include">The include path; its key ends with a slash, is empty, or names one object.</param>
/// <param name="Groups">The tables; their paths are relative to the include path.</param>
/// <param name="NewPartitions">For a crawl of new folders only: groups that are new partitions of tables that are there.</param>
internal sealed record CrawledTarget(S3Location Include, CrawlStamp Stamp, IReadOnlyList<TableGroup> Groups, IReadOnlyList<NewPartitions> NewPartitions)
{
    public string LocationOf(string path) => $"s3://{Include.Bucket}/{Include.Key}{path}";
}

/// <param name="Group">Its path is empty; the leaves' paths are relative to the table.</param>
internal sealed record NewPartitions(CatalogTable Table, TableGroup Group);
