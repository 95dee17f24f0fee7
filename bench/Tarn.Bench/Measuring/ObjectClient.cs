using System.Net;

namespace Tarn.Bench.Measuring;

/// <summary>PUT and GET of objects, as plain as a client can be, so that the server is what is measured.</summary>
/// <param name="signer">Null for a server that asks for no signature.</param>
internal sealed class ObjectClient(Uri endpoint, RequestSigner? signer) : IDisposable
{
    private const int BufferSize = 128 * 1024;

    private readonly HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = endpoint, Timeout = TimeSpan.FromMinutes(5) };

    /// <param name="payloadHash">SHA-256 of the body in hexadecimal, or <see cref="RequestSigner.Unsigned"/>.</param>
    public async Task PutAsync(string path, ReadOnlyMemory<byte> body, string payloadHash)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ReadOnlyMemoryContent(body) };
        using var response = await SendAsync(request, payloadHash);
    }

    /// <summary>Reads an object to its end and answers its length in bytes.</summary>
    public async Task<long> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var response = await SendAsync(request, RequestSigner.Hash([]));
        await using var body = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[BufferSize];
        var length = 0L;
        for (int read; (read = await body.ReadAsync(buffer)) > 0;)
        {
            length += read;
        }

        return length;
    }

    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string payloadHash)
    {
        foreach (var (name, value) in signer?.Headers(request.Method.Method, endpoint.Authority, request.RequestUri!.OriginalString, payloadHash) ?? [])
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return response.StatusCode == HttpStatusCode.OK
            ? response
            : throw new InvalidOperationException($"{request.Method} {request.RequestUri}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
    }
}
