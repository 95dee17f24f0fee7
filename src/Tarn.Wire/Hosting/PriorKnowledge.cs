using System.Buffers;
using System.Reflection;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tarn.Wire.Hosting;

/// <summary>
/// Lets HTTP/2 with prior knowledge share a cleartext port with HTTP/1.1. Kestrel takes every cleartext connection of such an endpoint
/// for HTTP/1.1, unless a feature on the connection says otherwise; this looks at the first bytes, without taking them, and sets the
/// feature when they are the HTTP/2 preface. The feature's type is internal to Kestrel, so it is looked up by name:
/// docs/adr/0010 says why, and a test fails when a .NET update takes it away.
/// </summary>
internal sealed class PriorKnowledge
{
    internal const string FeatureTypeName = "Microsoft.AspNetCore.Server.Kestrel.Core.Internal.HttpProtocolsFeature";

    private readonly Type featureType;
    private readonly object http2Feature;
    private readonly TimeSpan firstBytesTimeout;

    private PriorKnowledge(Type featureType, object http2Feature, TimeSpan firstBytesTimeout)
    {
        this.featureType = featureType;
        this.http2Feature = http2Feature;
        this.firstBytesTimeout = firstBytesTimeout;
    }

    /// <summary>Three bytes tell: no method of HTTP/1.1 begins with PRI, a name that RFC 9113 reserves.</summary>
    private static ReadOnlySpan<byte> PrefaceStart => "PRI"u8;

    /// <summary>Null when this runtime's Kestrel has no such feature type, or one that is made in another way.</summary>
    public static PriorKnowledge? TryCreate(TimeSpan firstBytesTimeout)
    {
        var type = typeof(KestrelServerOptions).Assembly.GetType(FeatureTypeName, throwOnError: false);
        var constructor = type?.GetConstructor(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, [typeof(HttpProtocols)]);
        return type is null || constructor is null
            ? null
            : new PriorKnowledge(type, constructor.Invoke([HttpProtocols.Http2]), firstBytesTimeout);
    }

    public async Task OnConnectionAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (await BeginsWithPrefaceAsync(connection) is not { } isHttp2)
        {
            return;
        }

        if (isHttp2)
        {
            connection.Features[featureType] = http2Feature;
        }

        await next(connection);
    }

    /// <summary>Whether the connection begins with HTTP/2's preface; null when it ended, or the time did, before that could be known.</summary>
    private async ValueTask<bool?> BeginsWithPrefaceAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        CancellationTokenSource? timeout = null;
        try
        {
            while (true)
            {
                // The usual client sends at once, and then neither timer nor wait is made.
                if (!input.TryRead(out var result))
                {
                    timeout ??= NewTimeout(connection);
                    result = await input.ReadAsync(timeout.Token);
                }

                if (Decide(result.Buffer) is { } isHttp2)
                {
                    // Nothing consumed, nothing examined: Kestrel's first read gets the same bytes at once.
                    input.AdvanceTo(result.Buffer.Start);
                    return isHttp2;
                }

                input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                if (result.IsCompleted || result.IsCanceled)
                {
                    return null;
                }
            }
        }
        catch (OperationCanceledException) when (timeout is { IsCancellationRequested: true })
        {
            connection.Abort(new ConnectionAbortedException("The connection sent nothing in time."));
            return null;
        }
        catch (Exception ended) when (ended is ConnectionResetException or ConnectionAbortedException)
        {
            return null;
        }
        finally
        {
            timeout?.Dispose();
        }
    }

    private CancellationTokenSource NewTimeout(ConnectionContext connection)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        source.CancelAfter(firstBytesTimeout);
        return source;
    }

    /// <summary>Null while what has come is shorter than the preface's start and equal to its beginning.</summary>
    private static bool? Decide(ReadOnlySequence<byte> received)
    {
        var count = (int)Math.Min(received.Length, PrefaceStart.Length);
        Span<byte> first = stackalloc byte[count];
        received.Slice(0, count).CopyTo(first);
        return !PrefaceStart.StartsWith(first) ? false : count == PrefaceStart.Length ? true : null;
    }
}
