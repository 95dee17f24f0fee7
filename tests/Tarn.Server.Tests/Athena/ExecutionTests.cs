using System.Text;
using System.Text.Json.Nodes;
using Tarn.Server.Demo;

namespace Tarn.Server.Tests.Athena;

public sealed class ExecutionTests(AthenaWorld world) : IClassFixture<AthenaWorld>
{
    private const string Endless = "SELECT sum(a.n * b.n * c.n) FROM UNNEST(sequence(1, 9999)) AS a(n) CROSS JOIN UNNEST(sequence(1, 9999)) AS b(n) CROSS JOIN UNNEST(sequence(1, 9999)) AS c(n)";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_result_object_has_every_value_in_quotes_and_nothing_for_null()
    {
        var server = world.Server;
        var execution = await server.ExecuteAsync("SELECT 1 AS a, 'x\"y' AS b, '' AS c, 1.5E0 AS d, ARRAY[1, 2] AS e, CAST(NULL AS varchar) AS f");
        var id = (string)execution["QueryExecutionId"]!;
        Assert.Equal($"s3://lake/results/{id}.csv", (string?)execution["ResultConfiguration"]!["OutputLocation"]);
        var csv = Encoding.UTF8.GetString(await server.Client.GetObjectAsync(LiveServer.Bucket, $"results/{id}.csv", Token));
        Assert.Equal("\"a\",\"b\",\"c\",\"d\",\"e\",\"f\"\n\"1\",\"x\"\"y\",\"\",\"1.5\",\"[1, 2]\",\n", csv);
    }

    [Fact]
    public async Task The_metadata_object_names_the_columns_with_their_types()
    {
        var server = world.Server;
        var execution = await server.ExecuteAsync("SELECT 1 AS a, 'x' AS b");
        var bytes = await server.Client.GetObjectAsync(LiveServer.Bucket, $"results/{execution["QueryExecutionId"]}.csv.metadata", Token);

        // Field 1 is the engine's id; then each column is a field 4 that starts with the catalog.
        Assert.Equal(0x0A, bytes[0]);
        var rest = bytes.AsSpan(2 + bytes[1]).ToArray();
        Assert.Equal(0x22, rest[0]);
        Assert.Equal([0x0A, 4, .. "hive"u8], rest[2..8]);
        Assert.Equal(0x22, rest[2 + rest[1]]);
        Assert.Contains("integer", Encoding.Latin1.GetString(rest), StringComparison.Ordinal);
        Assert.Contains("varchar", Encoding.Latin1.GetString(rest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_hold_the_header_once_and_every_row_once()
    {
        var server = world.Server;
        var id = (string)(await server.ExecuteAsync("SELECT n FROM UNNEST(sequence(1, 2500)) AS t(n) ORDER BY n"))["QueryExecutionId"]!;
        var rows = new List<string>();
        string? token = null;
        do
        {
            var page = await server.Client.AthenaAsync("GetQueryResults", new JsonObject { ["QueryExecutionId"] = id, ["MaxResults"] = 1000, ["NextToken"] = token }, Token);
            var found = page["ResultSet"]!["Rows"]!.AsArray();
            Assert.InRange(found.Count, 1, 1000);
            rows.AddRange(found.Select(row => (string)row!["Data"]![0]!["VarCharValue"]!));
            token = (string?)page["NextToken"];
        }
        while (token is not null);
        Assert.Equal(["n", .. Enumerable.Range(1, 2500).Select(n => $"{n}")], rows);
        var good = (string)(await server.Client.AthenaAsync("GetQueryResults", new JsonObject { ["QueryExecutionId"] = id, ["MaxResults"] = 10 }, Token))["NextToken"]!;
        var other = (string)(await server.ExecuteAsync("SELECT n FROM UNNEST(sequence(1, 2500)) AS t(n) ORDER BY n"))["QueryExecutionId"]!;
        foreach (var (query, wrong) in new[] { (id, "nonsense"), (id, (good[0] == 'A' ? 'B' : 'A') + good[1..]), (id, good + "A"), (other, good) })
        {
            var error = await Assert.ThrowsAsync<DemoException>(() => server.Client.AthenaAsync("GetQueryResults", new JsonObject { ["QueryExecutionId"] = query, ["NextToken"] = wrong }, Token));
            Assert.Contains("InvalidRequestException", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_token_of_one_list_is_no_token_of_another()
    {
        var server = world.Server;
        foreach (var group in new[] { "tokens1", "tokens2" })
        {
            await server.Client.AthenaAsync("CreateWorkGroup", new JsonObject { ["Name"] = group }, Token);
            foreach (var name in new[] { "a", "b", "c" })
            {
                await server.Client.AthenaAsync("CreateNamedQuery", new JsonObject { ["Name"] = name, ["Database"] = "default", ["QueryString"] = "SELECT 1", ["WorkGroup"] = group }, Token);
            }
        }

        Task<JsonNode> List(string group, string? token) => server.Client.AthenaAsync("ListNamedQueries", new JsonObject { ["WorkGroup"] = group, ["MaxResults"] = 2, ["NextToken"] = token }, Token);
        var token = (string)(await List("tokens1", null))["NextToken"]!;
        Assert.Single((await List("tokens1", token))["NamedQueryIds"]!.AsArray());
        var error = await Assert.ThrowsAsync<DemoException>(() => List("tokens2", token));
        Assert.Contains("InvalidRequestException", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prepared_statements_take_parameters_in_both_ways()
    {
        var server = await world.WithPeopleAsync("prepared");
        await server.RowsAsync("PREPARE by_id FROM SELECT name FROM people WHERE id = ?", "prepared");
        Assert.Equal(["ann"], await server.SelectAsync("EXECUTE by_id USING 1", "prepared"));
        Assert.Equal(["ann"], await server.SelectAsync("EXECUTE by_id", "prepared", Parameters("1")));
        Assert.Equal(["ann"], await server.SelectAsync("SELECT name FROM people WHERE id = ? AND name = ?", "prepared", Parameters("1", "'ann'")));
        await server.FailureAsync("SELECT name FROM people WHERE id = ?", "prepared");
        await server.RowsAsync("DEALLOCATE PREPARE by_id", "prepared");
        await server.FailureAsync("EXECUTE by_id USING 1", "prepared");
    }

    [Fact]
    public async Task A_token_starts_one_execution_and_refuses_another_text()
    {
        var client = world.Server.Client;
        var request = new JsonObject { ["QueryString"] = "SELECT 1", ["ClientRequestToken"] = new string('t', 40), ["ResultConfiguration"] = new JsonObject { ["OutputLocation"] = "s3://lake/results/" } };
        var first = (string?)(await client.AthenaAsync("StartQueryExecution", request, Token))["QueryExecutionId"];
        Assert.Equal(first, (string?)(await client.AthenaAsync("StartQueryExecution", request, Token))["QueryExecutionId"]);
        request["QueryString"] = "SELECT 2";
        var error = await Assert.ThrowsAsync<DemoException>(() => client.AthenaAsync("StartQueryExecution", request, Token));
        Assert.Contains("InvalidRequestException", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_is_used_again_when_the_client_says_so()
    {
        var server = await world.WithPeopleAsync("reused");
        var reuse = new JsonObject { ["ResultReuseConfiguration"] = new JsonObject { ["ResultReuseByAgeConfiguration"] = new JsonObject { ["Enabled"] = true, ["MaxAgeInMinutes"] = 60 } } };
        await server.ExecuteAsync("SELECT count(*) FROM people", "reused", reuse);
        var again = await server.ExecuteAsync("SELECT count(*) FROM people", "reused", reuse);
        Assert.True((bool)again["Statistics"]!["ResultReuseInformation"]!["ReusedPreviousResult"]!);
        Assert.Equal(0, (long)again["Statistics"]!["DataScannedInBytes"]!);
        var fresh = await server.ExecuteAsync("SELECT count(*) FROM people", "reused");
        Assert.False((bool?)fresh["Statistics"]!["ResultReuseInformation"]?["ReusedPreviousResult"] ?? false);
    }

    [Fact]
    public async Task A_running_query_is_cancelled()
    {
        var client = world.Server.Client;
        var id = (string)(await client.AthenaAsync("StartQueryExecution", new JsonObject { ["QueryString"] = Endless, ["ResultConfiguration"] = new JsonObject { ["OutputLocation"] = "s3://lake/results/" } }, Token))["QueryExecutionId"]!;
        await client.AthenaAsync("StopQueryExecution", new JsonObject { ["QueryExecutionId"] = id }, Token);
        Assert.Equal("CANCELLED", (string?)(await world.Server.EndAsync(id))["Status"]!["State"]);
    }

    [Fact]
    public async Task A_query_that_needs_more_memory_than_there_is_says_which_limit()
    {
        var failure = await world.Server.FailureAsync("SELECT count(DISTINCT to_hex(sha512(to_utf8(cast(a.n * 10000 + b.n AS varchar))))) FROM UNNEST(sequence(1, 9000)) AS a(n) CROSS JOIN UNNEST(sequence(1, 9000)) AS b(n)");
        Assert.Contains("memoryMaxMiB", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_that_takes_too_long_is_ended_and_one_too_many_is_refused()
    {
        await using var server = await LiveServer.StartAsync(options =>
        {
            options.Athena.DmlTimeout = TimeSpan.FromSeconds(2);
            options.Athena.ConcurrentQueriesMax = 1;
            options.Athena.QueuedQueriesMax = 1;
        });
        var request = new JsonObject { ["QueryString"] = Endless, ["ResultConfiguration"] = new JsonObject { ["OutputLocation"] = "s3://lake/results/" } };
        var first = (string)(await server.Client.AthenaAsync("StartQueryExecution", request, Token))["QueryExecutionId"]!;
        var error = await Assert.ThrowsAsync<DemoException>(async () =>
        {
            for (var i = 0; i < 3; i++)
            {
                await server.Client.AthenaAsync("StartQueryExecution", request, Token);
            }
        });
        Assert.Contains("TooManyRequestsException", error.Message, StringComparison.Ordinal);
        var ended = await server.EndAsync(first);
        Assert.StartsWith("EXCEEDED_TIME_LIMIT", (string?)ended["Status"]!["StateChangeReason"]);
    }

    [Fact]
    public async Task A_disabled_workgroup_refuses_and_an_enforced_one_says_where_results_go()
    {
        var server = world.Server;
        await server.Client.AthenaAsync(
            "CreateWorkGroup",
            new JsonObject { ["Name"] = "enforced", ["Configuration"] = new JsonObject { ["EnforceWorkGroupConfiguration"] = true, ["ResultConfiguration"] = new JsonObject { ["OutputLocation"] = "s3://lake/enforced/" } } },
            Token);
        var execution = await server.ExecuteAsync("SELECT 1", more: new JsonObject { ["WorkGroup"] = "enforced" });
        Assert.StartsWith("s3://lake/enforced/", (string?)execution["ResultConfiguration"]!["OutputLocation"]);
        await server.Client.AthenaAsync("UpdateWorkGroup", new JsonObject { ["WorkGroup"] = "enforced", ["State"] = "DISABLED" }, Token);
        var error = await Assert.ThrowsAsync<DemoException>(() => server.ExecuteAsync("SELECT 1", more: new JsonObject { ["WorkGroup"] = "enforced" }));
        Assert.Contains("InvalidRequestException", error.Message, StringComparison.Ordinal);
    }

    private static JsonObject Parameters(params string[] values) => new() { ["ExecutionParameters"] = new JsonArray([.. values.Select(value => JsonValue.Create(value))]) };
}
