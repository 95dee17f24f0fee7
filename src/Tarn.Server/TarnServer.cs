using System.Diagnostics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Console;
using Tarn.Server.Operation;
using Tarn.Wire.Hosting;

namespace Tarn.Server;

/// <summary>
/// The running process: one web server over one <see cref="TarnInstance"/>. Requests below <c>/_tarn/</c> are Tarn's own; all others go to the AWS edge.
/// </summary>
internal sealed class TarnServer : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly RunningInstance running;
    private readonly DataFolder folder;

    private TarnServer(WebApplication application, RunningInstance running, DataFolder folder)
    {
        this.application = application;
        this.running = running;
        this.folder = folder;
    }

    /// <summary>Where the server listens, with the port that it really has.</summary>
    public Uri Endpoint => Address(application);

    /// <summary>Starts everything; on return requests are answered. <see cref="StartException"/> says why it cannot.</summary>
    public static async Task<TarnServer> StartAsync(TarnOptions options, CancellationToken cancellationToken)
    {
        var folder = DataFolder.Open(options.Data);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        Logging(builder.Logging, options.Log);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.StopTimeout);
        builder.WebHost.UseTarnListener(options.Listener);
        var application = Build(builder, folder);
        var running = new RunningInstance(options, folder, () => Address(application), application.Services.GetRequiredService<ILoggerFactory>());
        var endpoints = new OperatorEndpoints(options, running);
        application.Run(endpoints.InvokeAsync);
        var server = new TarnServer(application, running, folder);
        try
        {
            await running.StartAsync(cancellationToken);
            await application.StartAsync(cancellationToken);
            return server;
        }
        catch (IOException e)
        {
            await server.DisposeAsync();
            throw new StartException($"Tarn cannot listen on {options.Listener.Address}:{options.Listener.Port}: {e.Message}");
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for Ctrl-C or SIGTERM.</summary>
    public Task WaitForStopAsync() => application.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        await application.StopAsync();
        await running.DisposeAsync();
        await application.DisposeAsync();
        folder.Dispose();
    }

    /// <summary>This is when the listener's settings are read; a folder whose server does not come to be is let go.</summary>
    private static WebApplication Build(WebApplicationBuilder builder, DataFolder folder)
    {
        try
        {
            return builder.Build();
        }
        catch (ListenerException e)
        {
            folder.Dispose();
            throw new StartException(e.Message);
        }
    }

    private static Uri Address(WebApplication application) =>
        new(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    private static void Logging(ILoggingBuilder logging, LogOptions options)
    {
        logging.SetMinimumLevel(options.Level);

        // What the web server says of each request is Debug to us; requests are counted in the metrics.
        logging.AddFilter("Microsoft", options.Level == LogLevel.Debug ? LogLevel.Debug : LogLevel.Warning);
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error);

        // A start that fails is told in one line by the command; the host would add its stack.
        logging.AddFilter("Microsoft.Extensions.Hosting", options.Level == LogLevel.Debug ? LogLevel.Debug : LogLevel.Critical);
        const string timestamp = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        if (options.Format == LogFormat.Json)
        {
            logging.AddJsonConsole(json => (json.UseUtcTimestamp, json.TimestampFormat) = (true, timestamp.TrimEnd()));
        }
        else
        {
            logging.AddSimpleConsole(text => (text.SingleLine, text.UseUtcTimestamp, text.TimestampFormat) = (true, true, timestamp));
        }

        // Standard output is for the one line that says where the server is.
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
