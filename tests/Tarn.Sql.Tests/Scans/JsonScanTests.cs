using System.IO.Compression;
using System.Text;
using Tarn.Contracts.Catalog;
using Tarn.Sql.Scans;
using Tarn.Sql.Tests.Functions;

namespace Tarn.Sql.Tests.Scans;

/// <summary>JSON in all layouts: where records begin and end.</summary>
public sealed class JsonScanTests : ScanTests
{
    [Theory]
    [InlineData("{\n  \"a\": 1,\n  \"s\": {\n    \"x\": \"p\"\n  }\n}\n{\n  \"a\": 2\n}\n")]
    [InlineData("{\"a\":1,\"s\":{\"x\":\"p\"}}{\"a\":2}")]
    [InlineData("{\"a\":1,\"s\":{\"x\":\"p\"}} {\"a\":2}\n")]
    [InlineData("{\"a\":1,\"s\":{\"x\":\"p\"}}\r\n{\"a\":2}")]
    [InlineData("\n\n  {\"a\":1,\n\n\"s\":{\"x\":\"p\"}}\n\n\n{\"a\":2}\n\n")]
    [InlineData("{\"a\":1,\"s\":{\"x\":\"p\"}}\n{\n\"a\":2\n}")]
    [InlineData("[{\"a\":1,\"s\":{\"x\":\"p\"}},\n{\"a\":2}]")]
    [InlineData("[\n  {\"a\":1,\"s\":{\"x\":\"p\"}},\n  {\"a\":2}\n]\n")]
    [InlineData("[{\"a\":1,\"s\":{\"x\":\"p\"}}]\n[]\n[{\"a\":2}]")]
    [InlineData("\uFEFF{\"a\":1,\"s\":{\"x\":\"p\"}}\n{\"a\":2}\n")]
    public void Records_are_found_however_they_are_laid_out(string text)
    {
        var file = Write("a.json", text);
        foreach (var serde in new[] { OpenX, HiveJson })
        {
            var table = Table(serde, "a int, s struct<x:string>");
            Assert.Equal(["1|{'x': p}", "2|NULL"], Rows(table, [Part(file)]));
            Assert.Equal(["2"], Query($"SELECT count(*) FROM {TableScan.ToDuckDb(table, [Part(file)], [])} t"));
        }
    }

    [Fact]
    public void An_array_at_the_top_is_one_row_of_the_column_that_a_crawler_made_of_it()
    {
        var file = Write("a.json", "[\n {\"a\": 1},\n {\"a\": 2}\n]");
        Assert.Equal(["[{'a': 1}, {'a': 2}]"], Rows(Table(OpenX, "array array<struct<a:int>>"), [Part(file)]));
    }

    [Theory]
    [InlineData("$[*]", "[{\"a\":1},{\"a\":2,\"b\":[1]}]", "1,2")]
    [InlineData("$.records[*]", "{\"other\":[{\"a\":9}],\"records\":[{\"a\":1},{\"a\":2}],\"n\":{\"records\":[{\"a\":8}]}}\n{\"records\":[{\"a\":3}]}", "1,2,3")]
    [InlineData("$['data'][1]", "{\n\"data\": [\n{\"a\":1},\n{\"a\":2}\n]\n}", "2")]
    [InlineData("$.*", "{\"x\":{\"a\":1},\"y\":{\"a\":2}}", "1,2")]
    [InlineData("$", "{\"a\":1}\n{\"a\":2}", "1,2")]
    [InlineData("$.none", "{\"a\":1}", "")]
    public void A_classifiers_path_leads_to_the_records(string path, string text, string expected)
    {
        var table = Table(OpenX, "a int") with { Parameters = Map(("jsonPath", path)) };
        Assert.Equal(expected.Split(',', StringSplitOptions.RemoveEmptyEntries), Rows(table, [Part(Write("a.json", text))]));
    }

    [Fact]
    public void A_path_to_plain_values_fills_the_column_record()
    {
        var table = Table(OpenX, "record string") with { Parameters = Map(("jsonPath", "$.id")) };
        Assert.Equal(["7", "x"], Rows(table, [Part(Write("a.json", "{\"id\":7}\n{\"no\":1}\n{\"id\":\"x\"}"))]));
    }

    [Fact]
    public void An_array_of_plain_values_is_a_record_by_position_to_OpenX_and_none_to_Hive()
    {
        var file = Write("a.json", "[1, \"x\"]\n[2]\n");
        Assert.Equal(["1|x", "2|NULL"], Rows(Table(OpenX, "a int, b string"), [Part(file)]));
        Assert.Equal("HIVE_CURSOR_ERROR", Engine.Fails(() => Rows(Table(HiveJson, "a int, b string"), [Part(file)])).Code);
    }

    [Fact]
    public void A_blank_line_among_lines_is_a_row_of_NULLs_to_OpenX_and_an_error_to_Hive()
    {
        var file = Write("a.json", "{\"a\":1}\n\n{\"a\":2}\n");
        Assert.Equal(["1", "NULL", "2"], Rows(Table(OpenX, "a int"), [Part(file)]));
        Assert.Equal("HIVE_CURSOR_ERROR", Engine.Fails(() => Rows(Table(HiveJson, "a int"), [Part(file)])).Code);
    }

    [Fact]
    public void Broken_lines_that_are_ignored_are_rows_of_NULLs_wherever_they_stand()
    {
        var table = Table(OpenX, "a int, s struct<x:int>", ("ignore.malformed.json", "true"));
        var file = Write("a.json", "{\"a\":\nno json\n{\"a\":1,\"s\":{\"x\":5}}\n{\"a\":2,\"s\":{\"x\":6}} rest\n{\"a\":3,\"s\":{\"x\":\n{\"a\":4}\n");
        Assert.Equal(["NULL|NULL", "NULL|NULL", "1|{'x': 5}", "2|{'x': 6}", "NULL|NULL", "NULL|NULL", "4|NULL"], Rows(table, [Part(file)]));
    }

    [Theory]
    [InlineData("{\"a\": 1} x")]
    [InlineData("{\"a\": 1}\nx")]
    [InlineData("[{\"a\": 1}, 2]")]
    [InlineData("{\n\"a\": 1,\n")]
    [InlineData("7")]
    [InlineData("{\"a\":1}\n{\"a\":\"\\ud800\"}")]
    public void What_is_no_JSON_fails_and_is_never_counted(string text)
    {
        var part = Part(Write("a.json", text));
        var table = Table(OpenX, "a string");
        Assert.StartsWith("Row is not a valid JSON Object", Engine.Fails(() => Rows(table, [part])).Message);
    }

    [Fact]
    public void Broken_documents_are_not_passed_over_in_silence()
    {
        var file = Write("a.json", "{\n  \"a\": 1,\n}\n{\n  \"a\": 2\n}\n");
        var failure = Engine.Fails(() => Rows(Table(OpenX, "a int", ("ignore.malformed.json", "true")), [Part(file)]));
        Assert.Contains("ignore.malformed.json", failure.Message);
    }

    [Fact]
    public void The_last_of_equal_members_counts_also_inside_structs_and_maps()
    {
        var file = Write("a.json", "{\"a\":null,\"a\":1,\"s\":{\"x\":null,\"X\":2},\"m\":{\"k\":1,\"l\":2,\"k\":null}}\n{\"a\":1,\"a\":null,\"s\":null,\"s\":{\"x\":3},\"m\":{\"k\":null,\"k\":4}}\n");
        Assert.Equal(
            ["1|{'x': 2}|{k=NULL, l=2}", "NULL|{'x': 3}|{k=4}"],
            Rows(Table(OpenX, "a int, s struct<x:int>, m map<string,int>"), [Part(file)]));
    }

    [Fact]
    public void Members_are_told_apart_by_case_when_the_table_says_so()
    {
        var file = Write("a.json", "{\"A\":1,\"a\":2}\n{\"A\":3}\n");
        Assert.Equal(["2", "NULL"], Rows(Table(OpenX, "a int", ("case.insensitive", "false")), [Part(file)]));
    }

    [Fact]
    public void Dots_in_keys_are_underscores_in_columns()
    {
        var file = Write("a.json", "{\"a.b\":1}\n");
        Assert.Equal(["1"], Rows(Table(OpenX, "a_b int", ("dots.in.keys", "true")), [Part(file)]));
    }

    [Fact]
    public void Json_reads_every_type()
    {
        var file = Write("a.json", """
            {"a":1,"b":-2.9,"c":"3","d":1e3,"e":1.5,"f":"2.5","g":12.345,"h":"2020-01-02","i":1577934245678,"j":"2020-01-02T03:04:05.678Z","k":"TRUE","l":"eHl6","m":true,"n":"aé\u00e9b","o":{"z":1,"a":[1, 2]},"p":5}
            """);
        Assert.Equal(
            ["1|-2|3|1000|1.5|2.5|12.35|2020-01-02|2020-01-02 03:04:05.678|2020-01-02 03:04:05.678|true|xyz|true|aé|{\"a\":[1,2],\"z\":1}|[5]"],
            Rows(Table(OpenX, "a tinyint, b smallint, c int, d bigint, e float, f double, g decimal(5,2), h date, i timestamp, j timestamp, k boolean, l binary, m string, n varchar(2), o string, p array<int>"), [Part(file)]));
    }

    [Theory]
    [InlineData("a tinyint", "{\"a\":300}")]
    [InlineData("a int", "{\"a\":{}}")]
    [InlineData("a date", "{\"a\":\"x\"}")]
    [InlineData("a decimal(3,1)", "{\"a\":100}")]
    [InlineData("a struct<x:int>", "{\"a\":5}")]
    public void A_value_that_does_not_read_as_its_type_fails(string column, string text) =>
        Assert.Equal("HIVE_BAD_DATA", Engine.Fails(() => Rows(Table(OpenX, column), [Part(Write("a.json", text))])).Code);

    [Fact]
    public void A_large_file_is_read_in_parts_without_loss_whatever_the_length_of_its_lines()
    {
        const int count = 120_000;
        var text = new StringBuilder();
        var random = new Random(7);
        for (var i = 0; i < count; i++)
        {
            text.Append("{\"a\":").Append(i).Append(",\"s\":\"").Append('x', random.Next(400)).Append("\"}").Append(i % 3 == 0 ? "\r\n" : "\n");
        }

        var table = Table(OpenX, "a bigint, s string");
        var part = Part(Write("a.json", text.ToString()));
        Assert.True(part.Files[0].Size > 20 << 20);
        Assert.Equal([$"{count}|{count * (count - 1L) / 2}|{count}"], Query($"SELECT concat_ws('|', count(*), sum(a), count(DISTINCT a)) FROM {TableScan.ToDuckDb(table, [part], ["a"])} t"));
    }

    [Fact]
    public void A_long_array_is_read_element_by_element()
    {
        const int count = 300_000;
        var text = new StringBuilder("[");
        for (var i = 0; i < count; i++)
        {
            text.Append(i == 0 ? "\n" : ",\n").Append("  {\n    \"a\": ").Append(i).Append(",\n    \"s\": \"").Append('y', i % 90).Append("\"\n  }");
        }

        var path = Path.Combine(Folder, "a.json.gz");
        using (var stream = new GZipStream(System.IO.File.Create(path), CompressionLevel.Fastest))
        {
            stream.Write(Encoding.UTF8.GetBytes(text.Append("\n]\n").ToString()));
        }

        var sql = TableScan.ToDuckDb(Table(OpenX, "a bigint, s string"), [Part(path)], ["a", "s"]);
        Assert.Equal([$"{count}|{count * (count - 1L) / 2}|{count / 90 * (89 * 45L) + Enumerable.Range(0, count % 90).Sum()}"], Query($"SELECT concat_ws('|', count(*), sum(a), sum(length(s))) FROM {sql} t"));
    }

    [Fact]
    public void A_record_of_more_than_64_MB_fails_with_the_limit()
    {
        var path = Path.Combine(Folder, "a.json");
        using (var stream = System.IO.File.Create(path))
        {
            stream.Write("{\"a\":1}\n{\"a\":\""u8);
            var block = new byte[1 << 20];
            block.AsSpan().Fill((byte)'x');
            for (var i = 0; i < 65; i++)
            {
                stream.Write(block);
            }

            stream.Write("\"}\n"u8);
        }

        var failure = Engine.Fails(() => Rows(Table(OpenX, "a string"), [Part(path)]));
        Assert.Equal("HIVE_BAD_DATA", failure.Code);
        Assert.Contains("64 MB", failure.Message);
    }

    [Theory]
    [InlineData("UTF-16", true, false)]
    [InlineData("UTF-16", true, true)]
    [InlineData("UTF-16LE", false, false)]
    [InlineData("UTF-16BE", false, true)]
    public void Text_of_two_bytes_a_character_is_read_when_the_table_says_so(string encoding, bool hasMark, bool isBigEndian)
    {
        var path = Path.Combine(Folder, "a.json");
        System.IO.File.WriteAllText(path, "{\"a\":\"é東\"}\n", new UnicodeEncoding(isBigEndian, hasMark));
        Assert.Equal(["é東"], Rows(Table(OpenX, "a string", ("serialization.encoding", encoding)), [Part(path)]));
    }
}
