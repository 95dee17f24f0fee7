using Tarn.Api.Glue;

namespace Tarn.Glue.Tests.Catalog;

public sealed class ColumnStatisticsTests
{
    private static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static TheoryData<string, ColumnStatisticsData> EveryType => new()
    {
        { "BOOLEAN", new ColumnStatisticsData { Type = "BOOLEAN", BooleanColumnStatisticsData = new BooleanColumnStatisticsData { NumberOfTrues = 1, NumberOfFalses = 0, NumberOfNulls = 3 } } },
        { "DATE", new ColumnStatisticsData { Type = "DATE", DateColumnStatisticsData = new DateColumnStatisticsData { MinimumValue = Time, MaximumValue = Time.AddDays(1), NumberOfNulls = 0, NumberOfDistinctValues = 4 } } },
        { "DECIMAL", new ColumnStatisticsData { Type = "DECIMAL", DecimalColumnStatisticsData = new DecimalColumnStatisticsData { MinimumValue = new DecimalNumber { UnscaledValue = new byte[] { 255, 1 }, Scale = 0 }, NumberOfNulls = 0, NumberOfDistinctValues = 4 } } },
        { "DOUBLE", new ColumnStatisticsData { Type = "DOUBLE", DoubleColumnStatisticsData = new DoubleColumnStatisticsData { MinimumValue = -0.5, MaximumValue = 0, NumberOfNulls = 0, NumberOfDistinctValues = 4 } } },
        { "LONG", new ColumnStatisticsData { Type = "LONG", LongColumnStatisticsData = new LongColumnStatisticsData { MinimumValue = 0, MaximumValue = long.MaxValue, NumberOfNulls = 0, NumberOfDistinctValues = 4 } } },
        { "STRING", new ColumnStatisticsData { Type = "STRING", StringColumnStatisticsData = new StringColumnStatisticsData { MaximumLength = 9, AverageLength = 0.25, NumberOfNulls = 0, NumberOfDistinctValues = 4 } } },
        { "BINARY", new ColumnStatisticsData { Type = "BINARY", BinaryColumnStatisticsData = new BinaryColumnStatisticsData { MaximumLength = 9, AverageLength = 2, NumberOfNulls = 1 } } },
    };

    private static async Task<TestGlue> OpenAsync()
    {
        var glue = await (await TestGlue.OpenAsync()).WithDatabase();
        await glue.Call(GlueModel.CreateTable, new CreateTableRequest
        {
            DatabaseName = "db",
            TableInput = new TableInput { Name = "t", StorageDescriptor = new StorageDescriptor { Columns = [new Column { Name = "C", Type = "x" }] }, PartitionKeys = [new Column { Name = "p", Type = "int" }] },
        });
        return await glue.WithPartitions(["1"]);
    }

    private static ColumnStatistics Statistics(ColumnStatisticsData data, string column = "c") => new() { ColumnName = column, ColumnType = "x", AnalyzedTime = Time, StatisticsData = data };

    [Theory]
    [MemberData(nameof(EveryType))]
    public async Task Statistics_of_every_type_come_back_for_tables_and_partitions(string type, ColumnStatisticsData data)
    {
        await using var glue = await OpenAsync();
        Assert.Empty((await glue.Call(GlueModel.UpdateColumnStatisticsForTable, new UpdateColumnStatisticsForTableRequest { DatabaseName = "db", TableName = "t", ColumnStatisticsList = [Statistics(data)] })).Errors!);
        Assert.Empty((await glue.Call(GlueModel.UpdateColumnStatisticsForPartition, new UpdateColumnStatisticsForPartitionRequest { DatabaseName = "db", TableName = "t", PartitionValues = ["1"], ColumnStatisticsList = [Statistics(data)] })).Errors!);
        var table = await glue.Call(GlueModel.GetColumnStatisticsForTable, new GetColumnStatisticsForTableRequest { DatabaseName = "db", TableName = "t", ColumnNames = ["C", "p"] });
        var partition = await glue.Call(GlueModel.GetColumnStatisticsForPartition, new GetColumnStatisticsForPartitionRequest { DatabaseName = "db", TableName = "t", PartitionValues = ["1"], ColumnNames = ["c"] });
        Assert.Equal(("p", "EntityNotFoundException"), (table.Errors![0].ColumnName, table.Errors[0].Error!.ErrorCode));
        foreach (var got in new[] { table.ColumnStatisticsList![0], partition.ColumnStatisticsList![0] })
        {
            Assert.Equal(("c", "x", Time, type), (got.ColumnName, got.ColumnType, got.AnalyzedTime, got.StatisticsData!.Type));
            Assert.Equivalent(data, got.StatisticsData);
        }
    }

    [Fact]
    public async Task Statistics_that_cannot_be_kept_are_reported()
    {
        await using var glue = await OpenAsync();
        var mixed = new ColumnStatisticsData { Type = "LONG", StringColumnStatisticsData = new StringColumnStatisticsData { MaximumLength = 1 } };
        var fine = new ColumnStatisticsData { Type = "LONG", LongColumnStatisticsData = new LongColumnStatisticsData { NumberOfNulls = 0, NumberOfDistinctValues = 0 } };
        var errors = (await glue.Call(GlueModel.UpdateColumnStatisticsForTable, new UpdateColumnStatisticsForTableRequest { DatabaseName = "db", TableName = "t", ColumnStatisticsList = [Statistics(mixed), Statistics(fine, "nope"), Statistics(fine)] })).Errors!;
        Assert.Equal(["InvalidInputException", "EntityNotFoundException"], errors.Select(error => error.Error!.ErrorCode));
        await glue.Call(GlueModel.DeleteColumnStatisticsForTable, new DeleteColumnStatisticsForTableRequest { DatabaseName = "db", TableName = "t", ColumnName = "c" });
        await glue.Fails(
            GlueModel.DeleteColumnStatisticsForTable, new DeleteColumnStatisticsForTableRequest { DatabaseName = "db", TableName = "t", ColumnName = "c" },
            "EntityNotFoundException", "Column statistics of column c not found.");
        await glue.Fails(
            GlueModel.GetColumnStatisticsForPartition, new GetColumnStatisticsForPartitionRequest { DatabaseName = "db", TableName = "t", PartitionValues = ["2"], ColumnNames = ["c"] },
            "EntityNotFoundException", "Cannot find partition.");
    }
}
