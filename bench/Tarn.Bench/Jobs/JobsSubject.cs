using System.Diagnostics;
using System.Text.Json.Nodes;
using Tarn.Bench.Measuring;

namespace Tarn.Bench.Jobs;

/// <summary>A visual job of one row, from StartJobRun to SUCCEEDED, beside the start and end of its process without a plan.</summary>
internal static class JobsSubject
{
    private const int Rounds = 7;
    private const int PollMs = 5;

    public static async Task RunAsync(string[] arguments)
    {
        await using var tarn = await TarnUnderTest.StartAsync();
        await tarn.Client.CreateBucketAsync("bench", CancellationToken.None);
        await tarn.Objects.PutAsync("/bench/one/row.json", """{"id":1,"name":"a"}"""u8.ToArray(), RequestSigner.Unsigned);
        await tarn.Client.GlueAsync(
            "CreateJob",
            new JsonObject
            {
                ["Name"] = "one-row",
                ["Role"] = "arn:aws:iam::000000000000:role/job",
                ["Command"] = new JsonObject { ["Name"] = "glueetl", ["ScriptLocation"] = "s3://bench/scripts/one-row.py", ["PythonVersion"] = "3" },
                ["GlueVersion"] = "5.0",
                ["CodeGenConfigurationNodes"] = new JsonObject
                {
                    ["source"] = new JsonObject { ["S3JsonSource"] = new JsonObject { ["Name"] = "source", ["Paths"] = new JsonArray("s3://bench/one/") } },
                    ["target"] = new JsonObject { ["S3GlueParquetTarget"] = new JsonObject { ["Name"] = "target", ["Inputs"] = new JsonArray("source"), ["Path"] = "s3://bench/out/", ["Compression"] = "snappy" } },
                },
            },
            CancellationToken.None);
        var (runs, starts, process) = (new Samples(), new Samples(), new Samples());
        for (var round = -1; round < Rounds; round++)
        {
            var (seconds, start) = await RunAsync(tarn);
            var began = Stopwatch.GetTimestamp();
            await WorkerAsync();
            if (round >= 0)
            {
                runs.Add(seconds);
                starts.Add(start);
                process.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
        }

        Console.WriteLine($"StartJobRun to SUCCEEDED: median {runs.Median:N0} ms, worst {runs.Worst:N0} ms; to RUNNING {starts.Median:N0} ms; its process alone {process.Median:N0} ms, {runs.Median / process.Median:F2} times it");
    }

    /// <summary>Milliseconds to SUCCEEDED, and to the first state that is not STARTING.</summary>
    private static async Task<(double Succeeded, double Running)> RunAsync(TarnUnderTest tarn)
    {
        var started = Stopwatch.GetTimestamp();
        var id = (string?)(await tarn.Client.GlueAsync("StartJobRun", new JsonObject { ["JobName"] = "one-row" }, CancellationToken.None))["JobRunId"];
        double? running = null;
        while (true)
        {
            var run = (await tarn.Client.GlueAsync("GetJobRun", new JsonObject { ["JobName"] = "one-row", ["RunId"] = id }, CancellationToken.None))["JobRun"]!;
            var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            running ??= (string?)run["JobRunState"] == "STARTING" ? null : elapsed;
            switch ((string?)run["JobRunState"])
            {
                case "SUCCEEDED":
                    return (elapsed, running!.Value);
                case "STARTING" or "RUNNING":
                    await Task.Delay(PollMs);
                    break;
                default:
                    throw new InvalidOperationException($"{run["JobRunState"]}: {run["ErrorMessage"]}");
            }
        }
    }

    /// <summary>The program of visual runs with nothing to do: it starts, sees no plan and ends.</summary>
    private static async Task WorkerAsync()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "tarn-worker")) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync(), process.WaitForExitAsync());
    }
}
