using Tarn.Api.Kinesis;
using Tarn.Kinesis.Limits;
using Tarn.Kinesis.Log;
using Tarn.Kinesis.Streams;
using Tarn.Wire.Dispatch;
using Shard = Tarn.Kinesis.Streams.Shard;

namespace Tarn.Kinesis.Records;

/// <summary>GetShardIterator and GetRecords: a place in a shard, and the records from there on.</summary>
internal sealed class ReadOperations(StreamStore streams, StreamLog log, ShardIteratorCodec iterators, ShardLimits limits, Faults faults, KinesisOptions options, TimeProvider time)
{
    private const int RecordsMax = 10_000;
    private const int BytesMax = 10 << 20;

    public async ValueTask<GetShardIteratorOutput> GetShardIterator(GetShardIteratorInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var stream = await streams.GetAsync(StreamReference.Of(context, request.StreamName, request.StreamARN, request.StreamId), cancellationToken);
        var shard = ShardPosition.FindShard(stream, request.ShardId!, time.GetUtcNow());
        if (stream.Rules.Disturbs)
        {
            await faults.DisturbAsync(stream, cancellationToken);
        }

        if (stream.Rules.Throttles && !limits.TryTakeIterator(stream, shard))
        {
            throw KinesisErrors.RateExceeded(stream, shard);
        }

        try
        {
            var position = new ShardPosition(request.ShardIteratorType!, request.StartingSequenceNumber, request.Timestamp);
            var index = position.FindIndex(log, stream, shard, time.GetUtcNow(), nameof(GetShardIterator));
            if (request.DryRun == true)
            {
                throw KinesisErrors.DryRun();
            }

            return new GetShardIteratorOutput { ShardIterator = iterators.Encode(new ShardIterator(stream.Id, shard.Index, index, time.GetUtcNow())) };
        }
        catch (LogShardGoneException)
        {
            throw Gone(stream, shard);
        }
    }

    /// <summary>Answers in bytes: records go from the log's memory into the answer.</summary>
    public async ValueTask GetRecords(RawExchange<GetRecordsInput, GetRecordsOutput> exchange, RequestContext context, CancellationToken cancellationToken)
    {
        var request = exchange.ReadInput();
        var iterator = iterators.Decode(request.ShardIterator!);
        var now = time.GetUtcNow();
        if (iterator.Made + options.IteratorLifetime < now)
        {
            throw KinesisErrors.ExpiredIterator(iterator.Made, now, options.IteratorLifetime);
        }

        var stream = await streams.GetAsync(StreamReference.Of(context, name: null, request.StreamARN, iterator.StreamId), cancellationToken);
        var shard = stream.FindVisible(iterator.Shard, now) ?? throw KinesisErrors.ShardDoesNotExist(stream, iterator.Shard);
        if (request.DryRun == true)
        {
            throw KinesisErrors.DryRun();
        }

        if (stream.Rules.Disturbs)
        {
            await faults.DisturbAsync(stream, cancellationToken);
        }

        if (stream.Rules.Throttles && !limits.TryTakeRead(stream, shard))
        {
            throw KinesisErrors.RateExceeded(stream, shard);
        }

        using var read = Read(stream, shard, iterator.NextIndex, request.Limit ?? RecordsMax);
        var page = RecordPage.Of(stream, shard, read, RecordPage.NextShardIterator, iterators.Encode(iterator with { NextIndex = read.NextIndex, Made = now }), now);
        stream.Traffic.Of(shard).CountRead(read.Count, read.Bytes, page.MillisBehindLatest);
        if (stream.Rules.Throttles)
        {
            limits.TookRead(stream, shard, read.Bytes);
        }

        page.Write(exchange.Response, exchange.Encoding);
    }

    private LogRead Read(StreamSnapshot stream, Shard shard, long index, int recordsMax)
    {
        try
        {
            return log.Read(stream.LogNumber(shard.Index), index, recordsMax, BytesMax);
        }
        catch (LogShardGoneException)
        {
            throw Gone(stream, shard);
        }
    }

    /// <summary>The stream was deleted, or the shard's last record expired, between the look at the stream and the look into the log.</summary>
    private static Tarn.Contracts.AwsException Gone(StreamSnapshot stream, Shard shard) => KinesisErrors.ShardDoesNotExist(stream, shard.Index);
}
