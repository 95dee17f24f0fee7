using Tarn.Sql;
using Tarn.Sql.Functions;
using Tarn.Sql.Types;
using Tarn.Sql.Writing;

namespace Tarn.Athena.Execution.Writing;

/// <summary>A column that is written.</summary>
/// <param name="Name">Its name in the files.</param>
/// <param name="Sql">The DuckDB expression of its values.</param>
internal sealed record OutputColumn(string Name, SqlType Type, string Sql);

/// <summary>How files are written: the options of DuckDB's COPY, and what of each row is handed to it.</summary>
/// <param name="Name">As STORED AS has it: <c>PARQUET</c>, <c>TEXTFILE</c>, <c>JSONFILE</c>.</param>
/// <param name="Extension">How names of files end.</param>
/// <param name="Line">The whole row as one text; null where the writer takes columns.</param>
internal sealed record OutputFormat(string Name, string CopyOptions, string Extension, Func<IReadOnlyList<OutputColumn>, string>? Line)
{
    /// <summary>Hive's delimiter.</summary>
    public const string DefaultDelimiter = "\u0001";

    /// <param name="codec">DuckDB's name of a Parquet codec.</param>
    public static OutputFormat Parquet(string codec) => new("PARQUET", $"FORMAT parquet, COMPRESSION {codec}", "parquet", null);

    /// <param name="codec"><c>gzip</c>, <c>zstd</c> or <c>none</c>.</param>
    public static OutputFormat Text(string delimiter, string codec, TrinoFunctions library) =>
        Lines("TEXTFILE", codec, columns => DelimitedTextLine.Sql([.. columns.Select(column => (column.Type, column.Sql))], delimiter, library));

    /// <param name="codec"><c>gzip</c>, <c>zstd</c> or <c>none</c>.</param>
    public static OutputFormat Json(string codec, TrinoFunctions library) =>
        Lines("JSONFILE", codec, columns => JsonLine.Sql([.. columns.Select(column => (column.Name, column.Type, column.Sql))], library));

    /// <summary>
    /// The format of a table that is there, so that what is added reads back. Null when Tarn does not write what the table's SerDe and its settings ask for.
    /// </summary>
    public static OutputFormat? Of(Contracts.Catalog.CatalogTable table, TrinoFunctions library)
    {
        var serde = table.StorageDescriptor?.SerdeInfo;
        var settings = new Dictionary<string, string>(serde?.Parameters ?? new Dictionary<string, string>(), StringComparer.OrdinalIgnoreCase);
        if (table.StorageDescriptor?.BucketColumns is { Count: > 0 } || table.Parameters.ContainsKey("skip.header.line.count") || settings.ContainsKey("skip.header.line.count"))
        {
            return null;
        }

        bool Only(params ReadOnlySpan<string> known)
        {
            foreach (var name in settings.Keys)
            {
                if (!known.Contains(name.ToLowerInvariant()))
                {
                    return false;
                }
            }

            return true;
        }

        switch (serde?.SerializationLibrary)
        {
            case "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe":
                return Parquet("snappy");
            case Ddl.StorageFormats.LazySimpleSerDe when Only("field.delim", "serialization.format"):
                var delimiter = settings.GetValueOrDefault("field.delim", DefaultDelimiter);
                return delimiter.Length == 1 && settings.GetValueOrDefault("serialization.format", "1") is var format && (format == delimiter || (format == "1" && delimiter == DefaultDelimiter)) ? Text(delimiter, "gzip", library) : null;
            case "org.apache.hive.hcatalog.data.JsonSerDe" or "org.openx.data.jsonserde.JsonSerDe" when Only("serialization.format", "paths", "ignore.malformed.json", "case.insensitive"):
                return Json("gzip", library);
            default:
                return null;
        }
    }

    private static OutputFormat Lines(string name, string codec, Func<IReadOnlyList<OutputColumn>, string> line)
    {
        // DuckDB's CSV writer with quotes turned off writes the one text of each row as it is.
        var extension = codec switch { "gzip" => "gz", "zstd" => "zst", _ => name == "TEXTFILE" ? "txt" : "json" };
        return new OutputFormat(name, $"FORMAT csv, HEADER false, QUOTE '', ESCAPE '', COMPRESSION {codec}", extension, line);
    }
}
