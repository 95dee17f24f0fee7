using System.Diagnostics;
using System.Text.Json.Nodes;
using Tarn.Bench.Measuring;
using Tarn.DuckDb;

namespace Tarn.Bench.Queries;

/// <summary>
/// Queries over one Parquet file, from StartQueryExecution to SUCCEEDED as a client sees it (each poll is a signed request on loopback), beside
/// the same SQL on an open DuckDB with the same file. Both in turn.
/// </summary>
internal static class AthenaSubject
{
    private const int SmallRounds = 40;
    private const int LargeRounds = 5;
    private const int LargeRows = 6_000_000;
    private const string Small = "SELECT id, label FROM {0} WHERE id = 7";
    private const string Large = "SELECT label, count(*) AS n, sum(amount) AS total, count(DISTINCT id % 1000003) AS ids FROM {0} GROUP BY label ORDER BY label";
    /// <summary>How long a poll waits: a hundredth of the time since the start, so that polls neither hide a short query's end nor take the cores from a long one.</summary>
    private const double PollShare = 0.01;

    public static async Task RunAsync(string[] arguments)
    {
        await using var tarn = await TarnUnderTest.StartAsync();
        var folder = Directory.CreateTempSubdirectory("duckdb-bench-");
        try
        {
            using var instance = DuckDbInstance.Open(new DuckDbOptions());
            using var duckdb = instance.Connect();
            await tarn.Client.CreateBucketAsync("bench", CancellationToken.None);
            await tarn.Client.GlueAsync("CreateDatabase", new JsonObject { ["DatabaseInput"] = new JsonObject { ["Name"] = "bench" } }, CancellationToken.None);
            await MakeAsync(tarn, duckdb, folder.FullName, "small", 100);
            await MakeAsync(tarn, duckdb, folder.FullName, "large", LargeRows);

            var first = new Samples();
            await first.AddAsync(() => RunAsync(tarn, string.Format(Small, "small")));
            Console.WriteLine($"first query of the server: {first.Median:N0} ms");
            await CompareAsync(tarn, duckdb, folder.FullName, "small", Small, SmallRounds);
            await CompareAsync(tarn, duckdb, folder.FullName, "large", Large, LargeRounds);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task CompareAsync(TarnUnderTest tarn, DuckDbConnection duckdb, string folder, string table, string sql, int rounds)
    {
        var (ofTarn, ofDuckDb, planning, engine, total) = (new Samples(), new Samples(), new Samples(), new Samples(), new Samples());
        for (var round = -1; round < rounds; round++)
        {
            JsonNode statistics = new JsonObject();
            var pair = (Tarn: new Samples(), DuckDb: new Samples());
            await pair.Tarn.AddAsync(async () => statistics = await RunAsync(tarn, string.Format(sql, table)));
            await pair.DuckDb.AddAsync(() =>
            {
                using var result = duckdb.Query(string.Format(sql, $"read_parquet('{folder}/{table}.parquet')"), CancellationToken.None);
                result.Drain(CancellationToken.None);
                return Task.CompletedTask;
            });

            // The first round is for code that is not compiled yet.
            if (round >= 0)
            {
                ofTarn.Add(pair.Tarn.Median);
                ofDuckDb.Add(pair.DuckDb.Median);
                planning.Add((double?)statistics["QueryPlanningTimeInMillis"] ?? 0);
                engine.Add((double?)statistics["EngineExecutionTimeInMillis"] ?? 0);
                total.Add((double?)statistics["TotalExecutionTimeInMillis"] ?? 0);
            }
        }

        Console.WriteLine($"{table}: median {ofTarn.Median:N1} ms, bare DuckDB {ofDuckDb.Median:N1} ms: {ofTarn.Median - ofDuckDb.Median:N1} ms more, {ofTarn.Median / ofDuckDb.Median:F2} times it");
        Console.WriteLine($"    by the query's own statistics: planning {planning.Median:N0} ms, engine {engine.Median:N0} ms, total {total.Median:N0} ms");
    }

    /// <summary>Runs a query to its end and answers its statistics.</summary>
    private static async Task<JsonNode> RunAsync(TarnUnderTest tarn, string sql)
    {
        var started = await tarn.Client.AthenaAsync(
            "StartQueryExecution",
            new JsonObject
            {
                ["QueryString"] = sql,
                ["QueryExecutionContext"] = new JsonObject { ["Database"] = "bench" },
                ["ResultConfiguration"] = new JsonObject { ["OutputLocation"] = "s3://bench/results/" },
            },
            CancellationToken.None);
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var query = (await tarn.Client.AthenaAsync("GetQueryExecution", new JsonObject { ["QueryExecutionId"] = (string?)started["QueryExecutionId"] }, CancellationToken.None))["QueryExecution"]!;
            switch ((string?)query["Status"]!["State"])
            {
                case "SUCCEEDED":
                    return query["Statistics"]!;
                case "FAILED" or "CANCELLED":
                    throw new InvalidOperationException($"{sql}: {query["Status"]!["StateChangeReason"]}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(Math.Max(1, Stopwatch.GetElapsedTime(began).TotalMilliseconds * PollShare)));
        }
    }

    private static async Task MakeAsync(TarnUnderTest tarn, DuckDbConnection duckdb, string folder, string table, int rows)
    {
        var file = Path.Combine(folder, table + ".parquet");
        duckdb.Execute($"COPY (SELECT range AS id, 'label ' || (range % 100) AS label, (range % 10007) / 4.0::DOUBLE AS amount FROM range({rows})) TO '{file}' (FORMAT parquet)", CancellationToken.None);
        await tarn.Objects.PutAsync($"/bench/{table}/0.parquet", await File.ReadAllBytesAsync(file), RequestSigner.Unsigned);
        await tarn.Client.GlueAsync(
            "CreateTable",
            new JsonObject
            {
                ["DatabaseName"] = "bench",
                ["TableInput"] = new JsonObject
                {
                    ["Name"] = table,
                    ["TableType"] = "EXTERNAL_TABLE",
                    ["StorageDescriptor"] = new JsonObject
                    {
                        ["Columns"] = new JsonArray(Column("id", "bigint"), Column("label", "string"), Column("amount", "double")),
                        ["Location"] = $"s3://bench/{table}/",
                        ["InputFormat"] = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
                        ["OutputFormat"] = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
                        ["SerdeInfo"] = new JsonObject { ["SerializationLibrary"] = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
                    },
                },
            },
            CancellationToken.None);
    }

    private static JsonObject Column(string name, string type) => new() { ["Name"] = name, ["Type"] = type };
}
