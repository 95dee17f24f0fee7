using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tarn.Wire.Hosting;

/// <summary>
/// Sets Kestrel up to serve every AWS client on one port: HTTP/1.1 and HTTP/2, over TLS by ALPN, and in cleartext by looking at the
/// first bytes of a connection (<see cref="PriorKnowledge"/>).
/// </summary>
public static partial class TarnListener
{
    /// <summary>Makes Kestrel the server, listening as the options say, and nowhere else.</summary>
    public static IWebHostBuilder UseTarnListener(this IWebHostBuilder host, ListenerOptions options)
    {
        host.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(options));
        return options.CertificatePath is null ? host : host.UseKestrelHttpsConfiguration();
    }

    /// <summary>
    /// Listens as the options say. The port that was picked for 0 is in the server's addresses feature once it has started.
    /// </summary>
    /// <exception cref="IOException">The certificate cannot be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The certificate, its key or its password is wrong.</exception>
    public static void Listen(this KestrelServerOptions kestrel, ListenerOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;

        // Headers of objects that are not ASCII, such as the name of a file in Content-Disposition, go back as the bytes that they came in.
        kestrel.ResponseHeaderEncodingSelector = _ => Encoding.UTF8;
        if (options.Port is < 0 or > IPEndPoint.MaxPort)
        {
            throw new ListenerException($"port: {options.Port} is not a port; ports are 0 to {IPEndPoint.MaxPort}.");
        }

        SetLimits(kestrel.Limits, options);
        kestrel.Listen(options.Address, options.Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            if (options.CertificatePath is not null)
            {
                listen.UseHttps(LoadCertificate(options));
                return;
            }

            if (PriorKnowledge.TryCreate(options.HeadersTimeout) is { } priorKnowledge)
            {
                listen.Use(next => connection => priorKnowledge.OnConnectionAsync(connection, next));
            }
            else
            {
                LogPriorKnowledgeUnavailable(kestrel.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(TarnListener)));
            }
        });
    }

    private static void SetLimits(KestrelServerLimits limits, ListenerOptions options)
    {
        limits.MaxConcurrentConnections = options.ConnectionsMax;
        limits.MaxRequestHeadersTotalSize = options.HeaderBytesMax;
        limits.MaxRequestHeaderCount = options.HeadersMax;
        limits.MaxRequestLineSize = options.RequestLineBytesMax;
        limits.MaxRequestBodySize = options.BodyBytesMax;
        limits.MaxRequestBufferSize = Math.Max(limits.MaxRequestBufferSize ?? 0, options.RequestLineBytesMax);
        limits.KeepAliveTimeout = options.KeepAlive;
        limits.RequestHeadersTimeout = options.HeadersTimeout;
        limits.MinRequestBodyDataRate = new MinDataRate(options.BytesPerSecondMin, options.TransferGrace);
        limits.MinResponseDataRate = new MinDataRate(options.BytesPerSecondMin, options.TransferGrace);
        limits.Http2.MaxStreamsPerConnection = options.Http2StreamsPerConnectionMax;
        limits.Http2.MaxRequestHeaderFieldSize = options.RequestLineBytesMax;
    }

    private static X509Certificate2 LoadCertificate(ListenerOptions options)
    {
        var path = options.CertificatePath!;
        try
        {
            if (Path.GetExtension(path).ToLowerInvariant() is ".pfx" or ".p12")
            {
                return X509CertificateLoader.LoadPkcs12FromFile(path, options.CertificatePassword);
            }

            return options.CertificatePassword is { } password
                ? X509Certificate2.CreateFromEncryptedPemFile(path, password, options.CertificateKeyPath)
                : X509Certificate2.CreateFromPemFile(path, options.CertificateKeyPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new ListenerException($"certificatePath: the certificate '{path}' with its key cannot be used: {e.Message}");
        }
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "This .NET runtime has no Microsoft.AspNetCore.Server.Kestrel.Core.Internal.HttpProtocolsFeature: HTTP/2 without TLS is not available, HTTP/1.1 is. "
            + "Clients that need HTTP/2 (Kinesis of the JavaScript and Java SDKs) can connect when a certificate is configured.")]
    private static partial void LogPriorKnowledgeUnavailable(ILogger logger);
}
