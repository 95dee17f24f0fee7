using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tarn.Contracts.Catalog;
using Tarn.Sql;

namespace Tarn.Athena.Execution.Reading;

/// <summary>
/// A view as Athena keeps it in the Data Catalog: its definition as JSON, in base64 inside a comment, which Athena's own clients (awswrangler, dbt) write and read too.
/// </summary>
internal static class ViewText
{
    public const string TableType = "VIRTUAL_VIEW";
    private const string Opening = "/* Presto View: ";
    private const string Closing = " */";

    /// <summary>The comment for a view's text and columns.</summary>
    /// <param name="columns">Name and Trino type.</param>
    public static string Encode(string sql, string schema, IEnumerable<(string Name, string Type)> columns)
    {
        var definition = new JsonObject
        {
            ["originalSql"] = sql,
            ["catalog"] = "awsdatacatalog",
            ["schema"] = schema,
            ["columns"] = new JsonArray([.. columns.Select(column => new JsonObject { ["name"] = column.Name, ["type"] = column.Type })]),
        };
        return Opening + Convert.ToBase64String(Encoding.UTF8.GetBytes(definition.ToJsonString())) + Closing;
    }

    /// <summary>The Trino text of a view; <c>INVALID_VIEW</c> for one of another engine (Hive, Spark), whose text is not Trino's.</summary>
    public static string Sql(CatalogTable view)
    {
        var text = view.ViewOriginalText?.Trim() ?? "";
        if (!text.StartsWith(Opening, StringComparison.Ordinal) || !text.EndsWith(Closing, StringComparison.Ordinal))
        {
            throw new SqlException("INVALID_VIEW", $"The view {view.DatabaseName}.{view.Name} is not one of Athena's");
        }

        try
        {
            var json = Convert.FromBase64String(text[Opening.Length..^Closing.Length].Trim());
            return (string?)JsonNode.Parse(json)?["originalSql"] ?? throw new JsonException("originalSql is missing");
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw new SqlException("INVALID_VIEW", $"The definition of view {view.DatabaseName}.{view.Name} cannot be read: {e.Message}");
        }
    }
}
