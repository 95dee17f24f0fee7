using Tarn.Sql.Scans;
using Tarn.Sql.Scans.Parquet;
using Tarn.Sql.Tests.Functions;

namespace Tarn.Sql.Tests.Scans;

/// <summary>Which types of a Parquet file are read as which of a table.</summary>
public sealed class ParquetScanTests : ScanTests
{
    [Theory]
    [InlineData("1::INTEGER", "bigint", "1")]
    [InlineData("1::BIGINT", "int", "1")]
    [InlineData("1::UTINYINT", "smallint", "1")]
    [InlineData("1::INTEGER", "decimal(10,2)", "1.00")]
    [InlineData("1.25::DECIMAL(5,2)", "decimal(7,1)", "1.3")]
    [InlineData("7::DECIMAL(5,0)", "int", "7")]
    [InlineData("1.5::FLOAT", "double", "1.5")]
    [InlineData("'abc'", "varchar(2)", "ab")]
    [InlineData("'ab'", "char(5)", "ab")]
    [InlineData("'ab'::BLOB", "string", "ab")]
    [InlineData("DATE '2020-01-02'", "date", "2020-01-02")]
    [InlineData("TIMESTAMP '2020-01-02 03:04:05'", "timestamp", "2020-01-02 03:04:05.000")]
    [InlineData("TIME '03:04:05'", "string", "03:04:05")]
    [InlineData("18446744073709551615::UBIGINT", "decimal(20,0)", "18446744073709551615")]
    [InlineData("[1, 2]", "array<bigint>", "[1, 2]")]
    [InlineData("MAP {'k': 1}", "map<string,bigint>", "{k=1}")]
    [InlineData("{'x': [{'y': 1}]}", "struct<x:array<struct<y:bigint,z:string>>>", "{'x': [{'y': 1, 'z': NULL}]}")]
    public void Types_that_Trino_widens_are_read(string value, string type, string expected) =>
        Assert.Equal([expected], Rows(Table(Parquet, $"c {type}"), [Part(WriteParquet("a.parquet", $"SELECT {value} AS c"))]));

    [Theory]
    [InlineData("1::BIGINT", "string", "INT64", "varchar")]
    [InlineData("1::BIGINT", "double", "INT64", "double")]
    [InlineData("1::INTEGER", "boolean", "INT32", "boolean")]
    [InlineData("1::BIGINT", "decimal(10,2)", "INT64", "decimal(10,2)")]
    [InlineData("1::INTEGER", "date", "INT32", "date")]
    [InlineData("1.5::DOUBLE", "bigint", "DOUBLE", "bigint")]
    [InlineData("1.5::DOUBLE", "float", "DOUBLE", "real")]
    [InlineData("1.5::DECIMAL(5,2)", "int", "INT32", "integer")]
    [InlineData("1.5::DECIMAL(5,2)", "string", "INT32", "varchar")]
    [InlineData("'1'", "int", "BINARY", "integer")]
    [InlineData("'2020-01-02'", "date", "BINARY", "date")]
    [InlineData("true", "int", "BOOLEAN", "integer")]
    [InlineData("DATE '2020-01-02'", "timestamp", "INT32", "timestamp(3)")]
    [InlineData("DATE '2020-01-02'", "string", "INT32", "varchar")]
    [InlineData("TIMESTAMP '2020-01-02 00:00:00'", "date", "INT64", "date")]
    [InlineData("TIMESTAMP '2020-01-02 00:00:00'", "bigint", "INT64", "bigint")]
    [InlineData("[1]", "array<string>", "GROUP", "array(varchar)")]
    [InlineData("{'x': 1}", "struct<x:string>", "GROUP", "row(\"x\" varchar)")]
    [InlineData("{'x': 1}", "string", "GROUP", "varchar")]
    [InlineData("MAP {'k': 1}", "array<int>", "GROUP", "array(integer)")]
    [InlineData("1::INTEGER", "array<int>", "INT32", "array(integer)")]
    public void Types_that_Trino_does_not_read_as_each_other_are_refused(string value, string type, string physical, string shown)
    {
        var file = WriteParquet("a.parquet", $"SELECT 7 AS other, {value} AS C");
        var table = Table(Parquet, $"other int, c {type}");
        var failure = Engine.Fails(() => Rows(table, [Part(file)]));
        Assert.Equal("HIVE_BAD_DATA", failure.Code);
        Assert.Equal($"Field c's type {physical} in parquet file s3://b/a.parquet is incompatible with type {shown} defined in table schema", failure.Message);
        Assert.Equal(["7"], Rows(table, [Part(file)], "other"));
    }

    [Fact]
    public void One_file_of_many_that_differs_is_named()
    {
        var paths = Enumerable.Range(0, 100).Select(i => WriteParquet($"f{i}.parquet", i == 83 ? "SELECT 'x' AS a" : "SELECT 1 AS a")).ToArray();
        var failure = Engine.Fails(() => Rows(Table(Parquet, "a int"), [Part(paths)]));
        Assert.Contains("s3://b/f83.parquet", failure.Message);
    }

    [Fact]
    public void An_integer_that_does_not_fit_its_column_fails() =>
        Assert.NotNull(Record.Exception(() => Rows(Table(Parquet, "a int"), [Part(WriteParquet("a.parquet", "SELECT 3000000000 AS a"))])));

    /// <summary>Files that are what the table says are read as they are; what their folders are called, and what else they hold, must make no difference.</summary>
    [Fact]
    public void Files_that_need_no_cast_are_read_by_name_whatever_their_folders_are_called()
    {
        var first = WriteParquet("p=9/a.parquet", "SELECT 1::BIGINT AS ID, 'x' AS name, 2.5::DOUBLE AS amount, DATE '2020-01-02' AS day");
        var second = WriteParquet("p=9/b.parquet", "SELECT 2::BIGINT AS ID, 'y' AS name, NULL::DOUBLE AS amount, DATE '2020-01-03' AS day");
        var table = Table(Parquet, "day date, id bigint, amount double, name string");
        Assert.Equal(["2020-01-02|1|2.5|x", "2020-01-03|2|NULL|y"], Rows(table, [Part(first, second)]).Order());
        var other = WriteParquet("p=9/c.parquet", "SELECT 'z' AS name, 3::INTEGER AS ID, true AS file_index");
        Assert.Equal(["1|x", "2|y", "3|z"], Rows(table, [Part(first, second, other)], "id", "name").Order());
        Assert.Equal(["z"], Rows(table, [Part(other)], "name"));
        Assert.Equal(3, Rows(table, [Part(first, second, other)], "$path").Length);
    }

    /// <summary>Writers that leave the old annotation out tell widths and signs of integers by the new one alone.</summary>
    [Fact]
    public void Schemas_whose_integers_differ_in_width_or_sign_are_not_taken_for_each_other()
    {
        static string Of(int bits, bool isSigned) => ParquetSchemas.Signature(new ParquetNode { Name = "a", Type = ParquetType.Int32, LogicalType = ParquetLogicalType.Integer, IntegerBits = bits, IntegerIsSigned = isSigned });
        Assert.Equal(3, new[] { Of(32, isSigned: true), Of(8, isSigned: true), Of(32, isSigned: false) }.Distinct().Count());
    }

    [Fact]
    public void A_damaged_file_fails_with_its_name() =>
        Assert.Contains("s3://b/a.parquet", Engine.Fails(() => Rows(Table(Parquet, "a int"), [Part(Write("a.parquet", "no Parquet at all"))])).Message);
}
