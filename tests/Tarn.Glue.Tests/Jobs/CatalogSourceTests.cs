using Tarn.Contracts.Catalog;
using Tarn.Glue.Jobs.Runs;
using Tarn.Worker.Plans;

namespace Tarn.Glue.Tests.Jobs;

/// <summary>Tables of the catalog as sources of plans: read as Athena reads them, but for what DynamicFrame does otherwise.</summary>
public sealed class CatalogSourceTests
{
    private const string OpenX = "org.openx.data.jsonserde.JsonSerDe";
    private const string Lazy = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";

    [Theory]
    [InlineData("{\n \"a\": 1\n}\n{\n \"a\": 2\n}", null, "a int")]
    [InlineData("{\"a\":1}{\"a\":2}", null, "a int")]
    [InlineData("{\"A\":1}\n\n{\"a\":2}\n\n", null, "a int")]
    [InlineData("[{\"a\":1},\n{\"a\":2}]", null, "a int")]
    [InlineData("{\"rows\":[{\"a\":1},\n{\"a\":2}]}", "$.rows[*]", "a int")]
    public void Json_in_every_layout_is_records(string text, string? path, string columns)
    {
        using var plan = Plan(Table(OpenX, columns, path is null ? [] : [("jsonPath", path)]), ("a.json", text, []));
        Assert.Equal(["""{"a":1}""", """{"a":2}"""], plan.Lines());
    }

    [Fact]
    public void A_json_value_that_does_not_read_as_its_column_is_left_out_and_its_neighbours_stay()
    {
        var text = "{\"a\":\"x\",\"s\":{\"n\":{},\"m\":2},\"l\":[1,\"y\",3],\"k\":{\"1\":\"p\",\"z\":\"q\"},\"b\":5}\n{\"a\":7,\"s\":4,\"l\":\"\",\"k\":{\"2\":\"r\"},\"b\":6}\n{broken\n";
        using var plan = Plan(Table(OpenX, "a int, s struct<n:int,m:int>, l array<int>, k map<int,string>, b int"), ("a.json", text, []));
        Assert.Equal(["""{"a":7,"k":{"2":"r"},"b":6}""", """{"s":{"m":2},"l":[1,null,3],"b":5}""", "{}"], plan.Lines());
    }

    [Fact]
    public void Plain_delimited_text_knows_no_quotes_and_keys_of_partitions_stand_behind_its_columns()
    {
        var table = Table(Lazy, "a int, day string, b string") with { PartitionKeys = [new CatalogColumn("day", "date")] };
        using var plan = Plan(table, ("a.txt", "1\u0001x\u0001\"p\"\nq\u0001y\u0001\\N\n", ["2020-01-02"]), ("b.txt", "3\u0001z\u0001r\n", [null]));
        Assert.Equal(["""{"a":1,"b":"\"p\"","day":"2020-01-02"}""", """{"a":3,"b":"r"}""", """{"day":"2020-01-02"}"""], plan.Lines());
    }

    private static PlanHarness Plan(CatalogTable table, params (string Name, string Text, string?[] Partition)[] files)
    {
        var plan = new PlanHarness();
        var input = new NodeInput
        {
            Files = [.. files.Select(file => new InputFile(plan.File(file.Name, file.Text), null, file.Partition))],
            PartitionColumns = [.. table.PartitionKeys.Select(key => new TableColumn(key.Name, key.Type!))],
            Table = TableFiles.Format(table),
        };
        return plan.Source(new CatalogTableSource { Id = "in", Name = "in", Database = "d", Table = "t" }, input).Target("in");
    }

    private static CatalogTable Table(string serde, string columns, params (string Key, string Value)[] parameters) => new()
    {
        DatabaseName = "d",
        Name = "t",
        Parameters = parameters.ToDictionary(pair => pair.Key, pair => pair.Value),
        StorageDescriptor = new StorageDescriptor
        {
            Columns = [.. columns.Split(", ").Select(column => new CatalogColumn(column[..column.IndexOf(' ')], column[(column.IndexOf(' ') + 1)..]))],
            SerdeInfo = new SerDeInfo(null, serde, null),
        },
    };
}
