using System.Text;
using Microsoft.AspNetCore.Http;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Edge;
using Tarn.Wire.Protocols.RestXml;
using Tarn.Wire.Shapes;

namespace Tarn.Wire.Protocols.Query;

/// <summary>The query protocol: a form (or a query string) names the operation in <c>Action</c> and spells out members by path; answers are XML.</summary>
internal sealed class QueryProtocol(ServiceModel service, EdgeOptions options) : WireProtocol(service, options)
{
    private const string ContentType = "text/xml";

    public override string FindOperation(WireExchange exchange) =>
        Action(exchange.Http.Request, exchange.Body!.Value) ?? throw new AwsException("MissingAction", "The request must contain the parameter Action.");

    /// <summary>The value of <c>Action</c>; null when the request has none.</summary>
    public static string? Action(HttpRequest request, ReadOnlyMemory<byte> body)
    {
        if (request.Query.TryGetValue("Action", out var action) && action.Count > 0)
        {
            return action[0];
        }

        foreach (var pair in new Microsoft.AspNetCore.WebUtilities.QueryStringEnumerable(Encoding.UTF8.GetString(body.Span)))
        {
            if (pair.EncodedName.Span is "Action")
            {
                return pair.DecodeValue().ToString();
            }
        }

        return null;
    }

    public override ValueTask<TInput> DecodeAsync<TInput>(WireExchange exchange, CancellationToken cancellationToken)
    {
        var form = Encoding.UTF8.GetString(exchange.Body!.Value.Span);
        var query = exchange.Http.Request.QueryString.Value;
        var root = WireNode.FromForm(form.Length == 0 ? query ?? "" : string.IsNullOrEmpty(query) ? form : $"{query}&{form}");
        var input = new TInput();
        var reader = new TreeShapeReader(root, isQuery: true, isHttpBound: false, message => new AwsException("MalformedInput", message));
        TInput.Read(ref reader, input);
        return ValueTask.FromResult(input);
    }

    public override void Encode<TOutput>(WireExchange exchange, TOutput output)
    {
        var operation = FindOperation(exchange);
        var buffer = exchange.Response;
        buffer.Raw($"<{operation}Response");
        buffer.Namespace(Service.XmlNamespace, null);
        buffer.Raw(">"u8);
        var writer = new XmlShapeWriter(buffer, operation + "Result", null, isHttpBound: false);
        TOutput.Write(ref writer, output);
        buffer.Raw("<ResponseMetadata>"u8);
        buffer.Element("RequestId", exchange.RequestId);
        buffer.Raw($"</ResponseMetadata></{operation}Response>");
        exchange.ResponseContentType = ContentType;
    }

    public override void EncodeError(WireExchange exchange, AwsException error)
    {
        var buffer = exchange.Response;
        buffer.Raw("<ErrorResponse"u8);
        buffer.Namespace(Service.XmlNamespace, null);
        buffer.Raw("><Error>"u8);
        buffer.Element("Type", error.HttpStatus < 500 ? "Sender" : "Receiver");
        buffer.Element("Code", error.Code);
        buffer.Element("Message", error.Message);
        foreach (var member in error.Members ?? [])
        {
            buffer.Element(member.Key, member.Value);
        }

        buffer.Raw("</Error>"u8);
        buffer.Element("RequestId", exchange.RequestId);
        buffer.EndTag("ErrorResponse");
        exchange.ResponseContentType = ContentType;
        exchange.Status = error.HttpStatus;
    }

    public override AwsException UnknownOperation(string operation) => Service.OperationNames.Contains(operation)
        ? base.UnknownOperation(operation)
        : new AwsException("InvalidAction", $"Could not find operation {operation} for version {Service.ApiVersion}");
}
