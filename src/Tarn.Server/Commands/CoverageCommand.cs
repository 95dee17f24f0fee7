using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tarn.Wire.Dispatch;

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
            var summary = new StringBuilder("# Coverage\n\nWritten by `./tarn coverage`. An operation that is absent answers `UnknownOperationException`.\n\n| service | operations | work | work partly | absent |\n|---|---|---|---|---|\n");
            foreach (var table in instance.Tables.OrderBy(table => table.Service.Name, StringComparer.Ordinal))
            {
                var (built, partly) = (table.Handlers.Count, table.Handlers.Values.Count(handler => handler.Partly is not null));
                summary.Append($"| [{table.Service.Name}]({table.Service.Name}.md) | {table.Service.OperationNames.Count} | {built - partly} | {partly} | {table.Service.OperationNames.Count - built} |\n");
                await File.WriteAllTextAsync(Path.Combine(folder, table.Service.Name + ".md"), Page(table));
            }

            await File.WriteAllTextAsync(Path.Combine(folder, "README.md"), summary.ToString());
            Console.WriteLine($"Written to {folder}");
            return 0;
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static string Page(OperationTable table)
    {
        var page = new StringBuilder($"# {table.Service.Name}\n\nWritten by `./tarn coverage`.\n\n| operation | state |\n|---|---|\n");
        foreach (var name in table.Service.OperationNames.Order(StringComparer.Ordinal))
        {
            var state = !table.Handlers.TryGetValue(name, out var handler) ? "absent" : handler.Partly is { } missing ? $"partly: {missing}" : "works";
            page.Append($"| {name} | {state} |\n");
        }

        return page.ToString();
    }
}
