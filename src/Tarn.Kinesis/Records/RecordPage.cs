using System.Buffers;
using System.Text.Json;
using Tarn.Kinesis.Log;
using Tarn.Kinesis.Streams;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Protocols.AwsJson;
using Tarn.Wire.Protocols.Cbor;

namespace Tarn.Kinesis.Records;

/// <summary>Records of a shard as they are sent: by GetRecords and, in an event, by SubscribeToShard, which differ in how they name the place to go on from.</summary>
/// <param name="PlaceName">The member that holds <paramref name="Place"/>.</param>
/// <param name="Place">Null at the end of a closed shard.</param>
/// <param name="MillisBehindLatest">0 and up.</param>
/// <param name="Children">The shards that go on; null before the end of a closed shard.</param>
internal readonly record struct RecordPage(Shard Shard, LogRead Records, JsonEncodedText PlaceName, string? Place, long MillisBehindLatest, IReadOnlyList<Shard>? Children)
{
    /// <summary>What a record takes beside its key and data, at most: names, number and time.</summary>
    private const int RecordFrameBytes = 224;

    public static readonly JsonEncodedText NextShardIterator = JsonEncodedText.Encode("NextShardIterator");
    public static readonly JsonEncodedText ContinuationSequenceNumber = JsonEncodedText.Encode("ContinuationSequenceNumber");

    /// <summary>Whether a closed shard has no records after these.</summary>
    public bool IsEnd => Children is not null;

    /// <summary>The page with the records of a read.</summary>
    /// <param name="stream">As it was before the read: a shard is closed before its children are shown, so what is at the tip of one that it shows closed is its end.</param>
    /// <param name="place">Where to go on, unless it is the end.</param>
    public static RecordPage Of(StreamSnapshot stream, Shard shard, LogRead read, JsonEncodedText placeName, string place, DateTimeOffset now)
    {
        var isAtTip = read.NextIndex >= read.TipIndex;
        var isEnd = isAtTip && !shard.IsOpen;

        // 0 tells a client that it has all there is, which records of this same millisecond would make untrue elsewhere than at the tip.
        var behind = isAtTip ? 0 : Math.Max(1, now.ToUnixTimeMilliseconds() - (read.Count > 0 ? read.LastArrivalMs : read.TipArrivalMs));
        return new RecordPage(shard, read, placeName, isEnd ? null : place, behind, isEnd ? [.. stream.Children(shard)] : null);
    }

    /// <summary>Writes the page as one document, straight from the log's memory.</summary>
    public void Write(IBufferWriter<byte> target, BodyEncoding encoding)
    {
        // Room for all of it at once: a page of 10 MiB would else be copied a dozen times while its buffer grows.
        target.GetSpan((int)Math.Min(int.MaxValue / 2, (Records.Bytes * 4 / 3) + (Records.Count * RecordFrameBytes)));
        if (encoding == BodyEncoding.Json)
        {
            using var json = JsonWriters.Rent(target);
            JsonRecords.Write(json.Writer, this);
            json.Writer.Flush();
        }
        else
        {
            CborRecords.Write(new CborWriter(target), this, encoding);
        }
    }

    /// <summary>The names of a child's parents.</summary>
    public static IEnumerable<string> Parents(Shard child) => new[] { child.Parent, child.AdjacentParent }.OfType<int>().Select(ShardId.Format);
}

/// <summary>The digits of the sequence numbers of records that are walked in order: counted up where they follow each other in one second, else made anew.</summary>
internal ref struct NumberCursor(Shard shard, Span<byte> digits)
{
    private readonly Span<byte> digits = digits;
    private long next = -1;
    private long arrivalMs = -1;

    /// <summary>The 56 digits of a record; valid until the next call.</summary>
    public ReadOnlySpan<byte> MoveTo(in LogRecord record)
    {
        if (record.Index == next && record.ArrivalMs == arrivalMs)
        {
            SequenceNumber.Advance(digits);
        }
        else
        {
            RecordNumber.Of(shard, record.Index, record.ArrivalMs).Format(digits);
        }

        (next, arrivalMs) = (record.Index + 1, record.ArrivalMs);
        return digits;
    }
}

/// <summary>Pages in JSON.</summary>
internal static class JsonRecords
{
    private static readonly JsonEncodedText Records = JsonEncodedText.Encode("Records");
    private static readonly JsonEncodedText Number = JsonEncodedText.Encode("SequenceNumber");
    private static readonly JsonEncodedText Arrival = JsonEncodedText.Encode("ApproximateArrivalTimestamp");
    private static readonly JsonEncodedText Data = JsonEncodedText.Encode("Data");
    private static readonly JsonEncodedText Key = JsonEncodedText.Encode("PartitionKey");

    public static void Write(Utf8JsonWriter json, in RecordPage page)
    {
        json.WriteStartObject();
        json.WriteStartArray(Records);
        var numbers = new NumberCursor(page.Shard, stackalloc byte[SequenceNumber.Digits]);
        foreach (var record in page.Records)
        {
            json.WriteStartObject();
            json.WriteString(Number, numbers.MoveTo(record));
            json.WriteNumber(Arrival, record.ArrivalMs / 1000m);
            json.WriteBase64String(Data, record.Data.Span);
            json.WriteString(Key, record.PartitionKey.Span);
            if (record.IsEncrypted)
            {
                json.WriteString("EncryptionType"u8, "KMS"u8);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (page.Place is not null)
        {
            json.WriteString(page.PlaceName, page.Place);
        }

        json.WriteNumber("MillisBehindLatest"u8, page.MillisBehindLatest);
        if (page.Children is not null)
        {
            WriteChildren(json, page.Children);
        }

        json.WriteEndObject();
    }

    private static void WriteChildren(Utf8JsonWriter json, IReadOnlyList<Shard> children)
    {
        json.WriteStartArray("ChildShards"u8);
        foreach (var child in children)
        {
            json.WriteStartObject();
            json.WriteString("ShardId"u8, child.Id);
            json.WriteStartArray("ParentShards"u8);
            foreach (var parent in RecordPage.Parents(child))
            {
                json.WriteStringValue(parent);
            }

            json.WriteEndArray();
            json.WriteStartObject("HashKeyRange"u8);
            json.WriteString("StartingHashKey"u8, child.StartingHash.ToString());
            json.WriteString("EndingHashKey"u8, child.EndingHash.ToString());
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}

/// <summary>Pages in CBOR. Maps and lists end with a break, as in all other answers.</summary>
internal static class CborRecords
{
    public static void Write(CborWriter cbor, in RecordPage page, BodyEncoding encoding)
    {
        cbor.WriteMapStart();
        cbor.WriteText("Records"u8);
        cbor.WriteArrayStart();
        var numbers = new NumberCursor(page.Shard, stackalloc byte[SequenceNumber.Digits]);
        foreach (var record in page.Records)
        {
            cbor.WriteMapStart();
            cbor.WriteText("SequenceNumber"u8);
            cbor.WriteText(numbers.MoveTo(record));
            cbor.WriteText("ApproximateArrivalTimestamp"u8);
            cbor.WriteTimestamp(DateTimeOffset.FromUnixTimeMilliseconds(record.ArrivalMs), encoding);
            cbor.WriteText("Data"u8);
            cbor.WriteBytes(record.Data.Span);
            cbor.WriteText("PartitionKey"u8);
            cbor.WriteText(record.PartitionKey.Span);
            if (record.IsEncrypted)
            {
                cbor.WriteText("EncryptionType"u8);
                cbor.WriteText("KMS"u8);
            }

            cbor.WriteBreak();
        }

        cbor.WriteBreak();
        if (page.Place is not null)
        {
            cbor.WriteText(page.PlaceName.EncodedUtf8Bytes);
            cbor.WriteText(page.Place);
        }

        cbor.WriteText("MillisBehindLatest"u8);
        cbor.WriteInt64(page.MillisBehindLatest);
        if (page.Children is not null)
        {
            WriteChildren(cbor, page.Children);
        }

        cbor.WriteBreak();
    }

    private static void WriteChildren(CborWriter cbor, IReadOnlyList<Shard> children)
    {
        cbor.WriteText("ChildShards"u8);
        cbor.WriteArrayStart();
        foreach (var child in children)
        {
            cbor.WriteMapStart();
            cbor.WriteText("ShardId"u8);
            cbor.WriteText(child.Id);
            cbor.WriteText("ParentShards"u8);
            cbor.WriteArrayStart();
            foreach (var parent in RecordPage.Parents(child))
            {
                cbor.WriteText(parent);
            }

            cbor.WriteBreak();
            cbor.WriteText("HashKeyRange"u8);
            cbor.WriteMapStart();
            cbor.WriteText("StartingHashKey"u8);
            cbor.WriteText(child.StartingHash.ToString());
            cbor.WriteText("EndingHashKey"u8);
            cbor.WriteText(child.EndingHash.ToString());
            cbor.WriteBreak();
            cbor.WriteBreak();
        }

        cbor.WriteBreak();
    }
}
