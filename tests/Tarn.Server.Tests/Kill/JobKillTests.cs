using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tarn.Server.Demo;

namespace Tarn.Server.Tests.Kill;

/// <summary>
/// The server is killed while jobs run: visual ones that read, compute and make many objects visible, and Python ones that have started processes of their own.
/// Afterwards a run that did not succeed is FAILED and says so, the output of a run is whole or absent, and nothing that a run started is left.
/// </summary>
public sealed class JobKillTests(ITestOutputHelper output) : IDisposable
{
    private const int Rounds = 5;
    private const int PartitionsPerRun = 40;
    private const int RowsPerRun = 4_000;


    private readonly string folder = Directory.CreateTempSubdirectory("tarn-kill-jobs-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Killed_while_jobs_run_failed_ones_say_so_their_output_is_absent_and_no_process_is_left()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var runs = new List<(string Job, string Id)>();
        using (var first = await ServerProcess.StartAsync(folder, "--jobs.concurrent-runs-max", "8"))
        {
            await PrepareAsync(first.Client);
            await first.KillAsync();
        }

        for (var round = 0; round < Rounds; round++)
        {
            using var server = await ServerProcess.StartAsync(folder, "--jobs.concurrent-runs-max", "8");
            await CheckAsync(server.Client, runs);
            var begun = new List<(string Job, string Id)>();
            begun.Add(("python", await StartAsync(server.Client, "python")));
            begun.Add(("endless", await StartAsync(server.Client, "endless")));
            var script = Path.Combine(folder, $"begun-{begun[0].Id}");

            // These are there before the clock runs, so that each round has a worker, a python and its child to end.
            await ServerProcess.UntilAsync(() => Task.FromResult(File.Exists(script)), "the script has begun");
            await ServerProcess.UntilAsync(async () => await StateAsync(server.Client, begun[1]) == "RUNNING", "the endless plan runs");
            var visible = Visible().Count();
            foreach (var job in new[] { "split", "split" })
            {
                begun.Add((job, await StartAsync(server.Client, job)));
            }

            if (round % 2 == 0)
            {
                // In the middle of making objects visible.
                while (Visible().Count() == visible)
                {
                    await Task.Yield();
                }
            }
            else
            {
                await Task.Delay(TimeSpan.FromMilliseconds(random.Next(200, 2_500)), Token);
            }

            var children = server.Descendants();
            await server.KillAsync();
            runs.AddRange(begun);
            Assert.NotEmpty(children);
            await ServerProcess.UntilAsync(() => Task.FromResult(!children.Any(child => child.IsAlive)), "everything that runs started has ended");
            Assert.True(ChildProcess.Read((await File.ReadAllTextAsync(script, Token)).Trim()) is null, "the script's own child has outlived it");
        }

        using var last = await ServerProcess.StartAsync(folder, "--jobs.concurrent-runs-max", "8");
        await CheckAsync(last.Client, runs);
        var before = (await OutputsAsync()).Count;
        foreach (var job in new[] { "split", "quick" })
        {
            var run = (job, await StartAsync(last.Client, job));
            await ServerProcess.UntilAsync(async () => await StateAsync(last.Client, run) is not ("STARTING" or "RUNNING"), $"{job} ends");
            Assert.Equal("SUCCEEDED", await StateAsync(last.Client, run));
        }

        Assert.Equal(before + 1, (await OutputsAsync()).Count);
    }

    private static async Task<string> StartAsync(DemoClient client, string job) => (string)(await client.GlueAsync("StartJobRun", new JsonObject { ["JobName"] = job }, Token))["JobRunId"]!;

    private static async Task<JsonNode> RunAsync(DemoClient client, (string Job, string Id) run) =>
        (await client.GlueAsync("GetJobRun", new JsonObject { ["JobName"] = run.Job, ["RunId"] = run.Id }, Token))["JobRun"]!;

    private static async Task<string> StateAsync(DemoClient client, (string Job, string Id) run) => (string)(await RunAsync(client, run))["JobRunState"]!;

    private static JsonObject Source() => new()
    {
        ["S3CsvSource"] = new JsonObject { ["Name"] = "rows", ["Paths"] = new JsonArray("s3://lake/rows/"), ["Separator"] = "comma", ["QuoteChar"] = "quote", ["WithHeader"] = true },
    };

    private static JsonObject Target(string input, string path, params string[] keys) => new()
    {
        ["S3DirectTarget"] = new JsonObject
        {
            ["Name"] = "out", ["Inputs"] = new JsonArray(input), ["Path"] = $"s3://lake/{path}", ["Format"] = "json",
            ["PartitionKeys"] = new JsonArray([.. keys.Select(key => new JsonArray(key))]),
        },
    };

    private static JsonObject Job(string name, string command, string script, JsonObject? nodes) => new()
    {
        ["Name"] = name,
        ["Role"] = "arn:aws:iam::000000000000:role/job",
        ["ExecutionProperty"] = new JsonObject { ["MaxConcurrentRuns"] = 10 },
        ["Command"] = new JsonObject { ["Name"] = command, ["ScriptLocation"] = $"s3://lake/scripts/{script}" },
        ["CodeGenConfigurationNodes"] = nodes,
    };

    private async Task PrepareAsync(DemoClient client)
    {
        await client.CreateBucketAsync("lake", Token);
        var rows = new StringBuilder("id,part\n");
        for (var i = 0; i < RowsPerRun; i++)
        {
            rows.Append(CultureInfo.InvariantCulture, $"{i},{i % PartitionsPerRun}\n");
        }

        await client.PutObjectAsync("lake", "rows/a.csv", new StringContent(rows.ToString()), Token);
        var script = $"""
            import os, subprocess, sys, time
            child = subprocess.Popen(["sleep", "600"])
            run = sys.argv[sys.argv.index("--JOB_RUN_ID") + 1]
            path = os.path.join("{folder}", "begun-" + run)
            with open(path + ".part", "w") as file:
                file.write(str(child.pid))
            os.rename(path + ".part", path)
            time.sleep(600)
            """;
        await client.PutObjectAsync("lake", "scripts/python.py", new StringContent(script), Token);
        await client.PutObjectAsync("lake", "scripts/quick.py", new StringContent("print('done')\n"), Token);
        await client.GlueAsync("CreateJob", Job("python", "pythonshell", "python.py", null), Token);
        await client.GlueAsync("CreateJob", Job("quick", "pythonshell", "quick.py", null), Token);
        await client.GlueAsync("CreateJob", Job("split", "glueetl", "split.py", new JsonObject { ["n1"] = Source(), ["n2"] = Target("n1", "split/", "part") }), Token);
        var endless = new JsonObject
        {
            ["SparkSQL"] = new JsonObject
            {
                ["Name"] = "endless", ["Inputs"] = new JsonArray("n1"),
                ["SqlQuery"] = "SELECT sum(CAST(a.id AS double) * CAST(b.id AS double) * CAST(c.id AS double)) AS s FROM t a CROSS JOIN t b CROSS JOIN t c",
                ["SqlAliases"] = new JsonArray(new JsonObject { ["From"] = "n1", ["Alias"] = "t" }),
            },
        };
        await client.GlueAsync("CreateJob", Job("endless", "glueetl", "endless.py", new JsonObject { ["n1"] = Source(), ["n2"] = endless, ["n3"] = Target("n2", "endless/") }), Token);
    }

    /// <summary>What holds at every start, whatever was going on at the end before it.</summary>
    private async Task CheckAsync(DemoClient client, IReadOnlyList<(string Job, string Id)> runs)
    {
        var succeeded = 0;
        foreach (var run in runs)
        {
            var found = await RunAsync(client, run);
            var state = (string)found["JobRunState"]!;
            Assert.True(state == "FAILED" || (state == "SUCCEEDED" && run.Job == "split"), $"{run.Job} is {state} after a restart");
            if (state == "FAILED")
            {
                Assert.Equal("The server stopped while the job was running.", (string?)found["ErrorMessage"]);
                Assert.NotNull(found["CompletedOn"]);
            }
            else
            {
                succeeded++;
            }
        }

        var outputs = await OutputsAsync();
        output.WriteLine($"{runs.Count} runs, {succeeded} succeeded, {outputs.Count} outputs");
        Assert.Equal(succeeded, outputs.Count);
        Assert.All(outputs.Values, objects => Assert.Equal((PartitionsPerRun, RowsPerRun), objects));
        Assert.False(Directory.Exists(Path.Combine(folder, "lake", "lake", "endless")) && Directory.EnumerateFiles(Path.Combine(folder, "lake", "lake", "endless")).Any(), "an endless job has output");
        var left = Directory.EnumerateFiles(Path.Combine(folder, "scratch"), "*", SearchOption.AllDirectories).ToArray();
        Assert.True(left.Length == 0, $"left behind: {string.Join(", ", left.Take(5))}");
    }

    private IEnumerable<string> Visible()
    {
        var root = Path.Combine(folder, "lake", "lake", "split");
        return Directory.Exists(root) ? Directory.EnumerateFiles(root, "run-*", SearchOption.AllDirectories) : [];
    }

    /// <summary>Objects and rows by the run that wrote them, which is in their names.</summary>
    private async Task<Dictionary<string, (int Objects, int Rows)>> OutputsAsync()
    {
        var found = new Dictionary<string, (int Objects, int Rows)>();
        foreach (var path in Visible())
        {
            var run = Path.GetFileName(path).Split('-')[1];
            var (objects, rows) = found.GetValueOrDefault(run);
            found[run] = (objects + 1, rows + (await File.ReadAllLinesAsync(path, Token)).Length);
        }

        return found;
    }
}
