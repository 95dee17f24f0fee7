using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Edge;
using Tarn.Wire.Shapes;

namespace Tarn.Wire.EventStreams;

/// <summary>A built operation that answers with a stream of events.</summary>
internal sealed class StreamOperation<TInput, TOutput>(
    EventStreamOperation<TInput, TOutput> operation,
    Func<TInput, EventStreamWriter<TOutput>, RequestContext, CancellationToken, ValueTask> handler,
    string? partly) : OperationHandler(operation.Name, partly)
    where TInput : class, IInputShape<TInput>, new()
    where TOutput : class, IOutputShape<TOutput>
{
    internal override StructureSchema InputSchema => TInput.InputSchema;

    internal override async ValueTask InvokeAsync(WireExchange exchange, RequestContext context, CancellationToken cancellationToken)
    {
        var input = await exchange.Protocol.DecodeAsync<TInput>(exchange, cancellationToken);
        exchange.Protocol.Validate(input);
        var answer = new EventStreamAnswer(exchange, operation.Exceptions);
        exchange.EventStream = answer;
        var stopping = exchange.Http.RequestServices?.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        try
        {
            await handler(input, new EventStreamWriter<TOutput>(answer), context, ending.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // A stream may last for minutes, and a server that stops does not wait for it: it ends between two messages, and the client begins another.
            if (!answer.HasStarted)
            {
                throw new AwsException("ServiceUnavailable", "The server is stopping.", 503);
            }
        }

        if (!answer.HasStarted)
        {
            throw new InvalidOperationException($"{Name} returned without an answer");
        }
    }
}
