namespace Tarn.Server.Commands;

/// <summary><c>tarn serve</c>: starts, says so in one line on standard output, and runs until Ctrl-C or SIGTERM.</summary>
internal static class ServeCommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var (options, _) = CommandLine.Parse(arguments, []);
        await using var server = await TarnServer.StartAsync(options, CancellationToken.None);
        Console.WriteLine($"Tarn is ready on {server.Endpoint.ToString().TrimEnd('/')}");
        await server.WaitForStopAsync();
        return 0;
    }
}
