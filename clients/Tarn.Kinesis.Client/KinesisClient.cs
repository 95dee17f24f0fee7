using System.Runtime.CompilerServices;
using System.Text.Json;
using Tarn.Clients.Kinesis.EventStreams;
using Tarn.Clients.Kinesis.Wire;

namespace Tarn.Clients.Kinesis;

/// <summary>
/// The calls of Kinesis Data Streams that producers and consumers need, each sent once: whoever calls decides about retries (<see cref="Backoff"/>). A stream is given by its name or its
/// ARN. Safe for all threads; one per process is enough.
/// </summary>
/// <remarks>A call that does not succeed is a <see cref="KinesisException"/>, one whose token is cancelled an <see cref="OperationCanceledException"/>.</remarks>
public sealed class KinesisClient : IDisposable
{
    /// <summary>Records that one PutRecords takes.</summary>
    public const int PutRecordsCountMax = 500;

    /// <summary>Bytes of data and partition keys that one PutRecords takes.</summary>
    public const int PutRecordsBytesMax = 10 * 1024 * 1024;

    /// <summary>Records that one GetRecords answers with at most.</summary>
    public const int GetRecordsCountMax = 10_000;

    private const int SmallRequestBytes = 512;

    private readonly KinesisConnection connection;
    private readonly KinesisClientOptions options;

    public KinesisClient(KinesisClientOptions options)
        : this(options, handler: null)
    {
    }

    /// <param name="handler">Takes the place of the sockets, and is not disposed of; ConnectTimeout, MaxConnections and AcceptAnyCertificate are then its own affair.</param>
    public KinesisClient(KinesisClientOptions options, HttpMessageHandler? handler)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        connection = new KinesisConnection(options, handler);
    }

    public void Dispose() => connection.Dispose();

    /// <summary>Asks for a stream, which is CREATING at first. For tests and examples; what a deployment makes belongs to its own tools.</summary>
    /// <param name="shardCount">Of a PROVISIONED stream.</param>
    public Task CreateStreamAsync(string streamName, int shardCount, CancellationToken cancellationToken) =>
        connection.CallAsync("CreateStream", Write(json =>
        {
            json.WriteString("StreamName"u8, streamName);
            json.WriteNumber("ShardCount"u8, shardCount);
        }), _ => true, cancellationToken);

    /// <summary>Puts 1 to 500 records, at most 10 MiB of data and keys. Each of them can fail alone: look at every entry of the answer.</summary>
    public Task<PutRecordsResponse> PutRecordsAsync(string stream, IReadOnlyList<PutRecordsEntry> records, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        var body = new PooledBuffer(SmallRequestBytes + records.Sum(RequestBytes));
        using (var json = new Utf8JsonWriter(body, JsonWriting.Options))
        {
            json.WriteStartObject();
            json.WriteStream(stream);
            json.WriteStartArray("Records"u8);
            foreach (var record in records)
            {
                json.WriteStartObject();
                json.WriteEntry(record);
                json.WriteEndObject();
                // Else the writer gathers the whole request in a buffer of its own steps.
                json.Flush();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return connection.CallAsync("PutRecords", body, body => CheckCount(ResponseReaders.PutRecords(body), records.Count), cancellationToken);
    }

    public Task<PutRecordResponse> PutRecordAsync(string stream, PutRecordsEntry record, CancellationToken cancellationToken)
    {
        var body = new PooledBuffer(SmallRequestBytes + RequestBytes(record));
        using (var json = new Utf8JsonWriter(body, JsonWriting.Options))
        {
            json.WriteStartObject();
            json.WriteStream(stream);
            json.WriteEntry(record);
            json.WriteEndObject();
        }

        return connection.CallAsync("PutRecord", body, ResponseReaders.PutRecord, cancellationToken);
    }

    /// <summary>The first page of the stream's shards, up to 1,000.</summary>
    /// <param name="filter">Null lists all that have not expired.</param>
    public Task<ListShardsResponse> ListShardsAsync(string stream, ShardFilter? filter, CancellationToken cancellationToken) =>
        connection.CallAsync("ListShards", Write(json =>
        {
            json.WriteStream(stream);
            if (filter is not null)
            {
                json.WriteFilter(filter);
            }
        }), ResponseReaders.ListShards, cancellationToken);

    /// <summary>A following page. The token of the page before is good for 300 s and says all: stream, filter and place.</summary>
    public Task<ListShardsResponse> ListMoreShardsAsync(string nextToken, CancellationToken cancellationToken) =>
        connection.CallAsync("ListShards", Write(json => json.WriteString("NextToken"u8, nextToken)), ResponseReaders.ListShards, cancellationToken);

    /// <summary>All shards, page by page.</summary>
    /// <param name="filter">Null lists all that have not expired.</param>
    public async Task<IReadOnlyList<Shard>> ListAllShardsAsync(string stream, ShardFilter? filter, CancellationToken cancellationToken)
    {
        var page = await ListShardsAsync(stream, filter, cancellationToken).ConfigureAwait(false);
        var shards = new List<Shard>(page.Shards);
        while (page.NextToken is { } next)
        {
            page = await ListMoreShardsAsync(next, cancellationToken).ConfigureAwait(false);
            shards.AddRange(page.Shards);
        }

        return shards;
    }

    public Task<StreamSummary> DescribeStreamSummaryAsync(string stream, CancellationToken cancellationToken) =>
        connection.CallAsync("DescribeStreamSummary", Write(json => json.WriteStream(stream)), ResponseReaders.StreamSummary, cancellationToken);

    /// <summary>An iterator for <see cref="GetRecordsAsync"/>, good for 5 minutes.</summary>
    public Task<string> GetShardIteratorAsync(string stream, string shardId, StartingPosition position, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(position);
        return connection.CallAsync("GetShardIterator", Write(json =>
        {
            json.WriteStream(stream);
            json.WriteString("ShardId"u8, shardId);
            json.WriteString("ShardIteratorType"u8, position.Type);
            json.WriteOptional("StartingSequenceNumber"u8, position.SequenceNumber);
            json.WriteOptional("Timestamp"u8, position.Timestamp);
        }), ResponseReaders.ShardIterator, cancellationToken);
    }

    /// <param name="limit">1 to 10,000 records.</param>
    public Task<GetRecordsResponse> GetRecordsAsync(string shardIterator, int limit, CancellationToken cancellationToken) =>
        connection.CallAsync("GetRecords", Write(json =>
        {
            json.WriteString("ShardIterator"u8, shardIterator);
            json.WriteNumber("Limit"u8, limit);
        }), ResponseReaders.GetRecords, cancellationToken);

    /// <summary>Registers a consumer; it is CREATING at first and takes subscriptions when it is ACTIVE.</summary>
    public Task<StreamConsumer> RegisterStreamConsumerAsync(string streamArn, string consumerName, CancellationToken cancellationToken) =>
        connection.CallAsync("RegisterStreamConsumer", WriteConsumer(streamArn, consumerName), body => ResponseReaders.Consumer(body, "Consumer"u8), cancellationToken);

    public Task<StreamConsumer> DescribeStreamConsumerAsync(string streamArn, string consumerName, CancellationToken cancellationToken) =>
        connection.CallAsync("DescribeStreamConsumer", WriteConsumer(streamArn, consumerName), body => ResponseReaders.Consumer(body, "ConsumerDescription"u8), cancellationToken);

    public Task DeregisterStreamConsumerAsync(string consumerArn, CancellationToken cancellationToken) =>
        connection.CallAsync("DeregisterStreamConsumer", Write(json => json.WriteString("ConsumerARN"u8, consumerArn)), _ => true, cancellationToken);

    /// <summary>
    /// Subscribes when it is enumerated, and gives the events until the service ends the subscription (after 5 minutes, or when a closed shard has been
    /// read to its end). A refusal is thrown by the first step, a failure later by the step that meets it. Stop early by leaving the loop or cancelling.
    /// </summary>
    public async IAsyncEnumerable<SubscribeToShardEvent> SubscribeToShardAsync(
        string consumerArn, string shardId, StartingPosition position, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(position);
        var body = Write(json =>
        {
            json.WriteString("ConsumerARN"u8, consumerArn);
            json.WriteString("ShardId"u8, shardId);
            json.WritePosition(position);
        });
        using var response = await connection.OpenAsync("SubscribeToShard", body, cancellationToken).ConfigureAwait(false);
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var reader = new EventStreamReader(stream);
        while (await NextEventAsync(reader, cancellationToken).ConfigureAwait(false) is { } next)
        {
            yield return next;
        }

        // Not after a failure: then a read may still be on its way into the buffer.
        reader.Close();
    }

    private async ValueTask<SubscribeToShardEvent?> NextEventAsync(EventStreamReader reader, CancellationToken cancellationToken)
    {
        using var timeout = new RequestTimeout(options.SubscriptionIdleTimeout, options.TimeProvider, cancellationToken);
        try
        {
            while (await reader.ReadAsync(timeout.Token).ConfigureAwait(false) is { } message)
            {
                if (message.ExceptionCode is { } code)
                {
                    throw new KinesisException(code, message.ExceptionMessage ?? "The subscription ended with an error.", null, null, inner: null);
                }

                if (message.EventType == "SubscribeToShardEvent")
                {
                    return ResponseReaders.SubscribeToShardEvent(message.Payload.Span);
                }
            }

            return null;
        }
        catch (Exception exception) when (KinesisConnection.Explain("SubscribeToShard", exception, timeout) is { } explained)
        {
            throw explained;
        }
    }

    private static PooledBuffer WriteConsumer(string streamArn, string consumerName) => Write(json =>
    {
        json.WriteString("StreamARN"u8, streamArn);
        json.WriteString("ConsumerName"u8, consumerName);
    });

    private static PooledBuffer Write(Action<Utf8JsonWriter> members)
    {
        var body = new PooledBuffer(SmallRequestBytes);
        using var json = new Utf8JsonWriter(body, JsonWriting.Options);
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
        json.Flush();
        return body;
    }

    /// <summary>What a record takes as JSON, nearly: base64, key, names and an explicit hash key.</summary>
    private static int RequestBytes(PutRecordsEntry record) => (record.Data.Length / 3 * 4) + record.PartitionKey.Length + 128;

    private static PutRecordsResponse CheckCount(PutRecordsResponse response, int count) => response.Records.Count == count
        ? response
        : throw new InvalidDataException($"it has {response.Records.Count} results for {count} records");
}
