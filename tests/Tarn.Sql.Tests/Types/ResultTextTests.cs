using System.Text;
using Tarn.Sql.Tests.Functions;
using Tarn.Sql.Types;

namespace Tarn.Sql.Tests.Types;

public sealed class ResultTextTests
{
    [Theory]
    [InlineData("bigint", "5::BIGINT", "5")]
    [InlineData("boolean", "true", "true")]
    [InlineData("double", "1e10::DOUBLE", "1.0E10")]
    [InlineData("double", "'nan'::DOUBLE", "NaN")]
    [InlineData("real", "0.1::FLOAT", "0.1")]
    [InlineData("decimal(5,2)", "-0.5::DECIMAL(5,2)", "-0.50")]
    [InlineData("decimal(38,0)", "-12345678901234567890123::DECIMAL(38,0)", "-12345678901234567890123")]
    [InlineData("char(4)", "'ab'", "ab  ")]
    [InlineData("date", "DATE '2020-01-02'", "2020-01-02")]
    [InlineData("timestamp(3)", "TIMESTAMP '2020-01-02 03:04:05.6'", "2020-01-02 03:04:05.600")]
    [InlineData("timestamp(6)", "TIMESTAMP '2020-01-02 03:04:05.6'", "2020-01-02 03:04:05.600000")]
    [InlineData("timestamp(9)", "TIMESTAMP_NS '2020-01-02 03:04:05.6'", "2020-01-02 03:04:05.600000000")]
    [InlineData("timestamp(3) with time zone", "struct_pack(instant := TIMESTAMP '2020-01-02 03:04:05', zone := 'Asia/Tokyo')", "2020-01-02 12:04:05.000 Asia/Tokyo")]
    [InlineData("time(3)", "TIME '03:04:05.6'", "03:04:05.600")]
    [InlineData("varbinary", "unhex('61FF')", "61 ff")]
    [InlineData("array(varchar)", "['a', NULL, '']", "[a, null, ]")]
    [InlineData("map(varchar, double)", "MAP {'k': 1.0::DOUBLE, 'l': NULL}", "{k=1.0, l=null}")]
    [InlineData("row(f integer, g array(bigint))", "{'f': 1, 'g': [2::BIGINT]}", "{f=1, g=[2]}")]
    [InlineData("row(integer, varchar)", "{'field0': 1, 'field1': 'x'}", "{field0=1, field1=x}")]
    [InlineData("interval day to second", "93784005::BIGINT", "1 02:03:04.005")]
    [InlineData("interval year to month", "-14::INTEGER", "-1-2")]
    [InlineData("json", "'{\"a\":1}'", "{\"a\":1}")]
    [InlineData("uuid", "'12151fd2-7586-11e9-8f9e-2a86e4085a59'::UUID", "12151fd2-7586-11e9-8f9e-2a86e4085a59")]
    public void A_value_is_shown_as_Athena_shows_it(string type, string sql, string expected)
    {
        using var engine = new Engine();
        using var result = engine.Connection.Query($"SELECT {sql}", TestContext.Current.CancellationToken);
        using var chunk = result.NextChunk(TestContext.Current.CancellationToken);
        Assert.Equal(expected, new ResultText(TypeParser.Parse(type)).Text(chunk!.Column(0), 0));
    }

    [Fact]
    public void A_CSV_field_is_quoted_and_NULL_is_nothing()
    {
        using var engine = new Engine();
        using var result = engine.Connection.Query("SELECT unnest(['a\"b', '', NULL])", TestContext.Current.CancellationToken);
        using var chunk = result.NextChunk(TestContext.Current.CancellationToken);
        var text = new ResultText(SqlType.Varchar);
        var csv = new StringBuilder();
        for (var row = 0; row < 3; row++)
        {
            text.AppendCsv(csv, chunk!.Column(0), row);
            csv.Append('\n');
        }

        Assert.Equal("\"a\"\"b\"\n\"\"\n\n", csv.ToString());
    }
}
