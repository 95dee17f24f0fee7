using System.Diagnostics;
using Tarn.Server.Demo;

namespace Tarn.Server.Tests.Kill;

/// <summary>A <c>tarn serve</c> of its own that can be killed at any moment.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const string Ready = "Tarn is ready on ";
    private readonly Process process;

    private ServerProcess(Process process, Uri endpoint)
    {
        this.process = process;
        Endpoint = endpoint;
        Client = new DemoClient(endpoint, "test", "test");
    }

    public Uri Endpoint { get; }

    public DemoClient Client { get; }

    public static async Task<ServerProcess> StartAsync(string folder)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "tarn.dll"), "serve", "--port", "0", "--data", folder, "--log.level", "error" },
            RedirectStandardOutput = true,
        })!;
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith(Ready, line);
        return new ServerProcess(process, new Uri(line![Ready.Length..]));
    }

    /// <summary>SIGKILL: nothing in the process gets to run again.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
            process.WaitForExit();
        }

        Client.Dispose();
        process.Dispose();
    }
}
