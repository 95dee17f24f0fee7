using Tarn.Glue.Catalog.Records;
using Tarn.Glue.Catalog.Tables;
using Tarn.Store;

namespace Tarn.Glue.Catalog.Partitions;

/// <summary>A partition with its values.</summary>
internal sealed record PartitionRow(IReadOnlyList<string> Values, StoredPartition Definition);

/// <summary>The rows of partitions, by the ordered bytes of their values (<see cref="PartitionKeyCodec"/>).</summary>
internal static class PartitionRows
{
    private const int KeysPerQuery = 100;
    private const int CopyChunk = 1000;

    private static readonly string FindSome =
        $"SELECT partition_key, definition FROM glue_partitions WHERE table_id = @p0 AND partition_key IN ({string.Join(", ", Enumerable.Range(1, KeysPerQuery).Select(i => $"@p{i}"))}) ORDER BY partition_key";

    /// <summary>The key of a partition's values; throws InvalidInputException when they are not as many as the table's keys, or too long.</summary>
    public static byte[] Key(PartitionKeyCodec codec, IReadOnlyList<string>? values)
    {
        if (values is null || values.Count != codec.Keys.Count || values.Count == 0)
        {
            throw GlueErrors.PartitionValuesMismatch();
        }

        var key = codec.Encode(values);
        return key.Length <= CatalogLimits.PartitionKeyBytesMax
            ? key
            : throw GlueErrors.InvalidInput($"The values of a partition have at most {CatalogLimits.PartitionKeyBytesMax} bytes together");
    }

    public static PartitionRow? Find(IStoreReader store, TableRow table, PartitionKeyCodec codec, IReadOnlyList<string> values)
    {
        var json = store.QueryFirst(
            "SELECT definition FROM glue_partitions WHERE table_id = @p0 AND partition_key = @p1", row => row.Text(0), table.Id, Key(codec, values));
        return json is null ? null : new PartitionRow(values, CatalogJson.Read<StoredPartition>(json));
    }

    /// <summary>The partitions of these keys, in order of key; those that are not there are left out.</summary>
    public static List<PartitionRow> FindMany(IStoreReader store, long tableId, PartitionKeyCodec codec, IReadOnlyList<byte[]> keys)
    {
        var rows = new List<PartitionRow>(keys.Count);
        var parameters = new object?[KeysPerQuery + 1];
        parameters[0] = tableId;
        for (var start = 0; start < keys.Count; start += KeysPerQuery)
        {
            for (var i = 0; i < KeysPerQuery; i++)
            {
                // A last, shorter group repeats its last key: the statement stays the same and prepared.
                parameters[i + 1] = keys[Math.Min(start + i, keys.Count - 1)];
            }

            rows.AddRange(store.Query(FindSome, row => Map(row, codec), parameters));
        }

        return rows;
    }

    /// <summary>Adds a partition; false when there is one of its values.</summary>
    public static bool Add(IStoreWriter store, TableRow table, PartitionKeyCodec codec, IReadOnlyList<string>? values, StoredPartition definition) =>
        Insert(store, table.Id, codec, Key(codec, values), values!, CatalogJson.Write(definition));

    /// <summary>Replaces a partition's definition; false when there is none.</summary>
    public static bool Update(IStoreWriter store, TableRow table, PartitionKeyCodec codec, IReadOnlyList<string> values, StoredPartition definition) =>
        store.Execute(
            "UPDATE glue_partitions SET definition = @p2 WHERE table_id = @p0 AND partition_key = @p1", table.Id, Key(codec, values), CatalogJson.Write(definition)) > 0;

    /// <summary>Deletes a partition and its statistics; false when there is none.</summary>
    public static bool Delete(IStoreWriter store, TableRow table, PartitionKeyCodec codec, IReadOnlyList<string> values)
    {
        var key = Key(codec, values);
        if (store.Execute("DELETE FROM glue_partitions WHERE table_id = @p0 AND partition_key = @p1", table.Id, key) == 0)
        {
            return false;
        }

        store.Execute("DELETE FROM glue_column_statistics WHERE table_id = @p0 AND partition_key = @p1", table.Id, key);
        return true;
    }

    /// <summary>
    /// Copies the partitions of a table, and all statistics, under another number with keys by other types. Takes time in proportion to their number,
    /// and memory for <see cref="CopyChunk"/> of them.
    /// </summary>
    public static void CopyAll(IStoreWriter store, long fromId, PartitionKeyCodec from, long toId, PartitionKeyCodec to)
    {
        byte[]? after = [];
        while (after is not null)
        {
            var rows = store.Query(
                "SELECT partition_key, definition FROM glue_partitions WHERE table_id = @p0 AND partition_key > @p1 ORDER BY partition_key LIMIT @p2",
                row => (Key: row.Bytes(0), Definition: row.Text(1)), fromId, after, CopyChunk);
            foreach (var (key, definition) in rows)
            {
                var values = from.Decode(key);
                Insert(store, toId, to, to.Encode(values), values, definition);
            }

            after = rows.Count == CopyChunk ? rows[^1].Key : null;
        }

        var statistics = store.Query(
            "SELECT partition_key, column_name, statistics FROM glue_column_statistics WHERE table_id = @p0", row => (Key: row.Bytes(0), Column: row.Text(1), Json: row.Text(2)), fromId);
        foreach (var (key, column, json) in statistics)
        {
            store.Execute(
                "INSERT INTO glue_column_statistics (table_id, partition_key, column_name, statistics) VALUES (@p0, @p1, @p2, @p3)", toId, to.Encode(from.Decode(key)), column, json);
        }
    }

    public static PartitionRow Map(StoreRow row, PartitionKeyCodec codec) => new(codec.Decode(row.Bytes(0)), CatalogJson.Read<StoredPartition>(row.Text(1)));

    private static bool Insert(IStoreWriter store, long tableId, PartitionKeyCodec codec, byte[] key, IReadOnlyList<string> values, string definition) =>
        store.Execute(
            """
            INSERT INTO glue_partitions (table_id, partition_key, key1, key2, key3, definition) VALUES (@p0, @p1, @p2, @p3, @p4, @p5)
            ON CONFLICT (table_id, partition_key) DO NOTHING
            """,
            tableId, key, codec.IndexedValue(values, 1), codec.IndexedValue(values, 2), codec.IndexedValue(values, 3), definition) > 0;
}
