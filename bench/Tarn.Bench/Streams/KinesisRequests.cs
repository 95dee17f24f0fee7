using System.Text;
using Tarn.Bench.Measuring;

namespace Tarn.Bench.Streams;

/// <summary>Signed requests of Kinesis as bytes, made once and sent again and again.</summary>
internal sealed class KinesisRequests(string host)
{
    private const int Variants = 8;
    private readonly RequestSigner signer = new("kinesis");

    /// <summary>A request of AWS JSON.</summary>
    public byte[] Make(string operation, string json)
    {
        var body = Encoding.UTF8.GetBytes(json);
        var headers = signer.Headers("POST", host, "/", RequestSigner.Hash(body), ("content-type", "application/x-amz-json-1.1"), ("x-amz-target", $"Kinesis_20131202.{operation}"));
        var head = $"POST / HTTP/1.1\r\n{string.Concat(headers.Select(header => $"{header.Key}: {header.Value}\r\n"))}content-length: {body.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }

    /// <summary>Requests of PutRecords with as many records each, of random bytes and with a key of their own.</summary>
    public byte[][] PutRecords(string stream, int records, int bytes) =>
        [.. Enumerable.Range(0, Variants).Select(variant => Make("PutRecords", PutRecordsJson(stream, records, bytes, variant)))];

    /// <summary>Requests of PutRecord.</summary>
    public byte[][] PutRecord(string stream, int bytes) =>
        [.. Enumerable.Range(0, Variants).Select(variant => Make("PutRecord", $$"""{"Data":"{{Data(new Random(variant), bytes)}}","PartitionKey":"device-{{variant:D5}}","StreamName":"{{stream}}"}"""))];

    private static string PutRecordsJson(string stream, int records, int bytes, int variant)
    {
        var random = new Random(variant);
        var entries = Enumerable.Range(0, records).Select(record => $$"""{"Data":"{{Data(random, bytes)}}","PartitionKey":"device-{{(variant * records) + record:D5}}"}""");
        return $$"""{"Records":[{{string.Join(',', entries)}}],"StreamName":"{{stream}}"}""";
    }

    private static string Data(Random random, int bytes)
    {
        var data = new byte[bytes];
        random.NextBytes(data);
        return Convert.ToBase64String(data);
    }
}
