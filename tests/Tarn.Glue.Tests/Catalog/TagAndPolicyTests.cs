using Tarn.Api.Glue;

namespace Tarn.Glue.Tests.Catalog;

public sealed class TagAndPolicyTests
{
    private const string Arn = "arn:aws:glue:us-east-1:123456789012:database/db";

    [Fact]
    public async Task Tags_come_with_their_resource_change_and_go()
    {
        await using var glue = await TestGlue.OpenAsync();
        await glue.Call(GlueModel.CreateDatabase, new CreateDatabaseRequest { DatabaseInput = new DatabaseInput { Name = "db" }, Tags = new Dictionary<string, string> { ["team"] = "a", ["env"] = "test" } });
        await glue.Call(GlueModel.TagResource, new TagResourceRequest { ResourceArn = Arn, TagsToAdd = new Dictionary<string, string> { ["team"] = "b", ["x"] = "" } });
        await glue.Call(GlueModel.UntagResource, new UntagResourceRequest { ResourceArn = Arn, TagsToRemove = ["env", "nope"] });
        Assert.Equal(new Dictionary<string, string> { ["team"] = "b", ["x"] = "" }, (await glue.Call(GlueModel.GetTags, new GetTagsRequest { ResourceArn = Arn })).Tags);
        await glue.Call(GlueModel.DeleteDatabase, new DeleteDatabaseRequest { Name = "db" });
        await glue.Fails(GlueModel.GetTags, new GetTagsRequest { ResourceArn = Arn }, "EntityNotFoundException", $"Resource {Arn} not found.");
        await glue.WithDatabase();
        Assert.Empty((await glue.Call(GlueModel.GetTags, new GetTagsRequest { ResourceArn = Arn })).Tags!);
    }

    [Fact]
    public async Task More_tags_than_fifty_and_reserved_keys_are_refused_whole()
    {
        await using var glue = await (await TestGlue.OpenAsync()).WithDatabase();
        await glue.Call(GlueModel.TagResource, new TagResourceRequest { ResourceArn = Arn, TagsToAdd = Enumerable.Range(0, 50).ToDictionary(i => $"k{i}", _ => "") });
        await glue.Fails(
            GlueModel.TagResource, new TagResourceRequest { ResourceArn = Arn, TagsToAdd = new Dictionary<string, string> { ["k0"] = "new", ["one more"] = "" } },
            "InvalidInputException", "The number of tags on a resource cannot exceed 50");
        await glue.Fails(GlueModel.TagResource, new TagResourceRequest { ResourceArn = Arn, TagsToAdd = new Dictionary<string, string> { ["aws:x"] = "" } }, "InvalidInputException", "Tag keys cannot start with aws:");
        Assert.Equal("", (await glue.Call(GlueModel.GetTags, new GetTagsRequest { ResourceArn = Arn })).Tags!["k0"]);
    }

    [Theory]
    [InlineData("arn:aws:glue:us-east-1:123456789012:database/no", "EntityNotFoundException")]
    [InlineData("arn:aws:glue:eu-west-1:123456789012:database/db", "EntityNotFoundException")]
    [InlineData("arn:aws:glue:us-east-1:210987654321:database/db", "EntityNotFoundException")]
    [InlineData("arn:aws:glue:us-east-1:123456789012:table/db", "EntityNotFoundException")]
    [InlineData("arn:aws:glue:us-east-1:123456789012:nonsense/db", "EntityNotFoundException")]
    [InlineData("arn:aws:glue:us-east-1:123456789012:catalog", "InvalidInputException")]
    public async Task Tags_of_what_is_not_there_are_refused(string arn, string code)
    {
        await using var glue = await (await TestGlue.OpenAsync()).WithDatabase();
        await glue.Fails(GlueModel.GetTags, new GetTagsRequest { ResourceArn = arn }, code, code == "InvalidInputException" ? $"Invalid resource ARN: {arn}" : $"Resource {arn} not found.");
    }

    [Fact]
    public async Task A_resource_policy_is_guarded_by_its_conditions()
    {
        await using var glue = await TestGlue.OpenAsync();
        const string Policy = """{"Version":"2012-10-17","Statement":[]}""";
        await glue.Fails(GlueModel.GetResourcePolicy, new GetResourcePolicyRequest(), "EntityNotFoundException", "Policy not found");
        await glue.Fails(
            GlueModel.PutResourcePolicy, new PutResourcePolicyRequest { PolicyInJson = Policy, PolicyExistsCondition = "MUST_EXIST" }, "ConditionCheckFailureException", "Condition check failed: PolicyExistsCondition is not met");
        var hash = (await glue.Call(GlueModel.PutResourcePolicy, new PutResourcePolicyRequest { PolicyInJson = Policy, PolicyExistsCondition = "NOT_EXIST" })).PolicyHash!;
        await glue.Fails(
            GlueModel.PutResourcePolicy, new PutResourcePolicyRequest { PolicyInJson = Policy, PolicyExistsCondition = "NOT_EXIST" }, "ConditionCheckFailureException", "Condition check failed: PolicyExistsCondition is not met");
        await glue.Fails(
            GlueModel.PutResourcePolicy, new PutResourcePolicyRequest { PolicyInJson = "{}", PolicyHashCondition = "x" }, "ConditionCheckFailureException", "Condition check failed: PolicyHashCondition does not match the hash of the policy");
        await glue.Fails(GlueModel.PutResourcePolicy, new PutResourcePolicyRequest { PolicyInJson = "[]" }, "InvalidInputException", "The policy is not a JSON object");
        var second = (await glue.Call(GlueModel.PutResourcePolicy, new PutResourcePolicyRequest { PolicyInJson = "{}", PolicyHashCondition = hash })).PolicyHash!;
        Assert.Equal(("{}", second), ((await glue.Call(GlueModel.GetResourcePolicy, new GetResourcePolicyRequest())) is { } got ? (got.PolicyInJson, got.PolicyHash) : default));
        Assert.Single((await glue.Call(GlueModel.GetResourcePolicies, new GetResourcePoliciesRequest())).GetResourcePoliciesResponseList!);
        await glue.Fails(
            GlueModel.DeleteResourcePolicy, new DeleteResourcePolicyRequest { PolicyHashCondition = hash }, "ConditionCheckFailureException", "Condition check failed: PolicyHashCondition does not match the hash of the policy");
        await glue.Call(GlueModel.DeleteResourcePolicy, new DeleteResourcePolicyRequest { PolicyHashCondition = second });
        await glue.Fails(GlueModel.DeleteResourcePolicy, new DeleteResourcePolicyRequest(), "EntityNotFoundException", "Policy not found");
    }

    [Fact]
    public async Task Functions_are_listed_by_pattern_over_one_database_or_all()
    {
        await using var glue = await (await (await TestGlue.OpenAsync()).WithDatabase("a")).WithDatabase("b");
        foreach (var (database, name) in new[] { ("a", "upper2"), ("a", "Lower2"), ("b", "upper3") })
        {
            await glue.Call(GlueModel.CreateUserDefinedFunction, new CreateUserDefinedFunctionRequest { DatabaseName = database, FunctionInput = new UserDefinedFunctionInput { FunctionName = name, ClassName = "C", FunctionType = "REGULAR_FUNCTION" } });
        }

        async Task<string> List(string? database, string pattern)
        {
            var found = new List<string>();
            string? token = null;
            do
            {
                var page = await glue.Call(GlueModel.GetUserDefinedFunctions, new GetUserDefinedFunctionsRequest { DatabaseName = database, Pattern = pattern, MaxResults = 1, NextToken = token });
                found.AddRange(page.UserDefinedFunctions!.Select(function => $"{function.DatabaseName}.{function.FunctionName}"));
                token = page.NextToken;
            }
            while (token is not null);
            return string.Join(' ', found);
        }

        Assert.Equal("a.lower2 a.upper2 b.upper3", await List(null, "*"));
        Assert.Equal("a.upper2 b.upper3", await List(null, "upper.*"));
        Assert.Equal("a.lower2 a.upper2", await List("A", ".*"));
        await glue.Fails(GlueModel.CreateUserDefinedFunction, new CreateUserDefinedFunctionRequest { DatabaseName = "a", FunctionInput = new UserDefinedFunctionInput { FunctionName = "UPPER2" } }, "AlreadyExistsException", "Function already exists.");
        await glue.Call(GlueModel.UpdateUserDefinedFunction, new UpdateUserDefinedFunctionRequest { DatabaseName = "a", FunctionName = "upper2", FunctionInput = new UserDefinedFunctionInput { FunctionName = "upper2", ClassName = "D" } });
        Assert.Equal("D", (await glue.Call(GlueModel.GetUserDefinedFunction, new GetUserDefinedFunctionRequest { DatabaseName = "a", FunctionName = "UPPER2" })).UserDefinedFunction!.ClassName);
        await glue.Call(GlueModel.DeleteUserDefinedFunction, new DeleteUserDefinedFunctionRequest { DatabaseName = "a", FunctionName = "upper2" });
        await glue.Fails(GlueModel.DeleteUserDefinedFunction, new DeleteUserDefinedFunctionRequest { DatabaseName = "a", FunctionName = "upper2" }, "EntityNotFoundException", "Function upper2 not found.");
    }

    [Fact]
    public async Task Encryption_that_would_not_happen_is_refused()
    {
        await using var glue = await TestGlue.OpenAsync();
        Assert.True((await glue.Call(GlueModel.GetCatalogImportStatus, new GetCatalogImportStatusRequest())).ImportStatus!.ImportCompleted);
        await glue.Call(GlueModel.PutDataCatalogEncryptionSettings, new PutDataCatalogEncryptionSettingsRequest
        {
            DataCatalogEncryptionSettings = new DataCatalogEncryptionSettings { ConnectionPasswordEncryption = new ConnectionPasswordEncryption { ReturnConnectionPasswordEncrypted = false, AwsKmsKeyId = "key" } },
        });
        var settings = (await glue.Call(GlueModel.GetDataCatalogEncryptionSettings, new GetDataCatalogEncryptionSettingsRequest())).DataCatalogEncryptionSettings!;
        Assert.Equal(("DISABLED", false, "key"), (settings.EncryptionAtRest!.CatalogEncryptionMode, settings.ConnectionPasswordEncryption!.ReturnConnectionPasswordEncrypted, settings.ConnectionPasswordEncryption.AwsKmsKeyId));
        await glue.Fails(
            GlueModel.PutDataCatalogEncryptionSettings,
            new PutDataCatalogEncryptionSettingsRequest { DataCatalogEncryptionSettings = new DataCatalogEncryptionSettings { EncryptionAtRest = new EncryptionAtRest { CatalogEncryptionMode = "SSE-KMS" } } },
            "InvalidInputException",
            "Tarn does not encrypt its catalog: encrypt the disk, and leave CatalogEncryptionMode at DISABLED.");
    }
}
