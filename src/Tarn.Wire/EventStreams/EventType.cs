using Tarn.Wire.Dispatch;
using Tarn.Wire.Protocols.Rpc;
using Tarn.Wire.Shapes;

namespace Tarn.Wire.EventStreams;

/// <summary>One kind of event of a stream. Generated from models/ as <c>XxxEventStream.EventName</c>.</summary>
/// <param name="name">The AWS name.</param>
public sealed class EventType<TEvent>(string name)
    where TEvent : class, IOutputShape<TEvent>
{
    private readonly byte[]?[] headers = new byte[]?[Enum.GetValues<BodyEncoding>().Length];

    public string Name { get; } = name;

    /// <summary>The headers of every event of this type in that encoding, as they are in a message.</summary>
    internal ReadOnlySpan<byte> Headers(BodyEncoding encoding) =>
        headers[(int)encoding] ??= EventMessage.Headers(":event-type", Name, BodyCodec.EventContentType(encoding), "event");
}
