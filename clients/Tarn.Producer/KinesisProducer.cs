using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Tarn.Clients.Kinesis;
using Tarn.Clients.Producer.Streams;

namespace Tarn.Clients.Producer;

/// <summary>
/// Puts user records into streams: many small ones share a Kinesis record, many of those share a request, and what fails is sent again until its time is over. Make one per process and keep it. Safe for
/// all threads; it has no thread of its own, and one loop for each stream.
/// </summary>
/// <remarks>
/// Data is not copied: it must not change until the record has its result. A record is accepted when there is room for it; from then on nothing but its result ends it, and cancelling has no effect.
/// </remarks>
public sealed class KinesisProducer : IAsyncDisposable
{
    private const int PartitionKeyLengthMax = 256;
    private const int StreamNameLengthMax = 2048;

    private readonly KinesisClient client;
    private readonly bool ownsClient;
    private readonly ProducerOptions options;
    private readonly ProducerClock clock;
    private readonly ProducerMetrics metrics;
    private readonly Admission admission;
    private readonly FlushGenerations generations = new();
    private readonly Lock gate = new();
    private readonly Dictionary<string, StreamPipeline> pipelines = new(StringComparer.Ordinal);
    private bool isDisposed;

    /// <summary>A producer with a client of its own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside of its range.</exception>
    public KinesisProducer(KinesisClientOptions clientOptions, ProducerOptions options)
        : this(new KinesisClient(clientOptions), options, ownsClient: true)
    {
    }

    /// <summary>A producer over a client that it shares and does not dispose of.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is outside of its range.</exception>
    public KinesisProducer(KinesisClient client, ProducerOptions options)
        : this(client, options, ownsClient: false)
    {
    }

    private KinesisProducer(KinesisClient client, ProducerOptions options, bool ownsClient)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        this.client = client;
        this.options = options;
        this.ownsClient = ownsClient;
        clock = new ProducerClock(options.TimeProvider);
        metrics = new ProducerMetrics(options.MeterFactory);
        admission = new Admission(options.OutstandingRecordsMax, options.OutstandingBytesMax, options.WaitingPutsMax);
    }

    /// <summary>Puts a record, and waits for its result. Many of these run at a time: awaiting one before the next puts a record per RecordMaxBufferedTime.</summary>
    /// <param name="stream">Its name or ARN.</param>
    /// <param name="partitionKey">1 to 256 characters. Its hash decides the shard.</param>
    /// <param name="explicitHashKey">Decides the shard instead; null for the key's hash.</param>
    /// <param name="cancellationToken">Ends the waiting for room; not a record that has been accepted.</param>
    /// <exception cref="RecordFailedException">The record is given up, with the history of its attempts.</exception>
    /// <exception cref="ArgumentException">The record could never be put: its key, hash key or size is not allowed.</exception>
    /// <exception cref="ProducerFullException">Too many wait for room.</exception>
    public async Task<PutResult> PutAsync(
        string stream, string partitionKey, ReadOnlyMemory<byte> data, UInt128? explicitHashKey = null, CancellationToken cancellationToken = default) =>
        await (await EnqueueAsync(stream, partitionKey, data, explicitHashKey, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);

    /// <summary>As <see cref="PutAsync"/>, but waits only until the record is accepted, which slows a loop down to what the stream takes. The task in it gives the result.</summary>
    public async ValueTask<Task<PutResult>> EnqueueAsync(
        string stream, string partitionKey, ReadOnlyMemory<byte> data, UInt128? explicitHashKey = null, CancellationToken cancellationToken = default)
    {
        var record = Make(stream, partitionKey, data, explicitHashKey);
        var isAccepted = false;
        try
        {
            await admission.EnterAsync(record, cancellationToken).ConfigureAwait(false);
            isAccepted = true;
            return record.Done;
        }
        finally
        {
            if (!isAccepted)
            {
                record.Generation.Leave();
            }
        }
    }

    /// <summary>As <see cref="EnqueueAsync"/>, but refuses when there is no room now.</summary>
    public bool TryPut(string stream, string partitionKey, ReadOnlyMemory<byte> data, UInt128? explicitHashKey, [NotNullWhen(true)] out Task<PutResult>? result)
    {
        var record = Make(stream, partitionKey, data, explicitHashKey);
        if (admission.TryEnter(record))
        {
            result = record.Done;
            return true;
        }

        record.Generation.Leave();
        result = null;
        return false;
    }

    /// <summary>Sends without waiting for more, and ends when every record whose put was called before has its result, good or bad.</summary>
    /// <param name="cancellationToken">Ends the waiting; the records are sent all the same.</param>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        var flushed = generations.Flush();
        foreach (var pipeline in Pipelines())
        {
            pipeline.Wake();
        }

        await flushed.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Accepts nothing more, flushes for at most the DisposeTimeout, and fails what is left (<see cref="RecordFailedException.StoppedCode"/>).
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            if (isDisposed)
            {
                return;
            }

            isDisposed = true;
        }

        var flushed = generations.Flush();
        foreach (var pipeline in Pipelines())
        {
            pipeline.Wake();
        }

        using (var limit = new CancellationTokenSource(options.DisposeTimeout, options.TimeProvider))
        {
            await flushed.WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(Pipelines().Select(pipeline => pipeline.StopAsync())).ConfigureAwait(false);
        metrics.Dispose();
        if (ownsClient)
        {
            client.Dispose();
        }
    }

    private PendingRecord Make(string stream, string partitionKey, ReadOnlyMemory<byte> data, UInt128? explicitHashKey)
    {
        ArgumentException.ThrowIfNullOrEmpty(stream);
        ArgumentException.ThrowIfNullOrEmpty(partitionKey);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(stream.Length, StreamNameLengthMax);
        if (LengthOf(partitionKey) > PartitionKeyLengthMax)
        {
            throw new ArgumentException($"A partition key has at most {PartitionKeyLengthMax} characters.", nameof(partitionKey));
        }

        StreamPipeline pipeline;
        FlushGeneration generation;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            pipeline = PipelineOf(stream);
            generation = generations.Enter();
        }

        var record = new PendingRecord(pipeline, generation, partitionKey, explicitHashKey, data);
        if (record.Bytes > options.MaxUserRecordSize)
        {
            generation.Leave();
            throw new ArgumentException($"Key and data take {record.Bytes} bytes; MaxUserRecordSize is {options.MaxUserRecordSize}.", nameof(data));
        }

        return record;
    }

    /// <summary>Characters as Unicode counts them; half a surrogate pair cannot be sent.</summary>
    private static int LengthOf(string partitionKey)
    {
        var length = 0;
        var rest = partitionKey.AsSpan();
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var consumed) != OperationStatus.Done)
            {
                throw new ArgumentException("The partition key is not valid UTF-16.", nameof(partitionKey));
            }

            rest = rest[consumed..];
            length++;
        }

        return length;
    }

    private StreamPipeline PipelineOf(string stream)
    {
        if (!pipelines.TryGetValue(stream, out var pipeline))
        {
            if (pipelines.Count == options.StreamsMax)
            {
                throw new InvalidOperationException($"This producer puts into {options.StreamsMax} streams already (StreamsMax).");
            }

            pipeline = new StreamPipeline(stream, client, options, clock, admission, metrics);
            pipelines.Add(stream, pipeline);
        }

        return pipeline;
    }

    private List<StreamPipeline> Pipelines()
    {
        lock (gate)
        {
            return [.. pipelines.Values];
        }
    }
}
