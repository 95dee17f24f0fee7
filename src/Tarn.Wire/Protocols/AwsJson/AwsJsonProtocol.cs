using Microsoft.AspNetCore.Http;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Edge;
using Tarn.Wire.Shapes;

namespace Tarn.Wire.Protocols.AwsJson;

/// <summary>AWS JSON 1.0 and 1.1: every operation is a POST to <c>/</c>, named by <c>X-Amz-Target</c>, with one document each way.</summary>
internal sealed class AwsJsonProtocol(ServiceModel service, EdgeOptions options) : WireProtocol(service, options)
{
    private const string ContentTypePrefix = "application/x-amz-json-1.";

    private readonly string contentType = ContentTypePrefix + (service.JsonVersion == "1.0" ? "0" : "1");

    public override string FindOperation(WireExchange exchange)
    {
        var target = exchange.Http.Request.Headers["X-Amz-Target"].ToString();
        var requestType = exchange.Http.Request.ContentType;

        // AWS does not read any other content type as this protocol, with or without a target.
        if (target.Length == 0 || requestType is null || !requestType.StartsWith(ContentTypePrefix, StringComparison.OrdinalIgnoreCase))
        {
            throw new AwsException("UnknownOperationException", "");
        }

        return target[(target.LastIndexOf('.') + 1)..];
    }

    public override ValueTask<TInput> DecodeAsync<TInput>(WireExchange exchange, CancellationToken cancellationToken)
    {
        var input = new TInput();
        var reader = new JsonShapeReader(exchange.Body!.Value.Span, isHttpBound: false);
        TInput.Read(ref reader, input);
        reader.End();
        return ValueTask.FromResult(input);
    }

    public override void Encode<TOutput>(WireExchange exchange, TOutput output)
    {
        using var json = JsonWriters.Rent(exchange.Response);
        var writer = new JsonShapeWriter(json.Writer, isHttpBound: false);
        TOutput.Write(ref writer, output);
        json.Writer.Flush();
        exchange.ResponseContentType = contentType;
    }

    public override void EncodeError(WireExchange exchange, AwsException error)
    {
        using var json = JsonWriters.Rent(exchange.Response);
        json.Writer.WriteStartObject();
        json.Writer.WriteString("__type"u8, error.Code);
        JsonErrors.WriteMembers(json.Writer, error, error.Code == "SerializationException" ? "Message" : Errors.MessageName);
        json.Writer.WriteEndObject();
        json.Writer.Flush();
        exchange.ResponseContentType = contentType;
        exchange.Status = error.HttpStatus;
        if (exchange.Http.Request.Headers["x-amzn-query-mode"] == "true")
        {
            // Clients that were query clients once read the code that they knew from here.
            exchange.Http.Response.Headers["x-amzn-query-error"] = $"{error.Code};{(error.HttpStatus < 500 ? "Sender" : "Receiver")}";
        }
    }
}
