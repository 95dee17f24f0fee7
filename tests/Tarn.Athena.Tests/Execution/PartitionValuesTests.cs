using Tarn.Athena.Execution.Ddl;
using Tarn.Contracts.Catalog;
using Tarn.Contracts.Lake;

namespace Tarn.Athena.Tests.Execution;

public sealed class PartitionValuesTests
{
    private static readonly CatalogTable Table = new() { DatabaseName = "d", Name = "t", PartitionKeys = [new CatalogColumn("dt", "string"), new CatalogColumn("hour", "int")] };

    [Theory]
    [InlineData("2020-01-01", "dt=2020-01-01/hour=3")]
    [InlineData("a/b", "dt=a%2Fb/hour=3")]
    [InlineData("100%", "dt=100%25/hour=3")]
    [InlineData("東京", "dt=東京/hour=3")]
    [InlineData("", "dt=__HIVE_DEFAULT_PARTITION__/hour=3")]
    public void Folders_are_named_as_Hive_names_them(string value, string name) => Assert.Equal(name, PartitionValues.Name(Table, [value, "3"]));

    [Theory]
    [InlineData("a%2Fb", "a/b")]
    [InlineData("%E6%9D%B1", "東")]
    [InlineData("100%", "100%")]
    [InlineData("%zz", "%zz")]
    public void Names_of_folders_are_read_back(string text, string value) => Assert.Equal(value, PartitionFolders.Unescape(text));
}
