using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tarn.Bench.Measuring;

namespace Tarn.Bench.Crawls;

/// <summary>A crawl of many small files, from StartCrawler to READY, beside a loop that only reads and parses the same files.</summary>
internal static class CrawlSubject
{
    private const int Partitions = 100;
    private const int Callers = 16;
    private const int PollMs = 10;

    public static async Task RunAsync(string[] arguments)
    {
        var files = arguments.Length > 0 ? int.Parse(arguments[0]) : 10_000;
        await using var tarn = await TarnUnderTest.StartAsync();
        await tarn.Client.CreateBucketAsync("bench", CancellationToken.None);
        var plain = Directory.CreateTempSubdirectory("plain-bench-");
        try
        {
            await WriteAsync(tarn, plain.FullName, files);
            var baseline = Stopwatch.GetTimestamp();
            foreach (var file in Directory.EnumerateFiles(plain.FullName, "*", SearchOption.AllDirectories))
            {
                using var parsed = JsonDocument.Parse(File.ReadAllBytes(file));
            }

            var baselineSeconds = Stopwatch.GetElapsedTime(baseline).TotalSeconds;
            GC.Collect();
            var before = Machine.ResidentMB(Environment.ProcessId, "VmRSS");
            Machine.ForgetPeak();
            var seconds = await CrawlAsync(tarn);
            var peak = Machine.ResidentMB(Environment.ProcessId, "VmHWM");
            Console.WriteLine($"crawl of {files:N0} files in {Partitions} partitions: {seconds:N2} s, reading and parsing them {baselineSeconds:N2} s, {seconds / baselineSeconds:F1} times it");
            Console.WriteLine($"memory: peak {peak:N0} MB, {peak - before:N0} MB above what the process had before");
        }
        finally
        {
            plain.Delete(recursive: true);
        }
    }

    private static async Task WriteAsync(TarnUnderTest tarn, string plain, int files)
    {
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, files, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (i, cancellationToken) =>
        {
            var key = $"events/day=2026-01-{i % Partitions:000}/{i:00000}.json";
            var text = Encoding.UTF8.GetBytes($$"""{"id":{{i}},"country":"DE","amount":{{i * 0.25}},"at":"2026-01-01T00:00:00Z","items":[{"sku":"a","quantity":1}]}""" + "\n");
            await tarn.Objects.PutAsync("/bench/" + key.Replace("=", "%3D"), text, RequestSigner.Unsigned);
            var file = Path.Combine(plain, key);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllBytesAsync(file, text, cancellationToken);
        });
        Console.WriteLine($"{files:N0} objects written by {Callers} callers: {Stopwatch.GetElapsedTime(started).TotalSeconds:N1} s");
    }

    private static async Task<double> CrawlAsync(TarnUnderTest tarn)
    {
        await tarn.Client.GlueAsync("CreateDatabase", new JsonObject { ["DatabaseInput"] = new JsonObject { ["Name"] = "bench" } }, CancellationToken.None);
        await tarn.Client.GlueAsync(
            "CreateCrawler",
            new JsonObject
            {
                ["Name"] = "bench",
                ["Role"] = "arn:aws:iam::000000000000:role/crawler",
                ["DatabaseName"] = "bench",
                ["Targets"] = new JsonObject { ["S3Targets"] = new JsonArray(new JsonObject { ["Path"] = "s3://bench/events/" }) },
            },
            CancellationToken.None);
        var started = Stopwatch.GetTimestamp();
        await tarn.Client.GlueAsync("StartCrawler", new JsonObject { ["Name"] = "bench" }, CancellationToken.None);
        JsonNode crawler;
        do
        {
            await Task.Delay(PollMs);
            crawler = (await tarn.Client.GlueAsync("GetCrawler", new JsonObject { ["Name"] = "bench" }, CancellationToken.None))["Crawler"]!;
        }
        while ((string?)crawler["State"] != "READY");
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if ((string?)crawler["LastCrawl"]!["Status"] != "SUCCEEDED")
        {
            throw new InvalidOperationException(crawler["LastCrawl"]!.ToJsonString());
        }

        var found = await tarn.Client.GlueAsync("GetPartitions", new JsonObject { ["DatabaseName"] = "bench", ["TableName"] = "events" }, CancellationToken.None);
        return found["Partitions"]!.AsArray().Count == Partitions ? seconds : throw new InvalidOperationException("the crawl did not find every partition");
    }
}
