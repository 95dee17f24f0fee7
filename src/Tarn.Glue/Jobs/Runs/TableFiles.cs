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
            return new TableFormat("parquet", columns, null, false) { Scanned = Scanned(table, "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe") };
        }

        if (serde.EndsWith("JsonSerDe", StringComparison.OrdinalIgnoreCase) || (serde.Length == 0 && classification == "json"))
        {
            return new TableFormat("json", columns, null, false) { Scanned = Scanned(table, "org.openx.data.jsonserde.JsonSerDe") };
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
            return new TableFormat("csv", columns, format, skipsHeader) { Scanned = classification == "csv" ? null : Scanned(table, serde) };
        }

        throw new RunFailedException($"Table {table.DatabaseName}.{table.Name} is held by {(serde.Length == 0 ? classification ?? "no SerDe" : serde)}, which jobs cannot read or write yet; csv, json and parquet tables they can.");
    }

    /// <summary>What a worker must know of a table that it reads as Athena does.</summary>
    /// <param name="serde">For tables that only their classification describes.</param>
    private static CatalogTable Scanned(CatalogTable table, string serde)
    {
        var own = table.StorageDescriptor!.SerdeInfo;
        return new CatalogTable
        {
            DatabaseName = table.DatabaseName,
            Name = table.Name,
            PartitionKeys = [.. table.PartitionKeys.Select(Typed)],
            Parameters = table.Parameters,
            StorageDescriptor = new StorageDescriptor
            {
                Columns = [.. table.StorageDescriptor.Columns.Select(Typed)],
                SerdeInfo = new SerDeInfo(null, string.IsNullOrEmpty(own?.SerializationLibrary) ? serde : own.SerializationLibrary, own?.Parameters),
            },
        };
    }

    /// <summary>Types that Glue has and Hive has not; DynamicFrame's decimal has 10 digits, 2 of them behind the point.</summary>
    private static CatalogColumn Typed(CatalogColumn column) => new(column.Name, column.Type?.Trim().ToLowerInvariant() switch
    {
        null or "null" or "unknown" or "choice" => "string",
        "decimal" => "decimal(10,2)",
        _ => column.Type,
    });

    private static string? Setting(IReadOnlyDictionary<string, string>? settings, string name) => settings is not null && settings.TryGetValue(name, out var value) ? value : null;
}
