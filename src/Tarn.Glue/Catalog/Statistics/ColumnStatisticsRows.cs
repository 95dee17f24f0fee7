using Tarn.Api.Glue;
using Tarn.Glue.Catalog.Mapping;
using Tarn.Glue.Catalog.Records;
using Tarn.Glue.Catalog.Tables;
using Tarn.Store;

namespace Tarn.Glue.Catalog.Statistics;

/// <summary>Column statistics of a table, or of one of its partitions. Column names are matched in lower case.</summary>
internal static class ColumnStatisticsRows
{
    /// <summary>The key under which a table's own statistics stand; no partition has an empty key.</summary>
    public static readonly byte[] WholeTable = [];

    /// <summary>Keeps statistics; answers those that could not be kept, with the reason.</summary>
    public static List<ColumnStatisticsError> Update(IStoreWriter store, TableRow table, byte[] partitionKey, IReadOnlyList<ColumnStatistics> list) =>
        [
            .. list
                .Select(statistics => (Statistics: statistics, Failure: BatchEntry.Try(() => Put(store, table, partitionKey, statistics))))
                .Where(entry => entry.Failure is not null)
                .Select(entry => new ColumnStatisticsError { ColumnStatistics = entry.Statistics, Error = entry.Failure }),
        ];

    /// <summary>The statistics of columns, and which have none.</summary>
    public static (List<ColumnStatistics> Found, List<ColumnError> Errors) Get(IStoreReader store, TableRow table, byte[] partitionKey, IReadOnlyList<string> columns)
    {
        var found = new List<ColumnStatistics>();
        var errors = new List<ColumnError>();
        foreach (var column in columns)
        {
            var json = store.QueryFirst(
                "SELECT statistics FROM glue_column_statistics WHERE table_id = @p0 AND partition_key = @p1 AND column_name = @p2", row => row.Text(0), table.Id, partitionKey, column.ToLowerInvariant());
            if (json is null)
            {
                errors.Add(new ColumnError { ColumnName = column, Error = BatchEntry.ToDetail(NotFound(column)) });
            }
            else
            {
                found.Add(CatalogJson.Read<StoredStatistics>(json).ToApi());
            }
        }

        return (found, errors);
    }

    /// <summary>Deletes a column's statistics; throws EntityNotFoundException when there are none.</summary>
    public static void Delete(IStoreWriter store, TableRow table, byte[] partitionKey, string column)
    {
        if (store.Execute(
            "DELETE FROM glue_column_statistics WHERE table_id = @p0 AND partition_key = @p1 AND column_name = @p2", table.Id, partitionKey, column.ToLowerInvariant()) == 0)
        {
            throw NotFound(column);
        }
    }

    private static void Put(IStoreWriter store, TableRow table, byte[] partitionKey, ColumnStatistics statistics)
    {
        var columns = (table.Table.StorageDescriptor?.Columns ?? []).Concat(table.Table.PartitionKeys);
        if (!columns.Any(column => column.Name.Equals(statistics.ColumnName, StringComparison.OrdinalIgnoreCase)))
        {
            throw GlueErrors.EntityNotFound($"Column {statistics.ColumnName} not found in table {table.Table.Name}.");
        }

        store.Execute(
            """
            INSERT INTO glue_column_statistics (table_id, partition_key, column_name, statistics) VALUES (@p0, @p1, @p2, @p3)
            ON CONFLICT (table_id, partition_key, column_name) DO UPDATE SET statistics = excluded.statistics
            """,
            table.Id, partitionKey, statistics.ColumnName!.ToLowerInvariant(), CatalogJson.Write(statistics.ToRecord()));
    }

    private static Contracts.AwsException NotFound(string column) => GlueErrors.EntityNotFound($"Column statistics of column {column} not found.");
}
