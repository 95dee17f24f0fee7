namespace Tarn.Server.Tests.Athena;

public sealed class StatementTests(AthenaWorld world) : IClassFixture<AthenaWorld>
{
    private static string[] Lines(IEnumerable<string?[]> rows) => [.. rows.Select(row => string.Join('|', row).TrimEnd())];

    [Fact]
    public async Task Databases_are_made_shown_and_dropped()
    {
        var server = world.Server;
        await server.RowsAsync("CREATE DATABASE shown COMMENT 'a remark'");
        await server.RowsAsync("CREATE DATABASE IF NOT EXISTS shown");
        Assert.Contains("shown", Lines(await server.RowsAsync("SHOW DATABASES LIKE 'sho*'")));
        Assert.StartsWith("FAILED: ", await server.FailureAsync("CREATE DATABASE shown"));
        Assert.StartsWith("FAILED: SemanticException", await server.FailureAsync("DROP DATABASE nothing_there"));
        await server.RowsAsync("DROP DATABASE shown");
        Assert.DoesNotContain("shown", Lines(await server.RowsAsync("SHOW DATABASES")));
    }

    [Fact]
    public async Task A_database_with_tables_is_dropped_with_cascade_only()
    {
        var server = await world.WithPeopleAsync("crowded");
        Assert.StartsWith("FAILED: ", await server.FailureAsync("DROP DATABASE crowded"));
        await server.RowsAsync("DROP DATABASE crowded CASCADE");
    }

    [Fact]
    public async Task Tables_are_shown_described_altered_and_dropped()
    {
        var server = await world.WithPeopleAsync("altered");
        Assert.Equal(["people"], Lines(await server.RowsAsync("SHOW TABLES", "altered")));
        Assert.Equal(["id", "name"], Lines(await server.RowsAsync("SHOW COLUMNS IN people", "altered")));
        await server.RowsAsync("ALTER TABLE people ADD COLUMNS (age int)", "altered");
        var described = Lines(await server.RowsAsync("DESCRIBE people", "altered"));
        Assert.Contains(described, line => line.StartsWith("age", StringComparison.Ordinal) && line.Contains("int", StringComparison.Ordinal));
        await server.RowsAsync("ALTER TABLE people SET TBLPROPERTIES ('owner_team' = 'data')", "altered");
        Assert.Contains(Lines(await server.RowsAsync("SHOW TBLPROPERTIES people", "altered")), line => line.Contains("owner_team", StringComparison.Ordinal));
        Assert.Contains(Lines(await server.RowsAsync("SHOW CREATE TABLE people", "altered")), line => line.Contains("CREATE EXTERNAL TABLE", StringComparison.Ordinal));
        Assert.Equal(["1|ann|NULL", "2||NULL"], await server.SelectAsync("SELECT * FROM people ORDER BY id", "altered"));
        await server.RowsAsync("DROP TABLE people", "altered");
        await server.RowsAsync("DROP TABLE IF EXISTS people", "altered");
        Assert.Empty(Lines(await server.RowsAsync("SHOW TABLES", "altered")));
        Assert.StartsWith("TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.altered.people' does not exist", await server.FailureAsync("SELECT * FROM people", "altered"));
    }

    [Fact]
    public async Task Partitions_are_added_found_by_repair_shown_and_dropped()
    {
        var server = world.Server;
        await server.RowsAsync("CREATE DATABASE parts");
        await server.PutAsync("parts/t/day=1/a.csv", "1\n2\n");
        await server.PutAsync("parts/t/day=2/a.csv", "3\n");
        await server.PutAsync("parts/elsewhere/a.csv", "4\n5\n6\n");
        await server.RowsAsync("CREATE EXTERNAL TABLE t (id int) PARTITIONED BY (day int) LOCATION 's3://lake/parts/t/'", "parts");
        Assert.Equal(["0"], await server.SelectAsync("SELECT count(*) FROM t", "parts"));
        await server.RowsAsync("MSCK REPAIR TABLE t", "parts");
        await server.RowsAsync("ALTER TABLE t ADD PARTITION (day = 3) LOCATION 's3://lake/parts/elsewhere/'", "parts");
        Assert.Equal(["day=1", "day=2", "day=3"], Lines(await server.RowsAsync("SHOW PARTITIONS t", "parts")).Order());
        Assert.Equal(["1|2", "2|1", "3|3"], await server.SelectAsync("SELECT day, count(*) FROM t GROUP BY day ORDER BY day", "parts"));
        await server.RowsAsync("ALTER TABLE t DROP PARTITION (day = 1)", "parts");
        Assert.Equal(["4"], await server.SelectAsync("SELECT count(*) FROM t", "parts"));
    }

    [Fact]
    public async Task Only_the_partitions_that_a_filter_leaves_are_read()
    {
        var server = world.Server;
        await server.RowsAsync("CREATE DATABASE pruned");
        foreach (var day in (int[])[1, 2, 10])
        {
            await server.PutAsync($"pruned/t/day={day}/a.csv", new string('x', day * 10) + "\n");
        }

        await server.RowsAsync("CREATE EXTERNAL TABLE t (text string) PARTITIONED BY (day int) LOCATION 's3://lake/pruned/t/'", "pruned");
        await server.RowsAsync("MSCK REPAIR TABLE t", "pruned");
        foreach (var (filter, days) in ((string, int[])[])[("day = 2", [2]), ("day > 1", [2, 10]), ("day >= 2 AND day < 10", [2]), ("day IN (1, 10)", [1, 10]), ("day = 7", []), ("text <> ''", [1, 2, 10])])
        {
            var execution = await server.ExecuteAsync($"SELECT text FROM t WHERE {filter}", "pruned");
            Assert.Equal("SUCCEEDED", (string?)execution["Status"]!["State"]);
            Assert.Equal(days.Sum(day => (day * 10L) + 1), (long)execution["Statistics"]!["DataScannedInBytes"]!);
            Assert.Equal([$"{days.Length}"], await server.SelectAsync($"SELECT count(*) FROM t WHERE {filter}", "pruned"));
        }
    }

    [Fact]
    public async Task Tables_are_made_of_queries_and_added_to_by_partition()
    {
        var server = await world.WithPeopleAsync("written");
        await server.RowsAsync("CREATE TABLE made WITH (format = 'PARQUET', partitioned_by = ARRAY['p'], external_location = 's3://lake/written/made/') AS SELECT id, name, id % 2 AS p FROM people", "written");
        await server.RowsAsync("INSERT INTO made SELECT id + 10, name, 7 FROM people", "written");
        Assert.Equal(["1|ann|1", "2||0", "11|ann|7", "12||7"], await server.SelectAsync("SELECT * FROM made ORDER BY id", "written"));
        Assert.Equal(["p=0", "p=1", "p=7"], Lines(await server.RowsAsync("SHOW PARTITIONS made", "written")).Order());
        var failure = await server.FailureAsync("CREATE TABLE made AS SELECT 1 AS a", "written");
        Assert.Contains("already exists", failure, StringComparison.Ordinal);
        Assert.StartsWith("HIVE_PATH_ALREADY_EXISTS", await server.FailureAsync("CREATE TABLE made2 WITH (external_location = 's3://lake/written/made/') AS SELECT 1 AS a", "written"));
    }

    [Fact]
    public async Task Only_the_columns_and_row_groups_that_a_query_needs_of_parquet_are_billed()
    {
        var server = world.Server;
        await server.RowsAsync("CREATE DATABASE billed");
        await server.RowsAsync("CREATE TABLE wide WITH (format = 'PARQUET', external_location = 's3://lake/billed/wide/') AS SELECT n AS id, to_hex(sha256(to_utf8(cast(n AS varchar)))) AS text FROM UNNEST(sequence(1, 9000)) AS t(n)", "billed");
        var narrow = (long)(await server.ExecuteAsync("SELECT sum(id) FROM wide", "billed"))["Statistics"]!["DataScannedInBytes"]!;
        var wide = (long)(await server.ExecuteAsync("SELECT max(text), sum(id) FROM wide", "billed"))["Statistics"]!["DataScannedInBytes"]!;
        Assert.InRange(narrow, 1, wide / 3);
        var size = new DirectoryInfo(Path.Combine(server.Folder, "lake", "lake", "billed", "wide")).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        Assert.InRange(wide, size / 2, size + 65_536);
    }

    [Fact]
    public async Task Views_are_made_queried_replaced_shown_and_dropped()
    {
        var server = await world.WithPeopleAsync("viewed");
        await server.RowsAsync("CREATE VIEW named AS SELECT id FROM people WHERE name <> ''", "viewed");
        Assert.Equal(["1"], await server.SelectAsync("SELECT * FROM named", "viewed"));
        Assert.Equal(["named"], Lines(await server.RowsAsync("SHOW VIEWS", "viewed")));
        await server.FailureAsync("CREATE VIEW named AS SELECT 1 AS a", "viewed");
        await server.RowsAsync("CREATE OR REPLACE VIEW named AS SELECT count(*) AS n FROM people", "viewed");
        Assert.Equal(["2"], await server.SelectAsync("SELECT n FROM viewed.named", "viewed"));
        await server.RowsAsync("DROP VIEW named", "viewed");
        Assert.StartsWith("TABLE_NOT_FOUND", await server.FailureAsync("SELECT * FROM named", "viewed"));
    }

    [Fact]
    public async Task A_view_means_what_it_meant_where_it_was_made()
    {
        var server = await world.WithPeopleAsync("home");
        await server.RowsAsync("CREATE DATABASE away");
        await server.PutAsync("away/people/a.csv", "7\n");
        await server.RowsAsync("CREATE EXTERNAL TABLE people (id bigint) LOCATION 's3://lake/away/people/'", "away");
        await server.RowsAsync("CREATE VIEW ids AS SELECT id FROM people", "home");
        await server.RowsAsync("CREATE VIEW home.twice AS SELECT id * 2 AS id FROM home.ids", "away");
        await server.RowsAsync("CREATE VIEW home.strangers AS SELECT id FROM people", "away");
        Assert.Equal(["1", "2"], await server.SelectAsync("SELECT id FROM home.ids ORDER BY 1", "away"));
        Assert.Equal(["2", "4"], await server.SelectAsync("SELECT id FROM home.twice ORDER BY 1", "away"));
        Assert.Equal(["7"], await server.SelectAsync("SELECT id FROM strangers", "home"));
        Assert.StartsWith("VIEW_IS_RECURSIVE: line 1:1: Statement would create a recursive view", await server.FailureAsync("CREATE OR REPLACE VIEW ids AS SELECT id FROM twice", "home"));
        await server.RowsAsync("ALTER TABLE people REPLACE COLUMNS (number bigint)", "away");
        Assert.StartsWith("INVALID_VIEW: line 1:16: Failed analyzing stored view 'awsdatacatalog.home.strangers': line 1:8: Column 'id' cannot be resolved", await server.FailureAsync("SELECT id FROM home.strangers"));
        await server.RowsAsync("DROP TABLE people", "home");
        Assert.StartsWith("INVALID_VIEW: line 1:16: Failed analyzing stored view 'awsdatacatalog.home.ids': line ", await server.FailureAsync("SELECT id FROM home.ids"));
    }

    [Fact]
    public async Task Errors_have_the_words_and_places_that_clients_match_on()
    {
        var server = await world.WithPeopleAsync("wrong");
        Assert.StartsWith("COLUMN_NOT_FOUND: line 1:8: Column 'x' cannot be resolved", await server.FailureAsync("SELECT x FROM people", "wrong"));
        Assert.StartsWith("SCHEMA_NOT_FOUND: line 1:15: Schema 'nowhere' does not exist", await server.FailureAsync("SELECT * FROM nowhere.t"));
        Assert.StartsWith("DIVISION_BY_ZERO: Division by zero", await server.FailureAsync("SELECT 1 / (id - 1) FROM people", "wrong"));
        Assert.StartsWith("INVALID_CAST_ARGUMENT", await server.FailureAsync("SELECT CAST(name AS integer) FROM people", "wrong"));
    }
}
