using Tarn.Athena.Execution.Ddl;
using Tarn.Sql;

namespace Tarn.Athena.Tests.Execution;

public sealed class HivePatternTests
{
    [Theory]
    [InlineData(null, "anything", true)]
    [InlineData("sales*", "sales_2020", true)]
    [InlineData("sales*", "my_sales", false)]
    [InlineData("*a|b*", "beta", true)]
    [InlineData("SALES", "sales", true)]
    [InlineData("s.*s", "sales", true)]
    public void A_star_is_any_text_and_a_bar_a_choice(string? pattern, string name, bool isShown) => Assert.Equal(isShown, HivePattern.Matcher(pattern)(name));

    [Fact]
    public void A_pattern_that_cannot_be_read_fails_in_words_of_Hive() => Assert.Equal("FAILED", Assert.Throws<SqlException>(() => HivePattern.Matcher("(")).Code);
}
