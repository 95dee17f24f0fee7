using Tarn.Sql;
using Tarn.Sql.Ddl;
using Tarn.Sql.Functions;
using Tarn.Sql.Tree;

namespace Tarn.Athena.Execution.Writing;

/// <summary>The WITH properties of CREATE TABLE AS and UNLOAD.</summary>
/// <param name="Location">Null for a folder below the query's results.</param>
/// <param name="Delimiter">Of delimited text; null for other formats.</param>
internal sealed record TableProperties(OutputFormat Format, string? Location, IReadOnlyList<string> PartitionedBy, string? Delimiter)
{
    /// <summary>Athena's names of codecs, and DuckDB's for Parquet; Athena writes GZIP when nothing is said, but Snappy is written many times faster and read by everything that reads Parquet.</summary>
    private static readonly Dictionary<string, string> ParquetCodecs = new(StringComparer.OrdinalIgnoreCase)
    {
        [""] = "snappy",
        ["SNAPPY"] = "snappy",
        ["GZIP"] = "gzip",
        ["ZSTD"] = "zstd",
        ["LZ4"] = "lz4_raw",
        ["NONE"] = "uncompressed",
        ["UNCOMPRESSED"] = "uncompressed",
    };

    private static readonly Dictionary<string, string> TextCodecs = new(StringComparer.OrdinalIgnoreCase)
    {
        [""] = "gzip",
        ["GZIP"] = "gzip",
        ["ZSTD"] = "zstd",
        ["NONE"] = "none",
        ["UNCOMPRESSED"] = "none",
    };

    /// <summary>What the table's parameter <c>classification</c> says.</summary>
    public string Classification => Format.Name switch { "PARQUET" => "parquet", "JSONFILE" => "json", _ => "csv" };

    /// <summary>ROW FORMAT of the new table, which says its delimiter even where it is Hive's own; null for the format's own.</summary>
    public RowFormat? RowFormat => Delimiter is null ? null : new RowFormat(null, [], true, Delimiter, null, null, null, null, null);

    /// <exception cref="SqlException">A property that is unknown (INVALID_TABLE_PROPERTY) or not built (NOT_SUPPORTED).</exception>
    public static TableProperties Of(IEnumerable<Property> properties, TrinoFunctions library)
    {
        var (given, location, partitionedBy) = (new Written(), (string?)null, (IReadOnlyList<string>)[]);
        foreach (var property in properties)
        {
            switch (property.Name.Folded)
            {
                case "table_type" when Text(property).Equals("HIVE", StringComparison.OrdinalIgnoreCase):
                    break;
                case "table_type" or "bucketed_by" or "bucket_count" or "bucketing_format" or "partitioning" or "is_external" or "compression_level" or "orc_compression":
                    throw NotBuilt(property);
                case "format":
                    given.Format = property;
                    break;
                case "write_compression" or "parquet_compression":
                    given.Compression = property;
                    break;
                case "field_delimiter":
                    given.Delimiter = property;
                    break;
                case "external_location":
                    location = Text(property);
                    break;
                case "partitioned_by":
                    partitionedBy = Names(property);
                    break;
                default:
                    throw new SqlException("INVALID_TABLE_PROPERTY", $"Catalog 'awsdatacatalog' table property '{property.Name.Folded}' does not exist", property.Position);
            }
        }

        var (format, delimiter) = Resolve(given, library);
        return new TableProperties(format, location, partitionedBy, delimiter);
    }

    /// <exception cref="SqlException">No format, a property that is unknown (INVALID_TABLE_PROPERTY) or not built (NOT_SUPPORTED).</exception>
    public static TableProperties OfUnload(Unload statement, TrinoFunctions library)
    {
        var (given, partitionedBy) = (new Written(), (IReadOnlyList<string>)[]);
        foreach (var property in statement.Properties)
        {
            switch (property.Name.Folded)
            {
                case "format":
                    given.Format = property;
                    break;
                case "compression":
                    given.Compression = property;
                    break;
                case "field_delimiter":
                    given.Delimiter = property;
                    break;
                case "partitioned_by":
                    partitionedBy = Names(property);
                    break;
                case "compression_level":
                    throw NotBuilt(property);
                default:
                    throw new SqlException("INVALID_TABLE_PROPERTY", $"UNLOAD property '{property.Name.Folded}' does not exist", property.Position);
            }
        }

        if (given.Format is null)
        {
            throw new SqlException("INVALID_TABLE_PROPERTY", "UNLOAD needs the property 'format'", statement.Position);
        }

        var (format, delimiter) = Resolve(given, library);
        return new TableProperties(format, statement.Location, partitionedBy, delimiter);
    }

    private static (OutputFormat Format, string? Delimiter) Resolve(Written given, TrinoFunctions library)
    {
        var name = given.Format is { } format ? Text(format).ToUpperInvariant() : "PARQUET";
        if (given.Delimiter is { } unused && name != "TEXTFILE")
        {
            throw new SqlException("INVALID_TABLE_PROPERTY", $"Cannot specify field_delimiter for storage format: {name}", unused.Position);
        }

        switch (name)
        {
            case "PARQUET":
                return (OutputFormat.Parquet(Codec(given.Compression, ParquetCodecs)), null);
            case "JSON":
                return (OutputFormat.Json(Codec(given.Compression, TextCodecs), library), null);
            case "TEXTFILE":
                var delimiter = given.Delimiter is { } property ? Text(property) : null;
                return delimiter is { Length: not 1 } or "\n" or "\r"
                    ? throw Invalid(given.Delimiter!)
                    : (OutputFormat.Text(delimiter ?? OutputFormat.DefaultDelimiter, Codec(given.Compression, TextCodecs), library), delimiter ?? OutputFormat.DefaultDelimiter);
            case "ORC" or "AVRO" or "ION" or "SEQUENCEFILE" or "RCFILE":
                throw NotBuilt(given.Format!);
            default:
                throw Invalid(given.Format!);
        }
    }

    private static string Codec(Property? property, Dictionary<string, string> codecs) =>
        property is null ? codecs[""] : Text(property) is { Length: > 0 } name && codecs.TryGetValue(name, out var codec) ? codec : throw Invalid(property);

    private static IReadOnlyList<string> Names(Property property) => property.Value is ArrayConstructor array && array.Items.All(element => element is StringLiteral)
        ? [.. array.Items.Select(element => ((StringLiteral)element).Value.ToLowerInvariant())]
        : throw Invalid(property);

    private static string Text(Property property) => property.Value is StringLiteral literal ? literal.Value : throw Invalid(property);

    private static string Formatted(Property property) => Sql.Formatting.SqlFormatter.Format(property.Value);

    private static SqlException NotBuilt(Property property) => new("NOT_SUPPORTED", $"{property.Name.Folded} = {Formatted(property)} is not built in Tarn yet", property.Position);

    private static SqlException Invalid(Property property) =>
        new("INVALID_TABLE_PROPERTY", $"Invalid value for catalog 'awsdatacatalog' table property '{property.Name.Folded}': {Formatted(property)}", property.Position);

    /// <summary>What says how files are written, before it is known what of it fits together.</summary>
    private sealed class Written
    {
        public Property? Format { get; set; }
        public Property? Compression { get; set; }
        public Property? Delimiter { get; set; }
    }
}
