using System.Text;
using Tarn.Api.Kinesis;
using Tarn.Kinesis.Log;
using Tarn.Kinesis.Streams;
using Tarn.Wire.Dispatch;
using Shard = Tarn.Kinesis.Streams.Shard;

namespace Tarn.Kinesis.Records;

/// <summary>GetShardIterator and GetRecords: a place in a shard, and the records from there on.</summary>
internal sealed class ReadOperations(StreamStore streams, StreamLog log, ShardIteratorCodec iterators, KinesisOptions options, TimeProvider time)
{
    private const int RecordsMax = 10_000;
    private const int BytesMax = 10 << 20;

    public async ValueTask<GetShardIteratorOutput> GetShardIterator(GetShardIteratorInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var stream = await streams.GetAsync(StreamReference.Of(context, request.StreamName, request.StreamARN, request.StreamId), cancellationToken);
        var shard = ShardPosition.FindShard(stream, request.ShardId!, time.GetUtcNow());
        try
        {
            var position = new ShardPosition(request.ShardIteratorType!, request.StartingSequenceNumber, request.Timestamp);
            var index = position.FindIndex(log, stream, shard, time.GetUtcNow(), nameof(GetShardIterator));
            return new GetShardIteratorOutput { ShardIterator = iterators.Encode(new ShardIterator(stream.Id, shard.Index, index, time.GetUtcNow())) };
        }
        catch (LogShardGoneException)
        {
            throw Gone(stream, shard);
        }
    }

    public async ValueTask<GetRecordsOutput> GetRecords(GetRecordsInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var iterator = iterators.Decode(request.ShardIterator!);
        var now = time.GetUtcNow();
        if (iterator.Made + options.IteratorLifetime < now)
        {
            throw KinesisErrors.ExpiredIterator(iterator.Made, now, options.IteratorLifetime);
        }

        var stream = await streams.GetAsync(StreamReference.Of(context, name: null, request.StreamARN, iterator.StreamId), cancellationToken);
        var shard = stream.FindVisible(iterator.Shard, now) ?? throw KinesisErrors.ShardDoesNotExist(stream, iterator.Shard);
        using var read = Read(stream, shard, iterator.NextIndex, request.Limit ?? RecordsMax);
        var records = new List<Record>(read.Count);
        foreach (var record in read)
        {
            records.Add(ToShape(shard, record));
        }

        // A shard is closed before its children are shown, so what is at the tip of a closed one is its end.
        var isAtTip = read.NextIndex >= read.TipIndex;
        var isEnd = isAtTip && !shard.IsOpen;
        return new GetRecordsOutput
        {
            Records = records,
            NextShardIterator = isEnd ? null : iterators.Encode(iterator with { NextIndex = read.NextIndex, Made = now }),
            MillisBehindLatest = isAtTip ? 0 : Math.Max(0, now.ToUnixTimeMilliseconds() - (records.Count > 0 ? read.LastArrivalMs : read.TipArrivalMs)),
            ChildShards = isEnd ? StreamMapping.Children(stream, shard) : null,
        };
    }

    public static Record ToShape(Shard shard, in LogRecord record) => new()
    {
        SequenceNumber = RecordNumber.Of(shard, record.Index, record.ArrivalMs).ToString(),
        PartitionKey = Encoding.UTF8.GetString(record.PartitionKey.Span),
        Data = record.Data.ToArray(),
        ApproximateArrivalTimestamp = DateTimeOffset.FromUnixTimeMilliseconds(record.ArrivalMs),
    };

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
