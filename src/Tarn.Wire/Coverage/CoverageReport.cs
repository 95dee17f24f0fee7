using System.Globalization;
using System.Text;
using Tarn.Wire.Dispatch;

namespace Tarn.Wire.Coverage;

/// <summary>
/// docs/coverage: what of each service works, works partly, or is absent. It is written from the operation tables that the server runs
/// with, so it cannot promise what is not there.
/// </summary>
public static class CoverageReport
{
    private const string Note = "<!-- Written by `./tarn coverage` from the code. Do not edit. -->";

    /// <summary>Writes <c>&lt;service&gt;.md</c> for each table and a <c>README.md</c> that sums them up.</summary>
    public static async Task WriteAsync(IReadOnlyList<OperationTable> tables, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        foreach (var table in tables)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, table.Service.Name + ".md"), Service(table), cancellationToken);
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "README.md"), Summary(tables), cancellationToken);
    }

    /// <summary>One service: every operation of its model, in the model's order.</summary>
    public static string Service(OperationTable table)
    {
        var (works, partly, absent) = Count(table);
        var text = new StringBuilder();
        text.Append(Note).Append("\n\n# ").Append(table.Service.FullName).Append("\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{table.Service.OperationNames.Count} operations: {works} work, {partly} work partly, {absent} are absent.\n");
        text.Append("An absent operation answers with an error that says so.\n\n| operation | state | missing |\n|---|---|---|\n");
        foreach (var name in table.Service.OperationNames)
        {
            var handler = table.Handlers.GetValueOrDefault(name);
            var state = handler is null ? "absent" : handler.Partly is null ? "works" : "partly";
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {state} | {handler?.Partly?.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
        }

        return text.ToString();
    }

    /// <summary>All services, one line each.</summary>
    public static string Summary(IReadOnlyList<OperationTable> tables)
    {
        var text = new StringBuilder();
        text.Append(Note).Append("\n\n# Coverage\n\n| service | operations | work | partly | absent |\n|---|---:|---:|---:|---:|\n");
        foreach (var table in tables.OrderBy(table => table.Service.Name, StringComparer.Ordinal))
        {
            var (works, partly, absent) = Count(table);
            text.Append(CultureInfo.InvariantCulture,
                $"| [{table.Service.FullName}]({table.Service.Name}.md) | {table.Service.OperationNames.Count} | {works} | {partly} | {absent} |\n");
        }

        return text.ToString();
    }

    private static (int Works, int Partly, int Absent) Count(OperationTable table)
    {
        var partly = table.Handlers.Values.Count(handler => handler.Partly is not null);
        return (table.Handlers.Count - partly, partly, table.Service.OperationNames.Count - table.Handlers.Count);
    }
}
