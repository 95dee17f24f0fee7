using Tarn.Api.Glue;

namespace Tarn.Glue.Tests.Crawlers;

public sealed class CrawlGroupingTests
{
    [Fact]
    public async Task Files_of_one_schema_in_a_folder_are_one_table_named_after_it()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        world.Put("raw/My Orders.2024/a.csv", CrawlerWorld.Rows(10));
        world.Put("raw/My Orders.2024/b.csv", CrawlerWorld.Rows(5));
        await world.CreateAsync("raw/My Orders.2024/");
        await world.CrawlAsync();
        Assert.Equal(["my_orders_2024(id:bigint,name:string)"], await world.SchemasAsync());
        var table = await world.TableAsync("my_orders_2024");
        Assert.Equal("s3://lake/raw/My Orders.2024/", table.StorageDescriptor!.Location);
        Assert.Equal("EXTERNAL_TABLE", table.TableType);
        Assert.Equal("owner", table.Owner);
        Assert.Equal(-1, table.StorageDescriptor.NumberOfBuckets);
        Assert.Equal("org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", table.StorageDescriptor.SerdeInfo!.SerializationLibrary);
        Assert.Equal(",", table.StorageDescriptor.SerdeInfo.Parameters!["field.delim"]);
        Assert.Equal("org.apache.hadoop.mapred.TextInputFormat", table.StorageDescriptor.InputFormat);
        var parameters = table.Parameters;
        Assert.Equal(parameters, table.StorageDescriptor.Parameters);
        Assert.Equal(("csv", "none", "file"), (parameters["classification"], parameters["compressionType"], parameters["typeOfData"]));
        Assert.Equal(("2", "15"), (parameters["objectCount"], parameters["recordCount"]));
        Assert.Equal((CrawlerWorld.Rows(10).Length + CrawlerWorld.Rows(5).Length).ToString(), parameters["sizeKey"]);
        Assert.Equal(("crawler", "1.0", "1.0"), (parameters["UPDATED_BY_CRAWLER"], parameters["CrawlerSchemaSerializerVersion"], parameters["CrawlerSchemaDeserializerVersion"]));
        Assert.Equal((",", "true", "false", "1"), (parameters["delimiter"], parameters["columnsOrdered"], parameters["areColumnsQuoted"], parameters["skip.header.line.count"]));
        Assert.True(Guid.TryParse(parameters["CRAWL_RUN_ID"], out _));
    }

    [Fact]
    public async Task Named_folders_are_partitions_with_decoded_values()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        world.Put("sales/Year=2023/city=New%20York/a.csv", CrawlerWorld.Rows(3));
        world.Put("sales/Year=2023/city=Oslo/a.csv", CrawlerWorld.Rows(4));
        world.Put("sales/Year=2024/city=Oslo/a.csv", CrawlerWorld.Rows(5));
        await world.CreateAsync("sales/");
        await world.CrawlAsync();
        Assert.Equal(["sales(id:bigint,name:string)[year,city]"], await world.SchemasAsync());
        Assert.All((await world.TableAsync("sales")).PartitionKeys, key => Assert.Equal("string", key.Type));
        Assert.Equal("true", (await world.TableAsync("sales")).Parameters["partition_filtering.enabled"]);
        Assert.Equal(["2023/New York", "2023/Oslo", "2024/Oslo"], await world.PartitionValuesAsync("sales"));
        var partition = (await world.PartitionsAsync("sales")).Single(found => found.Values[1] == "New York");
        Assert.Equal("s3://lake/sales/Year=2023/city=New%20York/", partition.StorageDescriptor!.Location);
        Assert.Equal("3", partition.Parameters["recordCount"]);
        Assert.Equal(["id", "name"], partition.StorageDescriptor.Columns.Select(column => column.Name));
    }

    [Fact]
    public async Task Other_folders_are_partitions_by_number_also_where_styles_are_mixed()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        world.Put("logs/2024/day=1/x/a.csv", CrawlerWorld.Rows(3));
        world.Put("logs/2024/day=2/y/a.csv", CrawlerWorld.Rows(3));
        world.Put("logs/2025/2/x/a.csv", CrawlerWorld.Rows(3));
        await world.CreateAsync("logs/");
        await world.CrawlAsync();
        Assert.Equal(["logs(id:bigint,name:string)[partition_0,partition_1,partition_2]"], await world.SchemasAsync());
        Assert.Equal(["2024/day=1/x", "2024/day=2/y", "2025/2/x"], await world.PartitionValuesAsync("logs"));
    }

    [Fact]
    public async Task Disjoint_schemas_under_two_folders_are_two_tables()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        world.Put("data/year=2017/a.json", "{\"a\":1,\"b\":2}");
        world.Put("data/year=2018/a.json", "{\"c\":1,\"d\":2}");
        await world.CreateAsync("data/");
        await world.CrawlAsync();
        Assert.Equal(["year_2017(a:int,b:int)", "year_2018(c:int,d:int)"], await world.SchemasAsync());
    }

    [Fact]
    public async Task Combining_compatible_schemas_makes_one_table_of_them()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        world.Put("data/year=2017/a.json", "{\"a\":1,\"b\":2}");
        world.Put("data/year=2018/a.json", "{\"c\":1,\"d\":2}");
        await world.CallAsync(GlueModel.CreateCrawler, CrawlerWorld.Request("data/", configuration: """{"Version":1.0,"Grouping":{"TableGroupingPolicy":"CombineCompatibleSchemas"}}"""));
        await world.CrawlAsync();
        Assert.Equal(["data(a:int,b:int,c:int,d:int)[year]"], await world.SchemasAsync());
    }

    [Theory]
    [InlineData(8, 2, 1)]
    [InlineData(7, 3, 10)]
    public async Task More_than_seventy_percent_must_agree(int same, int other, int tables)
    {
        await using var world = await CrawlerWorld.OpenAsync();
        for (var index = 0; index < same + other; index++)
        {
            world.Put($"data/p={index}/a.json", index < same ? "{\"a\":1,\"b\":2}" : "{\"x\":1,\"y\":2}");
        }

        await world.CreateAsync("data/");
        await world.CrawlAsync();
        Assert.Equal(tables, (await world.TablesAsync()).Count);
    }

    [Fact]
    public async Task More_than_five_different_schemas_are_not_one_table()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        for (var index = 0; index < 30; index++)
        {
            world.Put($"data/p={index:00}/a.json", index < 25 ? "{\"a\":1}" : $"{{\"x{index}\":1}}");
        }

        await world.CreateAsync("data/");
        await world.CrawlAsync();
        Assert.Equal(30, (await world.TablesAsync()).Count);
        world.Delete("data/p=29/a.json");
        world.Delete("data/p=28/a.json");
        await world.CallAsync(GlueModel.UpdateCrawler, new UpdateCrawlerRequest { Name = "crawler", SchemaChangePolicy = new SchemaChangePolicy { DeleteBehavior = "DELETE_FROM_DATABASE" } });
        await world.CrawlAsync();
        Assert.Single(await world.TablesAsync());
        Assert.Equal(28, (await world.PartitionsAsync("data")).Count);
    }

    [Fact]
    public async Task Added_columns_and_wider_numbers_are_the_same_table()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        world.Put("data/p=1/a.json", "{\"id\":1,\"a\":1,\"b\":\"x\",\"n\":{\"x\":1}}");
        world.Put("data/p=2/a.json", "{\"id\":3000000000,\"a\":1.5,\"b\":\"x\",\"n\":{\"y\":true},\"new\":null}");
        await world.CreateAsync("data/");
        await world.CrawlAsync();
        Assert.Equal(["data(id:bigint,a:double,b:string,n:struct<x:int,y:boolean>,new:string)[p]"], await world.SchemasAsync());
        Assert.Equal("a,b,id,n,new", (await world.TableAsync("data")).StorageDescriptor!.SerdeInfo!.Parameters!["paths"]);
    }

    [Fact]
    public async Task Files_beside_folders_are_tables_of_their_own()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        world.Put("data/a.csv", CrawlerWorld.Rows(3));
        world.Put("data/sub/b.csv", CrawlerWorld.Rows(3));
        await world.CreateAsync("data/");
        await world.CrawlAsync();
        Assert.Equal(["a_csv(id:bigint,name:string)", "sub(id:bigint,name:string)"], await world.SchemasAsync());
        Assert.Equal("s3://lake/data/a.csv", (await world.TableAsync("a_csv")).StorageDescriptor!.Location);
    }

    [Fact]
    public async Task Formats_and_codecs_are_not_mixed_in_one_table()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        world.Put("data/a.csv", CrawlerWorld.Rows(3));
        world.Put("data/b.json", "{\"id\":1,\"name\":\"x\"}");
        world.Put("data/c.csv", CrawlerWorld.Rows(3).Replace(',', ';'));
        await world.CreateAsync("data");
        await world.CrawlAsync();
        Assert.Equal(3, (await world.TablesAsync()).Count);
    }

    [Fact]
    public async Task CSV_files_whose_columns_stand_in_another_order_are_not_one_table()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        world.Put("data/p=1/a.csv", CrawlerWorld.Rows(3, "id,name,city"));
        world.Put("data/p=2/a.csv", CrawlerWorld.Rows(3, "id,city,name"));
        await world.CreateAsync("data/");
        await world.CrawlAsync();
        Assert.Equal(2, (await world.TablesAsync()).Count);
    }

    [Fact]
    public async Task Short_CSV_files_are_settled_by_their_neighbours()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        world.Put("data/p=1/a.csv", "id,name\n1,x\n");
        world.Put("data/p=2/a.csv", CrawlerWorld.Rows(9));
        world.Put("data/p=3/a.csv", "id,name\n");
        await world.CreateAsync("data/");
        await world.CrawlAsync();
        Assert.Equal(["data(id:bigint,name:string)[p]"], await world.SchemasAsync());
        Assert.Equal("10", (await world.TableAsync("data")).Parameters["recordCount"]);
        Assert.All(await world.PartitionsAsync("data"), partition => Assert.Equal("csv", partition.Parameters["classification"]));
    }

    [Fact]
    public async Task Short_CSV_files_are_CSV_together()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        world.Put("data/a.csv", "id,name\n1,x\n");
        world.Put("data/b.csv", "id,name\n2,x\n");
        await world.CreateAsync("data/");
        await world.CrawlAsync();
        Assert.Equal(["data(id:bigint,name:string)"], await world.SchemasAsync());
    }

    [Fact]
    public async Task A_file_of_strings_has_a_header_when_its_neighbours_have_that_header()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        world.Put("data/a.csv", "id,name\nx,y\nz,w\n");
        world.Put("data/b.csv", CrawlerWorld.Rows(9));
        world.Put("data/c.csv", CrawlerWorld.Rows(9));
        world.Put("data/d.csv", CrawlerWorld.Rows(9));
        await world.CreateAsync("data/", request => request);
        await world.CallAsync(GlueModel.UpdateCrawler, new UpdateCrawlerRequest { Name = "crawler", Configuration = """{"Grouping":{"TableGroupingPolicy":"CombineCompatibleSchemas"}}""" });
        await world.CrawlAsync();
        Assert.Equal(["data(id:string,name:string)"], await world.SchemasAsync());
    }

    [Fact]
    public async Task A_table_level_says_where_tables_are()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        foreach (var day in new[] { "2024/01/01", "2024/01/02", "2024/02/01" })
        {
            world.Put($"set/{day}/a.csv", CrawlerWorld.Rows(3));
        }

        await world.CallAsync(GlueModel.CreateCrawler, CrawlerWorld.Request("set/", configuration: """{"Version":1.0,"Grouping":{"TableLevelConfiguration":4}}"""));
        await world.CrawlAsync();
        var tables = await world.TablesAsync();
        Assert.Equal(["s3://lake/set/2024/01/", "s3://lake/set/2024/02/"], tables.Select(table => table.StorageDescriptor!.Location));
        Assert.Equal(["01(id:bigint,name:string)[partition_0]", "02(id:bigint,name:string)[partition_0]"], await world.SchemasAsync());
    }

    [Fact]
    public async Task Names_that_clash_get_a_suffix_that_stays()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        world.Put("x/a/data/f.csv", CrawlerWorld.Rows(3));
        world.Put("x/b/data/f.json", "{\"q\":1}");
        await world.CallAsync(GlueModel.CreateCrawler, CrawlerWorld.Request("x/", prefix: "Pre_", configuration: """{"Grouping":{"TableLevelConfiguration":4}}"""));
        await world.CrawlAsync();
        var first = (await world.TablesAsync()).Select(table => table.Name).ToArray();
        Assert.Equal("pre_data", first[0]);
        Assert.Matches("^pre_data_[0-9a-f]{32}$", first[1]);
        await world.CrawlAsync();
        Assert.Equal(first, (await world.TablesAsync()).Select(table => table.Name));
    }

    [Fact]
    public async Task A_partition_key_takes_the_place_of_a_column_of_its_name()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        world.Put("j/id=1/a.json", "{\"id\":1,\"v\":2}");
        world.Put("c/id=1/a.csv", "id,v\n1,2\n3,4\n");
        await world.CreateAsync("j/");
        await world.CallAsync(GlueModel.CreateCrawler, CrawlerWorld.Request("c/", name: "other"));
        await world.CrawlAsync();
        await world.CrawlAsync(name: "other");
        Assert.Equal(["c(id_2:bigint,v:bigint)[id]", "j(v:int)[id]"], await world.SchemasAsync());
    }

    [Fact]
    public async Task The_include_path_may_be_one_object_or_a_whole_bucket()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        world.Put("data/a.csv", CrawlerWorld.Rows(3));
        world.Put("data/b.csv", CrawlerWorld.Rows(3));
        await world.CreateAsync("data/a.csv");
        await world.CallAsync(GlueModel.CreateCrawler, CrawlerWorld.Request("", name: "bucket"));
        await world.CrawlAsync();
        await world.CrawlAsync(name: "bucket");
        Assert.Equal(["a_csv(id:bigint,name:string)", "lake(id:bigint,name:string)[partition_0]"], await world.SchemasAsync());
    }

    [Fact]
    public async Task Hidden_empty_and_excluded_files_are_passed_over()
    {
        await using var world = await CrawlerWorld.OpenAsync();
        world.Put("data/p=1/a.csv", CrawlerWorld.Rows(3));
        world.Put("data/p=1/_SUCCESS", "");
        world.Put("data/p=1/_metadata.json", "{}");
        world.Put("data/p=1/.hidden.csv", "x;y\n1;2\n3;4\n");
        world.Put("data/p=1/empty.json", "");
        world.Put("data/_temporary/0/b.json", "{\"a\":1}");
        world.Put("data/p=1_$folder$", "x");
        world.Put("data/p=1/notes.txt", "notes");
        world.Put("data/old/c.json", "{\"a\":1}");
        await world.CallAsync(GlueModel.CreateCrawler, CrawlerWorld.Request("data/", exclusions: ["**.txt", "old/**"]));
        await world.CrawlAsync();
        Assert.Equal(["data(id:bigint,name:string)[p]"], await world.SchemasAsync());
        Assert.Equal("""["s3://lake/data/**.txt","s3://lake/data/old/**"]""", (await world.TableAsync("data")).Parameters["exclusions"]);
        Assert.Equal("1", (await world.TableAsync("data")).Parameters["objectCount"]);
    }
}
