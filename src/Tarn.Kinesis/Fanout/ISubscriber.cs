using Microsoft.AspNetCore.Http;
using Tarn.Api.Kinesis;
using Tarn.Wire.Dispatch;
using Tarn.Wire.EventStreams;

namespace Tarn.Kinesis.Fanout;

/// <summary>The client of one subscription: the other end of a stream of events, or a test.</summary>
internal interface ISubscriber
{
    BodyEncoding Encoding { get; }

    /// <summary>Answers the call; until then what is thrown is its answer.</summary>
    ValueTask StartAsync(CancellationToken cancellationToken);

    /// <summary>Sends one event. Waits while the client does not read what was sent before.</summary>
    ValueTask SendAsync(EncodedEvent message, CancellationToken cancellationToken);

    /// <summary>Breaks the connection; a <see cref="SendAsync"/> that waits then fails.</summary>
    void Abort();
}

/// <summary>A client at the end of a request.</summary>
internal sealed class WireSubscriber(EventStreamWriter<SubscribeToShardOutput> events, HttpContext http) : ISubscriber
{
    public BodyEncoding Encoding => events.Encoding;

    public ValueTask StartAsync(CancellationToken cancellationToken) => events.StartAsync(new SubscribeToShardOutput(), cancellationToken);

    public ValueTask SendAsync(EncodedEvent message, CancellationToken cancellationToken) => events.WriteAsync(message, cancellationToken);

    public void Abort() => http.Abort();
}
