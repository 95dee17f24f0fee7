using Tarn.Sql;
using Tarn.Sql.Tree;

namespace Tarn.Athena.Execution.Writing;

/// <summary>The WITH properties of CREATE TABLE AS.</summary>
/// <param name="Compression">DuckDB's name of a Parquet codec.</param>
/// <param name="Location">Null for a folder below the query's results.</param>
internal sealed record TableProperties(string Compression, string? Location, IReadOnlyList<string> PartitionedBy)
{
    /// <summary>Athena's names of codecs that DuckDB writes.</summary>
    private static readonly Dictionary<string, string> Codecs = new(StringComparer.OrdinalIgnoreCase)
    {
        ["SNAPPY"] = "snappy",
        ["GZIP"] = "gzip",
        ["ZSTD"] = "zstd",
        ["LZ4"] = "lz4_raw",
        ["NONE"] = "uncompressed",
        ["UNCOMPRESSED"] = "uncompressed",
    };

    /// <exception cref="SqlException">A property that is unknown (INVALID_TABLE_PROPERTY) or not built (NOT_SUPPORTED).</exception>
    public static TableProperties Of(IEnumerable<Property> properties)
    {
        // Athena writes GZIP when nothing is said; Snappy is written many times faster and read by everything that reads Parquet.
        var (compression, location, partitionedBy) = ("snappy", (string?)null, (IReadOnlyList<string>)[]);
        foreach (var property in properties)
        {
            switch (property.Name.Folded)
            {
                case "format" when Text(property).Equals("PARQUET", StringComparison.OrdinalIgnoreCase):
                case "table_type" when Text(property).Equals("HIVE", StringComparison.OrdinalIgnoreCase):
                    break;
                case "format" or "table_type" or "bucketed_by" or "bucket_count" or "bucketing_format" or "partitioning" or "is_external" or "compression_level" or "orc_compression":
                    throw new SqlException("NOT_SUPPORTED", $"{property.Name.Folded} = {Formatted(property)} is not built in Tarn yet", property.Position);
                case "write_compression" or "parquet_compression":
                    compression = Codecs.TryGetValue(Text(property), out var codec) ? codec : throw Invalid(property);
                    break;
                case "external_location":
                    location = Text(property);
                    break;
                case "partitioned_by":
                    partitionedBy = property.Value is ArrayConstructor array && array.Items.All(element => element is StringLiteral)
                        ? [.. array.Items.Select(element => ((StringLiteral)element).Value.ToLowerInvariant())]
                        : throw Invalid(property);
                    break;
                default:
                    throw new SqlException("INVALID_TABLE_PROPERTY", $"Catalog 'awsdatacatalog' table property '{property.Name.Folded}' does not exist", property.Position);
            }
        }

        return new TableProperties(compression, location, partitionedBy);
    }

    private static string Text(Property property) => property.Value is StringLiteral literal ? literal.Value : throw Invalid(property);

    private static string Formatted(Property property) => Sql.Formatting.SqlFormatter.Format(property.Value);

    private static SqlException Invalid(Property property) =>
        new("INVALID_TABLE_PROPERTY", $"Invalid value for catalog 'awsdatacatalog' table property '{property.Name.Folded}': {Formatted(property)}", property.Position);
}
