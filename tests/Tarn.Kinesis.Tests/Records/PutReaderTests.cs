using System.Buffers;
using System.Text;
using System.Text.Json;
using Tarn.Kinesis.Records;
using Tarn.Wire.Protocols.Cbor;

namespace Tarn.Kinesis.Tests.Records;

/// <summary>The readers of puts over bytes: what they take they read right, and what is odd they leave to the typed reader, whatever it is.</summary>
public sealed class PutReaderTests
{
    private const string Key256 = "äöü€𝄞";

    [Fact]
    public void What_clients_write_is_read_in_both_encodings()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var records = Enumerable.Range(0, random.Next(1, 30)).Select(_ => Draw(random)).ToList();
            using var request = new PutRequest();
            Assert.True(JsonPutReader.TryRead(Json(records, indented: random.Next(2) == 0), request, isBatch: true), $"seed {seed}");
            Check(records, request);
            Assert.True(CborPutReader.TryRead(Cbor(records, isOpen: random.Next(2) == 0), request, isBatch: true), $"seed {seed}");
            Check(records, request);
        }
    }

    [Fact]
    public void A_single_record_is_read_with_its_order()
    {
        var earlier = new SequenceNumber(1_700_000_000, 1, 7, 1_700_000_001).ToString();
        using var request = new PutRequest();
        Assert.True(JsonPutReader.TryRead(Encoding.UTF8.GetBytes($$"""{"StreamARN":"arn:x","PartitionKey":"k","Data":"AAEC","SequenceNumberForOrdering":"{{earlier}}"}"""), request, isBatch: false));
        Assert.Equal(("arn:x", earlier, 1, 4L), (request.StreamArn, request.SequenceNumberForOrdering, request.Count, request.Length));
    }

    [Theory]
    [InlineData("""{"StreamName":"s","Records":[]}""")]
    [InlineData("""{"StreamName":"s"}""")]
    [InlineData("""{"StreamName":"s","StreamName":"s","Records":[{"Data":"","PartitionKey":"k"}]}""")]
    [InlineData("""{"Records":[{"Data":"","PartitionKey":"k"}],"Records":[{"Data":"","PartitionKey":"k"}]}""")]
    [InlineData("""{"Records":[{"Data":"","PartitionKey":"k"}],"Other":1}""")]
    [InlineData("""{"Records":[{"Data":"","PartitionKey":"k","Other":null}]}""")]
    [InlineData("""{"Records":[{"Data":"","Data":"","PartitionKey":"k"}]}""")]
    [InlineData("""{"Records":[{"Data":null,"PartitionKey":"k"}]}""")]
    [InlineData("""{"Records":[{"Data":"AAA","PartitionKey":"k"}]}""")]
    [InlineData("""{"Records":[{"Data":"AA\u002B=","PartitionKey":"k"}]}""")]
    [InlineData("""{"Records":[{"Data":"","PartitionKey":""}]}""")]
    [InlineData("""{"Records":[{"Data":"","PartitionKey":"k\n"}]}""")]
    [InlineData("""{"Records":[{"Data":"","PartitionKey":7}]}""")]
    [InlineData("""{"Records":[{"PartitionKey":"k"}]}""")]
    [InlineData("""{"Records":[{"Data":""}]}""")]
    [InlineData("""{"Records":[{"Data":"","PartitionKey":"k","ExplicitHashKey":"01"}]}""")]
    [InlineData("""{"Records":[{"Data":"","PartitionKey":"k","ExplicitHashKey":"340282366920938463463374607431768211456"}]}""")]
    [InlineData("""{"Records":[{"Data":"","PartitionKey":"k","ExplicitHashKey":"-1"}]}""")]
    [InlineData("""{"Records":[[]]}""")]
    [InlineData("""{"Records":[{"Data":"","PartitionKey":"k"}]} x""")]
    [InlineData("""[{"Data":"","PartitionKey":"k"}]""")]
    [InlineData("")]
    public void What_is_odd_is_left_to_the_typed_reader(string body)
    {
        using var request = new PutRequest();
        Assert.False(JsonPutReader.TryRead(Encoding.UTF8.GetBytes(body), request, isBatch: true));
    }

    [Fact]
    public void Limits_of_the_model_are_not_taken()
    {
        using var request = new PutRequest();
        Assert.True(JsonPutReader.TryRead(Json([.. Enumerable.Repeat(new Sent("k", [], null), 500)], indented: false), request, isBatch: true));
        Assert.False(JsonPutReader.TryRead(Json([.. Enumerable.Repeat(new Sent("k", [], null), 501)], indented: false), request, isBatch: true));
        Assert.True(JsonPutReader.TryRead(Json([new Sent(new string('é', 256), [], null)], indented: false), request, isBatch: true));
        Assert.False(JsonPutReader.TryRead(Json([new Sent(new string('é', 257), [], null)], indented: false), request, isBatch: true));
        Assert.False(CborPutReader.TryRead(Cbor([new Sent(new string('k', 257), [], null)], isOpen: true), request, isBatch: true));
        Assert.False(JsonPutReader.TryRead(Encoding.Latin1.GetBytes("""{"Records":[{"Data":"","PartitionKey":"é"}]}"""), request, isBatch: true));
    }

    [Fact]
    public void A_body_that_ends_early_is_not_taken_wherever_it_ends()
    {
        var random = new Random(1);
        List<Sent> records = [Draw(random), Draw(random), Draw(random)];
        using var request = new PutRequest();
        foreach (var (body, read) in new (byte[], Func<ReadOnlyMemory<byte>, bool>)[]
        {
            (Json(records, indented: true), body => JsonPutReader.TryRead(body, request, isBatch: true)),
            (Cbor(records, isOpen: true), body => CborPutReader.TryRead(body, request, isBatch: true)),
            (Cbor(records, isOpen: false), body => CborPutReader.TryRead(body, request, isBatch: true)),
        })
        {
            Assert.True(read(body));
            for (var length = 0; length < body.Length; length++)
            {
                Assert.False(read(body.AsMemory(0, length)), $"{length} of {body.Length} bytes were taken");
            }
        }
    }

    [Fact]
    public void A_string_in_pieces_is_left_to_the_typed_reader()
    {
        // {"Records":[{"PartitionKey":"k","Data":(_ h'01', h'02')}]}
        byte[] body = [0xA1, 0x67, .. "Records"u8, 0x81, 0xA2, 0x6C, .. "PartitionKey"u8, 0x61, (byte)'k', 0x64, .. "Data"u8, 0x5F, 0x41, 1, 0x41, 2, 0xFF];
        using var request = new PutRequest();
        Assert.False(CborPutReader.TryRead(body, request, isBatch: true));
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("340282366920938463463374607431768211455", true)]
    [InlineData("340282366920938463463374607431768211456", false)]
    [InlineData("5\0", false)]
    [InlineData("00", false)]
    [InlineData("+5", false)]
    [InlineData(" 5", false)]
    [InlineData("", false)]
    public void A_hash_key_is_digits_alone(string text, bool isTaken) => Assert.Equal(isTaken, PutRequest.TryParseHash(Encoding.UTF8.GetBytes(text), out _));

    private static Sent Draw(Random random)
    {
        var data = new byte[random.Next(4) == 0 ? random.Next(3) : random.Next(2_000)];
        random.NextBytes(data);
        var key = random.Next(3) == 0 ? Key256[..random.Next(1, 4)] : $"key-{random.Next(1000)}";
        return new Sent(key, data, random.Next(4) == 0 ? new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64()) : null);
    }

    private static void Check(List<Sent> records, PutRequest request)
    {
        Assert.Equal(("s", records.Count), (request.StreamName, request.Count));
        request.Hash();
        for (var record = 0; record < records.Count; record++)
        {
            var (sent, entry, key) = (records[record], request.Entries[record], request.Keys[record]);
            var data = request.Buffer.Slice(entry.DataStart, entry.DataSpan).ToArray();
            Assert.Equal(sent.Key, Encoding.UTF8.GetString(request.Buffer.Span.Slice(key.Start, key.Length)));
            Assert.Equal(sent.Data, request.IsBase64 ? Convert.FromBase64String(Encoding.ASCII.GetString(data)) : data);
            Assert.Equal((sent.Data.Length, sent.Hash is not null), (entry.DataLength, entry.IsExplicit));
            Assert.Equal(sent.Hash ?? PartitionKeyHash.Of(Encoding.UTF8.GetBytes(sent.Key)), request.Hashes[record]);
        }
    }

    private static byte[] Json(List<Sent> records, bool indented)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = indented, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteStartArray("Records");
        foreach (var record in records)
        {
            json.WriteStartObject();
            json.WriteBase64String("Data", record.Data);
            json.WriteString("PartitionKey", record.Key);
            if (record.Hash is { } hash)
            {
                json.WriteString("ExplicitHashKey", hash.ToString());
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("StreamName", "s");
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] Cbor(List<Sent> records, bool isOpen)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var cbor = new CborWriter(buffer);
        Start(cbor, isOpen, 2);
        cbor.WriteText("StreamName"u8);
        cbor.WriteText("s"u8);
        cbor.WriteText("Records"u8);
        if (isOpen)
        {
            cbor.WriteArrayStart();
        }
        else
        {
            cbor.WriteArrayStart(records.Count);
        }

        foreach (var record in records)
        {
            Start(cbor, isOpen, record.Hash is null ? 2 : 3);
            cbor.WriteText("PartitionKey"u8);
            cbor.WriteText(record.Key);
            cbor.WriteText("Data"u8);
            cbor.WriteBytes(record.Data);
            if (record.Hash is { } hash)
            {
                cbor.WriteText("ExplicitHashKey"u8);
                cbor.WriteText(hash.ToString());
            }

            End(cbor, isOpen);
        }

        End(cbor, isOpen);
        End(cbor, isOpen);
        return buffer.WrittenSpan.ToArray();
    }

    private static void Start(CborWriter cbor, bool isOpen, int count)
    {
        if (isOpen)
        {
            cbor.WriteMapStart();
        }
        else
        {
            cbor.WriteMapStart(count);
        }
    }

    private static void End(CborWriter cbor, bool isOpen)
    {
        if (isOpen)
        {
            cbor.WriteBreak();
        }
    }

    private sealed record Sent(string Key, byte[] Data, UInt128? Hash);
}
