using System.Text.Json;
using Tarn.Contracts.Lake;
using Tarn.Sql;
using CatalogTable = Tarn.Contracts.Catalog.CatalogTable;

namespace Tarn.Athena.Execution.Reading;

/// <summary>
/// The objects below a table's location that are not its rows: the parameter <c>exclusions</c>, where a crawler keeps the patterns that it skipped.
/// They are patterns over whole URIs; one that does not start with <c>s3://</c> counts from the table's location.
/// </summary>
internal sealed class TableExclusions
{
    private const string Parameter = "exclusions";

    private readonly List<ExclusionGlob> globs;

    private TableExclusions(List<ExclusionGlob> globs) => this.globs = globs;

    /// <exception cref="SqlException"><c>HIVE_INVALID_METADATA</c>: the parameter is no JSON list of patterns.</exception>
    public static TableExclusions Of(CatalogTable table)
    {
        if (!table.Parameters.TryGetValue(Parameter, out var text) || string.IsNullOrWhiteSpace(text))
        {
            return new TableExclusions([]);
        }

        try
        {
            var location = table.StorageDescriptor?.Location ?? "";
            var folder = ExclusionGlob.Escape(location.Length == 0 || location.EndsWith('/') ? location : location + "/");
            var patterns = JsonSerializer.Deserialize<string[]>(text) ?? [];
            return new TableExclusions([.. patterns.Select(pattern => ExclusionGlob.Parse(pattern.StartsWith("s3://", StringComparison.Ordinal) ? pattern : folder + pattern))]);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new SqlException("HIVE_INVALID_METADATA", $"Invalid value for {Parameter} property of table {table.DatabaseName}.{table.Name}: {e.Message}");
        }
    }

    public bool Matches(LakeObject item)
    {
        if (globs.Count == 0)
        {
            return false;
        }

        var uri = $"s3://{item.Bucket}/{item.Key}";
        return globs.Exists(glob => glob.Matches(uri));
    }
}
