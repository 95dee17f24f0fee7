using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tarn.Kinesis.Tests.Simulation;

/// <summary>JSON, its members in any order, and with few or many characters escaped.</summary>
internal sealed class JsonForm(Random random) : IWireForm
{
    private static readonly JsonWriterOptions[] Escapings = [new(), new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }];

    public string ContentType => "application/x-amz-json-1.1";

    public byte[] Encode(Members members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Escapings[random.Next(Escapings.Length)]))
        {
            Write(writer, members);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public Members Decode(byte[] bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        return (Members)Read("", document.RootElement);
    }

    private void Write(Utf8JsonWriter writer, object value)
    {
        switch (value)
        {
            case string text:
                writer.WriteStringValue(text);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case byte[] bytes:
                writer.WriteBase64StringValue(bytes);
                break;
            case DateTimeOffset time:
                writer.WriteNumberValue(time.ToUnixTimeMilliseconds() / 1000m);
                break;
            case Members members:
                writer.WriteStartObject();
                foreach (var (name, member) in members.Shuffled(random))
                {
                    writer.WritePropertyName(name);
                    Write(writer, member);
                }

                writer.WriteEndObject();
                break;
            case IReadOnlyList<object> entries:
                writer.WriteStartArray();
                foreach (var entry in entries)
                {
                    Write(writer, entry);
                }

                writer.WriteEndArray();
                break;
            default:
                throw new InvalidOperationException($"{value.GetType()} is nothing that a request has");
        }
    }

    /// <summary>JSON has no bytes and no times: the member's name tells.</summary>
    private static object Read(string name, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return name == "Data" ? value.GetBytesFromBase64() : value.GetString()!;
            case JsonValueKind.Number when name.EndsWith("Timestamp", StringComparison.Ordinal):
                return DateTimeOffset.FromUnixTimeMilliseconds((long)(value.GetDecimal() * 1000));
            case JsonValueKind.Number:
                return value.GetInt64();
            case JsonValueKind.True or JsonValueKind.False:
                return value.GetBoolean();
            case JsonValueKind.Array:
                return value.EnumerateArray().Select(entry => Read(name, entry)).ToList();
            case JsonValueKind.Object:
                var members = new Members();
                foreach (var member in value.EnumerateObject())
                {
                    members.Add(member.Name, Read(member.Name, member.Value));
                }

                return members;
            default:
                throw new InvalidDataException($"{name} is {value.ValueKind}");
        }
    }
}
