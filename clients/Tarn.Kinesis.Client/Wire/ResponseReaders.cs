using System.Text.Json;
using static Tarn.Clients.Kinesis.Wire.JsonReading;

namespace Tarn.Clients.Kinesis.Wire;

/// <summary>The answers of the operations: bytes in, shape out. Anything that is not such an answer is a <see cref="JsonException"/> or a <see cref="FormatException"/>.</summary>
internal static class ResponseReaders
{
    public static PutRecordsResponse PutRecords(ReadOnlySpan<byte> body)
    {
        var json = Start(body);
        List<PutRecordsResultEntry>? records = null;
        while (NextMember(ref json))
        {
            if (json.ValueTextEquals("Records"u8))
            {
                records = List(ref json, PutRecordsEntry);
            }
            else
            {
                SkipValue(ref json);
            }
        }

        var entries = Required(records, "Records");
        // Counted, not read: the entries decide.
        return new PutRecordsResponse(entries.Count(entry => entry.ErrorCode is not null), entries);
    }

    public static PutRecordResponse PutRecord(ReadOnlySpan<byte> body)
    {
        var json = Start(body);
        var entry = PutRecordsEntry(ref json);
        return new PutRecordResponse(Required(entry.ShardId, "ShardId"), Required(entry.SequenceNumber, "SequenceNumber"));
    }

    public static ListShardsResponse ListShards(ReadOnlySpan<byte> body)
    {
        var json = Start(body);
        List<Shard>? shards = null;
        string? next = null;
        while (NextMember(ref json))
        {
            if (json.ValueTextEquals("Shards"u8))
            {
                shards = List(ref json, ShapeReaders.Shard);
            }
            else if (json.ValueTextEquals("NextToken"u8))
            {
                next = StringOrNull(ref json);
            }
            else
            {
                SkipValue(ref json);
            }
        }

        return new ListShardsResponse(Required(shards, "Shards"), next);
    }

    public static string ShardIterator(ReadOnlySpan<byte> body)
    {
        var json = Start(body);
        string? iterator = null;
        while (NextMember(ref json))
        {
            if (json.ValueTextEquals("ShardIterator"u8))
            {
                iterator = StringOrNull(ref json);
            }
            else
            {
                SkipValue(ref json);
            }
        }

        return Required(iterator, "ShardIterator");
    }

    public static GetRecordsResponse GetRecords(ReadOnlySpan<byte> body)
    {
        var page = Page(body);
        return new GetRecordsResponse(Required(page.Records, "Records"), page.Next, page.MillisBehindLatest, page.ChildShards);
    }

    public static SubscribeToShardEvent SubscribeToShardEvent(ReadOnlySpan<byte> body)
    {
        var page = Page(body);
        return new SubscribeToShardEvent(Required(page.Records, "Records"), page.Next, page.MillisBehindLatest, page.ChildShards);
    }

    /// <summary>The consumer in the member of that name.</summary>
    public static StreamConsumer Consumer(ReadOnlySpan<byte> body, ReadOnlySpan<byte> member)
    {
        var json = Start(body);
        StreamConsumer? consumer = null;
        while (NextMember(ref json))
        {
            if (json.ValueTextEquals(member))
            {
                consumer = Value(ref json, ShapeReaders.Consumer);
            }
            else
            {
                SkipValue(ref json);
            }
        }

        return Required(consumer, "Consumer");
    }

    public static StreamSummary StreamSummary(ReadOnlySpan<byte> body)
    {
        // A document: this call is rare, and its answer small.
        using var document = JsonDocument.Parse(body.ToArray());
        if (!document.RootElement.TryGetProperty("StreamDescriptionSummary", out var summary))
        {
            throw new JsonException("StreamDescriptionSummary is missing");
        }

        return new StreamSummary(
            Text("StreamName"), Text("StreamARN"), Text("StreamStatus"),
            summary.TryGetProperty("StreamModeDetails", out var mode) ? mode.GetProperty("StreamMode").GetString() : null,
            summary.TryGetProperty("StreamCreationTimestamp", out var created)
                ? DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(created.GetDouble() * 1000))
                : throw new JsonException("StreamCreationTimestamp is missing"),
            Number("OpenShardCount") ?? 0, Number("ConsumerCount") ?? 0, Number("RetentionPeriodHours") ?? 0, Number("MaxRecordSizeInKiB"));

        string Text(string name) => summary.TryGetProperty(name, out var value) && value.GetString() is { } text ? text : throw new JsonException($"{name} is missing");
        int? Number(string name) => summary.TryGetProperty(name, out var value) ? value.GetInt32() : null;
    }

    /// <summary>Code and message of an error; nulls when the body says neither, as one of a proxy in between.</summary>
    public static (string? Code, string? Message) Error(ReadOnlySpan<byte> body)
    {
        string? code = null, message = null;
        try
        {
            var json = Start(body);
            while (NextMember(ref json))
            {
                if (json.ValueTextEquals("__type"u8))
                {
                    code = StringOrNull(ref json);
                }
                else if (json.ValueTextEquals("message"u8) || json.ValueTextEquals("Message"u8))
                {
                    message = StringOrNull(ref json);
                }
                else
                {
                    SkipValue(ref json);
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not JSON. The status says what is known.
        }

        return (code?[(code.LastIndexOf('#') + 1)..], message);
    }

    private static PutRecordsResultEntry PutRecordsEntry(ref Utf8JsonReader json)
    {
        EnterObject(ref json);
        string? shard = null, sequence = null, code = null, message = null;
        while (NextMember(ref json))
        {
            if (json.ValueTextEquals("SequenceNumber"u8))
            {
                sequence = StringOrNull(ref json);
            }
            else if (json.ValueTextEquals("ShardId"u8))
            {
                shard = StringOrNull(ref json);
            }
            else if (json.ValueTextEquals("ErrorCode"u8))
            {
                code = StringOrNull(ref json);
            }
            else if (json.ValueTextEquals("ErrorMessage"u8))
            {
                message = StringOrNull(ref json);
            }
            else
            {
                SkipValue(ref json);
            }
        }

        return code is not null || (shard is not null && sequence is not null)
            ? new PutRecordsResultEntry(shard, sequence, code, message)
            : throw new JsonException("a record's result is neither a shard nor an error");
    }

    /// <summary>GetRecords and the event of a subscription differ in the name of where it goes on.</summary>
    private static (List<KinesisRecord>? Records, string? Next, long MillisBehindLatest, List<ChildShard> ChildShards) Page(ReadOnlySpan<byte> body)
    {
        var json = Start(body);
        List<KinesisRecord>? records = null;
        List<ChildShard> children = [];
        string? next = null;
        long behind = 0;
        while (NextMember(ref json))
        {
            if (json.ValueTextEquals("Records"u8))
            {
                records = List(ref json, ShapeReaders.Record);
            }
            else if (json.ValueTextEquals("NextShardIterator"u8) || json.ValueTextEquals("ContinuationSequenceNumber"u8))
            {
                next = StringOrNull(ref json);
            }
            else if (json.ValueTextEquals("MillisBehindLatest"u8))
            {
                behind = Number(ref json);
            }
            else if (json.ValueTextEquals("ChildShards"u8))
            {
                children = List(ref json, ShapeReaders.ChildShard);
            }
            else
            {
                SkipValue(ref json);
            }
        }

        return (records, next, behind, children);
    }

    private static Utf8JsonReader Start(ReadOnlySpan<byte> body)
    {
        var json = new Utf8JsonReader(body);
        EnterObject(ref json);
        return json;
    }
}
