using System.Text.Json;
using Tarn.Wire.Shapes;

namespace Tarn.Wire.Protocols.AwsJson;

/// <summary>Writes shapes as JSON.</summary>
internal struct JsonShapeWriter(Utf8JsonWriter json, bool isHttpBound) : IShapeWriter
{
    private int structures;

    /// <summary>The outermost structure is not written: one of its members is the whole document.</summary>
    private bool payloadOnly;

    public void BeginStructure(StructureSchema schema)
    {
        if (structures++ == 0)
        {
            payloadOnly = isHttpBound && schema.Payload >= 0;
        }

        if (structures > 1 || !payloadOnly)
        {
            json.WriteStartObject();
        }
    }

    public readonly bool Member(StructureSchema schema, int index)
    {
        var member = schema[index];
        if (structures == 1 && isHttpBound)
        {
            if (member.Location is not (MemberLocation.Body or MemberLocation.Payload))
            {
                return false;
            }

            if (member.Location == MemberLocation.Payload)
            {
                return true;
            }
        }

        json.WritePropertyName(member.JsonName);
        return true;
    }

    public void EndStructure()
    {
        structures--;
        if (structures > 0 || !payloadOnly)
        {
            json.WriteEndObject();
        }
    }

    public readonly void BeginList(CollectionSchema schema) => json.WriteStartArray();

    public readonly void Element()
    {
    }

    public readonly void EndList() => json.WriteEndArray();

    public readonly void BeginMap(CollectionSchema schema) => json.WriteStartObject();

    public readonly void Key(string key) => json.WritePropertyName(key);

    public readonly void EndEntry()
    {
    }

    public readonly void EndMap() => json.WriteEndObject();

    public readonly void WriteString(string value) => json.WriteStringValue(value);

    public readonly void WriteBoolean(bool value) => json.WriteBooleanValue(value);

    public readonly void WriteInt32(int value) => json.WriteNumberValue(value);

    public readonly void WriteInt64(long value) => json.WriteNumberValue(value);

    public readonly void WriteSingle(float value)
    {
        if (float.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteStringValue(NonFinite(value));
        }
    }

    public readonly void WriteDouble(double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteStringValue(NonFinite(value));
        }
    }

    public readonly void WriteTimestamp(DateTimeOffset value, TimestampFormat format)
    {
        if (format is TimestampFormat.Default or TimestampFormat.UnixTimestamp)
        {
            json.WriteNumberValue(Timestamps.UnixSeconds(value));
        }
        else
        {
            json.WriteStringValue(Timestamps.Format(value, format));
        }
    }

    public readonly void WriteBlob(ReadOnlyMemory<byte> value) => json.WriteBase64StringValue(value.Span);

    public readonly void WriteDocument(JsonElement value) => value.WriteTo(json);

    public readonly void WriteStream(Stream value) => throw new NotSupportedException("a streamed member is not part of a JSON document");

    private static string NonFinite(double value) => double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";}
