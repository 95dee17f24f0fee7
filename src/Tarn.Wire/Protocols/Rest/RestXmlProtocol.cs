using System.Xml;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Edge;
using Tarn.Wire.Protocols.RestXml;
using Tarn.Wire.Shapes;

namespace Tarn.Wire.Protocols.Rest;

/// <summary>REST-XML: HTTP bindings and XML bodies.</summary>
internal class RestXmlProtocol(ServiceModel service, EdgeOptions options) : RestProtocol(service, options)
{
    private const string ContentType = "application/xml";

    public override void EncodeError(WireExchange exchange, AwsException error)
    {
        var buffer = exchange.Response;
        buffer.Raw("<ErrorResponse"u8);
        buffer.Namespace(Service.XmlNamespace, null);
        buffer.Raw("><Error>"u8);
        buffer.Element("Type", error.HttpStatus < 500 ? "Sender" : "Receiver");
        buffer.Element("Code", error.Code);
        buffer.Element("Message", error.Message);
        WriteErrorMembers(exchange, error);
        buffer.Raw("</Error>"u8);
        buffer.Element("RequestId", exchange.RequestId);
        buffer.EndTag("ErrorResponse");
        exchange.ResponseContentType = ContentType;
        exchange.Status = error.HttpStatus;
    }

    protected static void WriteErrorMembers(WireExchange exchange, AwsException error)
    {
        foreach (var member in error.Members ?? [])
        {
            exchange.Response.Element(member.Key, member.Value);
        }
    }

    protected override void ReadDocument<TInput>(ReadOnlyMemory<byte> body, TInput input)
    {
        var schema = TInput.InputSchema;
        WireNode root;
        try
        {
            root = WireNode.FromXml(body);
        }
        catch (XmlException)
        {
            throw Malformed("the XML is not well formed");
        }

        // The root's name is checked where the model gives one: reading a Delete as a Tagging would find nothing, and say nothing.
        if (schema.Payload >= 0 && root.Name != RootName(schema[schema.Payload]))
        {
            throw Malformed($"the root is {root.Name}");
        }

        var reader = new TreeShapeReader(root, isQuery: false, isHttpBound: true, Malformed);
        TInput.Read(ref reader, input);
    }

    protected override void WriteDocument<TOutput>(WireExchange exchange, TOutput output)
    {
        var schema = TOutput.OutputSchema;
        var writer = new XmlShapeWriter(exchange.Response, RootName(schema), RootNamespace, isHttpBound: true);
        TOutput.Write(ref writer, output);
        exchange.ResponseContentType = ContentType;
    }

    /// <summary>The root of an answer that has no payload member.</summary>
    protected virtual string RootName(StructureSchema output) => output.XmlName ?? output.Name;

    protected virtual string RootName(MemberSchema payload) => payload.WireName;

    protected virtual string? RootNamespace => Service.XmlNamespace;

    protected virtual AwsException Malformed(string reason) => SerializationErrors.Of(reason);

    protected override AwsException InvalidHttpValue(MemberSchema member, string value, string wanted) =>
        SerializationErrors.Of($"'{value}' can not be converted to {wanted}");
}
