using System.IO.Compression;
using System.Text;
using Tarn.Contracts.Catalog;
using Tarn.Sql.Functions;
using Tarn.Sql.Scans;
using Tarn.Sql.Tests.Functions;
using Tarn.Sql.Types;

namespace Tarn.Sql.Tests.Scans;

public sealed class TableScanTests : ScanTests
{
    [Fact]
    public void Delimited_text_has_no_quotes_and_what_does_not_read_is_NULL()
    {
        var file = Write("a.csv", "id,name,price\n1,\"x\",2.5\nq,,1e2,extra\n2\n\\N,\\N,\\N\n+7,é, 1\n");
        var table = Table(Lazy, "id bigint, name string, price double", ("field.delim", ",")) with { Parameters = Map(("skip.header.line.count", "1")) };
        Assert.Equal(["1|\"x\"|2.5", "NULL||100.0", "2|NULL|NULL", "NULL|NULL|NULL", "7|é|1.0"], Rows(table, [Part(file)]));
    }

    [Fact]
    public void Delimited_text_reads_every_scalar_type()
    {
        var file = Write("a.txt", "1\u00012\u00013\u0001TRUE\u00011.5\u000112.345\u00012020-01-02\u00012020-01-02 03:04:05.6789\u0001abcdef\u0001ab \u0001eHl6\n300\u000140000\u00013000000000\u0001yes\u0001x\u0001x\u00012020-13-02\u00012020-01-02\u0001\u0001\u0001\n");
        var table = Table(Lazy, "a tinyint, b smallint, c int, d boolean, e float, f decimal(5,2), g date, h timestamp, i varchar(3), j char(5), k binary");
        Assert.Equal(
            ["1|2|3|true|1.5|12.35|2020-01-02|2020-01-02 03:04:05.679|abc|ab|xyz", "NULL|NULL|NULL|NULL|NULL|NULL|NULL|NULL|||"],
            Rows(table, [Part(file)]));
    }

    [Fact]
    public void Delimited_text_nests_by_delimiters()
    {
        var file = Write("a.txt", "1,2|k:5,l:6|x,7\n|\\N|\n");
        var table = Table(Lazy, "a array<int>, m map<string,bigint>, s struct<p:string,q:int>", ("field.delim", "|"), ("collection.delim", ","), ("mapkey.delim", ":"));
        Assert.Equal(["[1, 2]|{k=5, l=6}|{'p': x, 'q': 7}", "[]|NULL|{'p': '', 'q': NULL}"], Rows(table, [Part(file)]));
    }

    /// <summary>Hive writes the property as the number of a character wherever a table names no delimiter of its own.</summary>
    [Fact]
    public void Serialization_format_1_is_the_character_of_that_number()
    {
        var file = Write("a.txt", "112\u0001x1y\n");
        Assert.Equal(["112|x1y"], Rows(Table(Lazy, "a int, b string", ("serialization.format", "1")), [Part(file)]));
    }

    [Fact]
    public void Delimited_text_with_an_escape_keeps_delimiters_in_fields()
    {
        var file = Write("a.txt", "a\\,b,c\n\\N,\\\\\n");
        Assert.Equal(["a,b|c", "NULL|\\"], Rows(Table(Lazy, "a string, b string", ("field.delim", ","), ("escape.delim", "\\")), [Part(file)]));
    }

    [Fact]
    public void Quoted_text_is_read_as_opencsv_reads_it()
    {
        var file = Write("a.csv", "\"a,b\",\"say \"\"hi\"\"\",3\n\"x\\\"y\",z,\"4\"\nonly\n");
        var table = Table(OpenCsv, "a string, b string, c int", ("separatorChar", ","), ("quoteChar", "\""), ("escapeChar", "\\"));
        Assert.Equal(["a,b|say \"hi\"|3", "x\"y|z|4", "only|NULL|NULL"], Rows(table, [Part(file)]));
    }

    [Fact]
    public void Quoted_text_reads_an_empty_number_as_null()
    {
        var file = Write("a.csv", "1,x\n,y\n");
        Assert.Equal(["1|x", "NULL|y"], Rows(Table(OpenCsv, "a int, b string"), [Part(file)]));
    }

    [Fact]
    public void Quoted_text_fails_on_a_number_that_is_none()
    {
        var file = Write("a.csv", "1,x\nz,y\n");
        var failure = Engine.Fails(() => Rows(Table(OpenCsv, "a int, b string"), [Part(file)]));
        Assert.Equal(("HIVE_BAD_DATA", "Error parsing field value 'z' for field 0: For input string: \"z\""), (failure.Code, failure.Message));
    }

    [Theory]
    [InlineData(OpenX)]
    [InlineData(HiveJson)]
    public void Json_members_are_found_without_regard_to_case(string serde)
    {
        var file = Write("a.json", """
            {"ID": 1, "Name": "x", "Nested": {"A": 1, "B": ["p", null], "extra": 0}, "tags": {"k": 1.5}, "at": "2020-01-02 03:04:05"}
            {"id": "2", "name": {"z": 1}, "nested": null, "TAGS": {}}
            {}
            """);
        var table = Table(serde, "id bigint, name string, nested struct<a:int,b:array<string>>, tags map<string,double>, at timestamp");
        Assert.Equal(
            [
                "1|x|{'a': 1, 'b': [p, NULL]}|{k=1.5}|2020-01-02 03:04:05.000",
                "2|{\"z\":1}|NULL|{}|NULL",
                "NULL|NULL|NULL|NULL|NULL",
            ],
            Rows(table, [Part(file)]));
    }

    [Fact]
    public void Malformed_json_fails_unless_the_table_ignores_it()
    {
        var file = Write("a.json", "{\"a\": 1}\n{\"a\": \n");
        var failure = Engine.Fails(() => Rows(Table(OpenX, "a int"), [Part(file)]));
        Assert.Equal("HIVE_CURSOR_ERROR", failure.Code);
        Assert.StartsWith("Row is not a valid JSON Object - JSONException: ", failure.Message);
        Assert.Equal(["1", "NULL"], Rows(Table(OpenX, "a int", ("ignore.malformed.json", "true")), [Part(file)]));
    }

    [Fact]
    public void OpenX_maps_columns_to_members_of_other_names()
    {
        var file = Write("a.json", "{\"ts-x\": 5}\n");
        Assert.Equal(["5"], Rows(Table(OpenX, "ts int", ("mapping.ts", "ts-x")), [Part(file)]));
    }

    [Fact]
    public void Parquet_columns_are_matched_by_name_widened_and_NULL_where_missing()
    {
        var one = WriteParquet("a.parquet", "SELECT 1::INTEGER AS \"Id\", 'x' AS name, {'X': 1, 'y': 'q'} AS s, TIMESTAMP '2020-01-02 03:04:05.6789' AS t");
        var two = WriteParquet("b.parquet", "SELECT 2::BIGINT AS id, {'y': 'r', 'z': 3} AS s");
        var table = Table(Parquet, "id bigint, name string, s struct<x:int,y:string>, t timestamp");
        Assert.Equal(
            ["1|x|{'x': 1, 'y': q}|2020-01-02 03:04:05.679", "2|NULL|{'x': NULL, 'y': r}|NULL"],
            Rows(table, [Part(one, two)]));
    }

    [Fact]
    public void Partition_values_and_paths_stand_beside_the_columns()
    {
        var table = Table(Lazy, "a int", ("field.delim", ",")) with { PartitionKeys = [new CatalogColumn("day", "date"), new CatalogColumn("n", "int")] };
        var parts = new[]
        {
            new ScanPartition(["2020-01-02", "1"], null, [File(Write("1.txt", "1\n2\n")), File(Write("2.txt", "3\n"))]),
            new ScanPartition(["__HIVE_DEFAULT_PARTITION__", "2"], null, [File(Write("3.txt", "4\n"))]),
        };
        Assert.Equal(
            ["1|2020-01-02|1|s3://b/1.txt", "2|2020-01-02|1|s3://b/1.txt", "3|2020-01-02|1|s3://b/2.txt", "4|NULL|2|s3://b/3.txt"],
            Rows(table, parts, "a", "day", "n", "$path"));
        Assert.Equal(["4"], Query($"SELECT count(*) FROM {TableScan.ToDuckDb(table, parts, [])} t"));
    }

    [Fact]
    public void An_invalid_partition_value_is_refused()
    {
        var table = Table(Lazy, "a int") with { PartitionKeys = [new CatalogColumn("n", "int")] };
        var failure = Assert.Throws<SqlException>(() => TableScan.ToDuckDb(table, [new ScanPartition(["x"], null, [File(Write("1.txt", "1\n"))])], null));
        Assert.Equal(("HIVE_INVALID_PARTITION_VALUE", "Invalid partition value 'x' for INTEGER partition key: n"), (failure.Code, failure.Message));
    }

    [Fact]
    public void A_partition_is_read_by_its_own_descriptor()
    {
        var table = Table(Lazy, "a int, b string", ("field.delim", ",")) with { PartitionKeys = [new CatalogColumn("p", "string")] };
        var own = Table(Lazy, "a int", ("field.delim", ";")).StorageDescriptor;
        var parts = new[]
        {
            new ScanPartition(["x"], null, [File(Write("1.txt", "1,y\n"))]),
            new ScanPartition(["z"], own, [File(Write("2.txt", "2;w\n"))]),
        };
        Assert.Equal(["1|y|x", "2|NULL|z"], Rows(table, parts));
    }

    [Fact]
    public void No_files_and_empty_files_are_no_rows()
    {
        foreach (var serde in new[] { Lazy, OpenCsv, OpenX, HiveJson })
        {
            Assert.Empty(Rows(Table(serde, "a int, b timestamp"), [Part(Write("empty", ""))]));
            Assert.Empty(Rows(Table(serde, "a int, b timestamp"), []));
        }
    }

    [Fact]
    public void Gzip_is_read_by_its_extension_and_bzip2_is_refused()
    {
        var path = Path.Combine(Folder, "a.csv.gz");
        using (var stream = new GZipStream(System.IO.File.Create(path), CompressionLevel.Fastest))
        {
            stream.Write("1\n2\n"u8);
        }

        Assert.Equal(["1", "2"], Rows(Table(Lazy, "a int"), [Part(path)]));
        var failure = Assert.Throws<SqlException>(() => Rows(Table(Lazy, "a int"), [Part(Write("b.bz2", "x"))]));
        Assert.Equal("HIVE_UNSUPPORTED_FORMAT", failure.Code);
    }

    [Fact]
    public void Another_SerDe_is_refused()
    {
        var failure = Assert.Throws<SqlException>(() => Rows(Table("org.apache.hadoop.hive.serde2.avro.AvroSerDe", "a int"), [Part(Write("a.avro", "x"))]));
        Assert.Equal("HIVE_UNSUPPORTED_FORMAT", failure.Code);
    }
}
