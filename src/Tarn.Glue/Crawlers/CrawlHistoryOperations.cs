using System.Globalization;
using Tarn.Api.Glue;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Glue.Crawlers;

/// <summary>What crawlers did: ListCrawls and GetCrawlerMetrics.</summary>
internal sealed class CrawlHistoryOperations(IMetadataStore store, CrawlerOptions options, TimeProvider time)
{
    private const int CrawlsPageMax = 20;
    private const int MetricsPageMax = 100;

    public void AddTo(OperationTable operations) => operations
        .On(GlueModel.ListCrawls, ListCrawls)
        .On(GlueModel.GetCrawlerMetrics, GetCrawlerMetrics);

    private async ValueTask<ListCrawlsResponse> ListCrawls(ListCrawlsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var filters = (request.Filters ?? []).Select(CrawlFilter.Parse).ToArray();
        var list = $"ListCrawls/{context.Scope}/{request.CrawlerName}/{string.Join('/', filters.Select(filter => filter.ToString()))}";
        var after = PageToken.DecodeText(list, request.NextToken, GlueErrors.InvalidToken);
        var now = time.GetUtcNow();
        var crawls = await store.ReadAsync(
            reader =>
            {
                CrawlerRows.Get(reader, context.Scope, request.CrawlerName!);
                return CrawlerRows.Crawls(reader, context.Scope, request.CrawlerName!, options.HistoryMax);
            },
            cancellationToken);
        var rest = crawls.Where(crawl => filters.All(filter => filter.Takes(crawl, now)));
        if (after is not null)
        {
            rest = rest.SkipWhile(crawl => crawl.CrawlId != after).Skip(1);
        }

        var count = request.MaxResults ?? CrawlsPageMax;
        var page = rest.Take(count + 1).ToList();
        var hasMore = page.Count > count;
        return new ListCrawlsResponse
        {
            Crawls = [.. page.Take(count).Select(crawl => CrawlerMapping.ToHistory(request.CrawlerName!, crawl, now))],
            NextToken = hasMore ? PageToken.Encode(list, page[count - 1].CrawlId) : null,
        };
    }

    private async ValueTask<GetCrawlerMetricsResponse> GetCrawlerMetrics(GetCrawlerMetricsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var names = request.CrawlerNameList;
        var list = $"GetCrawlerMetrics/{context.Scope}/{string.Join('/', names ?? [])}";
        var after = PageToken.DecodeText(list, request.NextToken, GlueErrors.InvalidToken) ?? "";
        var count = request.MaxResults ?? MetricsPageMax;
        return await store.ReadAsync(
            reader =>
            {
                var crawlers = names is { Count: > 0 }
                    ? names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
                        .Where(name => string.CompareOrdinal(name, after) > 0)
                        .Select(name => CrawlerRows.Find(reader, context.Scope, name))
                        .OfType<CrawlerRecord>()
                        .Take(count + 1)
                        .ToList()
                    : CrawlerRows.List(reader, context.Scope, after, count + 1);
                return new GetCrawlerMetricsResponse
                {
                    CrawlerMetricsList = [.. crawlers.Take(count).Select(crawler => Metrics(crawler, CrawlerRows.Crawls(reader, context.Scope, crawler.Name, options.HistoryMax)))],
                    NextToken = crawlers.Count > count ? PageToken.Encode(list, crawlers[count - 1].Name) : null,
                };
            },
            cancellationToken);
    }

    private CrawlerMetrics Metrics(CrawlerRecord crawler, List<CrawlRecord> crawls)
    {
        var runtimes = crawls.Where(crawl => crawl is { State: CrawlStates.Completed, EndTime: not null })
            .Select(crawl => (crawl.EndTime!.Value - crawl.StartTime).TotalSeconds)
            .Order()
            .ToArray();
        var median = runtimes.Length == 0 ? 0 : (runtimes[(runtimes.Length - 1) / 2] + runtimes[runtimes.Length / 2]) / 2;
        var elapsed = crawler.CurrentCrawl is { } current ? (time.GetUtcNow() - current.StartTime).TotalSeconds : (double?)null;
        return new CrawlerMetrics
        {
            CrawlerName = crawler.Name,
            TimeLeftSeconds = elapsed is null ? 0 : Math.Max(0, median - elapsed.Value),
            StillEstimating = elapsed is not null && runtimes.Length == 0,
            LastRuntimeSeconds = crawler.LastCrawl is { EndTime: { } end } last ? (end - last.StartTime).TotalSeconds : 0,
            MedianRuntimeSeconds = median,
            TablesCreated = crawler.TablesCreated,
            TablesUpdated = crawler.TablesUpdated,
            TablesDeleted = crawler.TablesDeleted,
        };
    }

    /// <summary>One filter of ListCrawls. Times are milliseconds since 1970 or ISO 8601.</summary>
    private sealed record CrawlFilter(string Field, string Operator, string Text, double Number)
    {
        public static CrawlFilter Parse(CrawlsFilter filter)
        {
            var (field, comparison, text) = (filter.FieldName, filter.FilterOperator, filter.FieldValue);
            if (field is null || comparison is null || text is null)
            {
                throw GlueErrors.InvalidInput("A filter needs FieldName, FilterOperator and FieldValue.");
            }

            if (field is "CRAWL_ID" or "STATE")
            {
                return comparison is "EQ" or "NE"
                    ? new CrawlFilter(field, comparison, text, 0)
                    : throw GlueErrors.InvalidInput($"{field} can only be filtered by EQ and NE.");
            }

            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            {
                return new CrawlFilter(field, comparison, text, number);
            }

            return field != "DPU_HOUR" && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
                ? new CrawlFilter(field, comparison, text, moment.ToUnixTimeMilliseconds())
                : throw GlueErrors.InvalidInput($"'{text}' is no value of {field}.");
        }

        public bool Takes(CrawlRecord crawl, DateTimeOffset now)
        {
            if (Field is "CRAWL_ID" or "STATE")
            {
                return (Field == "STATE" ? crawl.State : crawl.CrawlId) == Text == (Operator == "EQ");
            }

            double? value = Field switch
            {
                "START_TIME" => crawl.StartTime.ToUnixTimeMilliseconds(),
                "END_TIME" => crawl.EndTime?.ToUnixTimeMilliseconds(),
                _ => CrawlerMapping.DpuHours(crawl, now),
            };
            return value is { } known && Operator switch
            {
                "GT" => known > Number,
                "GE" => known >= Number,
                "LT" => known < Number,
                "LE" => known <= Number,
                "EQ" => known == Number,
                _ => known != Number,
            };
        }
    }
}
