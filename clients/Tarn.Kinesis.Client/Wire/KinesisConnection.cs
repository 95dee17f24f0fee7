using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Text.Json;
using Tarn.Clients.Kinesis.Credentials;
using Tarn.Clients.Kinesis.Signing;

namespace Tarn.Clients.Kinesis.Wire;

/// <summary>Sends signed requests of JSON 1.1 and turns whatever goes wrong into a <see cref="KinesisException"/>. Safe for all threads.</summary>
internal sealed class KinesisConnection : IDisposable
{
    /// <summary>The longest answer that is read, in bytes: 10 MiB of records as base64, with the longest keys there can be.</summary>
    public const int ResponseBytesMax = 64 * 1024 * 1024;

    private const int ErrorBytesMax = 64 * 1024;

    private readonly KinesisClientOptions options;
    private readonly ServiceAddress address;
    private readonly string contentType;
    private readonly MediaTypeHeaderValue mediaType;
    private readonly Uri endpoint;
    private readonly RequestSigner signer;
    private readonly HttpClient http;

    public KinesisConnection(KinesisClientOptions options, HttpMessageHandler? handler)
        : this(options, ServiceAddress.Kinesis, handler)
    {
    }

    /// <summary>Calls another service of JSON at the endpoint of the options.</summary>
    public KinesisConnection(KinesisClientOptions options, ServiceAddress address, HttpMessageHandler? handler)
    {
        this.options = options;
        this.address = address;
        contentType = $"application/x-amz-json-{address.JsonVersion}";
        mediaType = new MediaTypeHeaderValue(contentType);
        endpoint = options.EndpointOrDefault();
        signer = new RequestSigner(options.Region, address.SigningName);
        // Timeouts are those of the options, on their clock.
        http = new HttpClient(handler ?? MakeHandler(options), disposeHandler: handler is null) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>A reader of an answer's body.</summary>
    public delegate T BodyReader<out T>(ReadOnlySpan<byte> body);

    /// <summary>Sends the request and reads its answer, within the RequestTimeout.</summary>
    public async Task<T> CallAsync<T>(string operation, PooledBuffer body, BodyReader<T> read, CancellationToken cancellationToken)
    {
        using var timeout = new RequestTimeout(options.RequestTimeout, options.TimeProvider, cancellationToken);
        try
        {
            using var response = await SendAsync(operation, body, HttpVersion.Version11, timeout.Token).ConfigureAwait(false);
            var answer = await ReadBodyAsync(response, ResponseBytesMax, timeout.Token).ConfigureAwait(false);
            var result = read(answer.Written.Span);
            answer.Return();
            // Only now: while an answer is outstanding, the request may still be on its way out of this array.
            body.Return();
            return result;
        }
        catch (Exception exception) when (Explain(operation, exception, timeout) is { } explained)
        {
            throw explained;
        }
    }

    /// <summary>Sends the request and answers as soon as it was accepted; the caller reads the body, and disposes of it.</summary>
    public async Task<HttpResponseMessage> OpenAsync(string operation, PooledBuffer body, CancellationToken cancellationToken)
    {
        using var timeout = new RequestTimeout(options.RequestTimeout, options.TimeProvider, cancellationToken);
        try
        {
            return await SendAsync(operation, body, HttpVersion.Version20, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (Explain(operation, exception, timeout) is { } explained)
        {
            throw explained;
        }
    }

    /// <summary>What a failure means to the caller; null for one that is to be left as it is (the caller's cancellation, a bug).</summary>
    public static KinesisException? Explain(string operation, Exception exception, RequestTimeout timeout) => exception switch
    {
        OperationCanceledException when timeout.IsOver => new KinesisException(KinesisException.TimeoutCode, $"{operation} was not answered within {timeout.Limit.TotalSeconds} s.", null, null, exception),
        HttpRequestException or IOException =>
            new KinesisException(KinesisException.ConnectionCode, $"{operation} got no answer: {exception.Message}", null, null, exception),
        InvalidDataException or JsonException or FormatException or InvalidOperationException { Source: "System.Text.Json" } =>
            new KinesisException(KinesisException.UnreadableCode, $"The answer to {operation} cannot be read: {exception.Message}", null, null, exception),
        _ => null,
    };

    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(string operation, PooledBuffer body, Version version, CancellationToken cancellationToken)
    {
        var target = address.TargetPrefix + operation;
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
        // A subscription needs HTTP/2 at AWS. Without TLS nothing negotiates it, so it is spoken from the first byte, which Tarn takes.
        request.Version = version;
        request.VersionPolicy = version.Major == 2 && endpoint.Scheme == Uri.UriSchemeHttp ? HttpVersionPolicy.RequestVersionExact : HttpVersionPolicy.RequestVersionOrLower;
        request.Headers.Host = endpoint.Authority;
        request.Headers.TryAddWithoutValidation("x-amz-target", target);
        var credentials = await CredentialsAsync(operation, cancellationToken).ConfigureAwait(false);
        signer.Sign(request, contentType, target, body.Written.Span, credentials, options.TimeProvider.GetUtcNow());
        request.Content = new ReadOnlyMemoryContent(body.Written) { Headers = { ContentType = mediaType } };
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.OK)
        {
            return response;
        }

        using (response)
        {
            var error = await ReadBodyAsync(response, ErrorBytesMax, cancellationToken).ConfigureAwait(false);
            var (code, message) = ResponseReaders.Error(error.Written.Span);
            error.Return();
            var requestId = response.Headers.TryGetValues("x-amzn-requestid", out var ids) ? ids.FirstOrDefault() : null;
            code ??= response.StatusCode == HttpStatusCode.ServiceUnavailable ? "ServiceUnavailable" : $"Http{(int)response.StatusCode}";
            throw new KinesisException(code, message ?? $"{operation} was answered with status {(int)response.StatusCode}.", response.StatusCode, requestId, inner: null);
        }
    }

    private async ValueTask<AwsCredentials> CredentialsAsync(string operation, CancellationToken cancellationToken)
    {
        try
        {
            return await options.Credentials.GetAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is InvalidOperationException or UnauthorizedAccessException or IOException or HttpRequestException)
        {
            throw new KinesisException(KinesisException.CredentialsCode, $"{operation} cannot be signed: {exception.Message}", null, null, exception);
        }
    }

    private static async Task<PooledBuffer> ReadBodyAsync(HttpResponseMessage response, int bytesMax, CancellationToken cancellationToken)
    {
        var buffer = new PooledBuffer((int)Math.Clamp(response.Content.Headers.ContentLength + 1 ?? 0, 4096, bytesMax));
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        while (true)
        {
            var read = await stream.ReadAsync(buffer.GetMemory(), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return buffer;
            }

            buffer.Advance(read);
            if (buffer.Length > bytesMax)
            {
                throw new InvalidDataException($"it is longer than {bytesMax} bytes");
            }
        }
    }

    private static SocketsHttpHandler MakeHandler(KinesisClientOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = options.ConnectTimeout,
            MaxConnectionsPerServer = options.MaxConnections,
            EnableMultipleHttp2Connections = true,
            // The name of the service moves between addresses.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
            AllowAutoRedirect = false,
        };
        if (options.AcceptAnyCertificate)
        {
            handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true };
        }

        return handler;
    }
}

/// <summary>How a service of AWS JSON is called.</summary>
/// <param name="SigningName">The service in the scope of signatures.</param>
/// <param name="TargetPrefix">What comes before the operation's name in X-Amz-Target, with its dot.</param>
/// <param name="JsonVersion">1.0 or 1.1, as the content type says it.</param>
internal sealed record ServiceAddress(string SigningName, string TargetPrefix, string JsonVersion)
{
    public static ServiceAddress Kinesis { get; } = new("kinesis", "Kinesis_20131202.", "1.1");
}
