using System.IO.Compression;
using System.Text;

namespace Tarn.Server.Tests.Athena;

/// <summary>CREATE TABLE AS, INSERT and UNLOAD in the formats that are written, read back through tables and as bytes.</summary>
public sealed class WritingTests(AthenaWorld world) : IClassFixture<AthenaWorld>
{
    private const string Everything = """
        SELECT 1 AS i, BIGINT '-9' AS l, 1.5E10 AS d, REAL '0.25' AS r, DECIMAL '1.50' AS p, true AS b, 'it''s "q"' AS s, CAST(NULL AS varchar) AS n, DATE '2026-01-02' AS day,
            TIMESTAMP '2026-01-02 03:04:05.678' AS at, X'61ff' AS bytes, ARRAY[1, NULL, 3] AS list, MAP(ARRAY['a', 'b'], ARRAY[1, 2]) AS pairs,
            CAST(ROW(7, ARRAY['x', 'y']) AS ROW(a int, c array(varchar))) AS rec
        """;

    private const string Read = "SELECT i, l, d, r, p, b, s, n, day, at, to_hex(bytes), list, pairs, rec.a, rec.c FROM ";
    private const string Values = "1|-9|1.5E10|0.25|1.50|true|it's \"q\"|NULL|2026-01-02|2026-01-02 03:04:05.678|61FF|[1, null, 3]|{a=1, b=2}|7|[x, y]";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("PARQUET", "")]
    [InlineData("TEXTFILE", "")]
    [InlineData("TEXTFILE", ", field_delimiter = '|', write_compression = 'NONE'")]
    [InlineData("TEXTFILE", ", write_compression = 'ZSTD'")]
    [InlineData("JSON", "")]
    [InlineData("JSON", ", write_compression = 'NONE'")]
    public async Task A_table_of_every_type_reads_back_and_can_be_added_to(string format, string more)
    {
        var server = world.Server;
        var database = "made_" + Guid.NewGuid().ToString("N")[..8];
        await server.RowsAsync($"CREATE DATABASE {database}");
        await server.RowsAsync($"CREATE TABLE t WITH (format = '{format}'{more}, external_location = 's3://lake/{database}/t/') AS {Everything}", database);
        Assert.Equal([Values], await server.SelectAsync(Read + "t", database));
        await server.RowsAsync("INSERT INTO t SELECT * FROM t", database);
        Assert.Equal([Values, Values], await server.SelectAsync(Read + "t", database));
    }

    [Theory]
    [InlineData("TEXTFILE")]
    [InlineData("JSON")]
    public async Task Partitions_are_written_in_every_format(string format)
    {
        var server = world.Server;
        var database = "keyed_" + format.ToLowerInvariant();
        await server.RowsAsync($"CREATE DATABASE {database}");
        await server.RowsAsync($"CREATE TABLE t WITH (format = '{format}', partitioned_by = ARRAY['k']) AS SELECT n AS id, CASE n WHEN 3 THEN NULL ELSE 'a/b ' || CAST(n % 2 AS varchar) END AS k FROM UNNEST(sequence(1, 4)) AS s(n)", database);
        Assert.Equal(["1|a/b 1", "2|a/b 0", "3|NULL", "4|a/b 0"], await server.SelectAsync("SELECT id, k FROM t ORDER BY id", database));
    }

    [Fact]
    public async Task UNLOAD_writes_Hives_text_in_gzip()
    {
        var (text, execution) = await UnloadAsync("text", "format = 'TEXTFILE'");
        Assert.Equal("1\u0001-9\u00011.5E10\u00010.25\u00011.50\u0001true\u0001it's \"q\"\u0001\\N\u00012026-01-02\u00012026-01-02 03:04:05.678\u0001Yf8=\u00011\u0002\\N\u00023\u0001a\u00031\u0002b\u00032\u00017\u0002x\u0003y\n", text);
        Assert.Equal(("DML", "UNLOAD"), ((string?)execution["StatementType"], (string?)execution["SubstatementType"]));
    }

    [Fact]
    public async Task UNLOAD_writes_JSON_lines_in_gzip()
    {
        var (text, _) = await UnloadAsync("json", "format = 'JSON', compression = 'gzip'");
        Assert.Equal("{\"i\":1,\"l\":-9,\"d\":1.5E10,\"r\":0.25,\"p\":1.50,\"b\":true,\"s\":\"it's \\\"q\\\"\",\"n\":null,\"day\":\"2026-01-02\",\"at\":\"2026-01-02 03:04:05.678\",\"bytes\":\"Yf8=\",\"list\":[1,null,3],\"pairs\":{\"a\":1,\"b\":2},\"rec\":{\"a\":7,\"c\":[\"x\",\"y\"]}}\n", text);
    }

    [Fact]
    public async Task UNLOAD_to_Parquet_lists_its_files_and_makes_no_table()
    {
        var server = world.Server;
        var execution = await server.ExecuteAsync("UNLOAD (SELECT n AS id, n % 2 AS k FROM UNNEST(sequence(1, 9)) AS s(n)) TO 's3://lake/unloaded/parquet/' WITH (format = 'PARQUET', compression = 'SNAPPY', partitioned_by = ARRAY['k'])");
        Assert.Equal("SUCCEEDED", (string?)execution["Status"]!["State"]);
        var manifest = Encoding.UTF8.GetString(await server.Client.GetObjectAsync(LiveServer.Bucket, $"results/{execution["QueryExecutionId"]}-manifest.csv", Token));
        var files = manifest.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, files.Length);
        Assert.All(files, file => Assert.StartsWith("s3://lake/unloaded/parquet/k=", file, StringComparison.Ordinal));
        await server.RowsAsync("CREATE DATABASE reread");
        await server.RowsAsync("CREATE EXTERNAL TABLE t (id int) PARTITIONED BY (k int) STORED AS PARQUET LOCATION 's3://lake/unloaded/parquet/'", "reread");
        await server.RowsAsync("MSCK REPAIR TABLE t", "reread");
        Assert.Equal(["0|20", "1|25"], await server.SelectAsync("SELECT k, sum(id) FROM t GROUP BY k ORDER BY k", "reread"));
    }

    [Theory]
    [InlineData("UNLOAD (SELECT 1 AS a) TO 's3://lake/full/' WITH (format = 'JSON')", "HIVE_PATH_ALREADY_EXISTS: ")]
    [InlineData("UNLOAD (SELECT 1 AS a) TO 's3://lake/empty/'", "INVALID_TABLE_PROPERTY: line 1:1: UNLOAD needs the property 'format'")]
    [InlineData("UNLOAD (SELECT 1 AS a) TO 's3://lake/empty/' WITH (format = 'ORC')", "NOT_SUPPORTED: line 1:52: format = 'ORC' is not built in Tarn yet")]
    [InlineData("UNLOAD (SELECT 1 AS a) TO 's3://lake/empty/' WITH (format = 'JSON', field_delimiter = ',')", "INVALID_TABLE_PROPERTY: line 1:69: Cannot specify field_delimiter for storage format: JSON")]
    [InlineData("UNLOAD (SELECT 1) TO 's3://lake/empty/' WITH (format = 'JSON')", "MISSING_COLUMN_NAME: ")]
    [InlineData("UNLOAD (SELECT now() AS a) TO 's3://lake/empty/' WITH (format = 'JSON')", "NOT_SUPPORTED: ")]
    [InlineData("CREATE TABLE elsewhere.db.t AS SELECT 1 AS a", "CATALOG_NOT_FOUND: line 1:14: Catalog 'elsewhere' does not exist")]
    [InlineData("DROP VIEW elsewhere.db.v", "CATALOG_NOT_FOUND: line 1:11: Catalog 'elsewhere' does not exist")]
    [InlineData("CREATE TABLE t WITH (format = 'TEXTFILE', field_delimiter = '||') AS SELECT 1 AS a", "INVALID_TABLE_PROPERTY: ")]
    public async Task What_cannot_be_written_is_refused_in_Trinos_words(string sql, string words)
    {
        await world.Server.PutAsync("full/a.txt", "x");
        Assert.StartsWith(words, await world.Server.FailureAsync(sql), StringComparison.Ordinal);
    }

    [Fact]
    public async Task INSERT_refuses_a_table_whose_text_it_would_not_write_as_it_is_read()
    {
        var server = world.Server;
        await server.RowsAsync("CREATE DATABASE unwritable");
        await server.RowsAsync("CREATE EXTERNAL TABLE t (a string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' ESCAPED BY '\\\\' LOCATION 's3://lake/unwritable/t/'", "unwritable");
        await server.RowsAsync("CREATE EXTERNAL TABLE h (a string) LOCATION 's3://lake/unwritable/h/' TBLPROPERTIES ('skip.header.line.count' = '1')", "unwritable");
        Assert.StartsWith("NOT_SUPPORTED: ", await server.FailureAsync("INSERT INTO t VALUES 'x'", "unwritable"));
        Assert.StartsWith("NOT_SUPPORTED: ", await server.FailureAsync("INSERT INTO h VALUES 'x'", "unwritable"));
    }

    private async Task<(string Text, System.Text.Json.Nodes.JsonNode Execution)> UnloadAsync(string folder, string properties)
    {
        var server = world.Server;
        var execution = await server.ExecuteAsync($"UNLOAD ({Everything}) TO 's3://lake/unloaded/{folder}/' WITH ({properties})");
        Assert.True((string?)execution["Status"]!["State"] == "SUCCEEDED", (string?)execution["Status"]!["StateChangeReason"]);
        var file = Assert.Single(Directory.GetFiles(Path.Combine(server.Folder, "lake", "lake", "unloaded", folder)));
        Assert.EndsWith(".gz", file, StringComparison.Ordinal);
        await using var stream = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        return (await new StreamReader(stream).ReadToEndAsync(Token), execution);
    }
}
