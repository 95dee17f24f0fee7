using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tarn.Contracts;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Edge;
using Tarn.Wire.Protocols;
using Tarn.Wire.Protocols.Rpc;

namespace Tarn.Wire.EventStreams;

/// <summary>The HTTP side of one stream of events: its headers, its messages, and how it ends when something fails.</summary>
/// <param name="exceptions">The errors that the model lets end the stream; any other is sent as a message of type <c>error</c>.</param>
internal sealed class EventStreamAnswer(WireExchange exchange, IReadOnlyList<string> exceptions)
{
    private const string ContentType = "application/vnd.amazon.eventstream";

    private readonly RpcProtocol protocol = (RpcProtocol)exchange.Protocol;

    public BodyEncoding Encoding => protocol.Encoding;

    public bool HasStarted { get; private set; }

    /// <summary>The client went, or was cut off, while a message was sent; that the request is aborted can become known a moment later.</summary>
    public bool ClientHasGone { get; private set; }

    public void Start()
    {
        if (HasStarted)
        {
            throw new InvalidOperationException("the event stream has started before");
        }

        HasStarted = true;
        protocol.MarkEncoded(exchange);
        exchange.Http.Response.StatusCode = StatusCodes.Status200OK;
        exchange.Http.Response.ContentType = ContentType;
        exchange.Http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    /// <summary>Sends a message. One that is cancelled in its middle breaks the connection.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (!HasStarted)
        {
            throw new InvalidOperationException("the event stream has not started");
        }

        var rest = message;
        try
        {
            while (!rest.IsEmpty)
            {
                // In parts, so that a client that does not read makes the server hold little of an event that others share.
                var part = rest[..Math.Min(rest.Length, WireExchange.PartBytes)];
                rest = rest[part.Length..];
                var flushed = await exchange.Http.Response.BodyWriter.WriteAsync(part, cancellationToken);
                if (flushed.IsCompleted || flushed.IsCanceled)
                {
                    ClientHasGone = true;
                    throw new OperationCanceledException("the client reads no more of the event stream");
                }
            }
        }
        catch (OperationCanceledException) when (!rest.IsEmpty)
        {
            // Half a message is out: only a broken connection says that the stream is not whole.
            ClientHasGone = true;
            exchange.Http.Abort();
            throw;
        }
    }

    /// <summary>Sends the message that ends the stream.</summary>
    public async ValueTask FailAsync(AwsException error, CancellationToken cancellationToken)
    {
        using var buffer = new PooledBuffer();
        if (ModelledName(error.Code) is { } name)
        {
            var start = EventMessage.Begin(buffer, EventMessage.Headers(":exception-type", name, BodyCodec.EventContentType(Encoding), "exception"));
            ErrorDocument.Write(buffer, error, protocol.MessageName(error), Encoding, named: false);
            EventMessage.End(buffer, start);
        }
        else
        {
            using var headers = new PooledBuffer();
            headers.WriteHeader(":error-code", error.Code);
            headers.WriteHeader(":error-message", error.Message);
            headers.WriteHeader(":message-type", "error");
            EventMessage.End(buffer, EventMessage.Begin(buffer, headers.WrittenSpan));
        }

        await SendAsync(buffer.WrittenMemory, cancellationToken);
    }

    /// <summary>The edge's own <c>InternalFailure</c> is an <c>InternalFailureException</c> where events are modelled.</summary>
    private string? ModelledName(string code) => exceptions.FirstOrDefault(name => name == code || name == code + "Exception");
}
