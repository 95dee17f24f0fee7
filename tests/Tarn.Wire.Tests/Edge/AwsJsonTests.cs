using System.Text.Json;
using Tarn.Api.Athena;
using Tarn.Api.Glue;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Edge;
using Tarn.Wire.Tests.Support;

namespace Tarn.Wire.Tests.Edge;

/// <summary>AWS JSON through the front door: what is said of good requests and of every kind of bad one.</summary>
public sealed class AwsJsonTests
{
    [Fact]
    public async Task An_operation_sees_its_input_and_its_output_is_sent()
    {
        await using var host = await EdgeHost.StartAsync(new OperationTable(GlueModel.Service).On(GlueModel.GetDatabase, (request, context, _) =>
            ValueTask.FromResult(new GetDatabaseResponse
            {
                Database = new Api.Glue.Database
                {
                    Name = request.Name,
                    CatalogId = context.Scope.AccountId,
                    CreateTime = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250),
                    Parameters = new Dictionary<string, string> { ["größe"] = "<1>" },
                },
            })));

        var answer = await host.CallAsync("AWSGlue.GetDatabase", """{"Name":"sales","Unknown":{"a":[1,{}]}}""");

        Assert.Equal(200, answer.Status);
        Assert.Equal("application/x-amz-json-1.1", answer.Headers["Content-Type"]);
        Assert.True(Guid.TryParse(answer.Headers["x-amzn-RequestId"], out _));
        Assert.Equal("""{"Database":{"Name":"sales","Parameters":{"größe":"<1>"},"CreateTime":1700000000.25,"CatalogId":"000000000000"}}""", answer.Body);
    }

    [Fact]
    public async Task Glue_lists_every_validation_error()
    {
        await using var host = await EdgeHost.StartAsync(Glue());

        var answer = await host.CallAsync("AWSGlue.CreateTable", """
            {"DatabaseName":"", "TableInput":{"Name":"t","StorageDescriptor":{"Columns":[{"Name":"a"},{"Name":"b","Comment":"line\nbreak"},{"Type":"int"}]},"Retention":-1}}
            """);

        Assert.Equal(400, answer.Status);
        AssertJson(
            """
            {"__type":"ValidationException","Message":"4 validation errors detected: Value '' at 'databaseName' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '-1' at 'tableInput.retention' failed to satisfy constraint: Member must have value greater than or equal to 0; Value 'line\nbreak' at 'tableInput.storageDescriptor.columns.2.member.comment' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\u0020-\\uD7FF\\uE000-\\uFFFD\\uD800\\uDC00-\\uDBFF\\uDFFF\\t]*; Value null at 'tableInput.storageDescriptor.columns.3.member.name' failed to satisfy constraint: Member must not be null"}
            """,
            answer.Body);
    }

    [Fact]
    public async Task Athena_refuses_inputs_with_its_own_code_and_without_values()
    {
        await using var host = await EdgeHost.StartAsync(Athena());

        var missing = await host.CallAsync("AmazonAthena.GetQueryExecution", "{}");
        var tooLarge = await host.CallAsync("AmazonAthena.ListWorkGroups", """{"MaxResults":99999999999}""");

        AssertJson(
            """{"__type":"InvalidRequestException","AthenaErrorCode":"INVALID_INPUT","ErrorCode":"INVALID_INPUT","Message":"1 validation error detected: Value null at 'queryExecutionId' failed to satisfy constraint: Member must not be null"}""",
            missing.Body);
        Assert.Contains("Value at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 50", tooLarge.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ListWorkGroups", """{"MaxResults":"1"}""", "STRING_VALUE can not be converted to an Integer")]
    [InlineData("ListWorkGroups", """{"MaxResults":true}""", "TRUE_VALUE can not be converted to an Integer")]
    [InlineData("ListWorkGroups", """{"MaxResults":[1]}""", "Start of list found where not expected")]
    [InlineData("ListWorkGroups", """{"MaxResults":{"a":1}}""", "Start of structure or map found where not expected.")]
    [InlineData("ListWorkGroups", """{"NextToken":1}""", "NUMBER_VALUE can not be converted to a String")]
    [InlineData("GetQueryExecution", """{"QueryExecutionId":["x"]}""", "Start of list found where not expected")]
    [InlineData("StartQueryExecution", """{"QueryString":"SELECT","ExecutionParameters":[1]}""", "NUMBER_VALUE can not be converted to a String")]
    [InlineData("StartQueryExecution", """{"QueryString":"SELECT","ExecutionParameters":"x"}""", "Expected list or null")]
    [InlineData("StartQueryExecution", """{"QueryString":"SELECT","ResultConfiguration":"x"}""", "Expected null")]
    [InlineData("ListWorkGroups", "[]", "Start of list found where not expected")]
    public async Task Values_of_the_wrong_kind_are_a_SerializationException_that_says_which(string operation, string body, string message)
    {
        await using var host = await EdgeHost.StartAsync(Athena());

        var answer = await host.CallAsync("AmazonAthena." + operation, body);

        Assert.Equal(400, answer.Status);
        AssertJson($$"""{"__type":"SerializationException","Message":"{{message}}"}""", answer.Body);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("\"x\"")]
    [InlineData("{\"MaxResults\": 1,}")]
    [InlineData("{} {}")]
    [InlineData("{\"NextToken\":\"\\ud800\"}")]
    public async Task A_body_that_is_no_JSON_document_is_a_SerializationException_without_a_message(string body)
    {
        await using var host = await EdgeHost.StartAsync(Athena());

        var answer = await host.CallAsync("AmazonAthena.ListWorkGroups", body);

        Assert.Equal(400, answer.Status);
        AssertJson("""{"__type":"SerializationException"}""", answer.Body);
    }

    [Fact]
    public async Task Invalid_UTF8_is_a_SerializationException()
    {
        await using var host = await EdgeHost.StartAsync(Athena());
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent([.. "{\"NextToken\":\""u8, 0xC3, 0x28, .. "\"}"u8]) };
        request.Headers.Add("X-Amz-Target", "AmazonAthena.ListWorkGroups");
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-amz-json-1.1");

        var answer = await host.SendAsync(request);

        Assert.Equal(400, answer.Status);
        AssertJson("""{"__type":"SerializationException"}""", answer.Body);
    }

    [Fact]
    public async Task Operations_that_do_not_exist_or_are_not_built_are_unknown_and_say_which()
    {
        await using var host = await EdgeHost.StartAsync(Glue());

        var invented = await host.CallAsync("AWSGlue.MakeCoffee", "{}");
        var notBuilt = await host.CallAsync("AWSGlue.CreateMLTransform", "{}");
        var otherService = await host.CallAsync("Nothing_20200101.Do", "{}");

        Assert.All([invented, notBuilt, otherService], answer =>
        {
            Assert.Equal(400, answer.Status);
            Assert.Equal("UnknownOperationException", JsonDocument.Parse(answer.Body).RootElement.GetProperty("__type").GetString());
        });
        Assert.Contains("AWS Glue has the operation CreateMLTransform, but Tarn does not have it yet.", notBuilt.Body, StringComparison.Ordinal);
        Assert.Contains("Nothing_20200101.Do", otherService.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_content_type_is_an_unknown_operation()
    {
        await using var host = await EdgeHost.StartAsync(Glue());

        var answer = await host.CallAsync("AWSGlue.CreateTable", "{}", "application/json");

        Assert.Equal(400, answer.Status);
        AssertJson("""{"__type":"UnknownOperationException"}""", answer.Body);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused()
    {
        await using var host = await EdgeHost.StartAsync(new EdgeOptions { RequestBodyBytesMax = 1024 }, Glue());

        var answer = await host.CallAsync("AWSGlue.CreateTable", $$"""{"DatabaseName":"{{new string('a', 2000)}}"}""");

        Assert.Equal(413, answer.Status);
        Assert.Contains("RequestEntityTooLargeException", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bug_is_an_InternalFailure_logged_once_and_nothing_of_it_leaves()
    {
        await using var host = await EdgeHost.StartAsync(new OperationTable(GlueModel.Service)
            .On(GlueModel.GetDatabase, (_, _, _) => throw new InvalidOperationException("secret detail")));

        var answer = await host.CallAsync("AWSGlue.GetDatabase", """{"Name":"a"}""");

        Assert.Equal(500, answer.Status);
        AssertJson("""{"__type":"InternalFailure"}""", answer.Body);
        Assert.Single(host.Logger.Entries, entry => entry.Level == Microsoft.Extensions.Logging.LogLevel.Error);
    }

    [Fact]
    public async Task An_error_of_an_operation_has_its_code_message_and_members()
    {
        await using var host = await EdgeHost.StartAsync(new OperationTable(GlueModel.Service).On(GlueModel.GetDatabase, (_, _, _) =>
            throw new AwsException("EntityNotFoundException", "Database a not found.") { Members = [new("FromFederationSource", "false")] }));

        var answer = await host.CallAsync("AWSGlue.GetDatabase", """{"Name":"a"}""");

        Assert.Equal(400, answer.Status);
        AssertJson("""{"__type":"EntityNotFoundException","FromFederationSource":"false","Message":"Database a not found."}""", answer.Body);
    }

    private static OperationTable Glue() => new OperationTable(GlueModel.Service)
        .On(GlueModel.CreateTable, (_, _, _) => ValueTask.FromResult(new CreateTableResponse()));

    private static OperationTable Athena() => new OperationTable(AthenaModel.Service)
        .On(AthenaModel.ListWorkGroups, (_, _, _) => ValueTask.FromResult(new ListWorkGroupsOutput()))
        .On(AthenaModel.GetQueryExecution, (_, _, _) => ValueTask.FromResult(new GetQueryExecutionOutput()))
        .On(AthenaModel.StartQueryExecution, (_, _, _) => ValueTask.FromResult(new StartQueryExecutionOutput()));

    private static void AssertJson(string expected, string actual)
    {
        using var left = JsonDocument.Parse(expected);
        using var right = JsonDocument.Parse(actual);
        Assert.True(JsonElement.DeepEquals(left.RootElement, right.RootElement), $"expected {expected}\nactual   {actual}");
    }
}
