using Tarn.Contracts.Catalog;
using Tarn.Glue.Catalog.Records;
using Tarn.Glue.Catalog.Tables;
using Tarn.Store;

namespace Tarn.Glue.Catalog.Partitions;

/// <summary>
/// The partition indexes that clients declare. Tarn keeps every table's partitions in the order of their keys and needs none of them to be fast: an index
/// is remembered, checked and shown as ACTIVE, which is true, for every filter is served as an index would.
/// </summary>
internal static class PartitionIndexRows
{
    /// <summary>Adds an index; throws AlreadyExistsException, ResourceNumberLimitExceededException, or InvalidInputException for keys that are not the table's.</summary>
    public static void Create(IStoreWriter store, TableRow table, string name, IReadOnlyList<string> keys)
    {
        foreach (var key in keys)
        {
            Key(table, key);
        }

        if (keys.Distinct(StringComparer.OrdinalIgnoreCase).Count() != keys.Count)
        {
            throw GlueErrors.InvalidInput("The keys of a partition index must be distinct");
        }

        var indexes = List(store, table.Id);
        if (indexes.Exists(index => index.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            throw GlueErrors.AlreadyExists($"Index with the given indexName : {name}");
        }

        if (indexes.Count >= CatalogLimits.PartitionIndexesMax)
        {
            throw GlueErrors.ResourceNumberLimitExceeded($"Number of partition indexes on a table cannot exceed {CatalogLimits.PartitionIndexesMax}");
        }

        store.Execute("INSERT INTO glue_partition_indexes (table_id, name, keys) VALUES (@p0, @p1, @p2)", table.Id, name, CatalogJson.Write(keys));
    }

    public static List<(string Name, IReadOnlyList<string> Keys)> List(IStoreReader store, long tableId) =>
        store.Query(
            "SELECT name, keys FROM glue_partition_indexes WHERE table_id = @p0 ORDER BY name", row => (row.Text(0), (IReadOnlyList<string>)CatalogJson.Read<List<string>>(row.Text(1))), tableId);

    public static void Delete(IStoreWriter store, TableRow table, string name)
    {
        if (store.Execute("DELETE FROM glue_partition_indexes WHERE table_id = @p0 AND name = @p1", table.Id, name) == 0)
        {
            throw GlueErrors.EntityNotFound($"Index with the given indexName : {name} does not exist");
        }
    }

    /// <summary>The partition key of a name; throws InvalidInputException when there is none.</summary>
    public static CatalogColumn Key(TableRow table, string name) =>
        table.Table.PartitionKeys.FirstOrDefault(key => key.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw GlueErrors.InvalidInput($"Column {name} is not a partition key of table {table.Table.Name}");
}
