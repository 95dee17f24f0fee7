using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Tarn.Server.Operation;

namespace Tarn.Server;

/// <summary>
/// The running process: one web server over one <see cref="TarnInstance"/>. Requests below <c>/_tarn/</c> are Tarn's own; all others go to the AWS edge.
/// </summary>
internal sealed class TarnServer : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly OperatorEndpoints endpoints;
    private readonly DataFolder folder;

    private TarnServer(WebApplication application, OperatorEndpoints endpoints, DataFolder folder)
    {
        this.application = application;
        this.endpoints = endpoints;
        this.folder = folder;
    }

    /// <summary>Where the server listens, with the port that it really has.</summary>
    public Uri Endpoint => new(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Starts everything; on return requests are answered. <see cref="StartException"/> says why it cannot.</summary>
    public static async Task<TarnServer> StartAsync(TarnOptions options, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Waits for Ctrl-C or SIGTERM.</summary>
    public Task WaitForStopAsync() => application.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        await application.StopAsync();
        await endpoints.DisposeAsync();
        await application.DisposeAsync();
        folder.Dispose();
    }
}
