using Microsoft.Extensions.Logging.Abstractions;
using Tarn.Wire.Coverage;

namespace Tarn.Server.Commands;

/// <summary><c>tarn coverage</c>: writes a page per service that says of every operation of its model whether it works, works partly, or is absent. It is made from the tables that serve requests, so it cannot be wrong about them.</summary>
internal static class CoverageCommand
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var scratch = Directory.CreateTempSubdirectory("tarn-coverage-").FullName;
        try
        {
            var (options, own) = CommandLine.Parse(arguments, ["to"], ("data", scratch));
            var folder = Directory.CreateDirectory(own.GetValueOrDefault("to") ?? Path.Combine("docs", "coverage")).FullName;
            await using var instance = await TarnInstance.StartAsync(options, scratch, () => new Uri("http://127.0.0.1"), TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
            await CoverageReport.WriteAsync(instance.Tables, folder, CancellationToken.None);
            Console.WriteLine($"Written to {folder}");
            return 0;
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }
}
