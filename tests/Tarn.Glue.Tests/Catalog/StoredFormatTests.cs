using Tarn.Contracts.Catalog;
using Tarn.Glue.Catalog.Partitions;
using Tarn.Glue.Catalog.Records;

namespace Tarn.Glue.Tests.Catalog;

/// <summary>What stands in stores out there: these bytes and names never change.</summary>
public sealed class StoredFormatTests
{
    [Theory]
    [InlineData("int,string", "2024,01", "028000000000 0007E801 02303100")]
    [InlineData("int,string", "02024,01", "028000000000 0007E8023032303234 00 02303100")]
    [InlineData("bigint", "-1", "027FFFFFFFFFFFFFFF01")]
    [InlineData("decimal", "12.5", "0281800231323500 0231322E3500")]
    [InlineData("decimal", "0.00", "0280 02302E303000")]
    [InlineData("date", "0001-01-02", "020000000101")]
    [InlineData("timestamp", "0001-01-01 00:00:01.5", "0200000000000000011DCD650001")]
    [InlineData("int", "__HIVE_DEFAULT_PARTITION__", "01")]
    [InlineData("int", "x", "037800")]
    [InlineData("boolean", "true", "027472756500")]
    public void A_partition_key_has_the_bytes_of_its_document(string types, string values, string expected)
    {
        var codec = new PartitionKeyCodec([.. types.Split(',').Select(type => new CatalogColumn("k", type))]);
        Assert.Equal(expected.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(codec.Encode(values.Split(','))));
    }

    [Fact]
    public void A_table_stands_in_the_store_under_these_names()
    {
        const string Json = """{"Table":{"DatabaseName":"d","Name":"t","CreateTime":"2026-01-02T03:04:05+00:00","UpdateTime":"2026-01-02T03:04:05+00:00","StorageDescriptor":{"Columns":[{"Name":"c","Type":"int","Comment":"é"}],"Location":"s3://b/","SerdeInfo":{"SerializationLibrary":"lib","Parameters":{"a":"b"}},"SortColumns":[{"Column":"c"}]},"PartitionKeys":[],"Parameters":{"p":"q"},"VersionId":"3"}}""";
        var time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var table = new StoredTable
        {
            Table = new CatalogTable
            {
                DatabaseName = "d",
                Name = "t",
                CreateTime = time,
                UpdateTime = time,
                Parameters = new Dictionary<string, string> { ["p"] = "q" },
                VersionId = "3",
                StorageDescriptor = new StorageDescriptor
                {
                    Columns = [new CatalogColumn("c", "int", "é")],
                    Location = "s3://b/",
                    SerdeInfo = new SerDeInfo(null, "lib", new Dictionary<string, string> { ["a"] = "b" }),
                    SortColumns = [new SortColumn("c", 0)],
                },
            },
        };
        Assert.Equal(Json, CatalogJson.Write(table));
        Assert.Equivalent(table, CatalogJson.Read<StoredTable>(Json));
    }
}
