using Tarn.Contracts.Catalog;
using Tarn.Worker.Plans;

namespace Tarn.Glue.Jobs.Runs;

/// <summary>How a catalog table is held in files, by its SerDe.</summary>
internal static class TableFiles
{
    public static TableFormat Format(CatalogTable table)
    {
        var descriptor = table.StorageDescriptor ?? throw new RunFailedException($"Table {table.DatabaseName}.{table.Name} has no StorageDescriptor.");
        var serde = descriptor.SerdeInfo?.SerializationLibrary ?? "";
        var settings = descriptor.SerdeInfo?.Parameters;
        var columns = descriptor.Columns.Select(column => new TableColumn(column.Name, column.Type ?? "string")).ToList();
        var skipsHeader = Setting(table.Parameters, "skip.header.line.count") is { } header and not "0" || Setting(settings, "skip.header.line.count") is not (null or "0");
        if (Setting(settings, "serialization.encoding") is { } encoding && !encoding.Trim().Equals("UTF-8", StringComparison.OrdinalIgnoreCase))
        {
            throw new RunFailedException($"Table {table.DatabaseName}.{table.Name} holds text in {encoding}, which jobs cannot read or write yet; UTF-8 they can.");
        }

        var classification = Setting(table.Parameters, "classification")?.ToLowerInvariant();
        if (serde.Contains("parquet", StringComparison.OrdinalIgnoreCase) || (serde.Length == 0 && classification == "parquet"))
        {
            return new TableFormat("parquet", columns, null, false);
        }

        if (serde.EndsWith("JsonSerDe", StringComparison.OrdinalIgnoreCase) || (serde.Length == 0 && classification == "json"))
        {
            return new TableFormat("json", columns, null, false);
        }

        if (serde.EndsWith("OpenCSVSerde", StringComparison.OrdinalIgnoreCase))
        {
            var format = new CsvFormat(Setting(settings, "separatorChar") ?? ",", Setting(settings, "quoteChar") ?? "\"", Setting(settings, "escapeChar") ?? "\\", false, skipsHeader, skipsHeader);
            return new TableFormat("csv", columns, format, skipsHeader);
        }

        if (serde.EndsWith("LazySimpleSerDe", StringComparison.OrdinalIgnoreCase) || (serde.Length == 0 && classification == "csv"))
        {
            // A table that is classified as CSV is read by Glue's own reader, which knows quotes; a plain Hive table has none.
            var separator = Setting(settings, "field.delim") ?? Setting(settings, "separatorChar") ?? Setting(table.Parameters, "delimiter") ?? (classification == "csv" ? "," : "\u0001");
            var format = new CsvFormat(separator, classification == "csv" ? "\"" : null, Setting(settings, "escape.delim"), false, skipsHeader, skipsHeader);
            return new TableFormat("csv", columns, format, skipsHeader);
        }

        throw new RunFailedException($"Table {table.DatabaseName}.{table.Name} is held by {(serde.Length == 0 ? classification ?? "no SerDe" : serde)}, which jobs cannot read or write yet; csv, json and parquet tables they can.");
    }

    private static string? Setting(IReadOnlyDictionary<string, string>? settings, string name) => settings is not null && settings.TryGetValue(name, out var value) ? value : null;
}
