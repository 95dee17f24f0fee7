using Tarn.Api.Glue;

namespace Tarn.Glue.Tests.Catalog;

public sealed class TableTests
{
    private static GetTableRequest T => new() { DatabaseName = "db", Name = "t" };

    private static Task<UpdateTableResponse> Update(TestGlue glue, string description, string? version = null, bool? skipArchive = null) =>
        glue.Call(GlueModel.UpdateTable, new UpdateTableRequest { DatabaseName = "db", TableInput = new TableInput { Name = "t", Description = description }, VersionId = version, SkipArchive = skipArchive });

    [Fact]
    public async Task Tables_are_found_in_any_case_and_missing_ones_named()
    {
        await using var glue = await (await TestGlue.OpenAsync()).WithDatabase();
        await glue.Call(GlueModel.CreateTable, new CreateTableRequest { DatabaseName = "DB", TableInput = new TableInput { Name = "Orders" } });
        Assert.Equal("orders", (await glue.Call(GlueModel.GetTable, new GetTableRequest { DatabaseName = "Db", Name = "ORDERS" })).Table!.Name);
        await glue.Fails(GlueModel.CreateTable, new CreateTableRequest { DatabaseName = "db", TableInput = new TableInput { Name = "orders" } }, "AlreadyExistsException", "Table already exists.");
        await glue.Fails(GlueModel.CreateTable, new CreateTableRequest { DatabaseName = "no", TableInput = new TableInput { Name = "orders" } }, "EntityNotFoundException", "Database no not found.");
        await glue.Fails(GlueModel.GetTable, T, "EntityNotFoundException", "Table t not found.");
        await glue.Fails(GlueModel.GetTable, new GetTableRequest { DatabaseName = "no", Name = "t" }, "EntityNotFoundException", "Database no not found.");
        await glue.Fails(GlueModel.DeleteTable, new DeleteTableRequest { DatabaseName = "db", Name = "t" }, "EntityNotFoundException", "Table t not found.");
        await glue.Fails(GlueModel.UpdateTable, new UpdateTableRequest { DatabaseName = "db", TableInput = new TableInput { Name = "t" } }, "EntityNotFoundException", "Table t not found.");
    }

    [Fact]
    public async Task What_would_be_ignored_is_refused()
    {
        await using var glue = await (await TestGlue.OpenAsync()).WithDatabase();
        await glue.Fails(GlueModel.CreateTable, new CreateTableRequest { DatabaseName = "db" }, "InvalidInputException", "TableInput is required");
        var key = new Column { Name = "k", Type = "int", Parameters = new Dictionary<string, string> { ["a"] = "b" } };
        await glue.Fails(
            GlueModel.CreateTable, new CreateTableRequest { DatabaseName = "db", TableInput = new TableInput { Name = "t", PartitionKeys = [key] } }, "InvalidInputException", "Parameters not supported for partition columns");
        await glue.Fails(
            GlueModel.CreateTable, new CreateTableRequest { DatabaseName = "db", TableInput = new TableInput { Name = "t" }, OpenTableFormatInput = new OpenTableFormatInput() },
            "InvalidInputException", "Open table formats are not supported yet: describe the table in TableInput.");
        await glue.Fails(GlueModel.GetTable, new GetTableRequest { DatabaseName = "db", Name = "t", TransactionId = "x" }, "EntityNotFoundException", "Transaction x not found.");
    }

    [Fact]
    public async Task GetTables_filters_by_a_pattern_over_the_whole_name_and_pages()
    {
        await using var glue = await (await TestGlue.OpenAsync()).WithDatabase();
        foreach (var name in new[] { "orders", "orders_2024", "orders_2025", "customers", "my_orders" })
        {
            await glue.Call(GlueModel.CreateTable, new CreateTableRequest { DatabaseName = "db", TableInput = new TableInput { Name = name, TableType = "EXTERNAL_TABLE" } });
        }

        async Task<string> Names(string? expression, int? pageSize = null)
        {
            var names = new List<string>();
            string? token = null;
            do
            {
                var page = await glue.Call(GlueModel.GetTables, new GetTablesRequest { DatabaseName = "db", Expression = expression, MaxResults = pageSize, NextToken = token });
                names.AddRange(page.TableList!.Select(table => table.Name!));
                token = page.NextToken;
            }
            while (token is not null);
            return string.Join(' ', names);
        }

        Assert.Equal("customers my_orders orders orders_2024 orders_2025", await Names(null));
        Assert.Equal("customers my_orders orders orders_2024 orders_2025", await Names("*", 2));
        Assert.Equal("orders", await Names("orders"));
        Assert.Equal("orders orders_2024 orders_2025", await Names("orders.*", 1));
        Assert.Equal("orders_2024 orders_2025", await Names("ORDERS_\\d{4}", 2));
        Assert.Equal("customers orders", await Names("orders|customers"));

        // Hive's wild card, as Spark and awswrangler send it.
        Assert.Equal("orders orders_2024 orders_2025", await Names("orders*"));
        Assert.Equal("my_orders orders orders_2024 orders_2025", await Names("*order*"));
        Assert.Equal("orders_2024", await Names("ord*_*4"));
        Assert.Equal("customers my_orders", await Names("*y_*|cust*"));
        Assert.Equal("my_orders orders orders_2024 orders_2025", await Names(".*ord*rs.*"));
        Assert.Equal("customers orders", await Names("[a-z]*s\\d*"));
        await glue.Fails(GlueModel.GetTables, new GetTablesRequest { DatabaseName = "db", Expression = "(" }, "InvalidInputException", "Invalid expression: (");
        await glue.Fails(GlueModel.GetTables, new GetTablesRequest { DatabaseName = "no" }, "EntityNotFoundException", "Database no not found.");
        var table = (await glue.Call(GlueModel.GetTables, new GetTablesRequest { DatabaseName = "db", Expression = "orders", AttributesToGet = ["NAME", "TABLE_TYPE"] })).TableList![0];
        Assert.Equal(("orders", "EXTERNAL_TABLE", null), (table.Name, table.TableType, table.DatabaseName));
    }

    [Fact]
    public async Task Each_update_makes_a_version_unless_told_not_to()
    {
        await using var glue = await (await TestGlue.OpenAsync()).WithTable();
        await Update(glue, "one");
        await Update(glue, "two", skipArchive: true);
        await Update(glue, "three");
        Assert.Equal("3", (await glue.Call(GlueModel.GetTable, T)).Table!.VersionId);
        var versions = (await glue.Call(GlueModel.GetTableVersions, new GetTableVersionsRequest { DatabaseName = "db", TableName = "t" })).TableVersions!;
        Assert.Equal(["3", "2", "0"], versions.Select(version => version.VersionId));
        Assert.Equal(["three", "two", null], versions.Select(version => version.Table!.Description));
        Assert.Equal("two", (await glue.Call(GlueModel.GetTableVersion, new GetTableVersionRequest { DatabaseName = "db", TableName = "t", VersionId = "2" })).TableVersion!.Table!.Description);
        Assert.Equal("three", (await glue.Call(GlueModel.GetTableVersion, new GetTableVersionRequest { DatabaseName = "db", TableName = "t" })).TableVersion!.Table!.Description);
        foreach (var missing in new[] { "1", "9" })
        {
            await glue.Fails(GlueModel.GetTableVersion, new GetTableVersionRequest { DatabaseName = "db", TableName = "t", VersionId = missing }, "EntityNotFoundException", "Version not found.");
        }

        foreach (var bad in new[] { "x", "-1", "10not-an-int" })
        {
            await glue.Fails(GlueModel.GetTableVersion, new GetTableVersionRequest { DatabaseName = "db", TableName = "t", VersionId = bad }, "InvalidInputException", $"Version id {bad} is not an integer.");
        }
    }

    [Fact]
    public async Task An_update_of_a_version_that_is_not_the_newest_is_refused()
    {
        await using var glue = await (await TestGlue.OpenAsync()).WithTable();
        await Update(glue, "one", version: "0");
        await glue.Fails(
            GlueModel.UpdateTable, new UpdateTableRequest { DatabaseName = "db", TableInput = new TableInput { Name = "t" }, VersionId = "0" },
            "ConcurrentModificationException", "Update table failed due to concurrent modifications.");
        await Update(glue, "two", version: "1");
    }

    [Fact]
    public async Task Of_many_updates_with_one_expected_version_exactly_one_wins()
    {
        await using var glue = await (await TestGlue.OpenAsync()).WithTable();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () => await Record.ExceptionAsync(() => Update(glue, $"{i}", version: "0")))));
        Assert.Equal(1, outcomes.Count(failure => failure is null));
        Assert.Equal("1", (await glue.Call(GlueModel.GetTable, T)).Table!.VersionId);
    }

    [Fact]
    public async Task Versions_are_paged_and_deleted()
    {
        await using var glue = await (await TestGlue.OpenAsync()).WithTable();
        for (var i = 1; i < 10; i++)
        {
            await Update(glue, $"{i}");
        }

        async Task<string> Versions(int pageSize)
        {
            var versions = new List<string>();
            string? token = null;
            do
            {
                var page = await glue.Call(GlueModel.GetTableVersions, new GetTableVersionsRequest { DatabaseName = "db", TableName = "t", MaxResults = pageSize, NextToken = token });
                versions.AddRange(page.TableVersions!.Select(version => version.VersionId!));
                token = page.NextToken;
            }
            while (token is not null);
            return string.Join(' ', versions);
        }

        foreach (var pageSize in new[] { 1, 3, 9, 10, 100 })
        {
            Assert.Equal("9 8 7 6 5 4 3 2 1 0", await Versions(pageSize));
        }

        await glue.Call(GlueModel.DeleteTableVersion, new DeleteTableVersionRequest { DatabaseName = "db", TableName = "t", VersionId = "4" });
        await glue.Fails(GlueModel.DeleteTableVersion, new DeleteTableVersionRequest { DatabaseName = "db", TableName = "t", VersionId = "4" }, "EntityNotFoundException", "Version not found.");
        var errors = (await glue.Call(GlueModel.BatchDeleteTableVersion, new BatchDeleteTableVersionRequest { DatabaseName = "db", TableName = "t", VersionIds = ["0", "4", "9", "1"] })).Errors!;
        Assert.Equal([("4", "EntityNotFoundException"), ("9", "InvalidInputException")], errors.Select(error => (error.VersionId!, error.ErrorDetail!.ErrorCode!)));
        Assert.Equal("9 8 7 6 5 3 2", await Versions(2));
    }

    [Fact]
    public async Task BatchDeleteTable_reports_each_table_that_it_cannot_delete()
    {
        await using var glue = await (await TestGlue.OpenAsync()).WithTable();
        var errors = (await glue.Call(GlueModel.BatchDeleteTable, new BatchDeleteTableRequest { DatabaseName = "db", TablesToDelete = ["a", "T", "b"] })).Errors!;
        Assert.Equal(["a: Table a not found.", "b: Table b not found."], errors.Select(error => $"{error.TableName}: {error.ErrorDetail!.ErrorMessage}"));
        await glue.Fails(GlueModel.GetTable, T, "EntityNotFoundException", "Table t not found.");
    }

    [Fact]
    public async Task A_table_made_again_under_its_name_has_nothing_of_the_old_one()
    {
        await using var glue = await (await (await TestGlue.OpenAsync()).WithTable("y:int")).WithPartitions(["1"]);
        await glue.Call(GlueModel.DeleteTable, new DeleteTableRequest { DatabaseName = "db", Name = "t" });
        await glue.Call(GlueModel.CreateTable, new CreateTableRequest { DatabaseName = "db", TableInput = TestGlue.Table("t", "y:int") });
        Assert.Empty(await glue.Find(null));
        Assert.Equal("0", (await glue.Call(GlueModel.GetTable, T)).Table!.VersionId);
    }

    [Fact]
    public async Task Partitions_are_kept_and_sorted_anew_when_their_key_changes_its_type()
    {
        await using var glue = await (await (await TestGlue.OpenAsync()).WithTable("n:string", "m:string")).WithPartitions(["10", "x"], ["9", "x"], ["abc", "x"]);
        Assert.Equal(["10/x", "9/x", "abc/x"], await glue.Find(null));
        await glue.Call(GlueModel.UpdateTable, new UpdateTableRequest { DatabaseName = "db", TableInput = TestGlue.Table("t", "n:int", "m:string") });
        Assert.Equal(["9/x", "10/x", "abc/x"], await glue.Find(null));
        await glue.Fails(GlueModel.GetPartitions, new GetPartitionsRequest { DatabaseName = "db", TableName = "t", Expression = "n > 9" }, "InvalidStateException", "\"abc\" is not an integer.");
        await glue.Call(GlueModel.DeletePartition, new DeletePartitionRequest { DatabaseName = "db", TableName = "t", PartitionValues = ["abc", "x"] });
        Assert.Equal(["10/x"], await glue.Find("n > 9"));
        Assert.Equal(["9/x", "10/x"], await glue.Find("m = 'x'"));
    }

    [Fact]
    public async Task SearchTables_finds_by_text_token_parameter_and_time()
    {
        await using var glue = await (await (await TestGlue.OpenAsync()).WithDatabase()).WithDatabase("other");
        async Task Create(string database, string name, string description, string classification) =>
            await glue.Call(GlueModel.CreateTable, new CreateTableRequest
            {
                DatabaseName = database,
                TableInput = new TableInput { Name = name, Description = description, Parameters = new Dictionary<string, string> { ["classification"] = classification } },
            });
        await Create("db", "customer-link", "all customers", "csv");
        await Create("db", "xxlinkyy", "nothing", "json");
        await Create("other", "xx-link-yy", "more", "csv");

        async Task<string> Search(SearchTablesRequest request) => string.Join(' ', (await glue.Call(GlueModel.SearchTables, request)).TableList!.Select(table => table.Name));
        Assert.Equal("customer-link xxlinkyy xx-link-yy", await Search(new SearchTablesRequest()));
        Assert.Equal("customer-link xx-link-yy", await Search(new SearchTablesRequest { Filters = [new PropertyPredicate { Key = "Name", Value = "link" }] }));
        Assert.Equal("xx-link-yy", await Search(new SearchTablesRequest { Filters = [new PropertyPredicate { Key = "DatabaseName", Value = "other" }] }));
        Assert.Equal("customer-link xx-link-yy", await Search(new SearchTablesRequest { Filters = [new PropertyPredicate { Key = "classification", Value = "csv" }] }));
        Assert.Equal("customer-link", await Search(new SearchTablesRequest { SearchText = "all" }));
        Assert.Equal("", await Search(new SearchTablesRequest { SearchText = "\"all\"" }));
        Assert.Equal("customer-link", await Search(new SearchTablesRequest { SearchText = "\"ALL customers\"" }));
        Assert.Equal("", await Search(new SearchTablesRequest { Filters = [new PropertyPredicate { Key = "CreateTime", Value = "2026-03-05", Comparator = "GREATER_THAN" }] }));
        Assert.Equal("xx-link-yy xxlinkyy customer-link".Split(' ').Order(StringComparer.Ordinal), (await Search(new SearchTablesRequest { SortCriteria = [new SortCriterion { FieldName = "Name", Sort = "ASC" }] })).Split(' '));
        var first = await glue.Call(GlueModel.SearchTables, new SearchTablesRequest { MaxResults = 2 });
        Assert.Equal("xx-link-yy", await Search(new SearchTablesRequest { MaxResults = 2, NextToken = first.NextToken }));
    }
}
