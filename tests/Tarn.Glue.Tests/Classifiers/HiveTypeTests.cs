using Tarn.Glue.Classifiers;

namespace Tarn.Glue.Tests.Classifiers;

public sealed class HiveTypeTests
{
    [Theory]
    [InlineData("int")]
    [InlineData("array<struct<a:int,B:map<string,decimal(10,2)>>>")]
    [InlineData("struct<>")]
    [InlineData("char(3)")]
    [InlineData("uniontype<int,string>")]
    public void A_type_string_is_read_and_written_back(string text) => Assert.Equal(text, HiveType.Parse(text).ToString());

    [Theory]
    [InlineData("int", "bigint", "bigint")]
    [InlineData("bigint", "double", "double")]
    [InlineData("tinyint", "smallint", "smallint")]
    [InlineData("int", "float", "double")]
    [InlineData("decimal(10,2)", "decimal(8,4)", "decimal(12,4)")]
    [InlineData("decimal(10,2)", "int", "decimal(12,2)")]
    [InlineData("decimal(38,10)", "decimal(38,2)", "double")]
    [InlineData("int", "string", "string")]
    [InlineData("boolean", "int", "string")]
    [InlineData("date", "timestamp", "string")]
    [InlineData("struct<a:int>", "struct<A:double,b:string>", "struct<a:double,b:string>")]
    [InlineData("array<int>", "array<string>", "array<string>")]
    [InlineData("array<int>", "int", "string")]
    public void Two_types_merge_into_their_common_type(string left, string right, string merged)
    {
        Assert.Equal(merged, HiveTypeMerge.Merge(HiveType.Parse(left), HiveType.Parse(right)).ToString());
        Assert.Equal(merged.ToLowerInvariant(), HiveTypeMerge.Merge(HiveType.Parse(right), HiveType.Parse(left)).ToString().ToLowerInvariant());
    }

    [Fact]
    public void Null_only_columns_give_way_to_any_type_and_are_written_as_string()
    {
        Assert.Same(HiveType.Int, HiveTypeMerge.Merge(HiveType.Unknown, HiveType.Int));
        Assert.Same(HiveType.Int, HiveTypeMerge.Merge(HiveType.Int, HiveType.Unknown));
        Assert.Equal("string", HiveType.Unknown.ToString());
        Assert.NotEqual(HiveType.Unknown, HiveType.String);
        var empty = new HiveArray(HiveType.Unknown);
        Assert.NotEqual(empty, HiveType.Parse("array<string>"));
        Assert.Equal("array<string>", empty.ToString());
        Assert.Equal("array<string>", HiveTypeMerge.Merge(HiveTypeMerge.Merge(empty, HiveType.Parse("array<string>")), HiveType.Parse("array<int>")).ToString());
    }
}
