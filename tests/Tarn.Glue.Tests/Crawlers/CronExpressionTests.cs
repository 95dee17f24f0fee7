using System.Globalization;
using Tarn.Glue.Crawlers;

namespace Tarn.Glue.Tests.Crawlers;

public sealed class CronExpressionTests
{
    [Theory]
    [InlineData("cron(15 12 * * ? *)", "2024-03-05 12:15:00", "2024-03-06 12:15")]
    [InlineData("cron(15 12 * * ? *)", "2024-03-05 12:14:59", "2024-03-05 12:15")]
    [InlineData("cron(0 18 ? * MON-FRI *)", "2024-03-08 18:00", "2024-03-11 18:00")]
    [InlineData("cron(0 8 1 * ? *)", "2024-03-05", "2024-04-01 08:00")]
    [InlineData("cron(0/15 * * * ? *)", "2024-03-05 10:16", "2024-03-05 10:30")]
    [InlineData("cron(1/10 * * * ? *)", "2024-03-05 10:51", "2024-03-05 11:01")]
    [InlineData("cron(0 0 L * ? *)", "2024-02-05", "2024-02-29 00:00")]
    [InlineData("cron(0 0 LW * ? *)", "2024-03-05", "2024-03-29 00:00")]
    [InlineData("cron(0 0 3W * ? *)", "2024-02-01", "2024-02-02 00:00")]
    [InlineData("cron(0 0 1W * ? *)", "2024-06-01", "2024-06-03 00:00")]
    [InlineData("cron(0 0 ? * 6L *)", "2024-03-05", "2024-03-29 00:00")]
    [InlineData("cron(0 0 ? * 1 *)", "2024-03-05", "2024-03-10 00:00")]
    [InlineData("cron(0 0 ? * L *)", "2024-03-05", "2024-03-09 00:00")]
    [InlineData("cron(0 12 29 2 ? *)", "2024-03-01", "2028-02-29 12:00")]
    [InlineData("cron(0 0 1 JAN,JUL ? 2025-2026)", "2024-03-01", "2025-01-01 00:00")]
    [InlineData("cron(59 23 31 12 ? *)", "2024-12-31 23:59", "2025-12-31 23:59")]
    public void The_next_time_is_found(string schedule, string after, string next) => Assert.Equal(Time(next), CronExpression.Parse(schedule).Next(Time(after)));

    [Fact]
    public void A_schedule_that_is_over_has_no_next_time() => Assert.Null(CronExpression.Parse("cron(0 0 1 1 ? 2020)").Next(Time("2024-01-01")));

    [Theory]
    [InlineData("15 12 * * ? *")]
    [InlineData("cron(15 12 * * ?)")]
    [InlineData("cron(60 12 * * ? *)")]
    [InlineData("cron(0 24 * * ? *)")]
    [InlineData("cron(0 0 * * * *)")]
    [InlineData("cron(0 0 ? * ? *)")]
    [InlineData("cron(0 0 ? * 8 *)")]
    [InlineData("cron(0 0 1 13 ? *)")]
    [InlineData("cron(0 0 1 1 ? 1969)")]
    [InlineData("cron(* * * * ? *)")]
    [InlineData("cron(0/4 * * * ? *)")]
    [InlineData("cron(0,58 * * * ? *)")]
    [InlineData("cron(0 5-3 * * ? *)")]
    [InlineData("cron(a 0 * * ? *)")]
    public void What_is_no_schedule_is_refused(string schedule) => Assert.Throws<FormatException>(() => CronExpression.Parse(schedule));

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
