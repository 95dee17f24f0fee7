using Tarn.Wire.Edge;
using Tarn.Wire.EventStreams;
using Tarn.Wire.Shapes;

namespace Tarn.Wire.Dispatch;

/// <summary>
/// A service as the edge sees it: its model and the operations that are built. Each service makes one, in code that reads as its
/// table of contents:
/// <code>
/// public OperationTable Operations => new OperationTable(GlueModel.Service)
///     .On(GlueModel.CreateDatabase, databases.CreateDatabase)
///     .On(GlueModel.GetDatabase, databases.GetDatabase);
/// </code>
/// Operations of the model that are not here answer <c>UnknownOperationException</c>.
/// </summary>
public sealed class OperationTable
{
    private readonly Dictionary<string, OperationHandler> handlers = new(StringComparer.Ordinal);

    public OperationTable(ServiceModel service)
    {
        Service = service;
    }

    public ServiceModel Service { get; }

    /// <summary>The largest body of a request to this service, in bytes; null for <see cref="EdgeOptions.RequestBodyBytesMax"/>. Streamed objects are not meant.</summary>
    public int? RequestBodyBytesMax { get; init; }

    /// <summary>The operations that are built, by AWS name.</summary>
    public IReadOnlyDictionary<string, OperationHandler> Handlers => handlers;

    /// <summary>Adds an operation. <paramref name="partly"/> says in a few words what it does not do yet; docs/coverage shows it.</summary>
    public OperationTable On<TInput, TOutput>(
        Operation<TInput, TOutput> operation,
        Func<TInput, RequestContext, CancellationToken, ValueTask<TOutput>> handler,
        string? partly = null)
        where TInput : class, IInputShape<TInput>, new()
        where TOutput : class, IOutputShape<TOutput>
    {
        handlers.Add(operation.Name, new WireOperation<TInput, TOutput>(operation, handler, partly));
        return this;
    }

    /// <summary>Adds an operation that reads and writes bytes itself; only for hot paths, and for services of AWS JSON or CBOR.</summary>
    public OperationTable OnRaw<TInput, TOutput>(
        Operation<TInput, TOutput> operation,
        Func<RawExchange<TInput, TOutput>, RequestContext, CancellationToken, ValueTask> handler,
        string? partly = null)
        where TInput : class, IInputShape<TInput>, new()
        where TOutput : class, IOutputShape<TOutput>
    {
        RequireRpc(operation.Name);
        handlers.Add(operation.Name, new RawOperation<TInput, TOutput>(operation, handler, partly));
        return this;
    }

    /// <summary>Adds an operation that answers with a stream of events; only for services of AWS JSON or CBOR.</summary>
    public OperationTable OnEventStream<TInput, TOutput>(
        EventStreamOperation<TInput, TOutput> operation,
        Func<TInput, EventStreamWriter<TOutput>, RequestContext, CancellationToken, ValueTask> handler,
        string? partly = null)
        where TInput : class, IInputShape<TInput>, new()
        where TOutput : class, IOutputShape<TOutput>
    {
        RequireRpc(operation.Name);
        handlers.Add(operation.Name, new StreamOperation<TInput, TOutput>(operation, handler, partly));
        return this;
    }

    private void RequireRpc(string operation)
    {
        if (Service.Protocol is not ("json" or Protocols.Cbor.RpcV2CborProtocol.ModelName))
        {
            throw new NotSupportedException($"{Service.Name} speaks {Service.Protocol}: {operation} can only have a typed handler");
        }
    }
}

/// <summary>One built operation, without its types.</summary>
public abstract class OperationHandler(string name, string? partly)
{
    /// <summary>The AWS name.</summary>
    public string Name { get; } = name;

    /// <summary>What the operation does not do yet; null when nothing is missing.</summary>
    public string? Partly { get; } = partly;

    internal abstract StructureSchema InputSchema { get; }

    /// <summary>Decode, validate, call, encode. What comes out is in the exchange, and nothing of it has been sent.</summary>
    internal abstract ValueTask InvokeAsync(WireExchange exchange, RequestContext context, CancellationToken cancellationToken);
}

/// <summary>One built operation: what to call with the decoded and validated input.</summary>
public abstract class OperationHandler<TInput, TOutput>(
    Operation<TInput, TOutput> operation,
    Func<TInput, RequestContext, CancellationToken, ValueTask<TOutput>> handler,
    string? partly) : OperationHandler(operation.Name, partly)
    where TInput : class
    where TOutput : class
{
    public Operation<TInput, TOutput> Operation { get; } = operation;

    public Func<TInput, RequestContext, CancellationToken, ValueTask<TOutput>> Handler { get; } = handler;
}

/// <summary>The kind that <see cref="OperationTable.On"/> adds: it knows how its shapes are read and written.</summary>
internal sealed class WireOperation<TInput, TOutput>(
    Operation<TInput, TOutput> operation,
    Func<TInput, RequestContext, CancellationToken, ValueTask<TOutput>> handler,
    string? partly) : OperationHandler<TInput, TOutput>(operation, handler, partly)
    where TInput : class, IInputShape<TInput>, new()
    where TOutput : class, IOutputShape<TOutput>
{
    internal override StructureSchema InputSchema => TInput.InputSchema;

    internal override async ValueTask InvokeAsync(WireExchange exchange, RequestContext context, CancellationToken cancellationToken)
    {
        var input = await exchange.Protocol.DecodeAsync<TInput>(exchange, cancellationToken);
        exchange.Protocol.Validate(input);
        var output = await Handler(input, context, cancellationToken);
        exchange.Protocol.Encode(exchange, output);
    }
}
