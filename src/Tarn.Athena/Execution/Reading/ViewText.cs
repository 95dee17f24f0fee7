using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tarn.Sql;
using Tarn.Sql.Binding;
using Tarn.Sql.Types;
using BoundColumn = Tarn.Sql.Binding.CatalogColumn;
using BoundTable = Tarn.Sql.Binding.CatalogTable;
using CatalogTable = Tarn.Contracts.Catalog.CatalogTable;

namespace Tarn.Athena.Execution.Reading;

/// <summary>
/// A view as Athena keeps it in the Data Catalog: its definition as JSON, in base64 inside a comment, which Athena's own clients (awswrangler, dbt) write and read too.
/// </summary>
internal static class ViewText
{
    public const string TableType = "VIRTUAL_VIEW";
    private const string Opening = "/* Presto View: ";
    private const string Closing = " */";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>The comment for a view's text and columns.</summary>
    /// <param name="schema">The session's: what names without a database in <paramref name="sql"/> mean.</param>
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

    /// <summary>Whether a view's definition is in Athena's form, so that its text can be asked for.</summary>
    public static bool IsAthenas(CatalogTable view) => view.ViewOriginalText?.Trim().StartsWith(Opening, StringComparison.Ordinal) == true;

    /// <summary>The Trino text of a view; <c>INVALID_VIEW</c> for one of another engine (Hive, Spark), whose text is not Trino's.</summary>
    public static string Sql(CatalogTable view) => Definition(view).OriginalSql;

    /// <summary>A view with the columns that were stored with it; <c>INVALID_VIEW</c> for one of another engine.</summary>
    public static BoundTable ToBound(string catalog, CatalogTable view)
    {
        var definition = Definition(view);
        var columns = definition.Columns is { } stored
            ? stored.Select(column => new BoundColumn(column.Name.ToLowerInvariant(), TypeParser.Parse(column.Type)))
            : (view.StorageDescriptor?.Columns ?? []).Select(column => new BoundColumn(column.Name.ToLowerInvariant(), HiveTypes.Parse(column.Type ?? "string")));
        var session = new ViewDefinition(definition.OriginalSql, definition.Catalog?.ToLowerInvariant(), definition.Schema?.ToLowerInvariant());
        return new BoundTable(catalog, view.DatabaseName, view.Name, [.. columns], view, session);
    }

    private static StoredView Definition(CatalogTable view)
    {
        var text = view.ViewOriginalText?.Trim() ?? "";
        if (!text.StartsWith(Opening, StringComparison.Ordinal) || !text.EndsWith(Closing, StringComparison.Ordinal))
        {
            throw new SqlException("INVALID_VIEW", $"The view {view.DatabaseName}.{view.Name} is not one of Athena's");
        }

        try
        {
            var json = Convert.FromBase64String(text[Opening.Length..^Closing.Length].Trim());
            return JsonSerializer.Deserialize<StoredView>(json, Json) is { OriginalSql: not null } stored ? stored : throw new JsonException("originalSql is missing");
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw new SqlException("INVALID_VIEW", $"The definition of view {view.DatabaseName}.{view.Name} cannot be read: {e.Message}");
        }
    }

    /// <param name="Columns">Null in definitions that other clients wrote without them.</param>
    private sealed record StoredView(string OriginalSql, string? Catalog, string? Schema, IReadOnlyList<StoredColumn>? Columns);

    private sealed record StoredColumn(string Name, string Type);
}
