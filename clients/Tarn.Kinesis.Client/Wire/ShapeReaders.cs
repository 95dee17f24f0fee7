using System.Text.Json;
using static Tarn.Clients.Kinesis.Wire.JsonReading;

namespace Tarn.Clients.Kinesis.Wire;

/// <summary>The parts that answers and events have in common.</summary>
internal static class ShapeReaders
{
    public static KinesisRecord Record(ref Utf8JsonReader json)
    {
        EnterObject(ref json);
        string? sequenceNumber = null, partitionKey = null;
        DateTimeOffset? arrival = null;
        byte[]? data = null;
        while (NextMember(ref json))
        {
            if (json.ValueTextEquals("Data"u8))
            {
                data = Base64(ref json);
            }
            else if (json.ValueTextEquals("SequenceNumber"u8))
            {
                sequenceNumber = StringOrNull(ref json);
            }
            else if (json.ValueTextEquals("PartitionKey"u8))
            {
                partitionKey = StringOrNull(ref json);
            }
            else if (json.ValueTextEquals("ApproximateArrivalTimestamp"u8))
            {
                arrival = TimeOrNull(ref json);
            }
            else
            {
                SkipValue(ref json);
            }
        }

        return new KinesisRecord(Required(sequenceNumber, "SequenceNumber"), arrival, Required(partitionKey, "PartitionKey"), Required(data, "Data"));
    }

    public static Shard Shard(ref Utf8JsonReader json)
    {
        EnterObject(ref json);
        string? id = null, parent = null, adjacentParent = null;
        HashKeyRange? range = null;
        (string? Starting, string? Ending) sequence = default;
        while (NextMember(ref json))
        {
            if (json.ValueTextEquals("ShardId"u8))
            {
                id = StringOrNull(ref json);
            }
            else if (json.ValueTextEquals("ParentShardId"u8))
            {
                parent = StringOrNull(ref json);
            }
            else if (json.ValueTextEquals("AdjacentParentShardId"u8))
            {
                adjacentParent = StringOrNull(ref json);
            }
            else if (json.ValueTextEquals("HashKeyRange"u8))
            {
                range = Value(ref json, Range);
            }
            else if (json.ValueTextEquals("SequenceNumberRange"u8))
            {
                sequence = Value(ref json, SequenceRange);
            }
            else
            {
                SkipValue(ref json);
            }
        }

        return new Shard(
            Required(id, "ShardId"), parent, adjacentParent, range ?? throw new JsonException("HashKeyRange is missing"), Required(sequence.Starting, "StartingSequenceNumber"), sequence.Ending);
    }

    public static ChildShard ChildShard(ref Utf8JsonReader json)
    {
        EnterObject(ref json);
        string? id = null;
        List<string> parents = [];
        HashKeyRange? range = null;
        while (NextMember(ref json))
        {
            if (json.ValueTextEquals("ShardId"u8))
            {
                id = StringOrNull(ref json);
            }
            else if (json.ValueTextEquals("ParentShards"u8))
            {
                parents = List(ref json, static (ref Utf8JsonReader item) => Required(item.GetString(), "ParentShards"));
            }
            else if (json.ValueTextEquals("HashKeyRange"u8))
            {
                range = Value(ref json, Range);
            }
            else
            {
                SkipValue(ref json);
            }
        }

        return new ChildShard(Required(id, "ShardId"), parents, range ?? throw new JsonException("HashKeyRange is missing"));
    }

    public static StreamConsumer Consumer(ref Utf8JsonReader json)
    {
        EnterObject(ref json);
        string? name = null, arn = null, status = null, streamArn = null;
        DateTimeOffset? created = null;
        while (NextMember(ref json))
        {
            if (json.ValueTextEquals("ConsumerName"u8))
            {
                name = StringOrNull(ref json);
            }
            else if (json.ValueTextEquals("ConsumerARN"u8))
            {
                arn = StringOrNull(ref json);
            }
            else if (json.ValueTextEquals("ConsumerStatus"u8))
            {
                status = StringOrNull(ref json);
            }
            else if (json.ValueTextEquals("StreamARN"u8))
            {
                streamArn = StringOrNull(ref json);
            }
            else if (json.ValueTextEquals("ConsumerCreationTimestamp"u8))
            {
                created = TimeOrNull(ref json);
            }
            else
            {
                SkipValue(ref json);
            }
        }

        return new StreamConsumer(
            Required(name, "ConsumerName"), Required(arn, "ConsumerARN"), Required(status, "ConsumerStatus"),
            created ?? throw new JsonException("ConsumerCreationTimestamp is missing"), streamArn);
    }

    private static HashKeyRange Range(ref Utf8JsonReader json)
    {
        EnterObject(ref json);
        UInt128? starting = null, ending = null;
        while (NextMember(ref json))
        {
            if (json.ValueTextEquals("StartingHashKey"u8))
            {
                starting = ReadHashKey(ref json);
            }
            else if (json.ValueTextEquals("EndingHashKey"u8))
            {
                ending = ReadHashKey(ref json);
            }
            else
            {
                SkipValue(ref json);
            }
        }

        return starting is { } first && ending is { } last ? new HashKeyRange(first, last) : throw new JsonException("HashKeyRange lacks an end");
    }

    private static UInt128 ReadHashKey(ref Utf8JsonReader json)
    {
        var text = StringOrNull(ref json);
        return HashKey.TryParse(text, out var hashKey) ? hashKey : throw new JsonException($"'{text}' is not a hash key");
    }

    private static (string? Starting, string? Ending) SequenceRange(ref Utf8JsonReader json)
    {
        EnterObject(ref json);
        string? starting = null, ending = null;
        while (NextMember(ref json))
        {
            if (json.ValueTextEquals("StartingSequenceNumber"u8))
            {
                starting = StringOrNull(ref json);
            }
            else if (json.ValueTextEquals("EndingSequenceNumber"u8))
            {
                ending = StringOrNull(ref json);
            }
            else
            {
                SkipValue(ref json);
            }
        }

        return (starting, ending);
    }
}
