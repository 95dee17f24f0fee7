using System.Text;
using Microsoft.Extensions.ObjectPool;
using Tarn.Api.Kinesis;
using Tarn.Kinesis.Limits;
using Tarn.Kinesis.Log;
using Tarn.Kinesis.Streams;
using Tarn.Wire.Dispatch;

namespace Tarn.Kinesis.Records;

/// <summary>
/// PutRecord and PutRecords: a record goes to the shard that holds its hash key, and is acknowledged when the log has it on disk. Both work on bytes: the body is read as slices
/// (<see cref="PutRequest"/>), its data is decoded into the log's memory (<see cref="RecordPut"/>), and the answer is written around the numbers that the log gave (<see cref="PutAnswer"/>).
/// </summary>
internal sealed class PutOperations(StreamStore streams, ShardLogs shards, ShardLimits limits, Faults faults, TimeProvider time)
{
    /// <summary>Data and partition keys of one PutRecords.</summary>
    private const int RequestBytesMax = 10 << 20;

    /// <summary>Requests and puts that are kept for the next ones.</summary>
    private const int IdleMax = 256;

    private readonly DefaultObjectPool<PutRequest> requests = new(new DefaultPooledObjectPolicy<PutRequest>(), IdleMax);
    private readonly DefaultObjectPool<RecordPut> puts = new(new RecordPutPolicy(shards, limits), IdleMax);

    public async ValueTask PutRecord(RawExchange<PutRecordInput, PutRecordOutput> exchange, RequestContext context, CancellationToken cancellationToken)
    {
        var request = requests.Get();
        var put = puts.Get();
        try
        {
            if (!TryRead(exchange.Body, exchange.Encoding, request, isBatch: false, context) || !await TryPlaceAsync(put, request, context, cancellationToken))
            {
                put.Clear();
                request.Fill(exchange.ReadInput());
                await PlaceAsync(put, request, context, cancellationToken);
            }

            await AppendAsync(put, cancellationToken);
            if (!put.IsWhole)
            {
                throw PutAnswer.Failure(put, put.Places[0]);
            }

            PutAnswer.WriteSingle(exchange.Response, exchange.Encoding, put);
        }
        finally
        {
            Return(request, put);
        }
    }

    public async ValueTask PutRecords(RawExchange<PutRecordsInput, PutRecordsOutput> exchange, RequestContext context, CancellationToken cancellationToken)
    {
        var request = requests.Get();
        var put = puts.Get();
        try
        {
            if (!TryRead(exchange.Body, exchange.Encoding, request, isBatch: true, context) || !await TryPlaceAsync(put, request, context, cancellationToken))
            {
                put.Clear();
                request.Fill(exchange.ReadInput());
                await PlaceAsync(put, request, context, cancellationToken);
            }

            await AppendAsync(put, cancellationToken);
            if (put.IsWhole)
            {
                PutAnswer.WriteWhole(exchange.Response, exchange.Encoding, put);
            }
            else
            {
                exchange.WriteOutput(PutAnswer.Partial(put));
            }
        }
        finally
        {
            Return(request, put);
        }
    }

    /// <summary>Appends what there is room for. A full disk is no defect that each put reports with its stack: the frames say what had no room, and the log's maintenance says why.</summary>
    private static async ValueTask AppendAsync(RecordPut put, CancellationToken cancellationToken)
    {
        try
        {
            await put.AppendAsync(cancellationToken);
        }
        catch (LogFullException)
        {
            // Said record by record.
        }
    }

    /// <summary>Reads a body that is right and names a stream that is there; all others are the typed reader's.</summary>
    private bool TryRead(ReadOnlyMemory<byte> body, BodyEncoding encoding, PutRequest request, bool isBatch, RequestContext context) =>
        (encoding == BodyEncoding.Json ? JsonPutReader.TryRead(body, request, isBatch) : CborPutReader.TryRead(body, request, isBatch))
        && (request.StreamName is not { } name || streams.Directory.TryFind(context.Scope, name, out _))
        && (request.StreamArn is not { } arn || streams.Directory.TryFindByArn(arn, out _))
        && (request.StreamId is not { } id || streams.Directory.TryFindById(id, out _));

    private async ValueTask PlaceAsync(RecordPut put, PutRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        if (!await TryPlaceAsync(put, request, context, cancellationToken))
        {
            throw new InvalidOperationException("Data that the wire decoded was taken for base64.");
        }
    }

    /// <summary>
    /// Finds the stream, checks the records and puts them into frames of shards that will stay open until the put is cleared. A shard that was closed since the stream was looked at sends all
    /// back to look again. False when data is no base64.
    /// </summary>
    private async ValueTask<bool> TryPlaceAsync(RecordPut put, PutRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var stream = await streams.GetAsync(StreamReference.Of(context, request.StreamName, request.StreamArn, request.StreamId), cancellationToken);
        if (stream.Rules.Disturbs)
        {
            await faults.DisturbAsync(stream, cancellationToken);
            stream = await streams.GetAsync(StreamReference.Of(context, request.StreamName, request.StreamArn, request.StreamId), cancellationToken);
        }

        Check(stream, request);
        request.Hash();
        put.Throttle(stream, request);
        while (true)
        {
            var placing = put.Place(stream, request);
            if (placing != PutPlacing.ShardClosed)
            {
                return placing == PutPlacing.Placed;
            }

            put.Clear();
            stream = await streams.NextAsync(stream, cancellationToken) ?? throw KinesisErrors.StreamNotFound(stream.Scope, stream.Name);
        }
    }

    private void Check(StreamSnapshot stream, PutRequest request)
    {
        if (stream.OpenShards.IsEmpty)
        {
            throw KinesisErrors.StreamNotFound(stream.Scope, stream.Name);
        }

        if (request.SequenceNumberForOrdering is { } earlier
            && (!SequenceNumber.TryParse(Encoding.UTF8.GetBytes(earlier), out var number) || IsInFuture(stream, number)))
        {
            throw KinesisErrors.InvalidOrdering(stream, earlier);
        }

        for (var record = 0; record < request.Count; record++)
        {
            if (request.LengthOf(record) > stream.MaxRecordBytes)
            {
                throw KinesisErrors.RecordTooLarge(stream, request.LengthOf(record));
            }
        }

        if (request.Length > RequestBytesMax)
        {
            throw KinesisErrors.InvalidArgument($"Records size exceeds {RequestBytesMax / (1 << 20)} MB limit");
        }

        if (request.IsDryRun)
        {
            throw KinesisErrors.DryRun();
        }
    }

    private void Return(PutRequest request, RecordPut put)
    {
        put.Clear();
        puts.Return(put);
        request.Dispose();
        requests.Return(request);
    }

    /// <summary>Numbers of a shard that was just made are ahead of the clock, as its creation is.</summary>
    private bool IsInFuture(StreamSnapshot stream, SequenceNumber number) =>
        number.ArrivalSeconds > time.GetUtcNow().ToUnixTimeSeconds() && number.ArrivalSeconds > stream.OpenShards.Max(shard => shard.CreateSeconds);

    private sealed class RecordPutPolicy(ShardLogs shards, ShardLimits limits) : PooledObjectPolicy<RecordPut>
    {
        public override RecordPut Create() => new(shards, limits);

        public override bool Return(RecordPut put) => true;
    }
}
