using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Edge;

namespace Tarn.Wire.Protocols.Rpc;

/// <summary>
/// The protocols whose operations are all a POST, named outside of the body, with one document each way: AWS JSON and the two of CBOR.
/// They differ in how the operation is named and in how documents are encoded. Only they have raw operations and event streams.
/// </summary>
internal abstract class RpcProtocol(ServiceModel service, EdgeOptions options, BodyEncoding encoding, string contentType) : WireProtocol(service, options)
{
    public BodyEncoding Encoding { get; } = encoding;

    /// <summary>The name of the message in an error.</summary>
    public string MessageName(AwsException error) => error.Code == "SerializationException" ? "Message" : Errors.MessageName;

    public override ValueTask<TInput> DecodeAsync<TInput>(WireExchange exchange, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Decode<TInput>(exchange));

    /// <exception cref="AwsException">The body cannot be read as this input.</exception>
    public TInput Decode<TInput>(WireExchange exchange)
        where TInput : class, Shapes.IInputShape<TInput>, new() =>
        BodyCodec.Read<TInput>(exchange.Body!.Value.Span, Encoding, Errors.NamesJavaClasses);

    public override void Encode<TOutput>(WireExchange exchange, TOutput output)
    {
        BodyCodec.Write(exchange.Response, output, Encoding);
        MarkEncoded(exchange);
    }

    public override void EncodeError(WireExchange exchange, AwsException error)
    {
        ErrorDocument.Write(exchange.Response, error, MessageName(error), Encoding, named: true);
        MarkEncoded(exchange);
        exchange.Status = error.HttpStatus;
        if (exchange.Http.Request.Headers["x-amzn-query-mode"] == "true")
        {
            // Clients that were query clients once read the code that they knew from here.
            exchange.Http.Response.Headers["x-amzn-query-error"] = $"{error.Code};{(error.HttpStatus < 500 ? "Sender" : "Receiver")}";
        }
    }

    /// <summary>The headers of an answer whose body is in the exchange.</summary>
    public virtual void MarkEncoded(WireExchange exchange) => exchange.ResponseContentType = contentType;
}
