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
        var behind = RecordPage.Behind(read, now);
        return new ShardEvent(Encode(stream, shard, read, behind, isEnd, encoding), read.NextIndex, read.Count, behind, isEnd);
    }

    /// <summary>Without a record the number is that of the place: reading at it or after it goes on with the next record, which need not be there yet.</summary>
    private static EncodedEvent Encode(StreamSnapshot stream, Shard shard, LogRead read, long behind, bool isEnd, BodyEncoding encoding)
    {
        var last = read.Count > 0 ? RecordNumber.Of(shard, read.NextIndex - 1, read.LastArrivalMs) : RecordNumber.Before(shard, read.NextIndex, read.TipArrivalMs);
        var page = new RecordPage(shard, read, RecordPage.ContinuationSequenceNumber, isEnd ? null : last.ToString(), behind, isEnd ? [.. stream.Children(shard)] : null);
        return EncodedEvent.Create(SubscribeToShardEventStream.SubscribeToShardEvent, encoding, (page, encoding), static (payload, state) => state.page.Write(payload, state.encoding));
    }
}
