using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Edge;
using Tarn.Wire.Shapes;
using Tarn.Wire.Validation;

namespace Tarn.Wire.Protocols;

/// <summary>
/// How one service speaks over HTTP. A protocol is a class here and, for its bodies, a struct reader and a struct writer: adding one
/// adds those three files and a line in <see cref="For"/>.
/// </summary>
internal abstract class WireProtocol(ServiceModel service, EdgeOptions options)
{
    protected ServiceModel Service { get; } = service;

    protected EdgeOptions Options { get; } = options;

    protected ServiceErrors Errors { get; } = ServiceErrors.For(service.Name);

    public static WireProtocol For(ServiceModel service, EdgeOptions options) => service.Protocol switch
    {
        "json" => new AwsJson.AwsJsonProtocol(service, options),
        Cbor.RpcV2CborProtocol.ModelName => new Cbor.RpcV2CborProtocol(service, options),
        "query" => new Query.QueryProtocol(service, options),
        "rest-json" => new Rest.RestJsonProtocol(service, options),
        "rest-xml" when service.Name == "s3" => new Rest.S3Protocol(service, options),
        "rest-xml" => new Rest.RestXmlProtocol(service, options),
        _ => throw new NotSupportedException($"{service.Name} speaks {service.Protocol}, which Tarn does not"),
    };

    /// <summary>What has to happen before the caller is known: bodies that a signature covers are read, up to the limit.</summary>
    public virtual ValueTask PrepareAsync(WireExchange exchange, CancellationToken cancellationToken) =>
        exchange.ReadBodyAsync(Options.RequestBodyBytesMax, BodyTooLarge, cancellationToken);

    /// <summary>The AWS name of the operation that the request asks for.</summary>
    /// <exception cref="AwsException">The request names none.</exception>
    public abstract string FindOperation(WireExchange exchange);

    /// <summary>A last look at the request when its operation is known to be built.</summary>
    public virtual void Accept(WireExchange exchange, OperationHandler operation)
    {
    }

    /// <exception cref="AwsException">The request cannot be read as this input.</exception>
    public abstract ValueTask<TInput> DecodeAsync<TInput>(WireExchange exchange, CancellationToken cancellationToken)
        where TInput : class, IInputShape<TInput>, new();

    /// <exception cref="AwsException">The input breaks constraints of the model; the message names them all.</exception>
    public virtual void Validate<TInput>(TInput input)
        where TInput : class, IInputShape<TInput>, new()
    {
        var validator = new ShapeValidator(Errors.ShowsValues);
        TInput.Validate(ref validator, input);
        if (validator.Finish() is { } message)
        {
            throw Errors.Validation(message);
        }
    }

    public abstract void Encode<TOutput>(WireExchange exchange, TOutput output)
        where TOutput : class, IOutputShape<TOutput>;

    public abstract void EncodeError(WireExchange exchange, AwsException error);

    /// <summary>The request id in the headers that clients of this protocol look at.</summary>
    public virtual void WriteRequestId(WireExchange exchange) => exchange.Http.Response.Headers["x-amzn-RequestId"] = exchange.RequestId;

    /// <summary>For everything that is our fault: the code that AWS uses, and nothing of ours.</summary>
    public virtual AwsException InternalError() => new("InternalFailure", "", 500);

    public virtual AwsException UnknownOperation(string operation) => new("UnknownOperationException",
        Service.OperationNames.Contains(operation)
            ? $"{Service.FullName} has the operation {operation}, but Tarn does not have it yet."
            : $"The operation {operation} is not known to {Service.FullName}.");

    protected virtual AwsException BodyTooLarge() =>
        new("RequestEntityTooLargeException", $"Request must be smaller than {Options.RequestBodyBytesMax} bytes.", 413);
}
