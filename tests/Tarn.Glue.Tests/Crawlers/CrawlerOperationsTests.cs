using Tarn.Api.Glue;
using Tarn.Contracts;
using Tarn.Testing;

namespace Tarn.Glue.Tests.Crawlers;

public sealed class CrawlerOperationsTests
{
    [Fact]
    public async Task A_crawler_is_created_shown_changed_and_deleted()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        await world.CallAsync(GlueModel.CreateCrawler, CrawlerWorld.Request("data/", schedule: "cron(0 12 * * ? *)", exclusions: ["*.tmp"], sampleSize: 5));
        var crawler = (await world.CallAsync(GlueModel.GetCrawler, new GetCrawlerRequest { Name = "crawler" })).Crawler!;
        Assert.Equal(("crawler", "role", "db", "READY", 1L), (crawler.Name, crawler.Role, crawler.DatabaseName, crawler.State, crawler.Version));
        Assert.Equal(("UPDATE_IN_DATABASE", "DEPRECATE_IN_DATABASE", "CRAWL_EVERYTHING", "DISABLE"), (crawler.SchemaChangePolicy!.UpdateBehavior, crawler.SchemaChangePolicy.DeleteBehavior, crawler.RecrawlPolicy!.RecrawlBehavior, crawler.LineageConfiguration!.CrawlerLineageSettings));
        Assert.Equal(("s3://lake/data/", 5, "*.tmp"), (crawler.Targets!.S3Targets![0].Path, crawler.Targets.S3Targets[0].SampleSize, crawler.Targets.S3Targets[0].Exclusions![0]));
        Assert.Equal(("cron(0 12 * * ? *)", "SCHEDULED"), (crawler.Schedule!.ScheduleExpression, crawler.Schedule.State));
        Assert.Null(crawler.LastCrawl);

        await world.CallAsync(GlueModel.UpdateCrawler, new UpdateCrawlerRequest { Name = "crawler", Description = "d", Schedule = "" });
        crawler = (await world.CallAsync(GlueModel.GetCrawler, new GetCrawlerRequest { Name = "crawler" })).Crawler!;
        Assert.Equal(("d", 2L, "role"), (crawler.Description, crawler.Version, crawler.Role));
        Assert.Null(crawler.Schedule);

        await world.CallAsync(GlueModel.DeleteCrawler, new DeleteCrawlerRequest { Name = "crawler" });
        await FailsAsync("EntityNotFoundException", () => world.CallAsync(GlueModel.GetCrawler, new GetCrawlerRequest { Name = "crawler" }));
    }

    [Fact]
    public async Task What_cannot_be_crawled_is_refused_when_the_crawler_is_made()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        CreateCrawlerRequest[] refused =
        [
            CrawlerWorld.Request("", exclusions: ["[a"]),
            CrawlerWorld.Request("", sampleSize: 250),
            CrawlerWorld.Request("", schedule: "cron(* * * * ? *)"),
            CrawlerWorld.Request("", configuration: "{\"Grouping\":{\"TableGroupingPolicy\":\"x\"}}"),
            CrawlerWorld.Request("", configuration: "{\"Groupings\":{}}"),
            CrawlerWorld.Request("", configuration: "{"),
            CrawlerWorld.Request("", classifiers: ["absent"]),
            CrawlerWorld.Request("", recrawl: new RecrawlPolicy { RecrawlBehavior = "CRAWL_EVENT_MODE" }),
            CrawlerWorld.Request("", recrawl: new RecrawlPolicy { RecrawlBehavior = "CRAWL_NEW_FOLDERS_ONLY" }, policy: new SchemaChangePolicy { UpdateBehavior = "UPDATE_IN_DATABASE", DeleteBehavior = "LOG" }),
            new() { Name = "c", Role = "r", DatabaseName = "db", Targets = new CrawlerTargets() },
            new() { Name = "c", Role = "r", DatabaseName = "db", Targets = new CrawlerTargets { S3Targets = [new S3Target { Path = "/tmp" }] } },
            new() { Name = "c", Role = "r", DatabaseName = "db", Targets = new CrawlerTargets { JdbcTargets = [new JdbcTarget()] } },
            new() { Name = "c", Role = "r", DatabaseName = "db", Targets = new CrawlerTargets { DeltaTargets = [new DeltaTarget()] } },
        ];
        foreach (var request in refused)
        {
            await FailsAsync("InvalidInputException", () => world.CallAsync(GlueModel.CreateCrawler, request));
        }

        var jdbc = await Assert.ThrowsAsync<AwsException>(() => world.CallAsync(GlueModel.CreateCrawler, refused[^2]));
        Assert.Equal("JDBC targets of crawlers are not supported by Tarn yet.", jdbc.Message);
    }

    [Fact]
    public async Task Names_are_taken_once_and_unknown_ones_are_said()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        await world.CreateAsync();
        await FailsAsync("AlreadyExistsException", () => world.CreateAsync());
        await FailsAsync("EntityNotFoundException", () => world.CallAsync(GlueModel.StartCrawler, new StartCrawlerRequest { Name = "x" }));
        await FailsAsync("EntityNotFoundException", () => world.CallAsync(GlueModel.StopCrawler, new StopCrawlerRequest { Name = "x" }));
        await FailsAsync("EntityNotFoundException", () => world.CallAsync(GlueModel.DeleteCrawler, new DeleteCrawlerRequest { Name = "x" }));
        await FailsAsync("EntityNotFoundException", () => world.CallAsync(GlueModel.ListCrawls, new ListCrawlsRequest { CrawlerName = "x" }));
        await FailsAsync("CrawlerNotRunningException", () => world.CallAsync(GlueModel.StopCrawler, new StopCrawlerRequest { Name = "crawler" }));
        var batch = await world.CallAsync(GlueModel.BatchGetCrawlers, new BatchGetCrawlersRequest { CrawlerNames = ["x", "crawler"] });
        Assert.Equal(("crawler", "x"), (batch.Crawlers!.Single().Name, batch.CrawlersNotFound!.Single()));
    }

    [Fact]
    public async Task Lists_come_in_pages_and_by_tags()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        for (var index = 0; index < 5; index++)
        {
            var request = CrawlerWorld.Request("", name: $"c{index}");
            await world.CallAsync(GlueModel.CreateCrawler, new CreateCrawlerRequest
            {
                Name = request.Name,
                Role = request.Role,
                DatabaseName = request.DatabaseName,
                Targets = request.Targets,
                Tags = new Dictionary<string, string> { ["odd"] = index % 2 == 1 ? "yes" : "no" },
            });
        }

        var names = new List<string>();
        string? token = null;
        do
        {
            var page = await world.CallAsync(GlueModel.ListCrawlers, new ListCrawlersRequest { MaxResults = 2, NextToken = token });
            names.AddRange(page.CrawlerNames!);
            token = page.NextToken;
        }
        while (token is not null);
        Assert.Equal(["c0", "c1", "c2", "c3", "c4"], names);
        var odd = await world.CallAsync(GlueModel.ListCrawlers, new ListCrawlersRequest { Tags = new Dictionary<string, string> { ["odd"] = "yes" } });
        Assert.Equal(["c1", "c3"], odd.CrawlerNames!);
        await FailsAsync("InvalidInputException", () => world.CallAsync(GlueModel.GetCrawlers, new GetCrawlersRequest { NextToken = "rubbish" }));
        var tags = await world.CallAsync(GlueModel.GetTags, new GetTagsRequest { ResourceArn = "arn:aws:glue:us-east-1:000000000000:crawler/c1" });
        Assert.Equal("yes", tags.Tags!["odd"]);
    }

    [Fact]
    public async Task A_running_crawler_cannot_be_started_changed_or_deleted_and_can_be_stopped()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        var reading = new TaskCompletionSource();
        world.Put("data/a.csv", CrawlerWorld.Rows(3));
        world.Lake.Opening = async (_, cancellationToken) =>
        {
            reading.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        };
        await world.CreateAsync("data/");
        await world.CallAsync(GlueModel.StartCrawler, new StartCrawlerRequest { Name = "crawler" });
        await reading.Task;
        Assert.Equal("RUNNING", (await world.CallAsync(GlueModel.GetCrawler, new GetCrawlerRequest { Name = "crawler" })).Crawler!.State);
        await FailsAsync("CrawlerRunningException", () => world.CallAsync(GlueModel.StartCrawler, new StartCrawlerRequest { Name = "crawler" }));
        await FailsAsync("CrawlerRunningException", () => world.CallAsync(GlueModel.UpdateCrawler, new UpdateCrawlerRequest { Name = "crawler" }));
        await FailsAsync("CrawlerRunningException", () => world.CallAsync(GlueModel.DeleteCrawler, new DeleteCrawlerRequest { Name = "crawler" }));
        var running = world.Runner.WaitAsync(CrawlerWorld.Scope, "crawler");
        await world.CallAsync(GlueModel.StopCrawler, new StopCrawlerRequest { Name = "crawler" });
        await running;
        var crawler = (await world.CallAsync(GlueModel.GetCrawler, new GetCrawlerRequest { Name = "crawler" })).Crawler!;
        Assert.Equal(("READY", "CANCELLED"), (crawler.State, crawler.LastCrawl!.Status));
        Assert.Equal("STOPPED", (await world.CallAsync(GlueModel.ListCrawls, new ListCrawlsRequest { CrawlerName = "crawler" })).Crawls!.Single().State);

        world.Lake.Opening = null;
        await world.CrawlAsync();
        Assert.Single(await world.TablesAsync());
    }

    [Fact]
    public async Task A_crawl_that_the_server_left_behind_is_failed_at_the_next_start()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        var reading = new TaskCompletionSource();
        world.Put("data/a.csv", CrawlerWorld.Rows(3));
        world.Lake.Opening = async (_, _) =>
        {
            reading.TrySetResult();
            await new TaskCompletionSource().Task;
        };
        await world.CreateAsync("data/");
        await world.CallAsync(GlueModel.StartCrawler, new StartCrawlerRequest { Name = "crawler" });
        await reading.Task;
        world.Lake.Opening = null;
        await world.RestartAsync();
        var crawler = (await world.CallAsync(GlueModel.GetCrawler, new GetCrawlerRequest { Name = "crawler" })).Crawler!;
        Assert.Equal(("READY", "FAILED"), (crawler.State, crawler.LastCrawl!.Status));
        Assert.StartsWith("The server stopped while the crawl ran.", crawler.LastCrawl.ErrorMessage, StringComparison.Ordinal);
        await world.CrawlAsync();
        Assert.Single(await world.TablesAsync());
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_fails_the_crawl_with_S3s_words()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        await world.CallAsync(GlueModel.CreateCrawler, new CreateCrawlerRequest
        {
            Name = "crawler",
            Role = "r",
            DatabaseName = "db",
            Targets = new CrawlerTargets { S3Targets = [new S3Target { Path = "s3://absent/x" }] },
        });
        await world.CallAsync(GlueModel.StartCrawler, new StartCrawlerRequest { Name = "crawler" });
        await world.Runner.WaitAsync(CrawlerWorld.Scope, "crawler");
        var last = (await world.CallAsync(GlueModel.GetCrawler, new GetCrawlerRequest { Name = "crawler" })).Crawler!.LastCrawl!;
        Assert.Equal(("FAILED", "NoSuchBucket: The specified bucket does not exist", "/aws-glue/crawlers", "crawler"), (last.Status, last.ErrorMessage, last.LogGroup, last.LogStream));
        Assert.Contains($"[{last.MessagePrefix}] ERROR : NoSuchBucket", world.Log(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task History_metrics_and_log_tell_what_a_crawl_did()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        world.Put("data/a.csv", CrawlerWorld.Rows(3));
        await world.CreateAsync("data/");
        var first = await world.CrawlAsync();
        var second = await world.CrawlAsync();
        var all = await world.CallAsync(GlueModel.ListCrawls, new ListCrawlsRequest { CrawlerName = "crawler" });
        Assert.Equal([second.CrawlId, first.CrawlId], all.Crawls!.Select(crawl => crawl.CrawlId));
        var page = await world.CallAsync(GlueModel.ListCrawls, new ListCrawlsRequest { CrawlerName = "crawler", MaxResults = 1 });
        page = await world.CallAsync(GlueModel.ListCrawls, new ListCrawlsRequest { CrawlerName = "crawler", MaxResults = 1, NextToken = page.NextToken });
        Assert.Equal((first.CrawlId, null), (page.Crawls!.Single().CrawlId, page.NextToken));
        var filtered = await world.CallAsync(GlueModel.ListCrawls, new ListCrawlsRequest
        {
            CrawlerName = "crawler",
            Filters =
            [
                new CrawlsFilter { FieldName = "CRAWL_ID", FilterOperator = "NE", FieldValue = first.CrawlId },
                new CrawlsFilter { FieldName = "STATE", FilterOperator = "EQ", FieldValue = "COMPLETED" },
                new CrawlsFilter { FieldName = "START_TIME", FilterOperator = "GE", FieldValue = first.StartTime!.Value.ToUnixTimeMilliseconds().ToString() },
            ],
        });
        Assert.Equal(second.CrawlId, filtered.Crawls!.Single().CrawlId);
        var metrics = (await world.CallAsync(GlueModel.GetCrawlerMetrics, new GetCrawlerMetricsRequest())).CrawlerMetricsList!.Single();
        Assert.Equal(("crawler", 1, 0, 0, false), (metrics.CrawlerName, metrics.TablesCreated, metrics.TablesUpdated, metrics.TablesDeleted, metrics.StillEstimating));
        Assert.True(metrics.LastRuntimeSeconds > 0 && metrics.MedianRuntimeSeconds > 0);
        foreach (var line in new[]
        {
            "BENCHMARK : Running Start Crawl for Crawler crawler",
            "BENCHMARK : Classification complete, writing results to database db",
            "INFO : Crawler configured with SchemaChangePolicy {\"UpdateBehavior\":\"UPDATE_IN_DATABASE\",\"DeleteBehavior\":\"DEPRECATE_IN_DATABASE\"}.",
            "INFO : Created table data in database db",
            "BENCHMARK : Finished writing to Catalog",
            "BENCHMARK : Crawler has finished running and is in state READY",
        })
        {
            Assert.Contains($"[{first.CrawlId}] {line}", world.Log(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_schedule_starts_its_crawler()
    {
        var time = new ManualTime(new DateTimeOffset(2024, 3, 5, 11, 59, 30, TimeSpan.Zero));
        await using var world = await CrawlerWorld.OpenAsync(time);
        world.Put("data/a.csv", CrawlerWorld.Rows(3));
        var started = new TaskCompletionSource();
        world.Lake.Opening = (_, _) =>
        {
            started.TrySetResult();
            return Task.CompletedTask;
        };
        await world.CallAsync(GlueModel.CreateCrawler, CrawlerWorld.Request("data/", schedule: "cron(0 12 * * ? *)"));
        await world.Runner.StartAsync(CancellationToken.None);
        await time.TimerMade.WaitAsync();
        time.Advance(TimeSpan.FromSeconds(31));
        await started.Task;
        await world.Runner.WaitAsync(CrawlerWorld.Scope, "crawler");
        Assert.Equal("SUCCEEDED", (await world.CallAsync(GlueModel.GetCrawler, new GetCrawlerRequest { Name = "crawler" })).Crawler!.LastCrawl!.Status);
    }

    [Fact]
    public async Task Schedules_are_started_stopped_and_changed()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        await world.CreateAsync();
        await FailsAsync("NoScheduleException", () => world.CallAsync(GlueModel.StartCrawlerSchedule, new StartCrawlerScheduleRequest { CrawlerName = "crawler" }));
        await FailsAsync("SchedulerNotRunningException", () => world.CallAsync(GlueModel.StopCrawlerSchedule, new StopCrawlerScheduleRequest { CrawlerName = "crawler" }));
        await FailsAsync("InvalidInputException", () => world.CallAsync(GlueModel.UpdateCrawlerSchedule, new UpdateCrawlerScheduleRequest { CrawlerName = "crawler", Schedule = "never" }));
        await world.CallAsync(GlueModel.UpdateCrawlerSchedule, new UpdateCrawlerScheduleRequest { CrawlerName = "crawler", Schedule = "cron(0 1 * * ? *)" });
        await FailsAsync("SchedulerRunningException", () => world.CallAsync(GlueModel.StartCrawlerSchedule, new StartCrawlerScheduleRequest { CrawlerName = "crawler" }));
        await world.CallAsync(GlueModel.StopCrawlerSchedule, new StopCrawlerScheduleRequest { CrawlerName = "crawler" });
        Assert.Equal("NOT_SCHEDULED", (await world.CallAsync(GlueModel.GetCrawler, new GetCrawlerRequest { Name = "crawler" })).Crawler!.Schedule!.State);
        await world.CallAsync(GlueModel.StartCrawlerSchedule, new StartCrawlerScheduleRequest { CrawlerName = "crawler" });
    }

    [Fact]
    public async Task Custom_classifiers_are_kept_and_used()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        await world.CallAsync(GlueModel.CreateClassifier, new CreateClassifierRequest { JsonClassifier = new CreateJsonClassifierRequest { Name = "elements", JsonPath = "$[*]" } });
        await world.CallAsync(GlueModel.CreateClassifier, new CreateClassifierRequest { CsvClassifier = new CreateCsvClassifierRequest { Name = "caret", Delimiter = "^", ContainsHeader = "ABSENT", Header = ["a", "b"], Serde = "OpenCSVSerDe", CustomDatatypeConfigured = true, CustomDatatypes = ["INT", "DATE"] } });
        await FailsAsync("AlreadyExistsException", () => world.CallAsync(GlueModel.CreateClassifier, new CreateClassifierRequest { JsonClassifier = new CreateJsonClassifierRequest { Name = "elements", JsonPath = "$" } }));
        await FailsAsync("InvalidInputException", () => world.CallAsync(GlueModel.CreateClassifier, new CreateClassifierRequest { JsonClassifier = new CreateJsonClassifierRequest { Name = "bad", JsonPath = "$..x" } }));
        await FailsAsync("InvalidInputException", () => world.CallAsync(GlueModel.CreateClassifier, new CreateClassifierRequest { GrokClassifier = new CreateGrokClassifierRequest { Name = "g", Classification = "c", GrokPattern = "%{WORD:x}" } }));
        await FailsAsync("InvalidInputException", () => world.CallAsync(GlueModel.CreateClassifier, new CreateClassifierRequest { XMLClassifier = new CreateXMLClassifierRequest { Name = "x", Classification = "c" } }));
        await FailsAsync("EntityNotFoundException", () => world.CallAsync(GlueModel.GetClassifier, new GetClassifierRequest { Name = "g" }));
        await FailsAsync("EntityNotFoundException", () => world.CallAsync(GlueModel.UpdateClassifier, new UpdateClassifierRequest { JsonClassifier = new UpdateJsonClassifierRequest { Name = "g", JsonPath = "$" } }));

        world.Put("in/array/a.json", "[{\"x\":1},{\"x\":2}]");
        world.Put("in/caret/a.txt", "1^2020-01-01\n");
        await world.CallAsync(GlueModel.CreateCrawler, CrawlerWorld.Request("in/", classifiers: ["caret", "elements"]));
        await world.CrawlAsync();
        Assert.Equal(["array(x:int)", "caret(a:int,b:date)"], await world.SchemasAsync());
        Assert.Equal("$[*]", (await world.TableAsync("array")).Parameters["jsonPath"]);
        Assert.Equal("org.apache.hadoop.hive.serde2.OpenCSVSerde", (await world.TableAsync("caret")).StorageDescriptor!.SerdeInfo!.SerializationLibrary);

        await world.CallAsync(GlueModel.UpdateClassifier, new UpdateClassifierRequest { CsvClassifier = new UpdateCsvClassifierRequest { Name = "caret", Delimiter = "~" } });
        var caret = (await world.CallAsync(GlueModel.GetClassifier, new GetClassifierRequest { Name = "caret" })).Classifier!.CsvClassifier!;
        Assert.Equal(("~", 2L, "ABSENT"), (caret.Delimiter, caret.Version, caret.ContainsHeader));
        Assert.Equal(2, (await world.CallAsync(GlueModel.GetClassifiers, new GetClassifiersRequest())).Classifiers!.Count);
        await world.CallAsync(GlueModel.DeleteClassifier, new DeleteClassifierRequest { Name = "caret" });
        await FailsAsync("EntityNotFoundException", () => world.CallAsync(GlueModel.DeleteClassifier, new DeleteClassifierRequest { Name = "caret" }));
    }

    private static async Task FailsAsync(string code, Func<Task> call) => Assert.Equal(code, (await Assert.ThrowsAsync<AwsException>(call)).Code);
}
