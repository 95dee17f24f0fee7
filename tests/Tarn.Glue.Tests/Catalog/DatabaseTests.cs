using Tarn.Api.Glue;

namespace Tarn.Glue.Tests.Catalog;

public sealed class DatabaseTests
{
    [Fact]
    public async Task Names_are_folded_to_lower_case_and_found_in_any_case()
    {
        await using var glue = await (await TestGlue.OpenAsync()).WithDatabase("Sales");
        Assert.Equal("sales", (await glue.Call(GlueModel.GetDatabase, new GetDatabaseRequest { Name = "SALES" })).Database!.Name);
        await glue.Fails(GlueModel.CreateDatabase, new CreateDatabaseRequest { DatabaseInput = new DatabaseInput { Name = "sALES" } }, "AlreadyExistsException", "Database already exists.");
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_named_in_the_error()
    {
        await using var glue = await TestGlue.OpenAsync();
        await glue.Fails(GlueModel.GetDatabase, new GetDatabaseRequest { Name = "nope" }, "EntityNotFoundException", "Database nope not found.");
        await glue.Fails(GlueModel.UpdateDatabase, new UpdateDatabaseRequest { Name = "nope", DatabaseInput = new DatabaseInput { Name = "nope" } }, "EntityNotFoundException", "Database nope not found.");
        await glue.Fails(GlueModel.DeleteDatabase, new DeleteDatabaseRequest { Name = "nope" }, "EntityNotFoundException", "Database nope not found.");
    }

    [Fact]
    public async Task GetDatabases_gives_every_database_once_whatever_the_page_size()
    {
        await using var glue = await TestGlue.OpenAsync();
        var names = Enumerable.Range(0, 23).Select(i => $"d{i * 7 % 23:00}_{(char)('a' + (i % 5))}").ToList();
        foreach (var name in names)
        {
            await glue.WithDatabase(name);
        }

        foreach (var pageSize in new[] { 1, 2, 7, 22, 23, 24, 100 })
        {
            var found = new List<string>();
            string? token = null;
            do
            {
                var page = await glue.Call(GlueModel.GetDatabases, new GetDatabasesRequest { MaxResults = pageSize, NextToken = token });
                found.AddRange(page.DatabaseList!.Select(database => database.Name!));
                Assert.True(page.NextToken is null || page.DatabaseList!.Count == pageSize);
                token = page.NextToken;
            }
            while (token is not null);
            Assert.Equal(names.Order(StringComparer.Ordinal), found);
        }
    }

    [Fact]
    public async Task A_token_of_another_list_or_of_nobody_is_refused()
    {
        await using var glue = await (await (await TestGlue.OpenAsync()).WithDatabase("a")).WithDatabase("b");
        var token = (await glue.Call(GlueModel.GetDatabases, new GetDatabasesRequest { MaxResults = 1 })).NextToken!;
        foreach (var bad in new[] { "x", "AAAA", token[..^1], token + "A", char.ToUpperInvariant(token[0]) + token[1..] + "!" })
        {
            await glue.Fails(GlueModel.GetDatabases, new GetDatabasesRequest { NextToken = bad }, "InvalidInputException", "Invalid pagination token provided.");
        }

        await glue.Fails(GlueModel.GetTables, new GetTablesRequest { DatabaseName = "a", NextToken = token }, "InvalidInputException", "Invalid pagination token provided.");
        await glue.As("210987654321", "us-east-1").Fails(GlueModel.GetDatabases, new GetDatabasesRequest { NextToken = token }, "InvalidInputException", "Invalid pagination token provided.");
    }

    [Fact]
    public async Task UpdateDatabase_replaces_the_definition_and_keeps_name_and_time()
    {
        await using var glue = await (await TestGlue.OpenAsync()).WithDatabase();
        await glue.Call(GlueModel.UpdateDatabase, new UpdateDatabaseRequest { Name = "DB", DatabaseInput = new DatabaseInput { Name = "db", Description = "new", LocationUri = "s3://b/k" } });
        var database = (await glue.Call(GlueModel.GetDatabase, new GetDatabaseRequest { Name = "db" })).Database!;
        Assert.Equal(("new", "s3://b/k", TestGlue.Now), (database.Description, database.LocationUri, database.CreateTime));
        await glue.Fails(GlueModel.UpdateDatabase, new UpdateDatabaseRequest { Name = "db", DatabaseInput = new DatabaseInput { Name = "other" } }, "InvalidInputException", "Database cannot be renamed");
    }

    [Fact]
    public async Task DeleteDatabase_takes_its_tables_partitions_functions_and_tags_along()
    {
        await using var glue = await (await (await TestGlue.OpenAsync()).WithTable("y:int")).WithPartitions(["1"], ["2"]);
        await glue.Call(GlueModel.CreateUserDefinedFunction, new CreateUserDefinedFunctionRequest { DatabaseName = "db", FunctionInput = new UserDefinedFunctionInput { FunctionName = "f" } });
        await glue.Call(GlueModel.TagResource, new TagResourceRequest { ResourceArn = "arn:aws:glue:us-east-1:123456789012:database/db", TagsToAdd = new Dictionary<string, string> { ["a"] = "b" } });
        await glue.Call(GlueModel.DeleteDatabase, new DeleteDatabaseRequest { Name = "db" });
        await glue.WithTable("y:int");
        Assert.Empty(await glue.Find(null));
        Assert.Empty((await glue.Call(GlueModel.GetTags, new GetTagsRequest { ResourceArn = "arn:aws:glue:us-east-1:123456789012:database/db" })).Tags!);
        Assert.Empty((await glue.Call(GlueModel.GetUserDefinedFunctions, new GetUserDefinedFunctionsRequest { DatabaseName = "db", Pattern = "*" })).UserDefinedFunctions!);
        Assert.Equal(0, await glue.Store.ReadAsync(reader => reader.QueryFirst("SELECT count(*) FROM glue_partitions", row => row.Long(0)), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Accounts_and_regions_have_catalogs_of_their_own()
    {
        await using var glue = await (await TestGlue.OpenAsync()).WithDatabase();
        await glue.As("210987654321", "us-east-1").WithDatabase();
        await glue.As("123456789012", "eu-west-1").WithDatabase();
        Assert.Single((await glue.Call(GlueModel.GetDatabases, new GetDatabasesRequest())).DatabaseList!);
        Assert.NotNull((await glue.Call(GlueModel.GetDatabase, new GetDatabaseRequest { Name = "db", CatalogId = "123456789012" })).Database);
        await glue.Fails(
            GlueModel.GetDatabase,
            new GetDatabaseRequest { Name = "db", CatalogId = "210987654321" },
            "AccessDeniedException",
            "User: arn:aws:iam::123456789012:root is not authorized to perform: glue:GetDatabase on resource: arn:aws:glue:us-east-1:210987654321:catalog because no resource-based policy allows the glue:GetDatabase action");
        await glue.Fails(GlueModel.GetDatabase, new GetDatabaseRequest { Name = "db", CatalogId = "nonsense" }, "EntityNotFoundException", "Catalog nonsense not found.");
    }

    [Fact]
    public async Task AttributesToGet_leaves_the_rest_out()
    {
        await using var glue = await TestGlue.OpenAsync();
        await glue.Call(GlueModel.CreateDatabase, new CreateDatabaseRequest
        {
            DatabaseInput = new DatabaseInput { Name = "link", Description = "d", TargetDatabase = new DatabaseIdentifier { CatalogId = "123456789012", DatabaseName = "db" } },
        });
        var database = (await glue.Call(GlueModel.GetDatabases, new GetDatabasesRequest { AttributesToGet = ["NAME"] })).DatabaseList![0];
        Assert.Equal(("link", null, null), (database.Name, database.Description, database.TargetDatabase));
        Assert.NotNull((await glue.Call(GlueModel.GetDatabases, new GetDatabasesRequest { AttributesToGet = ["NAME", "TARGET_DATABASE"] })).DatabaseList![0].TargetDatabase);
        Assert.Empty((await glue.Call(GlueModel.GetDatabases, new GetDatabasesRequest { ResourceShareType = "FOREIGN" })).DatabaseList!);
    }
}
