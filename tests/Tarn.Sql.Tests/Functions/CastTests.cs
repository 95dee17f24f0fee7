using Tarn.Sql.Functions;
using Tarn.Sql.Types;

namespace Tarn.Sql.Tests.Functions;

public sealed class CastTests
{
    [Theory]
    [InlineData("12", "bigint", "12")]
    [InlineData("+12", "integer", "12")]
    [InlineData("1.5", "double", "1.5E0")]
    [InlineData("1e10", "double", "1.0E10")]
    [InlineData("0.001", "double", "1.0E-3")]
    [InlineData("0.0001", "double", "1.0E-4")]
    [InlineData("12345678", "double", "1.2345678E7")]
    [InlineData("NaN", "double", "NaN")]
    [InlineData("-Infinity", "real", "-Infinity")]
    [InlineData("t", "boolean", "true")]
    [InlineData("2.345", "decimal(10,2)", "2.35")]
    [InlineData("-2.345", "decimal(10,2)", "-2.35")]
    [InlineData("1e3", "decimal(10,0)", "1000")]
    [InlineData(" 2020-1-2 ", "date", "2020-01-02")]
    [InlineData("-0044-03-15", "date", "-0044-03-15")]
    [InlineData("2020-01-02 03:04:05.6789", "timestamp(3)", "2020-01-02 03:04:05.679")]
    [InlineData("2020-01-02 03:04", "timestamp(0)", "2020-01-02 03:04:00")]
    [InlineData("1969-12-31 23:59:59.9999", "timestamp(3)", "1970-01-01 00:00:00.000")]
    [InlineData("2020-01-02 03:04:05 America/New_York", "timestamp(3) with time zone", "2020-01-02 03:04:05.000 America/New_York")]
    [InlineData("2020-01-02 03:04:05 +05:30", "timestamp(0) with time zone", "2020-01-02 03:04:05 +05:30")]
    [InlineData("03:04:05.678", "time(3)", "03:04:05.678")]
    [InlineData("0", "double", "0E0")]
    [InlineData("abc", "varchar(2)", "ab")]
    [InlineData("1.2.3.4", "ipaddress", "1.2.3.4")]
    public void A_text_is_cast_as_Trino_casts_it(string text, string type, string expected)
    {
        using var engine = new Engine();
        Assert.Equal(expected, engine.Cast(text, TypeParser.Parse(type)));
    }

    [Theory]
    [InlineData("abc", "integer", "INVALID_CAST_ARGUMENT", "Cannot cast 'abc' to INT")]
    [InlineData("1.5", "bigint", "INVALID_CAST_ARGUMENT", "Cannot cast '1.5' to BIGINT")]
    [InlineData("9223372036854775808", "bigint", "INVALID_CAST_ARGUMENT", "Cannot cast '9223372036854775808' to BIGINT")]
    [InlineData("x", "boolean", "INVALID_CAST_ARGUMENT", "Cannot cast 'x' to BOOLEAN")]
    [InlineData("2020-02-30", "date", "INVALID_CAST_ARGUMENT", "Value cannot be cast to date: 2020-02-30")]
    [InlineData("x", "timestamp(3)", "INVALID_CAST_ARGUMENT", "Value cannot be cast to timestamp: x")]
    [InlineData("12345", "decimal(3,0)", "INVALID_CAST_ARGUMENT", "Cannot cast VARCHAR '12345' to DECIMAL(3, 0). Value too large.")]
    public void A_text_that_is_no_such_value_fails_in_Trinos_words(string text, string type, string code, string message)
    {
        using var engine = new Engine();
        var failure = Engine.Fails(() => engine.Cast(text, TypeParser.Parse(type)));
        Assert.Equal((code, message), (failure.Code, failure.Message));
    }

    [Fact]
    public void Try_cast_gives_NULL_where_cast_fails()
    {
        using var engine = new Engine();
        Assert.Null(engine.Text(Engine.Library.Cast(Engine.Of("abc"), SqlType.Integer, tryCast: true, default)));
    }

    [Theory]
    [InlineData(2.5, "integer", "3")]
    [InlineData(-2.5, "bigint", "-3")]
    [InlineData(0.1, "decimal(3,2)", "0.10")]
    [InlineData(1e10, "varchar", "1.0E10")]
    public void A_double_is_rounded_half_away_from_zero(double value, string type, string expected)
    {
        using var engine = new Engine();
        Assert.Equal(expected, engine.Cast(Engine.Of(value), TypeParser.Parse(type)));
    }

    [Fact]
    public void A_number_that_does_not_fit_its_type_is_out_of_range()
    {
        using var engine = new Engine();
        var failure = Engine.Fails(() => engine.Cast(Engine.Of(300), SqlType.TinyInt));
        Assert.Equal(("NUMERIC_VALUE_OUT_OF_RANGE", "Out of range for tinyint: 300"), (failure.Code, failure.Message));
    }

    [Fact]
    public void Arrays_maps_and_rows_are_cast_element_by_element()
    {
        using var engine = new Engine();
        Assert.Equal("[1, 2]", engine.Text(Engine.Library.Cast(new BoundArgument(new ArrayType(SqlType.Varchar), "['1', '2']"), new ArrayType(SqlType.BigInt), false, default)));
        Assert.Equal("{1=2}", engine.Text(Engine.Library.Cast(new BoundArgument(new MapType(SqlType.Varchar, SqlType.Varchar), "MAP {'1': '2'}"), new MapType(SqlType.BigInt, SqlType.Double), false, default))?.Replace(".0", ""));
        var from = TypeParser.Parse("row(a varchar, b varchar)");
        Assert.Equal("{'x': 1, 'y': z}", engine.Text(Engine.Library.Cast(new BoundArgument(from, "{'a': '1', 'b': 'z'}"), TypeParser.Parse("row(x bigint, y varchar)"), false, default)));
    }

    [Fact]
    public void Values_are_cast_to_and_from_json()
    {
        using var engine = new Engine();
        var map = new BoundArgument(TypeParser.Parse("map(varchar, array(double))"), "MAP {'b': [1.0::DOUBLE, NULL], 'a': []}");
        Assert.Equal("{\"a\":[],\"b\":[1.0,null]}", engine.Text(Engine.Library.Cast(map, SqlType.Json, false, default)));
        var json = new BoundArgument(SqlType.Json, "'{\"a\":1,\"b\":[\"x\"]}'");
        Assert.Equal("{'b': [x], 'a': 1}", engine.Text(Engine.Library.Cast(json, TypeParser.Parse("row(b array(varchar), a bigint)"), false, default)));
    }
}
