using System.Buffers;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Protocols;
using Tarn.Wire.Protocols.Rpc;
using Tarn.Wire.Shapes;

namespace Tarn.Wire.EventStreams;

/// <summary>
/// One event as the bytes of a whole message, made once and sent to any number of streams that have the same encoding. Immutable; it is
/// nobody's, and is collected when the last writer is done with it.
/// </summary>
public sealed class EncodedEvent
{
    private EncodedEvent(ReadOnlyMemory<byte> message, BodyEncoding encoding)
    {
        Message = message;
        Encoding = encoding;
    }

    /// <summary>The message, with its lengths and checksums.</summary>
    public ReadOnlyMemory<byte> Message { get; }

    /// <summary>The encoding of the payload: only streams of the same may send it.</summary>
    public BodyEncoding Encoding { get; }

    public static EncodedEvent Create<TEvent>(EventType<TEvent> type, TEvent value, BodyEncoding encoding)
        where TEvent : class, IOutputShape<TEvent> =>
        Create(type, encoding, (value, encoding), static (payload, state) => BodyCodec.Write(payload, state.value, state.encoding));

    /// <summary>As <see cref="Create{TEvent}"/>, where the caller writes the payload's bytes itself.</summary>
    /// <param name="writePayload">Writes one document in <paramref name="encoding"/>.</param>
    /// <exception cref="InvalidOperationException">The message would be longer than 24 MiB, which clients refuse.</exception>
    public static EncodedEvent Create<TEvent, TState>(EventType<TEvent> type, BodyEncoding encoding, TState state, Action<IBufferWriter<byte>, TState> writePayload)
        where TEvent : class, IOutputShape<TEvent>
    {
        using var buffer = new PooledBuffer();
        var start = EventMessage.Begin(buffer, type.Headers(encoding));
        writePayload(buffer, state);
        EventMessage.End(buffer, start);
        return new EncodedEvent(buffer.WrittenSpan.ToArray(), encoding);
    }
}
