using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Edge;
using Tarn.Wire.Protocols.AwsJson;
using Tarn.Wire.Shapes;

namespace Tarn.Wire.Protocols.Rest;

/// <summary>REST-JSON: HTTP bindings, JSON bodies, the error's name in <c>x-amzn-ErrorType</c>.</summary>
internal sealed class RestJsonProtocol(ServiceModel service, EdgeOptions options) : RestProtocol(service, options)
{
    private const string ContentType = "application/json";

    public override void EncodeError(WireExchange exchange, AwsException error)
    {
        using var json = JsonWriters.Rent(exchange.Response);
        json.Writer.WriteStartObject();
        JsonErrors.WriteMembers(json.Writer, error, Errors.MessageName);
        json.Writer.WriteEndObject();
        json.Writer.Flush();
        exchange.Http.Response.Headers["x-amzn-ErrorType"] = error.Code;
        exchange.ResponseContentType = ContentType;
        exchange.Status = error.HttpStatus;
    }

    protected override void ReadDocument<TInput>(ReadOnlyMemory<byte> body, TInput input)
    {
        var reader = new JsonShapeReader(body.Span, isHttpBound: true, javaClassNames: false);
        TInput.Read(ref reader, input);
        reader.End();
    }

    protected override void WriteDocument<TOutput>(WireExchange exchange, TOutput output)
    {
        using var json = JsonWriters.Rent(exchange.Response);
        var writer = new JsonShapeWriter(json.Writer, isHttpBound: true);
        TOutput.Write(ref writer, output);
        json.Writer.Flush();
        exchange.ResponseContentType = ContentType;
    }

    /// <summary>An answer without members is still a JSON document.</summary>
    protected override bool HasDocument(StructureSchema output) => true;

    protected override AwsException InvalidHttpValue(MemberSchema member, string value, string wanted) =>
        SerializationErrors.Of($"'{value}' can not be converted to {wanted}");
}
