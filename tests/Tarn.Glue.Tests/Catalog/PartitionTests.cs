using Tarn.Api.Glue;
using Tarn.Contracts;
using Tarn.Contracts.Catalog;

namespace Tarn.Glue.Tests.Catalog;

public sealed class PartitionTests
{
    private static GetPartitionRequest Get(params string[] values) => new() { DatabaseName = "db", TableName = "t", PartitionValues = values };

    [Fact]
    public async Task A_partition_is_made_once_read_changed_and_deleted()
    {
        await using var glue = await (await TestGlue.OpenAsync()).WithTable("y:int", "m:string");
        var create = new CreatePartitionRequest { DatabaseName = "db", TableName = "t", PartitionInput = new PartitionInput { Values = ["2024", "01"], Parameters = new Dictionary<string, string> { ["a"] = "1" } } };
        await glue.Call(GlueModel.CreatePartition, create);
        await glue.Fails(GlueModel.CreatePartition, create, "AlreadyExistsException", "Partition already exists.");
        var partition = (await glue.Call(GlueModel.GetPartition, Get("2024", "01"))).Partition!;
        Assert.Equal(("db", "t", "123456789012", TestGlue.Now), (partition.DatabaseName, partition.TableName, partition.CatalogId, partition.CreationTime));
        await glue.Fails(GlueModel.GetPartition, Get("2024", "1"), "EntityNotFoundException", "Cannot find partition.");

        await glue.Call(GlueModel.UpdatePartition, new UpdatePartitionRequest { DatabaseName = "db", TableName = "t", PartitionValueList = ["2024", "01"], PartitionInput = new PartitionInput { Values = ["2024", "01"], Parameters = new Dictionary<string, string> { ["a"] = "2" } } });
        Assert.Equal("2", (await glue.Call(GlueModel.GetPartition, Get("2024", "01"))).Partition!.Parameters!["a"]);
        await glue.Call(GlueModel.UpdatePartition, new UpdatePartitionRequest { DatabaseName = "db", TableName = "t", PartitionValueList = ["2024", "01"], PartitionInput = new PartitionInput { Values = ["2024", "02"] } });
        Assert.Equal(["2024/02"], await glue.Find(null));
        await glue.WithPartitions(["2024", "03"]);
        await glue.Fails(
            GlueModel.UpdatePartition, new UpdatePartitionRequest { DatabaseName = "db", TableName = "t", PartitionValueList = ["2024", "02"], PartitionInput = new PartitionInput { Values = ["2024", "03"] } },
            "AlreadyExistsException", "Partition already exists.");
        await glue.Fails(
            GlueModel.UpdatePartition, new UpdatePartitionRequest { DatabaseName = "db", TableName = "t", PartitionValueList = ["1", "1"], PartitionInput = new PartitionInput { Values = ["1", "1"] } },
            "EntityNotFoundException", "Cannot find partition.");

        await glue.Call(GlueModel.DeletePartition, new DeletePartitionRequest { DatabaseName = "db", TableName = "t", PartitionValues = ["2024", "02"] });
        await glue.Fails(GlueModel.DeletePartition, new DeletePartitionRequest { DatabaseName = "db", TableName = "t", PartitionValues = ["2024", "02"] }, "EntityNotFoundException", "Cannot find partition.");
        Assert.Equal(["2024/03"], await glue.Find(null));
    }

    [Fact]
    public async Task Values_must_be_as_many_as_the_keys()
    {
        const string Message = "The number of partition keys do not match the number of partition values";
        await using var glue = await (await TestGlue.OpenAsync()).WithTable("y:int", "m:string");
        foreach (var values in new[] { null, [], new[] { "1" }, ["1", "2", "3"] })
        {
            await glue.Fails(GlueModel.CreatePartition, new CreatePartitionRequest { DatabaseName = "db", TableName = "t", PartitionInput = new PartitionInput { Values = values } }, "InvalidInputException", Message);
        }

        await glue.Fails(GlueModel.GetPartition, Get("1"), "InvalidInputException", Message);
        await glue.Fails(
            GlueModel.CreatePartition, new CreatePartitionRequest { DatabaseName = "db", TableName = "t", PartitionInput = new PartitionInput { Values = ["1", new string('x', 2000)] } },
            "InvalidInputException", "The values of a partition have at most 1280 bytes together");
    }

    [Fact]
    public async Task Batches_report_what_failed_and_do_the_rest()
    {
        await using var glue = await (await (await TestGlue.OpenAsync()).WithTable("y:int")).WithPartitions(["1"]);
        var created = await glue.Call(GlueModel.BatchCreatePartition, new BatchCreatePartitionRequest
        {
            DatabaseName = "db",
            TableName = "t",
            PartitionInputList = [.. new[] { "1", "2", "2", "3" }.Select(value => new PartitionInput { Values = [value] }), new PartitionInput { Values = ["a", "b"] }],
        });
        Assert.Equal(
            ["1 AlreadyExistsException Partition already exists.", "2 AlreadyExistsException Partition already exists.", "a,b InvalidInputException The number of partition keys do not match the number of partition values"],
            created.Errors!.Select(error => $"{string.Join(',', error.PartitionValues!)} {error.ErrorDetail!.ErrorCode} {error.ErrorDetail.ErrorMessage}"));
        Assert.Equal(["1", "2", "3"], await glue.Find(null));

        var got = await glue.Call(GlueModel.BatchGetPartition, new BatchGetPartitionRequest { DatabaseName = "db", TableName = "t", PartitionsToGet = [.. new[] { "3", "9", "1", "1" }.Select(value => new PartitionValueList { Values = [value] })] });
        Assert.Equal(["1", "3"], got.Partitions!.Select(partition => partition.Values![0]));
        Assert.Empty(got.UnprocessedKeys!);

        var updated = await glue.Call(GlueModel.BatchUpdatePartition, new BatchUpdatePartitionRequest
        {
            DatabaseName = "db",
            TableName = "t",
            Entries = [.. new[] { ("1", "1"), ("2", "20"), ("3", "20"), ("9", "9") }.Select(pair => new BatchUpdatePartitionRequestEntry { PartitionValueList = [pair.Item1], PartitionInput = new PartitionInput { Values = [pair.Item2] } })],
        });
        Assert.Equal([("3", "AlreadyExistsException"), ("9", "EntityNotFoundException")], updated.Errors!.Select(error => (error.PartitionValueList![0], error.ErrorDetail!.ErrorCode!)));
        Assert.Equal(["1", "3", "20"], await glue.Find(null));

        var deleted = await glue.Call(GlueModel.BatchDeletePartition, new BatchDeletePartitionRequest { DatabaseName = "db", TableName = "t", PartitionsToDelete = [.. new[] { "1", "2", "20" }.Select(value => new PartitionValueList { Values = [value] })] });
        Assert.Equal([("2", "EntityNotFoundException")], deleted.Errors!.Select(error => (error.PartitionValues![0], error.ErrorDetail!.ErrorCode!)));
        Assert.Equal(["3"], await glue.Find(null));
    }

    [Fact]
    public async Task Missing_databases_and_tables_are_told_apart()
    {
        await using var glue = await (await TestGlue.OpenAsync()).WithDatabase();
        await glue.Fails(GlueModel.GetPartitions, new GetPartitionsRequest { DatabaseName = "db", TableName = "no" }, "EntityNotFoundException", "Table no not found.");
        await glue.Fails(GlueModel.GetPartitions, new GetPartitionsRequest { DatabaseName = "no", TableName = "t" }, "EntityNotFoundException", "Database no not found.");
        await glue.Fails(GlueModel.BatchCreatePartition, new BatchCreatePartitionRequest { DatabaseName = "db", TableName = "no", PartitionInputList = [] }, "EntityNotFoundException", "Table no not found.");
    }

    [Fact]
    public async Task A_token_is_only_good_for_its_filter_and_segment()
    {
        await using var glue = await (await (await TestGlue.OpenAsync()).WithTable("y:int")).WithPartitions(["1"], ["2"], ["3"]);
        var request = new GetPartitionsRequest { DatabaseName = "db", TableName = "t", Expression = "y > 0", MaxResults = 1 };
        var token = (await glue.Call(GlueModel.GetPartitions, request)).NextToken;
        await glue.Fails(GlueModel.GetPartitions, new GetPartitionsRequest { DatabaseName = "db", TableName = "t", Expression = "y > 1", NextToken = token }, "InvalidInputException", "Invalid pagination token provided.");
        await glue.Fails(
            GlueModel.GetPartitions, new GetPartitionsRequest { DatabaseName = "db", TableName = "t", Expression = "y > 0", NextToken = token, Segment = new Segment { SegmentNumber = 0, TotalSegments = 2 } },
            "InvalidInputException", "Invalid pagination token provided.");
        await glue.Fails(
            GlueModel.GetPartitions, new GetPartitionsRequest { DatabaseName = "db", TableName = "t", Segment = new Segment { SegmentNumber = 2, TotalSegments = 2 } },
            "InvalidInputException", "SegmentNumber must be less than TotalSegments");
    }

    [Fact]
    public async Task Partition_indexes_are_kept_checked_and_active()
    {
        await using var glue = await (await TestGlue.OpenAsync()).WithDatabase();
        await glue.Call(GlueModel.CreateTable, new CreateTableRequest { DatabaseName = "db", TableInput = TestGlue.Table("t", "y:int", "m:string"), PartitionIndexes = [new PartitionIndex { IndexName = "first", Keys = ["y"] }] });
        Task<CreatePartitionIndexResponse> Create(string name, params string[] keys) =>
            glue.Call(GlueModel.CreatePartitionIndex, new CreatePartitionIndexRequest { DatabaseName = "db", TableName = "t", PartitionIndex = new PartitionIndex { IndexName = name, Keys = keys } });
        await Create("second", "m", "y");
        Assert.Equal("AlreadyExistsException", (await Assert.ThrowsAsync<AwsException>(() => Create("first", "m"))).Code);
        Assert.Equal("InvalidInputException", (await Assert.ThrowsAsync<AwsException>(() => Create("x", "nope"))).Code);
        Assert.Equal("InvalidInputException", (await Assert.ThrowsAsync<AwsException>(() => Create("x", "y", "y"))).Code);
        await Create("third", "m");
        Assert.Equal("ResourceNumberLimitExceededException", (await Assert.ThrowsAsync<AwsException>(() => Create("fourth", "m"))).Code);
        var indexes = (await glue.Call(GlueModel.GetPartitionIndexes, new GetPartitionIndexesRequest { DatabaseName = "db", TableName = "t" })).PartitionIndexDescriptorList!;
        Assert.Equal(["first:y int:ACTIVE", "second:m string,y int:ACTIVE", "third:m string:ACTIVE"], indexes.Select(index => $"{index.IndexName}:{string.Join(',', index.Keys!.Select(key => $"{key.Name} {key.Type}"))}:{index.IndexStatus}"));
        await glue.Call(GlueModel.DeletePartitionIndex, new DeletePartitionIndexRequest { DatabaseName = "db", TableName = "t", IndexName = "second" });
        await glue.Fails(
            GlueModel.DeletePartitionIndex, new DeletePartitionIndexRequest { DatabaseName = "db", TableName = "t", IndexName = "second" }, "EntityNotFoundException", "Index with the given indexName : second does not exist");
    }

    [Fact]
    public async Task Other_services_see_and_change_the_same_catalog()
    {
        await using var glue = await TestGlue.OpenAsync();
        var catalog = glue.Catalog;
        var cancel = TestContext.Current.CancellationToken;
        await catalog.CreateDatabaseAsync(glue.Scope, new CatalogDatabase { Name = "DB" }, cancel);
        await catalog.CreateTableAsync(glue.Scope, new CatalogTable { DatabaseName = "Db", Name = "T", PartitionKeys = [new CatalogColumn("y", "int")], TableType = "EXTERNAL_TABLE" }, cancel);
        CatalogPartition Partition(string value, string location = "s3://b/") => new() { DatabaseName = "db", TableName = "t", Values = [value], StorageDescriptor = new Contracts.Catalog.StorageDescriptor { Location = location } };

        Assert.Equal(3, await catalog.CreatePartitionsAsync(glue.Scope, "db", "t", [Partition("10"), Partition("9"), Partition("8")], ifNotExists: false, cancel));
        await Assert.ThrowsAsync<AwsException>(async () => await catalog.CreatePartitionsAsync(glue.Scope, "db", "t", [Partition("7"), Partition("8")], ifNotExists: false, cancel));
        Assert.Equal(1, await catalog.CreatePartitionsAsync(glue.Scope, "db", "t", [Partition("7"), Partition("8", "s3://other/")], ifNotExists: true, cancel));
        await catalog.UpsertPartitionsAsync(glue.Scope, "db", "t", [Partition("6"), Partition("9", "s3://new/")], cancel);
        Assert.Equal(1, await catalog.DeletePartitionsAsync(glue.Scope, "db", "t", [["7"], ["70"]], cancel));
        Assert.Equal(["6", "8", "9", "10"], await glue.Find(null));
        Assert.Equal("s3://new/", (await catalog.FindPartitionAsync(glue.Scope, "db", "t", ["9"], cancel))!.StorageDescriptor!.Location);
        Assert.Equal("s3://b/", (await catalog.FindPartitionAsync(glue.Scope, "db", "t", ["8"], cancel))!.StorageDescriptor!.Location);
        Assert.Null(await catalog.FindPartitionAsync(glue.Scope, "db", "t", ["7"], cancel));
        var listed = new List<string>();
        await foreach (var partition in catalog.ListPartitionsAsync(glue.Scope, "db", "t", "y >= 9", cancel))
        {
            listed.Add(partition.Values[0]);
        }

        Assert.Equal(["9", "10"], listed);
        var table = (await catalog.FindTableAsync(glue.Scope, "DB", "T", cancel))!;
        await catalog.UpdateTableAsync(glue.Scope, table with { Description = "x" }, table.VersionId, cancel);
        Assert.Equal("ConcurrentModificationException", (await Assert.ThrowsAsync<AwsException>(async () => await catalog.UpdateTableAsync(glue.Scope, table, table.VersionId, cancel))).Code);
        Assert.Equal("x", (await catalog.ListTablesAsync(glue.Scope, "db", cancel))[0].Description);
        await catalog.DeleteTableAsync(glue.Scope, "db", "t", cancel);
        Assert.Null(await catalog.FindTableAsync(glue.Scope, "db", "t", cancel));
        Assert.Null(await catalog.FindTableAsync(glue.Scope, "no", "t", cancel));
        await catalog.DeleteDatabaseAsync(glue.Scope, "db", cancel);
        Assert.Empty(await catalog.ListDatabasesAsync(glue.Scope, cancel));
        Assert.Equal("Database db not found.", (await Assert.ThrowsAsync<AwsException>(async () => await catalog.ListTablesAsync(glue.Scope, "db", cancel))).Message);
    }
}
