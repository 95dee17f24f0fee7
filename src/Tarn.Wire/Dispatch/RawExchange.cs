using System.Buffers;
using Tarn.Contracts;
using Tarn.Wire.Edge;
using Tarn.Wire.Protocols.Rpc;
using Tarn.Wire.Shapes;

namespace Tarn.Wire.Dispatch;

/// <summary>
/// A request whose handler reads the body and writes the answer as bytes, for the few operations where shapes would cost too much. All
/// else is the edge's as ever: the signature is verified before the handler runs, failures are thrown as <see cref="AwsException"/>,
/// and nothing is sent before the handler has returned. Valid until then.
/// </summary>
public readonly struct RawExchange<TInput, TOutput>
    where TInput : class, IInputShape<TInput>, new()
    where TOutput : class, IOutputShape<TOutput>
{
    private readonly WireExchange exchange;
    private readonly RpcProtocol protocol;

    internal RawExchange(WireExchange exchange)
    {
        this.exchange = exchange;
        protocol = (RpcProtocol)exchange.Protocol;
    }

    /// <summary>How <see cref="Body"/> is encoded, and how the answer must be.</summary>
    public BodyEncoding Encoding => protocol.Encoding;

    /// <summary>The whole body as it was sent: nothing has been looked at, it may be no document at all. The memory is used again after the handler.</summary>
    public ReadOnlyMemory<byte> Body => exchange.Body!.Value;

    /// <summary>Takes the answer's document. What was written is thrown away when the handler throws.</summary>
    public IBufferWriter<byte> Response => exchange.Response;

    /// <summary>
    /// The body as a typed operation would get it: decoded and validated by the model. It is the way out for what a handler's own reader
    /// does not take: AWS's words for everything that can be wrong are there already.
    /// </summary>
    /// <exception cref="AwsException">The body cannot be read as this input, or breaks constraints of the model.</exception>
    public TInput ReadInput()
    {
        var input = protocol.Decode<TInput>(exchange);
        protocol.Validate(input);
        return input;
    }

    /// <summary>Encodes the answer as a typed operation's would be.</summary>
    public void WriteOutput(TOutput output) => BodyCodec.Write(exchange.Response, output, protocol.Encoding);
}

/// <summary>A built operation that works on bytes.</summary>
internal sealed class RawOperation<TInput, TOutput>(
    Operation<TInput, TOutput> operation,
    Func<RawExchange<TInput, TOutput>, RequestContext, CancellationToken, ValueTask> handler,
    string? partly) : OperationHandler(operation.Name, partly)
    where TInput : class, IInputShape<TInput>, new()
    where TOutput : class, IOutputShape<TOutput>
{
    internal override StructureSchema InputSchema => TInput.InputSchema;

    internal override async ValueTask InvokeAsync(WireExchange exchange, RequestContext context, CancellationToken cancellationToken)
    {
        await handler(new RawExchange<TInput, TOutput>(exchange), context, cancellationToken);
        ((RpcProtocol)exchange.Protocol).MarkEncoded(exchange);
    }
}
