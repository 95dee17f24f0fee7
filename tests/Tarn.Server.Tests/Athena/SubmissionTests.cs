using System.Text.Json.Nodes;
using Tarn.Server.Demo;

namespace Tarn.Server.Tests.Athena;

/// <summary>What StartQueryExecution answers itself, and what it leaves to the execution.</summary>
public sealed class SubmissionTests(AthenaWorld world) : IClassFixture<AthenaWorld>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("SELECT 1 FORM people", "line 1:15: mismatched input 'people'. Expecting: ")]
    [InlineData("SELECT * FORM people", "line 1:10: mismatched input 'FORM'. Expecting: ")]
    [InlineData("SELEC 1", "line 1:1: mismatched input 'SELEC'. Expecting: 'ALTER', ")]
    [InlineData("SELECT 1; SELECT 2", "Only one sql statement is allowed. Got: SELECT 1; SELECT 2")]
    [InlineData("DROP TABLE a; DROP TABLE b", "Only one sql statement is allowed. Got: DROP TABLE a; DROP TABLE b")]
    [InlineData(" ", "line 1:2: mismatched input '<EOF>'. Expecting: ")]
    [InlineData("-- nothing", "line 1:11: mismatched input '<EOF>'. Expecting: ")]
    [InlineData("CREATE VIEW v (a) AS SELECT 1", "line 1:15: mismatched input '('. Expecting: '.', 'AS', 'COMMENT', 'SECURITY'")]
    [InlineData("PREPARE p FROM SELECT 1 +", "line 1:26: mismatched input '<EOF>'. Expecting: <expression>")]
    public async Task A_text_that_Trinos_grammar_does_not_know_starts_nothing(string sql, string words)
    {
        var error = await RefusalAsync("StartQueryExecution", new JsonObject { ["QueryString"] = sql, ["ResultConfiguration"] = new JsonObject { ["OutputLocation"] = "s3://lake/results/" } });
        Assert.StartsWith("StartQueryExecution: InvalidRequestException: " + words, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_text_is_not_kept_as_a_prepared_statement()
    {
        var request = new JsonObject { ["StatementName"] = "broken", ["WorkGroup"] = "primary", ["QueryStatement"] = "SELECT ? +" };
        Assert.StartsWith("CreatePreparedStatement: InvalidRequestException: line 1:11: mismatched input '<EOF>'", await RefusalAsync("CreatePreparedStatement", request), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DDL_that_Hives_grammar_does_not_know_is_an_execution_that_fails()
    {
        var execution = await world.Server.ExecuteAsync("DROP TABLE a-b");
        Assert.Equal(("FAILED", "DDL"), ((string?)execution["Status"]!["State"], (string?)execution["StatementType"]));
        Assert.Equal("FAILED: ParseException line 1:12 missing EOF at '-' near 'a'", (string?)execution["Status"]!["StateChangeReason"]);
        Assert.Equal((2, 1003), ((int)execution["Status"]!["AthenaError"]!["ErrorCategory"]!, (int)execution["Status"]!["AthenaError"]!["ErrorType"]!));
    }

    [Fact]
    public async Task What_only_the_catalog_knows_is_an_execution_that_fails()
    {
        var execution = await world.Server.ExecuteAsync("SELECT * FROM nowhere.t");
        Assert.Equal("SCHEMA_NOT_FOUND: line 1:15: Schema 'nowhere' does not exist", (string?)execution["Status"]!["AthenaError"]!["ErrorMessage"]);
        Assert.Equal(("DML", "SELECT"), ((string?)execution["StatementType"], (string?)execution["SubstatementType"]));
    }

    [Theory]
    [InlineData("/* a ; b */ SELECT 'x;y' -- c ; d\n;;\n")]
    [InlineData("SELECT 1;")]
    public async Task Comments_and_semicolons_at_the_end_are_no_second_statement(string sql) => Assert.Single(await world.Server.SelectAsync(sql));

    [Fact]
    public async Task A_semicolon_in_a_string_of_Hive_is_no_second_statement()
    {
        await world.Server.RowsAsync("CREATE DATABASE semi COMMENT 'it\\'s; fine';");
        Assert.Equal("it's; fine", (string?)(await world.Server.Client.GlueAsync("GetDatabase", new JsonObject { ["Name"] = "semi" }, Token))["Database"]!["Description"]);
    }

    private async Task<string> RefusalAsync(string operation, JsonObject request) =>
        (await Assert.ThrowsAsync<DemoException>(() => world.Server.Client.AthenaAsync(operation, request, Token))).Message;
}
