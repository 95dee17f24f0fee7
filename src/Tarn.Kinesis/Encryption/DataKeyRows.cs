using System.Text.Json;
using Tarn.Store;

namespace Tarn.Kinesis.Encryption;

/// <summary>Data keys as rows of the store. <c>replaced</c> is when records stopped being encrypted with a key; null for one that is in use.</summary>
internal static class DataKeyRows
{
    public static List<(DataKeyRecord Key, DateTimeOffset? ReplacedAt)> LoadAll(IStoreReader reader) =>
        reader.Query("SELECT body, replaced FROM kinesis_data_key", row => (JsonSerializer.Deserialize(row.Text(0), KinesisJson.Default.DataKeyRecord)!, row.TimeOrNull(1)));

    /// <summary>The highest id that a key has been given; 0 before the first.</summary>
    public static int LastId(IStoreReader reader) => (int)reader.QueryFirst("SELECT value FROM kinesis_counter WHERE name = 'data-key'", row => row.Long(0));

    public static void Add(IStoreWriter writer, DataKeyRecord key)
    {
        writer.Execute(
            "INSERT INTO kinesis_data_key (id, stream, body) VALUES (@p0, @p1, @p2)", key.Id, key.Stream, JsonSerializer.Serialize(key, KinesisJson.Default.DataKeyRecord));
        writer.Execute("INSERT INTO kinesis_counter (name, value) VALUES ('data-key', @p0) ON CONFLICT (name) DO UPDATE SET value = excluded.value", key.Id);
    }

    public static void Update(IStoreWriter writer, DataKeyRecord key) =>
        writer.Execute("UPDATE kinesis_data_key SET body = @p1 WHERE id = @p0", key.Id, JsonSerializer.Serialize(key, KinesisJson.Default.DataKeyRecord));

    /// <summary>Says that a key is not used any more; nothing for the id 0.</summary>
    public static void Replace(IStoreWriter writer, int id, DateTimeOffset now) => writer.Execute("UPDATE kinesis_data_key SET replaced = @p1 WHERE id = @p0", id, now);

    public static void Delete(IStoreWriter writer, int id) => writer.Execute("DELETE FROM kinesis_data_key WHERE id = @p0", id);

    public static void DeleteAll(IStoreWriter writer, string stream) => writer.Execute("DELETE FROM kinesis_data_key WHERE stream = @p0", stream);
}
