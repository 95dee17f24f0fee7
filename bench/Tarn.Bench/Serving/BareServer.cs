using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Tarn.Bench.Serving;

/// <summary>
/// The baseline of everything that comes over HTTP: Kestrel and nothing else. PUT copies the body to a file and fsyncs it, GET sends the file.
/// It checks nothing, computes nothing and keeps no metadata.
/// </summary>
internal sealed class BareServer : IAsyncDisposable
{
    /// <summary>The argument that makes the benchmark's own program this server.</summary>
    public const string Command = "bare-server";

    private const int BufferSize = 128 * 1024;

    private readonly DirectoryInfo folder;
    private readonly WebApplication application;

    private BareServer(DirectoryInfo folder, WebApplication application)
    {
        this.folder = folder;
        this.application = application;
    }

    public Uri Endpoint => new(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<BareServer> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("bare-bench-");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var application = builder.Build();
        application.Run(http => AnswerAsync(http, Path.Combine(folder.FullName, http.Request.Path.Value!.Replace('/', '_'))));
        await application.StartAsync();
        return new BareServer(folder, application);
    }

    /// <summary>Serves until the process is killed; says on standard output when it is ready.</summary>
    public static async Task ServeAsync()
    {
        await using var server = await StartAsync();
        Console.WriteLine($"ready on {server.Endpoint.ToString().TrimEnd('/')}");
        await server.application.WaitForShutdownAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await application.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private static async Task AnswerAsync(HttpContext http, string file)
    {
        if (http.Request.Method == "PUT")
        {
            await using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
            await http.Request.Body.CopyToAsync(stream, BufferSize, http.RequestAborted);
            stream.Flush(flushToDisk: true);
        }
        else if (File.Exists(file))
        {
            http.Response.ContentLength = new FileInfo(file).Length;
            await http.Response.SendFileAsync(file, http.RequestAborted);
        }
    }
}
