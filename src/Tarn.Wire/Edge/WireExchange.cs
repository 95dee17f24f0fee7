using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tarn.Contracts;
using Tarn.Wire.EventStreams;
using Tarn.Wire.Protocols;
using Tarn.Wire.Protocols.Rest;

namespace Tarn.Wire.Edge;

/// <summary>One request and the answer to it, while it passes through the edge. Nothing but events is sent before <see cref="SendAsync"/>.</summary>
internal sealed class WireExchange(HttpContext http, string requestId, WireProtocol protocol) : IDisposable
{
    /// <summary>What goes to the connection at a time, which copies it: a large answer waits for its client instead of being in memory twice.</summary>
    public const int PartBytes = 64 * 1024;

    private byte[]? bodyBytes;
    private int bodyLength;

    public HttpContext Http { get; } = http;

    public string RequestId { get; } = requestId;

    public WireProtocol Protocol { get; } = protocol;

    /// <summary>The body where it has been read whole; null before that and for streams.</summary>
    public ReadOnlyMemory<byte>? Body => bodyBytes is null ? null : bodyBytes.AsMemory(0, bodyLength);

    /// <summary>The labels of the path; REST only.</summary>
    public RestMatch? Match { get; set; }

    /// <summary>The encoded response body.</summary>
    public PooledBuffer Response { get; } = new();

    public string? ResponseContentType { get; set; }

    public int Status { get; set; } = StatusCodes.Status200OK;

    /// <summary>The response body where it is a stream; <see cref="Response"/> is empty then.</summary>
    public Stream? ResponseStream { get; set; }

    /// <summary>The events that the operation answers with; null for most.</summary>
    public EventStreamAnswer? EventStream { get; set; }

    /// <summary>Reads the whole body.</summary>
    /// <param name="tooLarge">Made when the body is longer than <paramref name="bytesMax"/>.</param>
    public async ValueTask ReadBodyAsync(int bytesMax, Func<AwsException> tooLarge, CancellationToken cancellationToken)
    {
        if (bodyBytes is not null)
        {
            return;
        }

        if (Http.Request.ContentLength > bytesMax)
        {
            throw tooLarge();
        }

        var stream = Http.Request.Body;
        bodyBytes = System.Buffers.ArrayPool<byte>.Shared.Rent((int)Math.Min(Http.Request.ContentLength + 1 ?? 16 * 1024, bytesMax));
        for (int read; (read = await stream.ReadAsync(bodyBytes.AsMemory(bodyLength), cancellationToken)) > 0;)
        {
            bodyLength += read;
            if (bodyLength > bytesMax)
            {
                throw tooLarge();
            }

            if (bodyLength == bodyBytes.Length)
            {
                Grow();
            }
        }
    }

    /// <summary>Forgets what was encoded, to encode an error instead.</summary>
    public void ResetResponse()
    {
        Response.Clear();
        Http.Response.Clear();
        ResponseStream?.Dispose();
        ResponseStream = null;
        ResponseContentType = null;
        Status = StatusCodes.Status200OK;
    }

    /// <summary>Sends what was encoded; a stream of events has sent itself.</summary>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        if (EventStream is { HasStarted: true })
        {
            return;
        }

        var response = Http.Response;
        response.StatusCode = Status;
        if ((Status >= StatusCodes.Status300MultipleChoices || !MayHaveBody) && Http.Request.Headers.Expect.Count > 0 && HttpProtocol.IsHttp11(Http.Request.Protocol))
        {
            // A client that waits for 100 Continue does not send its body after a refusal. On a connection that stayed open its
            // next request would be read as that body. Where there is no body to wait for, Kestrel answers without a 100, and
            // botocore takes every such answer for the end of the connection: it sends nothing more on it.
            response.Headers.Connection = "close";
        }

        var hasBody = Status is not (StatusCodes.Status204NoContent or StatusCodes.Status304NotModified or StatusCodes.Status205ResetContent);
        if (ResponseContentType is not null && hasBody)
        {
            response.ContentType ??= ResponseContentType;
        }

        if (ResponseStream is not null)
        {
            await using var stream = ResponseStream;
            if (!HttpMethods.IsHead(Http.Request.Method) && hasBody)
            {
                await stream.CopyToAsync(response.Body, cancellationToken);
            }

            return;
        }

        if (hasBody && !HttpMethods.IsHead(Http.Request.Method))
        {
            response.ContentLength = Response.Length;
            for (var rest = Response.WrittenMemory; rest.Length > 0; rest = rest[Math.Min(rest.Length, PartBytes)..])
            {
                await response.Body.WriteAsync(rest[..Math.Min(rest.Length, PartBytes)], cancellationToken);
            }
        }
    }

    private bool MayHaveBody => Http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false;

    public void Dispose()
    {
        Response.Dispose();
        if (bodyBytes is not null)
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(bodyBytes);
            bodyBytes = null;
        }
    }

    private void Grow()
    {
        var larger = System.Buffers.ArrayPool<byte>.Shared.Rent(bodyBytes!.Length * 2);
        bodyBytes.AsSpan(0, bodyLength).CopyTo(larger);
        System.Buffers.ArrayPool<byte>.Shared.Return(bodyBytes);
        bodyBytes = larger;
    }
}
