using Tarn.Api.Glue;

namespace Tarn.Glue.Tests.Catalog;

public sealed class PartitionExpressionTests
{
    private static async Task<TestGlue> Sales() =>
        await (await (await TestGlue.OpenAsync()).WithTable("year:int", "month:string", "day:date", "amount:decimal(10,2)", "at:timestamp"))
            .WithPartitions(
                ["2023", "12", "2023-12-31", "1.5", "2023-12-31 23:59:59"],
                ["2024", "01", "2024-01-01", "-10", "2024-01-01 00:00:00"],
                ["2024", "02", "2024-02-29", "2", "2024-02-29 12:00:00.5"],
                ["2024", "10", "2024-10-01", "10.00", "2024-10-01 12:00:00.25"],
                ["10000", "a_b%", "2024-11-01", "0", "2024-11-01 00:00:00"]);

    [Theory]
    [InlineData("year = 2024", "2024/01 2024/02 2024/10")]
    [InlineData("year = '2024'", "2024/01 2024/02 2024/10")]
    [InlineData("YEAR=2024 And month='02'", "2024/02")]
    [InlineData("2024 = year and '02' = month", "2024/02")]
    [InlineData("2024 < year", "10000/a_b%")]
    [InlineData("year > 2024", "10000/a_b%")]
    [InlineData("year <> 2024", "2023/12 10000/a_b%")]
    [InlineData("year != 2024", "2023/12 10000/a_b%")]
    [InlineData("year < > 2024", "2023/12 10000/a_b%")]
    [InlineData("NOT year = 2024", "2023/12 10000/a_b%")]
    [InlineData("not (year = 2024 or year = 2023)", "10000/a_b%")]
    [InlineData("year >= 2024 and month <= '02'", "2024/01 2024/02")]
    [InlineData("year > = 2024 and month < = '02'", "2024/01 2024/02")]
    [InlineData("year between 2023 and 2024 and month not between '01' and '02'", "2023/12 2024/10")]
    [InlineData("month in ('01', '10', 'zz')", "2024/01 2024/10")]
    [InlineData("month not in ('01', '10')", "2023/12 2024/02 10000/a_b%")]
    [InlineData("year in (2023, 10000)", "2023/12 10000/a_b%")]
    [InlineData("month like '1%'", "2023/12 2024/10")]
    [InlineData("month like '_2'", "2023/12 2024/02")]
    [InlineData("month like '%0%'", "2024/01 2024/02 2024/10")]
    [InlineData("month not like '%0%'", "2023/12 10000/a_b%")]
    [InlineData("year = 2024 and month like '0%'", "2024/01 2024/02")]
    [InlineData("day = '2024-02-29'", "2024/02")]
    [InlineData("day = date '2024-02-29'", "2024/02")]
    [InlineData("day >= '2024-10-01'", "2024/10 10000/a_b%")]
    [InlineData("amount = 10", "2024/10")]
    [InlineData("amount < 2", "2023/12 2024/01 10000/a_b%")]
    [InlineData("amount > -0.5 and amount < 1.50001", "2023/12 10000/a_b%")]
    [InlineData("amount between -10.0 and 0", "2024/01 10000/a_b%")]
    [InlineData("amount = 1e1", "2024/10")]
    [InlineData("amount = '0.15E+1'", "2023/12")]
    [InlineData("amount between 15e-1 and 2.0e0", "2023/12 2024/02")]
    [InlineData("amount > -1e9999", "2023/12 2024/01 2024/02 2024/10 10000/a_b%")]
    [InlineData("at > '2024-02-29 12:00:00' and at < '2024-10-01 12:00:00.3'", "2024/02 2024/10")]
    [InlineData("at = timestamp '2024-02-29 12:00:00.500000000'", "2024/02")]
    [InlineData("(year) = (2024) and ((month = '01'))", "2024/01")]
    [InlineData("`year` = 2024 and \"month\" = '01'", "2024/01")]
    [InlineData("year is null", "")]
    [InlineData("year is not null and month = '12'", "2023/12")]
    [InlineData("month = '12' or year = 2024 and month = '01'", "2023/12 2024/01")]
    [InlineData("month = 'it''s'", "")]
    [InlineData("", "2023/12 2024/01 2024/02 2024/10 10000/a_b%")]
    [InlineData("  ", "2023/12 2024/01 2024/02 2024/10 10000/a_b%")]
    public async Task A_filter_finds_the_partitions_that_it_says(string expression, string expected)
    {
        await using var glue = await Sales();
        var found = (await glue.Find(expression)).Select(values => string.Join('/', values.Split('/')[..2]));
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), found);
    }

    [Theory]
    [InlineData("year = ", "Unsupported expression 'year = '")]
    [InlineData("year", "Unsupported expression 'year'")]
    [InlineData("year = 2024 -", "Unsupported expression 'year = 2024 -'")]
    [InlineData("day = 2021 - 01 - 01", "2021 is not a date.")]
    [InlineData("year = 2024 + 1", "Unsupported expression 'year = 2024 + 1'")]
    [InlineData("year == 2024", "Unsupported expression 'year == 2024'")]
    [InlineData("year = 2024 and", "Unsupported expression 'year = 2024 and'")]
    [InlineData("(year = 2024", "Unsupported expression '(year = 2024'")]
    [InlineData("year = 2024)", "Unsupported expression 'year = 2024)'")]
    [InlineData("month = 'a", "Unsupported expression 'month = 'a'")]
    [InlineData("month in ()", "Unsupported expression 'month in ()'")]
    [InlineData("month = year", "Unsupported expression 'month = year'")]
    [InlineData("upper(month) = 'A'", "Invalid partition expression!")]
    [InlineData("month = ?", "Unsupported expression 'month = ?'")]
    [InlineData("nonsense = 1", "Invalid partition expression!")]
    [InlineData("year = 'abc'", "\"abc\" is not an integer.")]
    [InlineData("year = 1.5", "\"1.5\" is not an integer.")]
    [InlineData("day = 'abc'", "abc is not a date.")]
    [InlineData("amount = 'abc'", "abc is not a decimal.")]
    [InlineData("amount = 1e", "Unsupported expression 'amount = 1e'")]
    [InlineData("amount = '1e'", "1e is not a decimal.")]
    [InlineData("amount = '1e99999'", "1e99999 is not a decimal.")]
    [InlineData("year = 2e3", "\"2e3\" is not an integer.")]
    [InlineData("at = 'abc'", "Timestamp format must be yyyy-mm-dd hh:mm:ss[.fffffffff] abc is not a timestamp.")]
    [InlineData("year like '2%'", "Integral data type doesn't support operation 'LIKE'")]
    [InlineData("day like '2%'", "Date data type doesn't support operation 'LIKE'")]
    [InlineData("amount like '2%'", "Decimal data type doesn't support operation 'LIKE'")]
    [InlineData("at like '2%'", "Timestamp data type doesn't support operation 'LIKE'")]
    public async Task A_filter_that_cannot_be_read_is_refused_in_the_words_of_Glue(string expression, string message)
    {
        await using var glue = await Sales();
        await glue.Fails(GlueModel.GetPartitions, new GetPartitionsRequest { DatabaseName = "db", TableName = "t", Expression = expression }, "InvalidInputException", message);
    }

    [Fact]
    public async Task A_filter_nested_beyond_reason_is_refused_and_not_fatal()
    {
        await using var glue = await Sales();
        var deep = new string('(', 1000) + "year = 1" + new string(')', 1000);
        await glue.Fails(GlueModel.GetPartitions, new GetPartitionsRequest { DatabaseName = "db", TableName = "t", Expression = deep }, "InvalidInputException", $"Unsupported expression '{deep}'");
        var nots = string.Concat(Enumerable.Repeat("not ", 500)) + "year = 1";
        await glue.Fails(GlueModel.GetPartitions, new GetPartitionsRequest { DatabaseName = "db", TableName = "t", Expression = nots }, "InvalidInputException", $"Unsupported expression '{nots}'");
    }

    [Fact]
    public async Task A_key_of_a_type_that_Glue_does_not_filter_is_refused()
    {
        await using var glue = await (await (await TestGlue.OpenAsync()).WithTable("flag:boolean")).WithPartitions(["true"]);
        await glue.Fails(GlueModel.GetPartitions, new GetPartitionsRequest { DatabaseName = "db", TableName = "t", Expression = "flag = 'true'" }, "InvalidInputException", "Unknown type : 'boolean'");
        Assert.Equal(["true"], await glue.Find(null));
    }

    [Fact]
    public async Task Values_that_are_no_values_of_their_type_fail_a_filter_and_not_a_list()
    {
        await using var glue = await (await (await TestGlue.OpenAsync()).WithTable("a:string", "year:int")).WithPartitions(["x", "2024"], ["x", "oops"], ["y", "2024"]);
        Assert.Equal(["x/2024", "x/oops", "y/2024"], await glue.Find(null));
        foreach (var expression in new[] { "year = 2024", "year > 1", "a = 'x' and year <> 7", "not year in (1, 2)", "year between 1 and 9999" })
        {
            await glue.Fails(GlueModel.GetPartitions, new GetPartitionsRequest { DatabaseName = "db", TableName = "t", Expression = expression }, "InvalidStateException", "\"oops\" is not an integer.");
        }

        Assert.Equal(["y/2024"], await glue.Find("a = 'y' and year = 2024"));
    }

    [Fact]
    public async Task Hives_default_partition_is_null()
    {
        const string Null = "__HIVE_DEFAULT_PARTITION__";
        await using var glue = await (await (await TestGlue.OpenAsync()).WithTable("year:int", "name:string")).WithPartitions([Null, "a"], ["2024", "a"], ["2024", Null]);
        Assert.Equal([$"{Null}/a", "2024/" + Null, "2024/a"], await glue.Find(null));
        Assert.Equal([$"{Null}/a"], await glue.Find("year is null"));
        Assert.Equal(["2024/" + Null, "2024/a"], await glue.Find("year is not null"));
        Assert.Empty(await glue.Find("year < 2024"));
        Assert.Empty(await glue.Find("not year >= 2024"));
        Assert.Equal(["2024/" + Null], await glue.Find("name is null"));
        Assert.Equal([$"{Null}/a"], await glue.Find("year is null or year = 1"));
    }

    [Fact]
    public async Task Texts_of_one_value_are_partitions_of_their_own_and_equal_to_a_filter()
    {
        await using var glue = await (await (await TestGlue.OpenAsync()).WithTable("n:bigint", "m:tinyint", "d:decimal")).WithPartitions(
            ["7", "1", "1.0"], ["07", "1", "1.0"], ["007", "01", "1"], ["7", "+1", "01.00"], ["8", "1", "1"], ["-7", "-1", "-1.0"]);
        Assert.Equal(6, (await glue.Find(null)).Count);
        Assert.Equal(4, (await glue.Find("n = 7")).Count);
        Assert.Equal(4, (await glue.Find("n = 7 and m = 1")).Count);
        Assert.Equal(4, (await glue.Find("n = 7 and m = 1 and d = 1")).Count);
        Assert.Equal(5, (await glue.Find("m = 1")).Count);
        Assert.Equal(5, (await glue.Find("d = 1.00000")).Count);
        Assert.Equal(["-7/-1/-1.0"], await glue.Find("d < 0"));
    }
}
