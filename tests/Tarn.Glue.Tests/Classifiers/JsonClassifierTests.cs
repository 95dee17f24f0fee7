using Tarn.Glue.Classifiers;
using Tarn.Sql.Scans.Text;

namespace Tarn.Glue.Tests.Classifiers;

public sealed class JsonClassifierTests
{
    [Theory]
    [InlineData("{\"a\":1,\"b\":\"x\"}\n{\"a\":2,\"b\":null}\n", 2)]
    [InlineData("{\"a\":1,\"b\":\"x\"}{\"a\":2,\"b\":\"y\"}", 2)]
    [InlineData("{\n  \"a\": 1,\n  \"b\": \"x\"\n}\n{\n  \"a\": 2,\n  \"b\": \"y\"\n}", 2)]
    [InlineData("\uFEFF{\"a\":1,\"b\":\"x\"}", 1)]
    public async Task Objects_in_a_row_are_records(string text, long records)
    {
        var found = await Classify.TextAsync(text);
        Assert.Equal("json", found.Schema.Format.Classification);
        Assert.Equal("a:int,b:string", found.Columns());
        Assert.Equal(records, found.RecordCount);
    }

    [Theory]
    [InlineData("{\"a\":1}{\"a\":3000000000}", "a:bigint")]
    [InlineData("{\"a\":1}{\"a\":1.5}", "a:double")]
    [InlineData("{\"a\":1e2}", "a:double")]
    [InlineData("{\"a\":99999999999999999999}", "a:double")]
    [InlineData("{\"a\":1}{\"a\":\"x\"}", "a:string")]
    [InlineData("{\"a\":true}{\"a\":null}", "a:boolean")]
    [InlineData("{\"a\":null}", "a:string")]
    [InlineData("{\"a\":[]}", "a:array<string>")]
    [InlineData("{\"a\":{}}", "a:string")]
    [InlineData("{\"a\":[{\"b\":1},{\"c\":[1.5,2]}]}", "a:array<struct<b:int,c:array<double>>>")]
    [InlineData("{\"a\":{\"b\":1}}{\"a\":{\"B\":3000000000,\"cD\":true}}", "a:struct<b:bigint,cD:boolean>")]
    [InlineData("{\"Id\":1}{\"ID\":2}{\"x\":1}", "Id:int,x:int")]
    [InlineData("{\"a\":{\"x:y\":1}}", "a:string")]
    [InlineData("[{\"a\":1},{\"a\":2}]", "array:array<struct<a:int>>")]
    public async Task Values_have_Hive_types(string text, string columns) => Assert.Equal(columns, (await Classify.TextAsync(text)).Columns());

    [Theory]
    [InlineData("1\n2\n")]
    [InlineData("\"a\"")]
    [InlineData("{\"a\":1")]
    [InlineData("{'a':1}")]
    [InlineData("{\"a\":1}{\"a\":}")]
    [InlineData("{\"a\":1}[1]")]
    [InlineData("")]
    public async Task What_is_no_row_of_objects_is_not_JSON(string text) => Assert.True((await Classify.TextAsync(text)).Schema.IsUnknown);

    [Theory]
    [InlineData("$[*]", "[{\"a\":1},{\"a\":2}]", "a:int", 2)]
    [InlineData("$.items[*]", "{\"n\":1,\"items\":[{\"a\":1},{\"b\":2}]}", "a:int,b:int", 2)]
    [InlineData("$.id", "{\"id\":7,\"x\":1}{\"id\":8}", "record:int", 2)]
    [InlineData("$['a b'].*", "{\"a b\":{\"x\":{\"v\":1},\"y\":{\"v\":2}}}", "v:int", 2)]
    [InlineData("$[1]", "[{\"a\":1},{\"b\":2}]", "b:int", 1)]
    public async Task A_path_says_where_the_records_are(string path, string text, string columns, long records)
    {
        Assert.True(JsonPath.TryParse(path, out var parsed, out _));
        var found = await Classify.TextAsync(text, new JsonClassifier("mine", parsed));
        Assert.Equal(columns, found.Columns());
        Assert.Equal(records, found.RecordCount);
        Assert.Equal(path, found.Parameter("jsonPath"));
    }

    [Theory]
    [InlineData("a.b")]
    [InlineData("$..a")]
    [InlineData("$['a','b']")]
    [InlineData("$[-1]")]
    [InlineData("$.")]
    [InlineData("$[0:2]")]
    [InlineData("$['']")]
    public void Other_paths_are_refused(string path) => Assert.False(JsonPath.TryParse(path, out _, out _));

    [Fact]
    public async Task Reading_goes_on_to_10_MB_while_no_record_is_whole()
    {
        var pad = new string('x', 3 * 1024 * 1024);
        var found = await Classify.TextAsync($"{{\"pad\":\"{pad}\",\"last\":1}}\n{{\"pad\":\"\",\"last\":2}}");
        Assert.Equal("pad:string,last:int", found.Columns());
    }

    [Fact]
    public async Task An_array_of_more_than_10_MB_is_known_by_its_part()
    {
        var element = $"{{\"id\":1,\"pad\":\"{new string('x', 1000)}\"}}";
        var text = "[" + string.Join(',', Enumerable.Repeat(element, 12_000)) + "]";
        var found = await Classify.TextAsync(text);
        Assert.Equal("array:array<struct<id:int,pad:string>>", found.Columns());
        Assert.Null(found.RecordCount);
    }

    [Fact]
    public async Task The_sample_is_cut_between_records_and_the_rest_is_estimated()
    {
        var text = string.Concat(Enumerable.Range(0, 3000).Select(row => $"{{\"id\":{row},\"pad\":\"{new string('x', 1000)}\"}}\n"));
        var found = await Classify.TextAsync(text);
        Assert.Equal(1000, found.SampledRecords);
        Assert.Null(found.RecordCount);
        Assert.InRange((double)text.Length / (found.SampledBytes / found.SampledRecords), 2950, 3050);
    }
}
