using System.Globalization;
using System.Text.Json.Nodes;

namespace Tarn.Server.Demo;

/// <summary>
/// The main job on a million order events: put -> crawl -> visual ETL job (filter, join, aggregate, partitioned Parquet, catalog updated) ->
/// Athena; the answers are checked against totals that were counted while the events were made.
/// </summary>
internal sealed class OrderPipeline(DemoClient client, DemoTerminal terminal)
{
    private const string Bucket = "demo-lake";
    private const string Results = "s3://demo-results/";
    private const string Database = "shop";
    private const string Job = "revenue_by_country";

    private readonly DemoSteps steps = new(client, terminal);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var events = new OrderEvents();
        await client.CreateBucketAsync(Bucket, cancellationToken);
        await client.CreateBucketAsync("demo-results", cancellationToken);
        var (files, bytes) = await terminal.StageAsync($"make {OrderEvents.OrderCount + OrderEvents.PaymentCount:N0} events and put them into the lake", progress => UploadAsync(events, progress, cancellationToken));
        terminal.Line($"  {files} objects, {bytes:N0} bytes in s3://{Bucket}/raw/");

        var targets = new JsonArray(new JsonObject { ["Path"] = $"s3://{Bucket}/raw/orders/" }, new JsonObject { ["Path"] = $"s3://{Bucket}/raw/payments/" });
        var grouping = new JsonObject { ["Version"] = 1.0, ["Grouping"] = new JsonObject { ["TableGroupingPolicy"] = "CombineCompatibleSchemas" } };
        await terminal.StageAsync("crawl", progress => steps.CrawlAsync(Database, targets, grouping, progress, cancellationToken));
        await steps.ShowTablesAsync(Database, cancellationToken);

        await terminal.StageAsync("job: filter, join, aggregate, write partitioned Parquet, update the catalog", progress => RunJobAsync(progress, cancellationToken));
        await steps.ShowTablesAsync(Database, cancellationToken);

        await CheckRevenueAsync(events, cancellationToken);
        await ShowAsync("SELECT channel, count(*) AS orders, round(avg(try_cast(unit_price AS double)), 2) AS avg_price FROM orders GROUP BY channel ORDER BY channel NULLS FIRST", cancellationToken);
        await ShowAsync("SELECT method.type AS method, customer.address.country AS country, count(*) AS payments, round(sum(amount), 2) AS amount FROM payments WHERE status = 'captured' GROUP BY 1, 2 ORDER BY 1, 2", cancellationToken);
    }

    private async Task<(int Files, long Bytes)> UploadAsync(OrderEvents events, Action<string> progress, CancellationToken cancellationToken)
    {
        var (files, bytes) = (0, 0L);
        foreach (var (key, content) in OrderEvents.OrderFiles().Select(file => ("orders/" + file.Key, file.Content)).Concat(events.PaymentFiles().Select(file => ("payments/" + file.Key, file.Content))))
        {
            await client.PutObjectAsync(Bucket, "raw/" + key, new ByteArrayContent(content), cancellationToken);
            bytes += content.Length;
            progress($"{++files} objects, {bytes >> 20} MB");
        }

        return (files, bytes);
    }

    private async Task RunJobAsync(Action<string> progress, CancellationToken cancellationToken)
    {
        await client.GlueAsync(
            "CreateJob",
            new JsonObject
            {
                ["Name"] = Job,
                ["Role"] = "arn:aws:iam::000000000000:role/job",
                ["Command"] = new JsonObject { ["Name"] = "glueetl", ["ScriptLocation"] = $"s3://{Bucket}/scripts/{Job}.py", ["PythonVersion"] = "3" },
                ["GlueVersion"] = "5.0",
                ["WorkerType"] = "G.1X",
                ["NumberOfWorkers"] = 2,
                ["CodeGenConfigurationNodes"] = RevenueGraph.Nodes(Database, $"s3://{Bucket}/curated/revenue/"),
            },
            cancellationToken);
        var run = (string)(await client.GlueAsync("StartJobRun", new JsonObject { ["JobName"] = Job }, cancellationToken))["JobRunId"]!;
        while (true)
        {
            var state = (await client.GlueAsync("GetJobRun", new JsonObject { ["JobName"] = Job, ["RunId"] = run }, cancellationToken))["JobRun"]!;
            switch ((string?)state["JobRunState"])
            {
                case "SUCCEEDED":
                    return;
                case "FAILED" or "STOPPED" or "TIMEOUT" or "ERROR":
                    throw new DemoException($"the job run ended {state["JobRunState"]}: {state["ErrorMessage"]}");
                case { } running:
                    progress(running);
                    break;
            }

            await Task.Delay(100, cancellationToken);
        }
    }

    private async Task CheckRevenueAsync(OrderEvents events, CancellationToken cancellationToken)
    {
        var rows = await ShowAsync("SELECT country, sum(orders) AS orders, round(sum(revenue), 2) AS revenue FROM revenue GROUP BY country ORDER BY country", cancellationToken);
        foreach (var (country, (orders, cents)) in events.Expected)
        {
            var row = rows.SingleOrDefault(candidate => candidate[0] == country) ?? throw new DemoException($"the answer lacks the country {country}.");
            if (long.Parse(row[1]!, CultureInfo.InvariantCulture) != orders || decimal.Round(decimal.Parse(row[2]!, NumberStyles.Float, CultureInfo.InvariantCulture) * 100) != cents)
            {
                throw new DemoException($"wrong answer for {country}: {row[1]} orders and {row[2]}, but the events hold {orders} and {cents / 100m}.");
            }
        }

        terminal.Line("  checked: equal to the totals counted while the events were made");
    }

    private async Task<List<IReadOnlyList<string?>>> ShowAsync(string sql, CancellationToken cancellationToken)
    {
        var (header, rows, scanned) = await terminal.StageAsync($"athena: {sql}", _ => steps.QueryAsync(Database, Results, sql, cancellationToken));
        terminal.Table(header, rows);
        terminal.Line($"  {scanned:N0} bytes scanned");
        return rows;
    }
}
