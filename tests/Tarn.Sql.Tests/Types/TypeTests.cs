using Tarn.Sql.Types;

namespace Tarn.Sql.Tests.Types;

public sealed class TypeTests
{
    [Theory]
    [InlineData("integer", "bigint", "bigint")]
    [InlineData("bigint", "real", "real")]
    [InlineData("integer", "decimal(5,2)", "decimal(12,2)")]
    [InlineData("decimal(5,2)", "double", "double")]
    [InlineData("decimal(38,10)", "decimal(38,0)", "decimal(38,10)")]
    [InlineData("varchar(3)", "varchar(5)", "varchar(5)")]
    [InlineData("varchar(3)", "varchar", "varchar")]
    [InlineData("varchar(3)", "char(5)", "char(5)")]
    [InlineData("date", "timestamp(3)", "timestamp(3)")]
    [InlineData("timestamp(3)", "timestamp(6) with time zone", "timestamp(6) with time zone")]
    [InlineData("unknown", "array(date)", "array(date)")]
    [InlineData("array(integer)", "array(double)", "array(double)")]
    [InlineData("map(integer, varchar(1))", "map(bigint, varchar(2))", "map(bigint, varchar(2))")]
    [InlineData("row(a integer)", "row(a bigint)", "row(\"a\" bigint)")]
    [InlineData("row(a integer)", "row(b bigint)", "row(bigint)")]
    public void Two_types_have_Trinos_common_type(string left, string right, string expected)
    {
        Assert.Equal(expected, TypeCoercion.CommonSuperType(TypeParser.Parse(left), TypeParser.Parse(right))?.ToString());
        Assert.Equal(expected, TypeCoercion.CommonSuperType(TypeParser.Parse(right), TypeParser.Parse(left))?.ToString());
    }

    [Theory]
    [InlineData("varchar", "bigint")]
    [InlineData("boolean", "integer")]
    [InlineData("date", "varchar")]
    [InlineData("row(a integer)", "row(a integer, b integer)")]
    [InlineData("time(3)", "timestamp(3)")]
    public void Types_of_other_families_have_no_common_type(string left, string right) =>
        Assert.Null(TypeCoercion.CommonSuperType(TypeParser.Parse(left), TypeParser.Parse(right)));

    [Theory]
    [InlineData("integer", "bigint", true)]
    [InlineData("bigint", "integer", false)]
    [InlineData("varchar(3)", "varchar(2)", false)]
    [InlineData("decimal(5,2)", "decimal(6,3)", true)]
    [InlineData("decimal(5,2)", "decimal(5,3)", false)]
    [InlineData("char(3)", "varchar", false)]
    [InlineData("row(a integer)", "row(b bigint)", true)]
    public void A_type_coerces_only_to_what_holds_all_its_values(string from, string to, bool expected) =>
        Assert.Equal(expected, TypeCoercion.CanCoerce(TypeParser.Parse(from), TypeParser.Parse(to)));

    [Theory]
    [InlineData("ROW(a bigint, b varchar(3))", "row(\"a\" bigint, \"b\" varchar(3))")]
    [InlineData("row(bigint, double precision)", "row(bigint, double)")]
    [InlineData("row(date date, \"X y\" timestamp with time zone)", "row(\"date\" date, \"X y\" timestamp(3) with time zone)")]
    [InlineData("timestamp(6) WITHOUT TIME ZONE", "timestamp(6)")]
    [InlineData("array<map<varchar, decimal>>", "array(map(varchar, decimal(38,0)))")]
    [InlineData("interval day to second", "interval day to second")]
    [InlineData("bigint array", "array(bigint)")]
    public void Trinos_type_text_is_read(string text, string expected)
    {
        Assert.Equal(expected, TypeParser.Parse(text).ToString());
        Assert.Equal(expected, TypeParser.Parse(expected).ToString());
    }

    [Theory]
    [InlineData("struct<a:int,b:array<map<string,decimal(10,2)>>>", "row(\"a\" integer, \"b\" array(map(varchar, decimal(10,2))))")]
    [InlineData("decimal", "decimal(10,0)")]
    [InlineData("varchar(10)", "varchar(10)")]
    [InlineData("timestamp", "timestamp(3)")]
    [InlineData("struct<x y:float,`a:b`:binary>", "row(\"x y\" real, \"a:b\" varbinary)")]
    public void Hive_types_become_Trino_types(string hive, string expected) => Assert.Equal(expected, HiveTypes.Parse(hive).ToString());

    [Theory]
    [InlineData("struct<a:int,b:array<map<string,decimal(10,2)>>>")]
    [InlineData("char(3)")]
    [InlineData("varchar(10)")]
    [InlineData("binary")]
    [InlineData("float")]
    public void A_Hive_type_comes_back_as_it_was(string hive) => Assert.Equal(hive, HiveTypes.Format(HiveTypes.Parse(hive)));

    [Theory]
    [InlineData("uniontype<int,string>", "NOT_SUPPORTED")]
    [InlineData("foo", "HIVE_METASTORE_ERROR")]
    [InlineData("array<int", "HIVE_METASTORE_ERROR")]
    [InlineData("decimal(39,0)", "HIVE_METASTORE_ERROR")]
    public void What_is_no_Hive_type_is_refused(string hive, string code) => Assert.Equal(code, Assert.Throws<SqlException>(() => HiveTypes.Parse(hive)).Code);

    [Fact]
    public void Fields_without_name_or_with_one_twice_are_named_in_DuckDB() =>
        Assert.Equal(["a", "field1", "field2", "field3"], DuckDbTypes.FieldNames((RowType)TypeParser.Parse("row(a integer, integer, \"A\" integer, integer)")));
}
