using System.Diagnostics;
using Tarn.Store;

namespace Tarn.Glue.Catalog.Tables;

/// <summary>
/// Clears what deleted tables leave behind. Deleting a table takes one row, whatever the number of its partitions; their rows go afterwards, some
/// thousands in a transaction, so that a table of a million partitions does not stop everybody else's writes.
/// </summary>
internal static class DeletedTables
{
    /// <summary>Rows under a table's number, with the table that holds them.</summary>
    private static readonly (string Table, string Key)[] Below =
    [
        ("glue_partitions", "partition_key"),
        ("glue_column_statistics", "partition_key"),
        ("glue_table_versions", "version"),
        ("glue_partition_indexes", "name"),
    ];

    /// <summary>Sweeps until nothing is left or the time of <see cref="CatalogLimits.SweepTimeMax"/> is over.</summary>
    public static async ValueTask SweepAsync(IMetadataStore store, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < CatalogLimits.SweepTimeMax && await store.WriteAsync(SweepSome, cancellationToken))
        {
        }
    }

    /// <summary>Deletes some rows; false when there were none.</summary>
    private static bool SweepSome(IStoreWriter store)
    {
        if (store.QueryFirst("SELECT table_id FROM glue_deleted_tables LIMIT 1", row => row.LongOrNull(0)) is not { } id)
        {
            return false;
        }

        var left = CatalogLimits.SweepRowsMax;
        foreach (var (table, key) in Below)
        {
            left -= store.Execute(
                $"DELETE FROM {table} WHERE table_id = @p0 AND {key} IN (SELECT {key} FROM {table} WHERE table_id = @p0 ORDER BY {key} LIMIT @p1)", id, left);
            if (left <= 0)
            {
                return true;
            }
        }

        store.Execute("DELETE FROM glue_deleted_tables WHERE table_id = @p0", id);
        return true;
    }
}
