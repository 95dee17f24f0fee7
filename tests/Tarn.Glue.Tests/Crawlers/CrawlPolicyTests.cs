using Tarn.Api.Glue;

namespace Tarn.Glue.Tests.Crawlers;

public sealed class CrawlPolicyTests
{
    private static readonly SchemaChangePolicy Deletes = new() { DeleteBehavior = "DELETE_FROM_DATABASE" };

    [Fact]
    public async Task A_crawl_of_what_has_not_changed_writes_nothing()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        world.Put("data/p=1/a.csv", CrawlerWorld.Rows(3));
        await world.CreateAsync("data/");
        var first = await world.CrawlAsync();
        Assert.Contains("\"ADD\":{\"Count\":1,\"Details\":{\"names\":[\"data\"]}}", first.Summary, StringComparison.Ordinal);
        var table = await world.TableAsync("data");
        var second = await world.CrawlAsync();
        Assert.Equal("{}", second.Summary);
        Assert.Equal(table.VersionId, (await world.TableAsync("data")).VersionId);
    }

    [Fact]
    public async Task A_crawler_without_a_database_is_kept_and_its_crawl_says_what_is_missing()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        world.Put("data/a.csv", CrawlerWorld.Rows(3));
        await world.CallAsync(GlueModel.CreateCrawler, new CreateCrawlerRequest { Name = "crawler", Role = "r", Targets = new CrawlerTargets { S3Targets = [new S3Target { Path = "s3://lake/data/" }] } });
        var crawl = await world.CrawlAsync("FAILED");
        Assert.Equal(("FAILED", "The crawler has no DatabaseName: tables of S3 targets need a database to be written to."), (crawl.State, crawl.ErrorMessage));
    }

    [Fact]
    public async Task Updating_replaces_columns_and_adds_and_deletes_partitions()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        world.Put("data/p=1/a.json", "{\"a\":1,\"b\":1,\"c\":1,\"d\":1}");
        world.Put("data/p=2/a.json", "{\"a\":1,\"b\":1,\"c\":1,\"d\":1}");
        await world.CallAsync(GlueModel.CreateCrawler, CrawlerWorld.Request("data/", policy: Deletes));
        await world.CrawlAsync();
        world.Delete("data/p=1/a.json");
        world.Put("data/p=2/a.json", "{\"a\":1,\"b\":1,\"c\":1.5,\"e\":1}");
        world.Put("data/p=3/a.json", "{\"a\":1,\"b\":1,\"c\":1,\"e\":1}");
        var crawl = await world.CrawlAsync();
        Assert.Equal(["data(a:int,b:int,c:double,e:int)[p]"], await world.SchemasAsync());
        Assert.Equal(["2", "3"], await world.PartitionValuesAsync("data"));
        Assert.Equal(
            """{"TABLE":{"UPDATE":{"Count":1,"Details":{"names":["data"]}}},"PARTITION":{"ADD":{"Count":1,"Details":{"names":["data/3"]}},"UPDATE":{"Count":1,"Details":{"names":["data/2"]}},"DELETE":{"Count":1,"Details":{"names":["data/1"]}}}}""",
            crawl.Summary);
    }

    [Fact]
    public async Task Tables_that_are_gone_are_deprecated_deleted_or_left()
    {
        foreach (var (behavior, isThere, isDeprecated) in new[] { ("DEPRECATE_IN_DATABASE", true, true), ("DELETE_FROM_DATABASE", false, false), ("LOG", true, false) })
        {
            await using var world = await CrawlerWorld.OpenAsync();
            world.Put("in/a/f.csv", CrawlerWorld.Rows(3));
            world.Put("in/b/f.json", "{\"x\":1}");
            await world.CallAsync(GlueModel.CreateCrawler, CrawlerWorld.Request("in/", policy: new SchemaChangePolicy { DeleteBehavior = behavior }, configuration: """{"Grouping":{"TableLevelConfiguration":3}}"""));
            await world.CrawlAsync();
            world.Delete("in/a/f.csv");
            await world.CrawlAsync();
            var table = (await world.TablesAsync()).FirstOrDefault(found => found.Name == "a");
            Assert.Equal(isThere, table is not null);
            Assert.Equal(isDeprecated, table?.Parameters.ContainsKey("DEPRECATED_BY_CRAWLER") == true);
            world.Put("in/a/f.csv", CrawlerWorld.Rows(3));
            await world.CrawlAsync();
            Assert.False((await world.TableAsync("a")).Parameters.ContainsKey("DEPRECATED_BY_CRAWLER"));
        }
    }

    [Fact]
    public async Task Tables_of_others_are_never_touched()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        world.Put("data/f.csv", CrawlerWorld.Rows(3));
        await world.CallAsync(GlueModel.CreateDatabase, new CreateDatabaseRequest { DatabaseInput = new DatabaseInput { Name = "db" } });
        foreach (var name in new[] { "data", "other" })
        {
            await world.CallAsync(GlueModel.CreateTable, new CreateTableRequest { DatabaseName = "db", TableInput = new TableInput { Name = name, StorageDescriptor = new Tarn.Api.Glue.StorageDescriptor { Location = "s3://lake/elsewhere/" } } });
        }

        await world.CallAsync(GlueModel.CreateCrawler, CrawlerWorld.Request("", policy: Deletes));
        await world.CrawlAsync();
        var names = (await world.TablesAsync()).Select(table => table.Name).ToArray();
        Assert.Equal(["data", "lake", "other"], names);
    }

    [Fact]
    public async Task Logging_leaves_tables_but_adds_partitions()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        world.Put("data/p=1/a.json", "{\"a\":1,\"b\":1,\"c\":1,\"d\":1}");
        await world.CallAsync(GlueModel.CreateCrawler, CrawlerWorld.Request("data/", policy: new SchemaChangePolicy { UpdateBehavior = "LOG", DeleteBehavior = "LOG" }));
        await world.CrawlAsync();
        world.Put("data/p=2/a.json", "{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1}");
        world.Delete("data/p=1/a.json");
        await world.CrawlAsync();
        Assert.Equal(["data(a:int,b:int,c:int,d:int)[p]"], await world.SchemasAsync());
        Assert.Equal(["1", "2"], await world.PartitionValuesAsync("data"));
        Assert.Contains("is left as it is", world.Log(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Merging_new_columns_adds_and_keeps()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        world.Put("data/f.json", "{\"a\":1,\"B\":{\"x\":1}}");
        await world.CallAsync(GlueModel.CreateCrawler, CrawlerWorld.Request("data/", configuration: """{"Version":1.0,"CrawlerOutput":{"Tables":{"AddOrUpdateBehavior":"MergeNewColumns"}}}"""));
        await world.CrawlAsync();
        world.Put("data/f.json", "{\"B\":{\"x\":\"s\",\"y\":2},\"c\":true}");
        await world.CrawlAsync();
        Assert.Equal(["data(a:int,b:struct<x:int,y:int>,c:boolean)"], await world.SchemasAsync());
        Assert.Equal("B,a,c", (await world.TableAsync("data")).StorageDescriptor!.SerdeInfo!.Parameters!["paths"]);

        world.Delete("data/f.json");
        world.Put("data/f.csv", CrawlerWorld.Rows(3));
        await world.CrawlAsync();
        Assert.True((await world.TableAsync("data")).Parameters.ContainsKey("DEPRECATED_BY_CRAWLER"));
        Assert.Contains("deprecated: its classification changed", world.Log(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Partitions_may_inherit_from_their_table()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        world.Put("data/p=1/a.json", "{\"a\":1,\"b\":1,\"c\":1,\"d\":1}");
        world.Put("data/p=2/a.json", "{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1}");
        await world.CallAsync(GlueModel.CreateCrawler, CrawlerWorld.Request("data/"));
        await world.CrawlAsync();
        Assert.Equal([4, 5], (await world.PartitionsAsync("data")).Select(partition => partition.StorageDescriptor!.Columns.Count).Order());
        await world.CallAsync(GlueModel.UpdateCrawler, new UpdateCrawlerRequest { Name = "crawler", Configuration = """{"CrawlerOutput":{"Partitions":{"AddOrUpdateBehavior":"InheritFromTable"}}}""" });
        await world.CrawlAsync();
        Assert.All(await world.PartitionsAsync("data"), partition => Assert.Equal(5, partition.StorageDescriptor!.Columns.Count));
    }

    [Fact]
    public async Task More_tables_than_the_threshold_fail_and_write_nothing()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        world.Put("data/a/f.json", "{\"a\":1}");
        world.Put("data/b/f.json", "{\"b\":1}");
        await world.CallAsync(GlueModel.CreateCrawler, CrawlerWorld.Request("data/", configuration: """{"CrawlerOutput":{"Tables":{"TableThreshold":1}}}"""));
        await world.CallAsync(GlueModel.StartCrawler, new StartCrawlerRequest { Name = "crawler" });
        await world.Runner.WaitAsync(CrawlerWorld.Scope, "crawler");
        var last = (await world.CallAsync(GlueModel.GetCrawler, new GetCrawlerRequest { Name = "crawler" })).Crawler!.LastCrawl!;
        Assert.Equal("FAILED", last.Status);
        Assert.Contains("s3://lake/data/a/, s3://lake/data/b/", last.ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(await world.TablesAsync());
    }

    [Fact]
    public async Task Crawling_new_folders_only_reads_nothing_twice()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        world.Put("in/orders/day=1/a.csv", CrawlerWorld.Rows(3));
        world.Put("in/orders/day=2/a.csv", CrawlerWorld.Rows(3));
        world.Put("in/users/a.json", "{\"x\":1}");
        await world.CallAsync(GlueModel.CreateCrawler, CrawlerWorld.Request("in/", recrawl: new RecrawlPolicy { RecrawlBehavior = "CRAWL_NEW_FOLDERS_ONLY" }));
        await world.CrawlAsync();
        Assert.Equal(["orders(id:bigint,name:string)[day]", "users(x:int)"], await world.SchemasAsync());
        var before = world.Lake.Opened;
        world.Put("in/orders/day=1/b.csv", CrawlerWorld.Rows(3));
        world.Put("in/orders/day=3/a.csv", CrawlerWorld.Rows(3));
        world.Put("in/new/a.json", "{\"y\":1}");
        await world.CrawlAsync();
        Assert.Equal(2, world.Lake.Opened - before);
        Assert.Equal(["new(y:int)", "orders(id:bigint,name:string)[day]", "users(x:int)"], await world.SchemasAsync());
        Assert.Equal(["1", "2", "3"], await world.PartitionValuesAsync("orders"));
        await world.CrawlAsync();
        Assert.Equal(2, world.Lake.Opened - before);
    }

    [Fact]
    public async Task A_sample_size_reads_a_few_files_of_each_folder_and_counts_all()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        for (var index = 0; index < 40; index++)
        {
            world.Put($"data/p={index % 2}/{index}.csv", CrawlerWorld.Rows(10));
        }

        await world.CallAsync(GlueModel.CreateCrawler, CrawlerWorld.Request("data/", sampleSize: 3));
        await world.CrawlAsync();
        Assert.Equal(6, world.Lake.Opened);
        var table = await world.TableAsync("data");
        Assert.Equal("40", table.Parameters["objectCount"]);
        Assert.InRange(int.Parse(table.Parameters["recordCount"]), 380, 460);
        Assert.Equal(["0", "1"], await world.PartitionValuesAsync("data"));
    }
}
