using System.Text;
using Tarn.Kinesis.Log;
using Tarn.Kinesis.Streams;

namespace Tarn.Kinesis.Records;

/// <summary>Where reading of a shard begins, as GetShardIterator and SubscribeToShard name it.</summary>
/// <param name="Type">One of the five of the model.</param>
/// <param name="SequenceNumber">For AT_SEQUENCE_NUMBER and AFTER_SEQUENCE_NUMBER, and only there.</param>
/// <param name="Timestamp">For AT_TIMESTAMP, and only there.</param>
internal readonly record struct ShardPosition(string Type, string? SequenceNumber, DateTimeOffset? Timestamp)
{
    /// <summary>The shard that a request names; <c>ResourceNotFoundException</c> when there is none, or its records have all expired.</summary>
    public static Shard FindShard(StreamSnapshot stream, string shardId, DateTimeOffset now)
    {
        var index = ShardLists.ParseId(stream, shardId);
        return stream.FindVisible(index, now) ?? throw KinesisErrors.ShardDoesNotExist(stream, index);
    }

    /// <summary>The index in the log of the first record to be read; that of the shard's next record when there is none yet.</summary>
    /// <param name="operation">The operation that messages name.</param>
    /// <exception cref="Contracts.AwsException">What was given does not go together, or is not of this shard.</exception>
    /// <exception cref="LogShardGoneException">The shard has been deleted meanwhile.</exception>
    public long FindIndex(StreamLog log, StreamSnapshot stream, Shard shard, DateTimeOffset now, string operation)
    {
        Check();
        var number = stream.LogNumber(shard.Index);
        switch (Type)
        {
            case "TRIM_HORIZON":
                return 0;
            case "LATEST":
                return log.TipIndex(number);
            case "AT_TIMESTAMP":
                return Timestamp > now ? throw KinesisErrors.TimestampInFuture(Timestamp.Value, now) : log.FirstIndexAtOrAfter(number, Timestamp!.Value.ToUnixTimeMilliseconds());
            default:
                var start = Parse(stream, shard, SequenceNumber!, operation);
                var at = RecordNumber.LogIndex(start);
                return Math.Clamp(Type == "AT_SEQUENCE_NUMBER" && !start.IsBetween ? at : at + 1, 0, log.TipIndex(number));
        }
    }

    private void Check()
    {
        if (Type is "AT_SEQUENCE_NUMBER" or "AFTER_SEQUENCE_NUMBER" != SequenceNumber is not null)
        {
            throw KinesisErrors.StartNeeded(Type, hasStart: SequenceNumber is not null);
        }

        if (Type is "AT_TIMESTAMP" != Timestamp is not null)
        {
            throw KinesisErrors.TimestampNeeded(Type, hasTimestamp: Timestamp is not null);
        }
    }

    private static SequenceNumber Parse(StreamSnapshot stream, Shard shard, string text, string operation)
    {
        if (!Records.SequenceNumber.TryParse(Encoding.ASCII.GetBytes(text), out var number))
        {
            throw KinesisErrors.InvalidStart(stream, shard.Id, text, operation);
        }

        return number.ShardNumber != (uint)shard.Index ? throw KinesisErrors.StartOfOtherShard(ShardId.Format((int)number.ShardNumber), shard.Id)
            : number.ShardCreatedSeconds == shard.CreateSeconds ? number
            : throw KinesisErrors.StartOfOtherStream(stream, shard.Id, text, operation);
    }
}
