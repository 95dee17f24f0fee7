using Tarn.Api.Glue;
using Tarn.Contracts.Catalog;

namespace Tarn.Glue.Tests.Jobs;

public sealed class VisualJobTests
{
    private static Dictionary<string, CodeGenConfigurationNode> Orders(string format = "json", DirectSchemaChangePolicy? policy = null, string? filter = "paid", params IReadOnlyList<IReadOnlyList<string>> keys) => new()
    {
        ["node-1"] = new() { S3CsvSource = new() { Name = "orders", Paths = ["s3://b/in/"], Separator = "comma", QuoteChar = "quote", WithHeader = true } },
        ["node-2"] = new() { Filter = new() { Name = "paid only", Inputs = ["node-1"], LogicalOperator = "AND", Filters = [new() { Operation = "EQ", Values = [new() { Type = "COLUMNEXTRACTED", Value = ["state"] }, new() { Type = "CONSTANT", Value = [filter!] }] }] } },
        ["node-3"] = new() { ApplyMapping = new() { Name = "types", Inputs = ["node-2"], Mapping = [new() { ToKey = "id", FromPath = ["id"], FromType = "string", ToType = "long" }, new() { ToKey = "country", FromPath = ["country"], FromType = "string", ToType = "string" }, new() { ToKey = "total", FromPath = ["total"], FromType = "string", ToType = "double" }] } },
        ["node-4"] = new() { S3DirectTarget = new() { Name = "out", Inputs = ["node-3"], Path = "s3://b/out/", Format = format, PartitionKeys = keys, SchemaChangePolicy = policy } },
    };

    private static void PutLargeFile(TestJobs jobs) =>
        jobs.Lake.Put("b", "in/a.csv", "k,v\n" + string.Concat(Enumerable.Range(0, 400_000).Select(i => $"{i % 10},{Guid.NewGuid():N}{Guid.NewGuid():N}{Guid.NewGuid():N}{Guid.NewGuid():N}\n")));

    private static Dictionary<string, CodeGenConfigurationNode> Large(CodeGenConfigurationNode node) => new()
    {
        ["n1"] = new() { S3CsvSource = new() { Name = "in", Paths = ["s3://b/in/"], Separator = "comma", QuoteChar = "quote", WithHeader = true } },
        ["n2"] = node,
        ["n3"] = new() { S3DirectTarget = new() { Name = "out", Inputs = ["n2"], Path = "s3://b/out/", Format = "json" } },
    };

    private static async Task<int> Command(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    private static void PutOrders(TestJobs jobs)
    {
        jobs.Lake.Put("b", "in/a.csv", "id,state,country,total\n1,paid,de,1.5\n2,open,fr,2\n");
        jobs.Lake.Put("b", "in/more/b.csv", "country,id,total,state\n\"a/b c\",3,3,paid\n");
        jobs.Lake.Put("b", "in/_SUCCESS", "no data");
    }

    [Fact]
    public async Task A_visual_job_runs_its_graph_and_writes_the_script()
    {
        await using var jobs = await TestJobs.OpenAsync();
        PutOrders(jobs);
        await jobs.Create("orders", Orders());
        var run = await jobs.Run("orders");
        Assert.True(run.JobRunState == "SUCCEEDED", run.ErrorMessage);
        Assert.Equal(["""{"id":1,"country":"de","total":1.5}""", """{"id":3,"country":"a/b c","total":3.0}"""], jobs.Lake.Lines("b", "out/"));
        var script = jobs.Lake.Text("b", "scripts/job.py");
        Assert.Contains("ApplyMapping.apply(", script, StringComparison.Ordinal);
        Assert.Contains("job.commit()", script, StringComparison.Ordinal);
        Assert.Contains("2 records written", jobs.Log("output", run.Id!), StringComparison.Ordinal);
        Assert.Equal("/aws-glue/jobs", run.LogGroupName);
        Assert.NotNull(run.CompletedOn);
        var job = (await jobs.Call(GlueModel.GetJob, new GetJobRequest { JobName = "orders" })).Job!;
        Assert.Equal("paid only", job.CodeGenConfigurationNodes!["node-2"].Filter!.Name);
    }

    [Fact]
    public async Task The_script_is_python()
    {
        await using var jobs = await TestJobs.OpenAsync();
        await jobs.Create("orders", Orders("parquet", new() { EnableUpdateCatalog = true, Database = "sales", Table = "orders" }, "it's \"x\"", ["country"]));
        await jobs.Python("check", "import ast, sys\nast.parse(open(sys.argv[1 + sys.argv.index('--file')]).read())\n");
        var script = Path.GetTempFileName();
        await File.WriteAllTextAsync(script, jobs.Lake.Text("b", "scripts/job.py"));
        var run = await jobs.Run("check", new Dictionary<string, string> { ["--file"] = script });
        Assert.True(run.JobRunState == "SUCCEEDED", run.ErrorMessage);
    }

    [Theory]
    [InlineData("parquet")]
    [InlineData("json")]
    [InlineData("csv")]
    public async Task Partitions_are_folders_and_the_catalog_learns_of_them(string format)
    {
        await using var jobs = await TestJobs.OpenAsync();
        PutOrders(jobs);
        await jobs.Catalog.CreateDatabaseAsync(TestJobs.Scope, new CatalogDatabase { Name = "sales" }, CancellationToken.None);
        await jobs.Create("orders", Orders(format, new() { EnableUpdateCatalog = true, UpdateBehavior = "UPDATE_IN_DATABASE", Database = "sales", Table = "orders" }, "paid", ["country"]));
        var run = await jobs.Run("orders");
        Assert.True(run.JobRunState == "SUCCEEDED", run.ErrorMessage);
        Assert.Equal(["out/country=a%2Fb c/", "out/country=de/"], jobs.Lake.Keys("b", "out/").Select(key => key[..(key.LastIndexOf('/') + 1)]));
        var table = (await jobs.Catalog.FindTableAsync(TestJobs.Scope, "sales", "orders", CancellationToken.None))!;
        Assert.Equal(["id bigint", "total double"], table.StorageDescriptor!.Columns.Select(column => $"{column.Name} {column.Type}"));
        Assert.Equal(["country"], table.PartitionKeys.Select(key => key.Name));
        Assert.Equal(format, table.Parameters["classification"]);
        var partitions = new List<string>();
        await foreach (var partition in jobs.Catalog.ListPartitionsAsync(TestJobs.Scope, "sales", "orders", null, CancellationToken.None))
        {
            partitions.Add($"{partition.Values[0]} {partition.StorageDescriptor!.Location}");
        }

        Assert.Equal(["a/b c s3://b/out/country=a%2Fb c/", "de s3://b/out/country=de/"], partitions);

        // What was written is read back through the catalog, one partition of it, and appended to the same table.
        await jobs.Create("back", new Dictionary<string, CodeGenConfigurationNode>
        {
            ["n1"] = new() { S3CatalogSource = new() { Name = "orders", Database = "sales", Table = "orders", PartitionPredicate = "country = 'de'" } },
            ["n2"] = new() { S3DirectTarget = new() { Name = "out", Inputs = ["n1"], Path = "s3://b/back/", Format = "json" } },
            ["n3"] = new() { CatalogTarget = new() { Name = "append", Inputs = ["n1"], Database = "sales", Table = "orders", PartitionKeys = [["country"]] } },
        });
        var back = await jobs.Run("back");
        Assert.True(back.JobRunState == "SUCCEEDED", back.ErrorMessage);
        Assert.Equal(["""{"id":1,"total":1.5,"country":"de"}"""], jobs.Lake.Lines("b", "back/"));
        Assert.Equal(2, jobs.Lake.Keys("b", "out/country=de/").Length);
    }

    [Fact]
    public async Task A_run_that_fails_leaves_no_output_and_says_which_node()
    {
        await using var jobs = await TestJobs.OpenAsync();
        PutOrders(jobs);
        var nodes = Orders();
        nodes["node-5"] = new() { SelectFields = new() { Name = "wrong", Inputs = ["node-1"], Paths = [["nothing"]] } };
        nodes["node-6"] = new() { S3DirectTarget = new() { Name = "out 2", Inputs = ["node-5"], Path = "s3://b/out2/", Format = "json" } };
        await jobs.Create("orders", nodes);
        var run = await jobs.Run("orders");
        Assert.Equal("FAILED", run.JobRunState);
        Assert.Contains("wrong (node-5)", run.ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(jobs.Lake.Keys("b", "out"));
        Assert.Contains("ERROR", jobs.Log("error", run.Id!), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(jobs.Lake.StagingDirectory));
        Assert.Empty(Directory.EnumerateFileSystemEntries(jobs.Options.WorkDirectory));
    }

    [Fact]
    public async Task A_plan_that_outgrows_its_memory_fails_with_the_reason()
    {
        await using var jobs = await TestJobs.OpenAsync(options => options with { PlanMemoryBytesMax = 64L << 20, PlanTempBytesMax = 1L << 20 });
        PutLargeFile(jobs);
        await jobs.Create("heavy", Large(new() { DropDuplicates = new() { Name = "heavy", Inputs = ["n1"] } }));
        var run = await jobs.Run("heavy");
        Assert.Equal("FAILED", run.JobRunState);
        Assert.Matches("^(OutOfMemory|DiskFull): the plan needs more", run.ErrorMessage);
        Assert.Empty(jobs.Lake.Keys("b", "out/"));
    }

    [Fact]
    public async Task A_full_disk_fails_the_run_and_leaves_the_server_well()
    {
        await using var jobs = await TestJobs.OpenAsync();
        PutLargeFile(jobs);
        await jobs.Create("large", Large(new() { SelectFields = new() { Name = "all", Inputs = ["n1"], Paths = [["k"], ["v"]] } }));
        if (await Command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", jobs.Lake.StagingDirectory) != 0)
        {
            Assert.Skip("Mounting a small file system needs root.");
        }

        try
        {
            var run = await jobs.Run("large");
            Assert.Equal("FAILED", run.JobRunState);
            Assert.StartsWith("DiskFull: no space is left on the device", run.ErrorMessage, StringComparison.Ordinal);
            Assert.Empty(jobs.Lake.Keys("b", "out/"));
        }
        finally
        {
            await Command("umount", jobs.Lake.StagingDirectory);
        }

        Assert.Equal("SUCCEEDED", (await jobs.Run("large")).JobRunState);
    }

    [Fact]
    public async Task Output_that_was_half_visible_when_the_server_died_is_taken_back_by_the_next()
    {
        var jobs = await TestJobs.OpenAsync();
        jobs.Lake.Put("b", "in/a.csv", "id,state,country,total\n1,paid,de,1.5\n2,paid,fr,2\n3,paid,it,3\n");
        jobs.Lake.Put("b", "out/country=de/of-another", "");
        await jobs.Create("orders", Orders(keys: [["country"]]));
        var dead = new TaskCompletionSource();
        var isHalf = new TaskCompletionSource();
        var adopted = 0;
        jobs.Lake.OnAdopt = _ =>
        {
            if (++adopted < 3)
            {
                return Task.CompletedTask;
            }

            isHalf.SetResult();
            return dead.Task;
        };
        var id = await jobs.Start("orders");
        await isHalf.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(3, jobs.Lake.Keys("b", "out/").Length);
        await using (var next = await jobs.Again())
        {
            var run = await next.Get("orders", id);
            Assert.Equal(("FAILED", "The server stopped while the job was running."), (run.JobRunState, run.ErrorMessage));
            Assert.Equal(["out/country=de/of-another"], next.Lake.Keys("b", "out/"));
            Assert.Equal("SUCCEEDED", (await next.Run("orders")).JobRunState);
            Assert.Equal(4, next.Lake.Keys("b", "out/").Length);
        }

        dead.SetException(new IOException("dead"));
        await jobs.DisposeAsync();
    }

    [Fact]
    public async Task A_worker_that_dies_and_leaves_something_running_ends_the_run()
    {
        var program = Path.GetTempFileName();
        await File.WriteAllTextAsync(program, "#!/bin/sh\nsleep 20 &\nexit 3\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await using var jobs = await TestJobs.OpenAsync(options => options with { WorkerProgram = program, StopGrace = TimeSpan.FromMilliseconds(100) });
        PutOrders(jobs);
        await jobs.Create("orders", Orders());
        var id = await jobs.Start("orders");
        var run = await jobs.End("orders", id).WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);
        Assert.Equal(("FAILED", true), (run.JobRunState, run.ErrorMessage!.Contains("(exit code 3)", StringComparison.Ordinal)));
        File.Delete(program);
    }

    [Fact]
    public async Task A_worker_that_is_killed_fails_the_run_and_a_missing_one_too()
    {
        var script = Path.Combine(Directory.CreateTempSubdirectory("tarn-fake-worker-").FullName, "worker");
        await File.WriteAllTextAsync(script, "#!/bin/sh\nread line\necho 'going down' >&2\nkill -9 $$\n");
        using (var chmod = System.Diagnostics.Process.Start("chmod", ["+x", script]))
        {
            await chmod.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await using var jobs = await TestJobs.OpenAsync(options => options with { WorkerProgram = script });
        PutOrders(jobs);
        await jobs.Create("orders", Orders());
        var run = await jobs.Run("orders");
        Assert.Equal("FAILED", run.JobRunState);
        Assert.Equal("The worker process died (signal 9) before the plan was done. It said: going down", run.ErrorMessage);
        await using var without = await TestJobs.OpenAsync(options => options with { WorkerProgram = "/nowhere/tarn-worker" });
        PutOrders(without);
        await without.Create("orders", Orders());
        Assert.Contains("is missing", (await without.Run("orders")).ErrorMessage, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kind")]
    [InlineData("missing")]
    [InlineData("cycle")]
    [InlineData("collection")]
    [InlineData("target")]
    [InlineData("format")]
    public async Task A_graph_that_cannot_run_is_refused_when_the_job_is_made(string fault)
    {
        await using var jobs = await TestJobs.OpenAsync();
        var nodes = Orders();
        var expected = fault switch
        {
            "kind" => "Node node-9 (spark) is of kind CustomCode, which Tarn does not run yet.",
            "missing" => "Node node-2 (paid only) reads node node-8, which is not in the graph.",
            "cycle" => "The nodes node-2 -> node-3 -> node-2 read each other in a circle.",
            "collection" => "Node node-4 (out) reads the collection of node node-3 (split): put a SelectFromCollection between them.",
            "target" => "The graph has no target: nothing would be written.",
            _ => "Node node-4: the format orc cannot be written yet; csv, json and parquet can.",
        };
        switch (fault)
        {
            case "kind":
                nodes["node-9"] = new() { CustomCode = new() { Name = "spark", Inputs = ["node-3"], Code = "", ClassName = "X" } };
                break;
            case "missing":
                nodes["node-2"] = new() { DropDuplicates = new() { Name = "paid only", Inputs = ["node-8"] } };
                break;
            case "cycle":
                nodes["node-2"] = new() { DropDuplicates = new() { Name = "d", Inputs = ["node-3"] } };
                break;
            case "collection":
                nodes["node-3"] = new() { SplitFields = new() { Name = "split", Inputs = ["node-2"], Paths = [["id"]] } };
                break;
            case "target":
                nodes.Remove("node-4");
                break;
            default:
                nodes["node-4"] = new() { S3DirectTarget = new() { Name = "out", Inputs = ["node-3"], Path = "s3://b/out/", Format = "orc" } };
                break;
        }

        var failure = await Assert.ThrowsAsync<Tarn.Contracts.AwsException>(() => jobs.Create("orders", nodes));
        Assert.Equal("InvalidInputException", failure.Code);
        Assert.Contains(expected.Replace("node-2 -> node-3 -> node-2", "", StringComparison.Ordinal)[..10], failure.Message, StringComparison.Ordinal);
        if (fault != "cycle")
        {
            Assert.Equal(expected, failure.Message);
        }
    }
}
