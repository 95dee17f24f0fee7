using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Tarn.Wire.Edge;
using Tarn.Wire.Shapes;

namespace Tarn.Wire.Protocols.Rest;

/// <summary>The first of two passes over a REST output: status, headers, and payloads that are no document.</summary>
internal struct HttpShapeWriter(WireExchange exchange) : IShapeWriter
{
    private MemberSchema member = null!;
    private List<string>? list;
    private string? key;

    public readonly void BeginStructure(StructureSchema schema)
    {
    }

    public bool Member(StructureSchema schema, int index)
    {
        member = schema[index];
        return member.Location is MemberLocation.Header or MemberLocation.PrefixHeaders or MemberLocation.StatusCode or MemberLocation.RawPayload;
    }

    public readonly void EndStructure()
    {
    }

    public void BeginList(CollectionSchema schema) => list = [];

    public readonly void Element()
    {
    }

    public void EndList()
    {
        if (list!.Count > 0)
        {
            exchange.Http.Response.Headers[member.WireName] = string.Join(", ", list);
        }

        list = null;
    }

    public readonly void BeginMap(CollectionSchema schema)
    {
    }

    public void Key(string entryKey) => key = entryKey;

    public void EndEntry() => key = null;

    public readonly void EndMap()
    {
    }

    public readonly void WriteString(string value)
    {
        if (member.Location == MemberLocation.RawPayload)
        {
            Encoding.UTF8.GetBytes(value, exchange.Response);
            exchange.ResponseContentType = "text/plain";
        }
        else if (list is not null)
        {
            list.Add(HeaderList.Quote(value));
        }
        else
        {
            Header((member.Traits & MemberTraits.JsonValue) != 0 ? Convert.ToBase64String(Encoding.UTF8.GetBytes(value)) : value);
        }
    }

    public readonly void WriteBoolean(bool value) => Scalar(value ? "true" : "false");

    public readonly void WriteInt32(int value)
    {
        if (member.Location == MemberLocation.StatusCode)
        {
            exchange.Status = value;
        }
        else
        {
            Scalar(value.ToString(CultureInfo.InvariantCulture));
        }
    }

    public readonly void WriteInt64(long value) => Scalar(value.ToString(CultureInfo.InvariantCulture));

    public readonly void WriteSingle(float value) => Scalar(ScalarText.Of(value));

    public readonly void WriteDouble(double value) => Scalar(ScalarText.Of(value));

    public readonly void WriteTimestamp(DateTimeOffset value, TimestampFormat format) =>
        Scalar(Timestamps.Format(value, format == TimestampFormat.Default ? TimestampFormat.Rfc822 : format));

    public readonly void WriteBlob(ReadOnlyMemory<byte> value)
    {
        if (member.Location == MemberLocation.RawPayload)
        {
            exchange.Response.Write(value.Span);
            exchange.ResponseContentType = "application/octet-stream";
        }
        else
        {
            Scalar(Convert.ToBase64String(value.Span));
        }
    }

    public readonly void WriteDocument(JsonElement value) => throw new NotSupportedException("headers hold no documents");

    public readonly void WriteStream(Stream value)
    {
        exchange.ResponseStream = value;
        exchange.ResponseContentType = "binary/octet-stream";
    }

    /// <summary>A value that needs no quotes in a list.</summary>
    private readonly void Scalar(string value)
    {
        if (list is not null)
        {
            list.Add(value);
        }
        else
        {
            Header(value);
        }
    }

    private readonly void Header(string value)
    {
        var name = member.Location == MemberLocation.PrefixHeaders ? member.WireName + key : member.WireName;
        exchange.Http.Response.Headers[name] = value;
    }
}
