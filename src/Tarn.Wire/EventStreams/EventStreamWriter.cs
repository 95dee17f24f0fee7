using Tarn.Wire.Dispatch;
using Tarn.Wire.Protocols;
using Tarn.Wire.Protocols.Rpc;
using Tarn.Wire.Shapes;

namespace Tarn.Wire.EventStreams;

/// <summary>
/// The answer of an operation that streams events. Until <see cref="StartAsync"/> the operation fails as any other, with a status and an
/// error document; after it, an <c>AwsException</c> that the operation throws becomes the stream's last message. When the operation returns,
/// the stream ends well. One caller at a time.
/// </summary>
/// <remarks>
/// Every method waits while the client does not read what was sent: whoever must not wait decides before it calls. When the client
/// goes away the request's cancellation token is cancelled, and writing throws <see cref="OperationCanceledException"/> or <see cref="IOException"/>.
/// The token is also cancelled when the server stops: an operation that ends by it then ends its stream well.
/// </remarks>
public sealed class EventStreamWriter<TOutput>
    where TOutput : class, IOutputShape<TOutput>
{
    private readonly EventStreamAnswer answer;

    internal EventStreamWriter(EventStreamAnswer answer)
    {
        this.answer = answer;
    }

    /// <summary>How the caller wants the payloads of events.</summary>
    public BodyEncoding Encoding => answer.Encoding;

    /// <summary>Sends status 200 and the message <c>initial-response</c> with those members of the output that are not events.</summary>
    /// <exception cref="InvalidOperationException">The stream has started before.</exception>
    public async ValueTask StartAsync(TOutput response, CancellationToken cancellationToken)
    {
        using var buffer = new PooledBuffer();
        var start = EventMessage.Begin(buffer, EventMessage.Headers(":event-type", "initial-response", BodyCodec.EventContentType(Encoding), "event"));
        BodyCodec.Write(buffer, response, Encoding);
        EventMessage.End(buffer, start);
        answer.Start();
        await answer.SendAsync(buffer.WrittenMemory, cancellationToken);
    }

    /// <summary>Encodes and sends one event; it is on its way when the call returns.</summary>
    /// <exception cref="InvalidOperationException">The stream has not started, or the message would be longer than 24 MiB.</exception>
    public async ValueTask WriteAsync<TEvent>(EventType<TEvent> type, TEvent value, CancellationToken cancellationToken)
        where TEvent : class, IOutputShape<TEvent>
    {
        using var buffer = new PooledBuffer();
        var start = EventMessage.Begin(buffer, type.Headers(Encoding));
        BodyCodec.Write(buffer, value, Encoding);
        EventMessage.End(buffer, start);
        await answer.SendAsync(buffer.WrittenMemory, cancellationToken);
    }

    /// <summary>Sends an event that has been encoded before; it is on its way when the call returns.</summary>
    /// <exception cref="InvalidOperationException">The stream has not started.</exception>
    /// <exception cref="ArgumentException">The event is not in this stream's <see cref="Encoding"/>.</exception>
    public ValueTask WriteAsync(EncodedEvent value, CancellationToken cancellationToken) => value.Encoding == Encoding
        ? answer.SendAsync(value.Message, cancellationToken)
        : throw new ArgumentException($"the event is encoded as {value.Encoding}, the stream as {Encoding}", nameof(value));
}
