using System.Collections.Immutable;
using System.Text.Json;
using Tarn.Contracts;
using Tarn.Kinesis.Consumers;
using Tarn.Kinesis.Encryption;
using Tarn.Kinesis.Policies;
using Tarn.Kinesis.Tags;
using Tarn.Store;

namespace Tarn.Kinesis.Streams;

/// <summary>Streams and shards as rows of the store.</summary>
internal static class StreamRows
{
    public static List<StreamSnapshot> LoadAll(IStoreReader reader)
    {
        var shards = new Dictionary<string, ImmutableArray<Shard>.Builder>(StringComparer.Ordinal);
        reader.Scan(
            "SELECT stream, body FROM kinesis_shard ORDER BY stream, shard",
            row =>
            {
                var stream = row.Text(0);
                if (!shards.TryGetValue(stream, out var list))
                {
                    shards[stream] = list = ImmutableArray.CreateBuilder<Shard>();
                }

                list.Add(JsonSerializer.Deserialize(row.Text(1), KinesisJson.Default.Shard)!);
                return true;
            });
        return reader.Query(
            "SELECT account, region, id, body FROM kinesis_stream",
            row => new StreamSnapshot(
                new AwsScope(row.Text(0), row.Text(1)),
                JsonSerializer.Deserialize(row.Text(3), KinesisJson.Default.StreamRecord)!,
                shards.TryGetValue(row.Text(2), out var own) ? own.ToImmutable() : []));
    }

    /// <summary>The highest number that a stream has been given; 0 before the first.</summary>
    public static int LastNumber(IStoreReader reader) => (int)reader.QueryFirst("SELECT value FROM kinesis_counter WHERE name = 'stream'", row => row.Long(0));

    public static void SaveLastNumber(IStoreWriter writer, int number) =>
        writer.Execute("INSERT INTO kinesis_counter (name, value) VALUES ('stream', @p0) ON CONFLICT (name) DO UPDATE SET value = excluded.value", number);

    /// <summary>Names in their order, at most <paramref name="limit"/>, after <paramref name="after"/>.</summary>
    public static List<string> ListNames(IStoreReader reader, AwsScope scope, string after, int limit) =>
        reader.Query(
            "SELECT name FROM kinesis_stream WHERE account = @p0 AND region = @p1 AND name > @p2 ORDER BY name LIMIT @p3",
            row => row.Text(0),
            scope.AccountId, scope.Region, after, (long)limit);

    /// <summary>For a transaction that hangs something on a stream, which may have been deleted since the request looked.</summary>
    public static void CheckIsThere(IStoreReader reader, StreamSnapshot stream)
    {
        var id = reader.QueryFirst(
            "SELECT id FROM kinesis_stream WHERE account = @p0 AND region = @p1 AND name = @p2", row => row.Text(0), stream.Scope.AccountId, stream.Scope.Region, stream.Name);
        if (id != stream.Id)
        {
            throw KinesisErrors.StreamNotFound(stream.Scope, stream.Name);
        }
    }

    public static void Save(IStoreWriter writer, AwsScope scope, StreamRecord stream) =>
        writer.Execute(
            "INSERT INTO kinesis_stream (account, region, name, id, body) VALUES (@p0, @p1, @p2, @p3, @p4) ON CONFLICT (account, region, name) DO UPDATE SET id = excluded.id, body = excluded.body",
            scope.AccountId, scope.Region, stream.Name, stream.Id, JsonSerializer.Serialize(stream, KinesisJson.Default.StreamRecord));

    public static void SaveShards(IStoreWriter writer, string stream, IEnumerable<Shard> shards)
    {
        foreach (var shard in shards)
        {
            writer.Execute(
                "INSERT INTO kinesis_shard (stream, shard, body) VALUES (@p0, @p1, @p2) ON CONFLICT (stream, shard) DO UPDATE SET body = excluded.body",
                stream, shard.Index, JsonSerializer.Serialize(shard, KinesisJson.Default.Shard));
        }
    }

    public static void DeleteShards(IStoreWriter writer, string stream, IEnumerable<Shard> shards)
    {
        foreach (var shard in shards)
        {
            writer.Execute("DELETE FROM kinesis_shard WHERE stream = @p0 AND shard = @p1", stream, shard.Index);
        }
    }

    /// <summary>Deletes a stream and what hangs on it: shards, consumers, data keys, tags, policies.</summary>
    public static void Delete(IStoreWriter writer, StreamSnapshot stream)
    {
        foreach (var consumer in ConsumerStore.List(writer, stream.Id))
        {
            TagStore.RemoveAll(writer, stream.Scope, ConsumerArn.Format(stream, consumer));
            PolicyStore.Remove(writer, stream.Scope, ConsumerArn.Format(stream, consumer));
        }

        TagStore.RemoveAll(writer, stream.Scope, stream.Arn);
        PolicyStore.Remove(writer, stream.Scope, stream.Arn);
        writer.Execute("DELETE FROM kinesis_consumer WHERE stream = @p0", stream.Id);
        DataKeyRows.DeleteAll(writer, stream.Id);
        writer.Execute("DELETE FROM kinesis_shard WHERE stream = @p0", stream.Id);
        writer.Execute("DELETE FROM kinesis_stream WHERE account = @p0 AND region = @p1 AND name = @p2", stream.Scope.AccountId, stream.Scope.Region, stream.Name);
    }
}
