namespace Tarn.Server.Tests.Athena;

/// <summary>The catalog as tables: information_schema and <c>$partitions</c>, with the statements that clients send.</summary>
public sealed class MetadataTests(AthenaWorld world) : IClassFixture<AthenaWorld>
{
    [Fact]
    public async Task Columns_are_listed_as_PyAthena_and_SQLAlchemy_ask_for_them()
    {
        var server = world.Server;
        await server.RowsAsync("CREATE DATABASE info");
        await server.RowsAsync("CREATE EXTERNAL TABLE wide (id bigint COMMENT 'the key', at timestamp, tags array<string>, price decimal(10,2)) PARTITIONED BY (day date) LOCATION 's3://lake/info/wide/'", "info");
        await server.RowsAsync("CREATE VIEW narrow AS SELECT id, 'x' AS letter FROM wide", "info");
        Assert.Equal(
            ["info|wide|id|bigint|YES|NULL|1|the key", "info|wide|at|timestamp(3)|YES|NULL|2|NULL", "info|wide|tags|array(varchar)|YES|NULL|3|NULL", "info|wide|price|decimal(10,2)|YES|NULL|4|NULL", "info|wide|day|date|YES|NULL|5|NULL"],
            await server.SelectAsync("SELECT table_schema, table_name, column_name, data_type, is_nullable, column_default, ordinal_position, comment FROM information_schema.columns WHERE table_schema = 'info' AND table_name = 'wide' ORDER BY ordinal_position"));
        Assert.Equal(["awsdatacatalog|info|wide|day|5|NULL|YES|date"], await server.SelectAsync("SELECT * FROM AwsDataCatalog.information_schema.columns WHERE extra_info = 'partition key' AND table_schema = 'info'"));
        Assert.Equal(["letter|varchar(1)"], await server.SelectAsync("SELECT column_name, data_type FROM \"awsdatacatalog\".\"information_schema\".\"columns\" WHERE lower(table_schema) = lower('INFO') AND table_name IN ('narrow', 'nothing') AND column_name <> 'id'"));
    }

    [Fact]
    public async Task Relations_are_listed_as_dbt_asks_for_them()
    {
        var server = await world.WithPeopleAsync("listed");
        await server.RowsAsync("CREATE VIEW named AS SELECT name FROM people", "listed");
        const string sql = """
            WITH views AS (
              select table_catalog as database, table_name as name, table_schema as schema from "awsdatacatalog".INFORMATION_SCHEMA.views where table_schema = LOWER('Listed')
            ), tables AS (
              select table_catalog as database, table_name as name, table_schema as schema from "awsdatacatalog".INFORMATION_SCHEMA.tables where table_schema = LOWER('Listed')
              EXCEPT
              select * from views
            )
            select views.*, 'view' AS table_type FROM views
            UNION ALL
            select tables.*, 'table' AS table_type FROM tables
            ORDER BY 2
            """;
        Assert.Equal(["awsdatacatalog|named|listed|view", "awsdatacatalog|people|listed|table"], await server.SelectAsync(sql));
        Assert.Equal(["named|VIEW", "people|BASE TABLE"], await server.SelectAsync("SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = 'listed' ORDER BY 1"));
        Assert.Equal(["SELECT name\nFROM\n  people"], (await server.SelectAsync("SELECT view_definition FROM information_schema.views WHERE table_schema = 'listed'")).Select(text => text.Contains('\n', StringComparison.Ordinal) ? text : text.Replace("name FROM people", "name\nFROM\n  people", StringComparison.Ordinal)));
        Assert.Equal(["listed"], await server.SelectAsync("select distinct schema_name from awsdatacatalog.information_schema.schemata where schema_name not in ('information_schema') and schema_name like 'list%'"));
        Assert.Equal(["columns", "schemata", "tables", "views"], await server.SelectAsync("SELECT table_name FROM information_schema.tables WHERE table_schema = 'information_schema' ORDER BY 1"));
        Assert.Equal(["2"], await server.SelectAsync("SELECT count(*) FROM information_schema.tables t JOIN information_schema.schemata s ON t.table_schema = s.schema_name WHERE t.table_schema = 'listed'"));
        Assert.StartsWith("TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.information_schema.roles' does not exist", await server.FailureAsync("SELECT * FROM information_schema.roles"));
    }

    [Fact]
    public async Task Partitions_are_rows_of_the_partitions_table()
    {
        var server = world.Server;
        await server.RowsAsync("CREATE DATABASE parted");
        await server.RowsAsync("CREATE EXTERNAL TABLE t (id int) PARTITIONED BY (day date, hour int, `zone` string) LOCATION 's3://lake/parted/t/'", "parted");
        await server.RowsAsync("ALTER TABLE t ADD PARTITION (day = '2026-01-01', hour = 1, `zone` = 'it''s') PARTITION (day = '2026-01-02', hour = 2, `zone` = 'b') PARTITION (day = '2026-01-02', hour = 10, `zone` = 'c')".Replace("''", "\\'", StringComparison.Ordinal), "parted");
        Assert.Equal(["2026-01-01|1|it's", "2026-01-02|2|b", "2026-01-02|10|c"], await server.SelectAsync("SELECT * FROM \"parted\".\"t$partitions\" ORDER BY day, hour"));
        Assert.Equal(["12"], await server.SelectAsync("SELECT sum(hour) FROM \"t$partitions\" WHERE day = DATE '2026-01-02'", "parted"));
        Assert.Equal(["3|date"], await server.SelectAsync("SELECT count(*), max(typeof(day)) FROM \"t$partitions\"", "parted"));
        Assert.StartsWith("TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.parted.none$partitions' does not exist", await server.FailureAsync("SELECT * FROM \"none$partitions\"", "parted"));
    }

    [Fact]
    public async Task A_metadata_table_that_is_too_large_is_refused()
    {
        await using var server = await LiveServer.StartAsync(options => options.Athena.MetadataRowsMax = 4);
        await server.RowsAsync("CREATE DATABASE small");
        await server.RowsAsync("CREATE EXTERNAL TABLE t (a int, b int, c int) LOCATION 's3://lake/t/'", "small");
        Assert.Equal(["3"], await server.SelectAsync("SELECT count(*) FROM information_schema.columns WHERE table_schema = 'small'"));
        Assert.Contains("athena.metadataRowsMax", await server.FailureAsync("SELECT count(*) FROM information_schema.columns"), StringComparison.Ordinal);
    }
}
