using System.Diagnostics;
using System.Globalization;
using Tarn.Server.Commands;
using Tarn.Server.Operation;

namespace Tarn.Server.Demo;

/// <summary>
/// <c>tarn demo</c>: starts a server on a fresh folder and runs the main job through the public API; with <c>--data FOLDER</c> it uploads, crawls
/// and queries the files of that folder instead. The last line is <c>demo: ok in N s</c>; anything that is not as it should be ends it with exit code 1.
/// </summary>
internal static class DemoCommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var data = Directory.CreateTempSubdirectory("tarn-demo-").FullName;
        var (options, own) = CommandLine.Parse(arguments, ["data"], ("data", data), ("port", "0"), ("address", "127.0.0.1"), ("log.level", "Warning"));
        if (own.TryGetValue("data", out var folder) && !Directory.Exists(folder))
        {
            throw new UsageException($"There is no folder {folder}.");
        }

        var clock = Stopwatch.StartNew();
        var terminal = new DemoTerminal(Console.Out, isTerminal: !Console.IsOutputRedirected);
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(30));
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            stop.Cancel();
        };
        try
        {
            await using var server = await TarnServer.StartAsync(options, stop.Token);
            terminal.Line($"Tarn is ready on {server.Endpoint} with a fresh folder");
            using var client = new DemoClient(server.Endpoint, "test", "test");
            if (folder is null)
            {
                await new OrderPipeline(client, terminal).RunAsync(stop.Token);
            }
            else
            {
                await new OwnFiles(client, terminal, folder).RunAsync(stop.Token);
            }
        }
        catch (Exception e) when (e is DemoException or OperationCanceledException or HttpRequestException)
        {
            Console.Error.WriteLine(stop.IsCancellationRequested ? "demo: stopped" : $"demo: failed: {e.Message}");
            return 1;
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }

        terminal.Line(string.Create(CultureInfo.InvariantCulture, $"demo: ok in {clock.Elapsed.TotalSeconds:0.0} s"));
        return 0;
    }
}
