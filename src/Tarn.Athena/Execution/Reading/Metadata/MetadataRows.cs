using System.Text.Json;
using Tarn.Sql.Binding;
using Tarn.Sql.Types;

namespace Tarn.Athena.Execution.Reading.Metadata;

/// <summary>
/// Rows that are known before a query runs, as a DuckDB SELECT. They stand in it as one JSON text, which is read many times faster than a VALUES list.
/// </summary>
internal static class MetadataRows
{
    private const string Nameless = "true AS \"$row\"";

    /// <param name="columns">The wanted ones, in order.</param>
    /// <param name="rows">A value a column, as text that a cast to the column's type reads; null for NULL.</param>
    public static string ToSql(IReadOnlyList<CatalogColumn> columns, IReadOnlyList<string?[]> rows)
    {
        if (rows.Count == 0)
        {
            var nothing = columns.Select(column => $"{DuckDbTypes.Null(column.Type)} AS {LiteralSql.Identifier(column.Name)}").DefaultIfEmpty(Nameless);
            return $"SELECT {string.Join(", ", nothing)} WHERE false";
        }

        var items = columns.Select((column, i) => $"CAST(v[{i + 1}] AS {DuckDbTypes.Name(column.Type)}) AS {LiteralSql.Identifier(column.Name)}").DefaultIfEmpty(Nameless);
        return $"SELECT {string.Join(", ", items)} FROM (SELECT unnest(from_json({LiteralSql.Text(JsonSerializer.Serialize(rows))}, '[[\"VARCHAR\"]]')) AS v)";
    }
}
