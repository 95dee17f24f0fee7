using Tarn.Api.Glue;
using Tarn.Glue.Catalog.Records;

namespace Tarn.Glue.Catalog.Mapping;

/// <summary>Column statistics between the wire and the records. The data of exactly the named type must be given: anything else would be lost.</summary>
internal static class StatisticsMapping
{
    public static StoredStatistics ToRecord(this ColumnStatistics statistics)
    {
        var data = statistics.StatisticsData!;
        object?[] given =
        [
            data.BooleanColumnStatisticsData, data.DateColumnStatisticsData, data.DecimalColumnStatisticsData, data.DoubleColumnStatisticsData,
            data.LongColumnStatisticsData, data.StringColumnStatisticsData, data.BinaryColumnStatisticsData,
        ];
        var record = new StoredStatistics
        {
            ColumnName = statistics.ColumnName!,
            ColumnType = statistics.ColumnType!,
            AnalyzedTime = statistics.AnalyzedTime!.Value,
            Type = data.Type!,
        };
        var filled = data switch
        {
            { Type: ColumnStatisticsType.BOOLEAN, BooleanColumnStatisticsData: { } value } =>
                record with { NumberOfTrues = value.NumberOfTrues, NumberOfFalses = value.NumberOfFalses, NumberOfNulls = value.NumberOfNulls },
            { Type: ColumnStatisticsType.DATE, DateColumnStatisticsData: { } value } =>
                record with { MinimumDate = value.MinimumValue, MaximumDate = value.MaximumValue, NumberOfNulls = value.NumberOfNulls, NumberOfDistinctValues = value.NumberOfDistinctValues },
            { Type: ColumnStatisticsType.DECIMAL, DecimalColumnStatisticsData: { } value } => record with
            {
                MinimumDecimal = ToRecord(value.MinimumValue),
                MaximumDecimal = ToRecord(value.MaximumValue),
                NumberOfNulls = value.NumberOfNulls,
                NumberOfDistinctValues = value.NumberOfDistinctValues,
            },
            { Type: ColumnStatisticsType.DOUBLE, DoubleColumnStatisticsData: { } value } =>
                record with { MinimumDouble = value.MinimumValue, MaximumDouble = value.MaximumValue, NumberOfNulls = value.NumberOfNulls, NumberOfDistinctValues = value.NumberOfDistinctValues },
            { Type: ColumnStatisticsType.LONG, LongColumnStatisticsData: { } value } =>
                record with { MinimumLong = value.MinimumValue, MaximumLong = value.MaximumValue, NumberOfNulls = value.NumberOfNulls, NumberOfDistinctValues = value.NumberOfDistinctValues },
            { Type: ColumnStatisticsType.STRING, StringColumnStatisticsData: { } value } =>
                record with { MaximumLength = value.MaximumLength, AverageLength = value.AverageLength, NumberOfNulls = value.NumberOfNulls, NumberOfDistinctValues = value.NumberOfDistinctValues },
            { Type: ColumnStatisticsType.BINARY, BinaryColumnStatisticsData: { } value } =>
                record with { MaximumLength = value.MaximumLength, AverageLength = value.AverageLength, NumberOfNulls = value.NumberOfNulls },
            _ => null,
        };
        return filled is not null && given.Count(item => item is not null) == 1
            ? filled
            : throw GlueErrors.InvalidInput($"StatisticsData of column {statistics.ColumnName} must hold the data of type {data.Type} and no other");
    }

    public static ColumnStatistics ToApi(this StoredStatistics stored) => new()
    {
        ColumnName = stored.ColumnName,
        ColumnType = stored.ColumnType,
        AnalyzedTime = stored.AnalyzedTime,
        StatisticsData = stored.Type switch
        {
            ColumnStatisticsType.BOOLEAN => new ColumnStatisticsData
            {
                Type = stored.Type,
                BooleanColumnStatisticsData = new BooleanColumnStatisticsData { NumberOfTrues = stored.NumberOfTrues, NumberOfFalses = stored.NumberOfFalses, NumberOfNulls = stored.NumberOfNulls },
            },
            ColumnStatisticsType.DATE => new ColumnStatisticsData
            {
                Type = stored.Type,
                DateColumnStatisticsData = new DateColumnStatisticsData
                {
                    MinimumValue = stored.MinimumDate, MaximumValue = stored.MaximumDate, NumberOfNulls = stored.NumberOfNulls, NumberOfDistinctValues = stored.NumberOfDistinctValues,
                },
            },
            ColumnStatisticsType.DECIMAL => new ColumnStatisticsData
            {
                Type = stored.Type,
                DecimalColumnStatisticsData = new DecimalColumnStatisticsData
                {
                    MinimumValue = ToApi(stored.MinimumDecimal), MaximumValue = ToApi(stored.MaximumDecimal), NumberOfNulls = stored.NumberOfNulls, NumberOfDistinctValues = stored.NumberOfDistinctValues,
                },
            },
            ColumnStatisticsType.DOUBLE => new ColumnStatisticsData
            {
                Type = stored.Type,
                DoubleColumnStatisticsData = new DoubleColumnStatisticsData
                {
                    MinimumValue = stored.MinimumDouble, MaximumValue = stored.MaximumDouble, NumberOfNulls = stored.NumberOfNulls, NumberOfDistinctValues = stored.NumberOfDistinctValues,
                },
            },
            ColumnStatisticsType.LONG => new ColumnStatisticsData
            {
                Type = stored.Type,
                LongColumnStatisticsData = new LongColumnStatisticsData
                {
                    MinimumValue = stored.MinimumLong, MaximumValue = stored.MaximumLong, NumberOfNulls = stored.NumberOfNulls, NumberOfDistinctValues = stored.NumberOfDistinctValues,
                },
            },
            ColumnStatisticsType.STRING => new ColumnStatisticsData
            {
                Type = stored.Type,
                StringColumnStatisticsData = new StringColumnStatisticsData
                {
                    MaximumLength = stored.MaximumLength, AverageLength = stored.AverageLength, NumberOfNulls = stored.NumberOfNulls, NumberOfDistinctValues = stored.NumberOfDistinctValues,
                },
            },
            _ => new ColumnStatisticsData
            {
                Type = stored.Type,
                BinaryColumnStatisticsData = new BinaryColumnStatisticsData { MaximumLength = stored.MaximumLength, AverageLength = stored.AverageLength, NumberOfNulls = stored.NumberOfNulls },
            },
        },
    };

    private static StoredDecimal? ToRecord(DecimalNumber? number) => number is null ? null : new StoredDecimal(number.UnscaledValue!.Value.ToArray(), number.Scale!.Value);

    private static DecimalNumber? ToApi(StoredDecimal? number) => number is null ? null : new DecimalNumber { UnscaledValue = number.UnscaledValue, Scale = number.Scale };
}
