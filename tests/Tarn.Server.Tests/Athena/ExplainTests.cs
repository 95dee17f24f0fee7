using System.Text.Json.Nodes;

namespace Tarn.Server.Tests.Athena;

public sealed class ExplainTests(AthenaWorld world) : IClassFixture<AthenaWorld>
{
    [Fact]
    public async Task A_plan_shows_the_steps_and_what_is_read_of_each_table()
    {
        var server = await WithSalesAsync("plans");
        var plan = await LinesAsync("EXPLAIN WITH recent AS (SELECT id, amount FROM sales WHERE day = '2026-01-01') SELECT p.name, sum(r.amount) AS total FROM recent r JOIN people p ON p.id = r.id GROUP BY p.name ORDER BY total DESC LIMIT 3", "plans");
        Assert.Equal(
            [
                "Fragment 0 [SINGLE]",
                "    Output[columnNames = [name, total]]",
                "    │   Layout: [name:varchar, total:double]",
                "    └─ TopN[count = 3, orderBy = [total DESC NULLS LAST]]",
                "       └─ Project[expressions = [p.name, sum(r.amount)]]",
                "          └─ Aggregate[keys = [p.name], aggregates = [sum(r.amount)]]",
                "             └─ InnerJoin[criteria = p.id = r.id]",
                "                ├─ Project[expressions = [id, amount]]",
                "                │  └─ Filter[filterPredicate = day = '2026-01-01']",
                "                │     └─ TableScan[table = awsdatacatalog:plans:sales, columns = [id, amount, day], constraint = day = '2026-01-01']",
                "                │            Layout: [id:bigint, amount:double, day:varchar]",
                "                └─ TableScan[table = awsdatacatalog:plans:people, columns = [id, name]]",
                "                       Layout: [id:bigint, name:varchar]",
            ],
            plan);
        Assert.Equal("COLUMN_NOT_FOUND: line 1:16: Column 'nothing' cannot be resolved", await server.FailureAsync("EXPLAIN SELECT nothing FROM sales", "plans"));
    }

    [Fact]
    public async Task A_plan_can_be_JSON()
    {
        await WithSalesAsync("json_plans");
        var plan = JsonNode.Parse(string.Concat(await LinesAsync("EXPLAIN (FORMAT JSON) SELECT id FROM sales WHERE amount > 1", "json_plans")))!["0"]!;
        Assert.Equal(("Output", "id", "bigint"), ((string?)plan["name"], (string?)plan["outputs"]![0]!["symbol"], (string?)plan["outputs"]![0]!["type"]));
        var filter = plan["children"]![0]!["children"]![0]!;
        Assert.Equal(("Filter", "amount > 1"), ((string?)filter["name"], (string?)filter["descriptor"]!["filterPredicate"]));
        Assert.Equal("TableScan", (string?)filter["children"]![0]!["name"]);
        Assert.Equal("Output", (string?)JsonNode.Parse(string.Concat(await LinesAsync("EXPLAIN (TYPE LOGICAL, FORMAT JSON) SELECT 1", "json_plans")))!["name"]);
    }

    [Fact]
    public async Task The_tables_and_partitions_that_are_read_and_written_can_be_asked_for()
    {
        await WithSalesAsync("io_plans");
        var plan = JsonNode.Parse(string.Concat(await LinesAsync("EXPLAIN (TYPE IO, FORMAT JSON) CREATE TABLE copy AS SELECT * FROM sales WHERE day IN ('2026-01-01', '2026-01-02')", "io_plans")))!;
        var table = Assert.Single(plan["inputTableColumnInfos"]!.AsArray())!;
        Assert.Equal(("awsdatacatalog", "io_plans", "sales"), ((string?)table["table"]!["catalog"], (string?)table["table"]!["schemaTable"]!["schema"], (string?)table["table"]!["schemaTable"]!["table"]));
        var constraint = Assert.Single(table["constraint"]!["columnConstraints"]!.AsArray())!;
        Assert.Equal("day", (string?)constraint["columnName"]);
        Assert.Equal(["2026-01-01", "2026-01-02"], constraint["domain"]!["ranges"]!.AsArray().Select(range => (string?)range!["low"]!["value"]));
        Assert.Equal("copy", (string?)plan["outputTable"]!["schemaTable"]!["table"]);

        // A folder is no table, however many colons it has.
        var unload = JsonNode.Parse(string.Concat(await LinesAsync("EXPLAIN (TYPE IO, FORMAT JSON) UNLOAD (SELECT id FROM sales) TO 's3://lake/a:b/' WITH (format = 'PARQUET')", "io_plans")))!;
        Assert.Null(unload["outputTable"]);
    }

    [Fact]
    public async Task A_statement_can_be_checked_without_being_run()
    {
        var server = await WithSalesAsync("valid_plans");
        Assert.Equal(["true"], await LinesAsync("EXPLAIN (TYPE VALIDATE) INSERT INTO sales SELECT 1, 2e0, 'x'", "valid_plans"));
        Assert.Equal(["0"], await server.SelectAsync("SELECT count(*) FROM sales", "valid_plans"));
        Assert.StartsWith("TABLE_NOT_FOUND: line 1:39: Table 'awsdatacatalog.valid_plans.gone' does not exist", await server.FailureAsync("EXPLAIN (TYPE VALIDATE) SELECT * FROM gone", "valid_plans"));
        Assert.StartsWith("NOT_SUPPORTED: line 1:1: EXPLAIN ANALYZE is not built in Tarn yet", await server.FailureAsync("EXPLAIN ANALYZE SELECT 1", "valid_plans"));
    }

    private async Task<LiveServer> WithSalesAsync(string database)
    {
        var server = await world.WithPeopleAsync(database);
        await server.RowsAsync($"CREATE EXTERNAL TABLE sales (id bigint, amount double) PARTITIONED BY (day string) STORED AS PARQUET LOCATION 's3://lake/{database}/sales/'", database);
        return server;
    }

    private async Task<IReadOnlyList<string?>> LinesAsync(string sql, string database) => [.. (await world.Server.RowsAsync(sql, database)).Select(row => row[0])];
}
