using System.ComponentModel;
using System.Net;

namespace Tarn.Wire.Hosting;

/// <summary>Where the server listens, and what one connection may ask of it.</summary>
public sealed class ListenerOptions
{
    /// <summary>Default: 127.0.0.1.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Default: 4566. 0 picks a free port.</summary>
    public int Port { get; init; } = 4566;

    /// <summary>
    /// The certificate for TLS: a PEM file (with <see cref="CertificateKeyPath"/>, or with the key in the same file) or a PFX file
    /// (<c>.pfx</c>, <c>.p12</c>). Default: none, cleartext.
    /// </summary>
    public string? CertificatePath { get; init; }

    /// <summary>The private key of a PEM certificate, where it is in a file of its own.</summary>
    public string? CertificateKeyPath { get; init; }

    /// <summary>The password of a PFX file or of an encrypted PEM key; null for none.</summary>
    [PasswordPropertyText(true)]
    public string? CertificatePassword { get; init; }

    /// <summary>Open connections; more are closed at once. Default: 10,000.</summary>
    public int ConnectionsMax { get; init; } = 10_000;

    /// <summary>Requests at a time on one HTTP/2 connection. Default: 250.</summary>
    public int Http2StreamsPerConnectionMax { get; init; } = 250;

    /// <summary>All headers of a request together, in bytes. Default: 64 KiB.</summary>
    public int HeaderBytesMax { get; init; } = 64 * 1024;

    /// <summary>Headers of a request. Default: 200.</summary>
    public int HeadersMax { get; init; } = 200;

    /// <summary>The request line, in bytes: a presigned URL with a token and a key of 1,024 encoded characters must fit. Default: 32 KiB.</summary>
    public int RequestLineBytesMax { get; init; } = 32 * 1024;

    /// <summary>The body of a request, in bytes, before any narrower limit of a service. Default: 5 GiB and 64 MiB: the largest part of S3, framed.</summary>
    public long BodyBytesMax { get; init; } = (5L * 1024 * 1024 * 1024) + (64 * 1024 * 1024);

    /// <summary>How long a connection may be idle between requests. Default: 2 minutes.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a client may take over the headers of a request, and over the first bytes of a connection. Default: 30 seconds.</summary>
    public TimeSpan HeadersTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a client may stand still while it sends a body or reads an answer, before it must have kept up <see cref="BytesPerSecondMin"/> on the whole. Default: 20
    /// seconds, which S3 allows.
    /// </summary>
    public TimeSpan TransferGrace { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The slowest transfer of a body or an answer, in bytes each second. Default: 240.</summary>
    public int BytesPerSecondMin { get; init; } = 240;

    /// <summary>Whether nobody but this machine can reach the address.</summary>
    public bool IsLoopbackOnly => IPAddress.IsLoopback(Address);
}
