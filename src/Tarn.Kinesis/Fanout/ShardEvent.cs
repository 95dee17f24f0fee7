using Tarn.Api.Kinesis;
using Tarn.Kinesis.Log;
using Tarn.Kinesis.Records;
using Tarn.Kinesis.Streams;
using Tarn.Wire.Dispatch;
using Tarn.Wire.EventStreams;
using Shard = Tarn.Kinesis.Streams.Shard;

namespace Tarn.Kinesis.Fanout;

/// <summary>One event as it is sent, and what it means for whoever sends it. Immutable.</summary>
/// <param name="NextIndex">Index in the log of the first record after it.</param>
/// <param name="Records">How many records it has.</param>
/// <param name="MillisBehindLatest">How old its last record is; 0 when it reaches to the tip of the shard.</param>
/// <param name="IsEnd">The shard is closed and this is its last event.</param>
internal sealed record ShardEvent(EncodedEvent Message, long NextIndex, int Records, long MillisBehindLatest, bool IsEnd)
{
    /// <summary>The event with the records of a read.</summary>
    /// <param name="stream">As it was before the read: a shard that it shows closed has no records but those that the read could see.</param>
    public static ShardEvent Of(StreamSnapshot stream, Shard shard, LogRead read, BodyEncoding encoding, DateTimeOffset now)
    {
        var isAtTip = read.NextIndex >= read.TipIndex;
        var isEnd = isAtTip && !shard.IsOpen;
        var behind = isAtTip ? 0 : Math.Max(0, now.ToUnixTimeMilliseconds() - (read.Count > 0 ? read.LastArrivalMs : read.TipArrivalMs));
        return new ShardEvent(Encode(stream, shard, read, behind, isEnd, encoding), read.NextIndex, read.Count, behind, isEnd);
    }

    /// <summary>The one place where records become the bytes of an event.</summary>
    private static EncodedEvent Encode(StreamSnapshot stream, Shard shard, LogRead read, long behind, bool isEnd, BodyEncoding encoding)
    {
        var records = new List<Record>(read.Count);
        foreach (var record in read)
        {
            records.Add(ReadOperations.ToShape(shard, record));
        }

        // Without a record the number is that of the place: reading at it or after it goes on with the next record, which need not be there yet.
        var value = new SubscribeToShardEvent
        {
            Records = records,
            ContinuationSequenceNumber = isEnd ? null : records.Count > 0 ? records[^1].SequenceNumber : RecordNumber.Before(shard, read.NextIndex, read.TipArrivalMs).ToString(),
            MillisBehindLatest = behind,
            ChildShards = isEnd ? StreamMapping.Children(stream, shard) : null,
        };
        return EncodedEvent.Create(SubscribeToShardEventStream.SubscribeToShardEvent, value, encoding);
    }
}
