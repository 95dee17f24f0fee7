using System.Text.Json.Nodes;

namespace Tarn.Server.Demo;

/// <summary>The steps that both forms of the demo take: crawl and wait, show the catalog, query and wait.</summary>
internal sealed class DemoSteps(DemoClient client, DemoTerminal terminal)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Creates the database and the crawler, crawls, and answers the names of the tables that the catalog then holds.</summary>
    public async Task<IReadOnlyList<string>> CrawlAsync(string database, JsonArray targets, JsonObject? configuration, Action<string> progress, CancellationToken cancellationToken)
    {
        var name = database + "_crawler";
        await client.GlueAsync("CreateDatabase", new JsonObject { ["DatabaseInput"] = new JsonObject { ["Name"] = database } }, cancellationToken);
        var crawler = new JsonObject
        {
            ["Name"] = name,
            ["Role"] = "arn:aws:iam::000000000000:role/crawler",
            ["DatabaseName"] = database,
            ["Targets"] = new JsonObject { ["S3Targets"] = targets },
        };
        if (configuration is not null)
        {
            crawler["Configuration"] = configuration.ToJsonString();
        }

        await client.GlueAsync("CreateCrawler", crawler, cancellationToken);
        await client.GlueAsync("StartCrawler", new JsonObject { ["Name"] = name }, cancellationToken);
        while (true)
        {
            var state = (await client.GlueAsync("GetCrawler", new JsonObject { ["Name"] = name }, cancellationToken))["Crawler"]!;
            if ((string?)state["State"] == "READY")
            {
                var last = state["LastCrawl"];
                return (string?)last?["Status"] == "SUCCEEDED" ? await TableNamesAsync(database, cancellationToken) : throw new DemoException($"the crawl ended {last?["Status"]}: {last?["ErrorMessage"]}");
            }

            progress($"{(string?)state["State"]} for {(long?)state["CrawlElapsedTime"] / 1000} s");
            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    public async Task ShowTablesAsync(string database, CancellationToken cancellationToken)
    {
        var rows = new List<IReadOnlyList<string?>>();
        foreach (var table in await TablesAsync(database, cancellationToken))
        {
            var columns = table["StorageDescriptor"]?["Columns"]?.AsArray() ?? [];
            var keys = table["PartitionKeys"]?.AsArray() ?? [];
            rows.Add(
            [
                (string?)table["Name"],
                (string?)table["Parameters"]?["classification"],
                string.Join(", ", columns.Select(column => $"{column!["Name"]} {column["Type"]}")),
                string.Join(", ", keys.Select(key => (string?)key!["Name"])),
                (string?)table["Parameters"]?["recordCount"],
            ]);
        }

        terminal.Table(["table", "format", "columns", "partitions", "rows (estimate)"], rows);
    }

    public async Task<IReadOnlyList<string>> TableNamesAsync(string database, CancellationToken cancellationToken) =>
        [.. (await TablesAsync(database, cancellationToken)).Select(table => (string)table["Name"]!)];

    /// <summary>Runs a query in the primary workgroup and answers its rows, the header first.</summary>
    public async Task<(IReadOnlyList<string> Header, List<IReadOnlyList<string?>> Rows, long ScannedBytes)> QueryAsync(string database, string output, string sql, CancellationToken cancellationToken)
    {
        var started = await client.AthenaAsync(
            "StartQueryExecution",
            new JsonObject
            {
                ["QueryString"] = sql,
                ["QueryExecutionContext"] = new JsonObject { ["Database"] = database },
                ["ResultConfiguration"] = new JsonObject { ["OutputLocation"] = output },
            },
            cancellationToken);
        var id = new JsonObject { ["QueryExecutionId"] = (string)started["QueryExecutionId"]! };
        JsonNode execution;
        while (true)
        {
            execution = (await client.AthenaAsync("GetQueryExecution", id.DeepClone().AsObject(), cancellationToken))["QueryExecution"]!;
            switch ((string?)execution["Status"]!["State"])
            {
                case "SUCCEEDED":
                    var results = (await client.AthenaAsync("GetQueryResults", id, cancellationToken))["ResultSet"]!["Rows"]!.AsArray();
                    var rows = results.Select(row => (IReadOnlyList<string?>)[.. row!["Data"]!.AsArray().Select(cell => (string?)cell!["VarCharValue"])]).ToList();
                    return ([.. rows[0].Select(cell => cell ?? "")], rows[1..], (long?)execution["Statistics"]?["DataScannedInBytes"] ?? 0);
                case "FAILED" or "CANCELLED":
                    throw new DemoException($"the query {sql} failed: {execution["Status"]!["StateChangeReason"]}");
            }

            await Task.Delay(PollInterval, cancellationToken);
        }
    }

    private async Task<List<JsonNode>> TablesAsync(string database, CancellationToken cancellationToken)
    {
        var tables = new List<JsonNode>();
        string? token = null;
        do
        {
            var page = await client.GlueAsync("GetTables", token is null ? new JsonObject { ["DatabaseName"] = database } : new JsonObject { ["DatabaseName"] = database, ["NextToken"] = token }, cancellationToken);
            tables.AddRange(page["TableList"]!.AsArray()!);
            token = (string?)page["NextToken"];
        }
        while (token is not null);
        return tables;
    }
}
