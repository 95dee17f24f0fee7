using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tarn.Contracts;
using Tarn.Wire.Authentication;
using Tarn.Wire.Dispatch;
using Tarn.Wire.Edge;
using Tarn.Wire.Hosting;

namespace Tarn.Wire.Tests.Support;

/// <summary>The edge alone, on the real listener and a free port, with whatever operations a test gives it. Every caller is let in where the test does not say otherwise.</summary>
internal sealed class EdgeHost : IAsyncDisposable
{
    private readonly WebApplication app;

    private EdgeHost(WebApplication app, CollectingLogger logger)
    {
        this.app = app;
        Logger = logger;
        var address = app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Client = new HttpClient { BaseAddress = new Uri(address) };
    }

    public HttpClient Client { get; }

    public CollectingLogger Logger { get; }

    public static Task<EdgeHost> StartAsync(EdgeOptions options, params OperationTable[] tables) => StartAsync(options, new EveryoneIsWelcome(), tables);

    public static async Task<EdgeHost> StartAsync(EdgeOptions options, IRequestAuthenticator authenticator, params OperationTable[] tables)
    {
        var logger = new CollectingLogger();
        var endpoint = new AwsEndpoint(tables, authenticator, options, logger);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTarnListener(new ListenerOptions { Port = 0 });
        var app = builder.Build();
        app.Run(endpoint.InvokeAsync);
        await app.StartAsync();
        return new EdgeHost(app, logger);
    }

    public static Task<EdgeHost> StartAsync(params OperationTable[] tables) => StartAsync(new EdgeOptions(), tables);

    /// <summary>An AWS JSON request.</summary>
    public async Task<Answer> CallAsync(string target, string body, string contentType = "application/x-amz-json-1.1")
    {
        using var request = Request(target, System.Text.Encoding.UTF8.GetBytes(body), contentType);
        return await SendAsync(request);
    }

    /// <summary>A request of AWS JSON, or of its form with another content type.</summary>
    public static HttpRequestMessage Request(string target, byte[] body, string contentType)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent(body) };
        request.Headers.Add("X-Amz-Target", target);
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return request;
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await Client.SendAsync(request);
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(header => header.Key, header => string.Join(",", header.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(), headers);
    }

    /// <summary>Stops the server as a signal would; it gives requests that are under way 30 seconds.</summary>
    public Task StopAsync() => app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
    }
}

internal sealed record Answer(int Status, byte[] Bytes, IReadOnlyDictionary<string, string> Headers)
{
    public string Body => System.Text.Encoding.UTF8.GetString(Bytes);
}

internal sealed class EveryoneIsWelcome : IRequestAuthenticator
{
    public ValueTask<CallerIdentity> AuthenticateAsync(HttpContext http, ServiceModel service, ReadOnlyMemory<byte>? body, CancellationToken cancellationToken) =>
        new(new CallerIdentity(new AwsScope("000000000000", "us-east-1"), "test", "arn:aws:iam::000000000000:root"));
}

internal sealed class CollectingLogger : ILogger<AwsEndpoint>
{
    public List<(LogLevel Level, string Text)> Entries { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (Entries)
        {
            Entries.Add((logLevel, formatter(state, exception)));
        }
    }
}
