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
/// <param name="RecordBytes">Their data and partition keys.</param>
/// <param name="MillisBehindLatest">How old its last record is; 0 when it reaches to the tip of the shard.</param>
/// <param name="IsEnd">The shard is closed and this is its last event.</param>
internal sealed record ShardEvent(EncodedEvent Message, long NextIndex, int Records, long RecordBytes, long MillisBehindLatest, bool IsEnd)
{
    /// <summary>The event with the records of a read.</summary>
    /// <param name="stream">As it was before the read: a shard that it shows closed has no records but those that the read could see.</param>
    public static ShardEvent Of(StreamSnapshot stream, Shard shard, LogRead read, BodyEncoding encoding, DateTimeOffset now)
    {
        var page = RecordPage.Of(stream, shard, read, RecordPage.ContinuationSequenceNumber, Place(shard, read).ToString(), now);
        var message = EncodedEvent.Create(SubscribeToShardEventStream.SubscribeToShardEvent, encoding, (page, encoding), static (target, state) => state.page.Write(target, state.encoding));
        return new ShardEvent(message, read.NextIndex, read.Count, read.Bytes, page.MillisBehindLatest, page.IsEnd);
    }

    /// <summary>The number of the last record; without one, of the place: reading at it or after it goes on with the next record, which need not be there yet.</summary>
    private static SequenceNumber Place(Shard shard, LogRead read) =>
        read.Count > 0 ? RecordNumber.Of(shard, read.NextIndex - 1, read.LastArrivalMs) : RecordNumber.Before(shard, read.NextIndex, read.TipArrivalMs);
}
