using System.Text.Json;
using Tarn.Contracts;
using Tarn.Kinesis.Accounts;
using Tarn.Kinesis.Policies;
using Tarn.Kinesis.Streams;
using Tarn.Kinesis.Tags;
using Tarn.Store;

namespace Tarn.Kinesis.Consumers;

/// <summary>The consumers of streams. Their states follow from times, so nothing has to be done when one becomes ACTIVE.</summary>
internal sealed class ConsumerStore(IMetadataStore store, KinesisOptions options, TimeSpan stateDelay, TimeProvider time)
{
    /// <summary>Consumers freed in one transaction at most.</summary>
    private const int SweptMax = 1_000;

    /// <summary>Called after a consumer was deregistered; set once, before the first is.</summary>
    public Action<StreamSnapshot, ConsumerRecord>? OnDeregistered { get; set; }

    /// <summary>Every consumer of a stream by name, also one that is gone and not yet swept.</summary>
    public static List<ConsumerRecord> List(IStoreReader reader, string stream) =>
        reader.Query("SELECT body FROM kinesis_consumer WHERE stream = @p0 ORDER BY name", row => Parse(row.Text(0)), stream);

    /// <summary>The consumer, or null when there is none or it is gone.</summary>
    public static ConsumerRecord? Find(IStoreReader reader, string stream, string name, DateTimeOffset now) =>
        reader.QueryFirst("SELECT body FROM kinesis_consumer WHERE stream = @p0 AND name = @p1", row => row.Text(0), stream, name) is { } body && Parse(body) is var found && !found.IsGone(now)
            ? found
            : null;

    public async ValueTask<int> CountAsync(StreamSnapshot stream, CancellationToken cancellationToken) =>
        (await store.ReadAsync(reader => List(reader, stream.Id), cancellationToken)).Count(consumer => !consumer.IsGone(time.GetUtcNow()));

    /// <summary>Consumers in order of their names, at most <paramref name="limit"/>, after <paramref name="after"/>.</summary>
    public async ValueTask<List<ConsumerRecord>> ListAsync(StreamSnapshot stream, string after, int limit, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var rows = await store.ReadAsync(reader => List(reader, stream.Id), cancellationToken);
        return [.. rows.Where(consumer => !consumer.IsGone(now) && string.CompareOrdinal(consumer.Name, after) > 0).Take(limit)];
    }

    /// <summary>The consumer, or null when there is none.</summary>
    public async ValueTask<ConsumerRecord?> FindAsync(StreamSnapshot stream, string name, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await store.ReadAsync(reader => Find(reader, stream.Id, name, now), cancellationToken);
    }

    public async ValueTask<ConsumerRecord> RegisterAsync(StreamSnapshot stream, string name, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var consumer = new ConsumerRecord { Name = name, CreatedAt = now, ReadyAt = now + stateDelay };
        var arn = ConsumerArn.Format(stream, consumer);
        TagStore.Check(tags, "consumer", arn, stream.Scope, options.TagsPerResourceMax);
        await store.WriteAsync(
            writer =>
            {
                StreamRows.CheckIsThere(writer, stream);
                Sweep(writer, now);
                var others = List(writer, stream.Id).Where(other => !other.IsGone(now)).ToList();
                if (others.Any(other => other.Name == name))
                {
                    throw KinesisErrors.ConsumerExists(stream, name);
                }

                var isCommitted = stream.Settings.Mode == StreamMode.OnDemand && AccountStore.Find(writer, stream.Scope).IsCommitted(now);
                var max = isCommitted ? options.ConsumersPerCommittedStreamMax : options.ConsumersPerStreamMax;
                if (others.Count >= max)
                {
                    throw KinesisErrors.TooManyConsumers(stream, max);
                }

                // Without a delay nobody is CREATING, though a consumer that was stored while this one waited may be younger than this call.
                if (stateDelay > TimeSpan.Zero && others.Count(other => other.Status(now) == "CREATING") >= options.CreatingConsumersMax)
                {
                    throw KinesisErrors.LimitExceeded($"This request would exceed the limit of {options.CreatingConsumersMax} consumers of stream {stream.Name} that are being created at the same time.");
                }

                TagStore.Set(writer, stream.Scope, arn, tags);
                return Save(writer, stream.Id, consumer);
            },
            cancellationToken);
        return consumer;
    }

    /// <summary>Deregisters a consumer; one that is DELETING already stays so.</summary>
    public async ValueTask DeregisterAsync(StreamSnapshot stream, ConsumerRecord consumer, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await store.WriteAsync(
            writer =>
            {
                if (Find(writer, stream.Id, consumer.Name, now) is { GoneAt: null } found && found.CreatedAt == consumer.CreatedAt)
                {
                    Save(writer, stream.Id, found with { GoneAt = now + stateDelay });
                    Sweep(writer, now);
                }

                return true;
            },
            cancellationToken);
        OnDeregistered?.Invoke(stream, consumer);
    }

    /// <summary>Frees consumers that are gone.</summary>
    public async ValueTask SweepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (await store.ReadAsync(reader => reader.QueryFirst("SELECT 1 FROM kinesis_consumer WHERE gone <= @p0 LIMIT 1", row => row.Long(0), now), cancellationToken) == 1)
        {
            await store.WriteAsync(writer => Sweep(writer, now), cancellationToken);
        }
    }

    private static ConsumerRecord Parse(string body) => JsonSerializer.Deserialize(body, KinesisJson.Default.ConsumerRecord)!;

    private static bool Save(IStoreWriter writer, string stream, ConsumerRecord consumer) =>
        writer.Execute(
            "INSERT INTO kinesis_consumer (stream, name, gone, body) VALUES (@p0, @p1, @p2, @p3) ON CONFLICT (stream, name) DO UPDATE SET gone = excluded.gone, body = excluded.body",
            stream, consumer.Name, consumer.GoneAt, JsonSerializer.Serialize(consumer, KinesisJson.Default.ConsumerRecord)) > 0;

    /// <summary>Deletes consumers that are gone, with their tags and policies.</summary>
    private static int Sweep(IStoreWriter writer, DateTimeOffset now)
    {
        var gone = writer.Query(
            "SELECT s.account, s.region, s.name, c.stream, c.body FROM kinesis_consumer c JOIN kinesis_stream s ON s.id = c.stream WHERE c.gone <= @p0 LIMIT @p1",
            row => (Scope: new AwsScope(row.Text(0), row.Text(1)), StreamName: row.Text(2), Stream: row.Text(3), Consumer: Parse(row.Text(4))),
            now, SweptMax);
        foreach (var (scope, streamName, stream, consumer) in gone)
        {
            var arn = ConsumerArn.Format(StreamArn.Format(scope, streamName), consumer);
            TagStore.RemoveAll(writer, scope, arn);
            PolicyStore.Remove(writer, scope, arn);
            writer.Execute("DELETE FROM kinesis_consumer WHERE stream = @p0 AND name = @p1", stream, consumer.Name);
        }

        return gone.Count;
    }
}
