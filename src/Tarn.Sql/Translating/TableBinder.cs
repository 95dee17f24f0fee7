using Tarn.Sql.Binding;
using Tarn.Sql.Parsing;
using Tarn.Sql.Tree;
using Tarn.Sql.Types;

namespace Tarn.Sql.Translating;

/// <summary>A name in FROM: a WITH query, a table of the catalog, or a view, which is bound from its own text.</summary>
internal sealed class TableBinder(BindingContext context, CommonTableScope tables)
{
    public BoundRelation Bind(Table table)
    {
        var parts = table.Name.Parts;
        if (parts.Count == 1 && tables.Find(parts[0].Value) is { } common)
        {
            return CommonTable(parts[0].Folded, common);
        }

        if (table.Version is { } version)
        {
            throw new SqlException("NOT_SUPPORTED", "This connector does not support versioned tables", version.Position);
        }

        var found = Resolve(table);
        return found.View is { } view ? View(found, view, table.Position) : Scan(found);
    }

    private BoundRelation CommonTable(string name, (string Alias, IReadOnlyList<OutputColumn> Columns, CommonTable Table) common)
    {
        common.Table.ReferenceCount++;
        var alias = context.NewAlias("r");
        var relation = new RelationName(null, null, name);
        return new BoundRelation($"{common.Alias} AS {alias}", new Scope([.. common.Columns.Select((column, i) => new Field(column.Name, relation, column.Type, $"{alias}.c{i}", column.Origin?.Via(common.Table)))]));
    }

    private CatalogTable Resolve(Table table)
    {
        var parts = table.Name.Parts.Select(part => part.Folded).ToArray();
        if (parts.Length > 3)
        {
            throw new SqlException("SYNTAX_ERROR", $"Too many dots in table name: {table.Name}", table.Position);
        }

        var name = parts[^1];
        var schema = parts.Length > 1 ? parts[^2] : context.DefaultSchema ?? throw new SqlException("MISSING_SCHEMA_NAME", "Schema must be specified when session schema is not set", table.Position);
        var catalog = parts.Length > 2 ? parts[0] : context.DefaultCatalog;
        if (context.Catalog.ResolveTable(catalog, schema, name) is { } found)
        {
            return found;
        }

        if (!context.Catalog.CatalogExists(catalog))
        {
            throw new SqlException("CATALOG_NOT_FOUND", $"Catalog '{catalog}' does not exist", table.Position);
        }

        throw context.Catalog.SchemaExists(catalog, schema)
            ? new SqlException("TABLE_NOT_FOUND", $"Table '{catalog}.{schema}.{name}' does not exist", table.Position)
            : new SqlException("SCHEMA_NOT_FOUND", $"Schema '{schema}' does not exist", table.Position);
    }

    private BoundRelation Scan(CatalogTable table)
    {
        var scan = context.NewScan(table);
        var alias = context.NewAlias("r");
        var relation = new RelationName(table.Catalog, table.Schema, table.Name);
        var fields = table.Columns.Select(column => new Field(column.Name, relation, column.Type, $"{alias}.{LiteralSql.Identifier(column.Name)}", new ColumnOrigin(scan, column, []), column.IsHidden));
        return new BoundRelation($"({scan.Placeholder}) AS {alias}", new Scope([.. fields]));
    }

    private BoundRelation View(CatalogTable view, ViewDefinition definition, SourcePosition position)
    {
        if (context.ViewStack.Any(outer => FullName(outer) == FullName(view)))
        {
            throw new SqlException("VIEW_IS_RECURSIVE", "View is recursive", position);
        }

        if (context.ViewStack.Count == BindingContext.ViewDepthMax)
        {
            throw new SqlException("NOT_SUPPORTED", $"Views are nested more than {BindingContext.ViewDepthMax} deep at '{FullName(view)}'", position);
        }

        BoundQuery query;
        try
        {
            query = context.InView(view, definition, () => new QueryBinder(context, null, new CommonTableScope(null)).Bind(Parse(definition.Sql)));
        }
        catch (SqlException e)
        {
            throw new SqlException("INVALID_VIEW", $"Failed analyzing stored view '{FullName(view)}': {e.Message}", position);
        }

        var columns = view.Columns.Where(column => !column.IsHidden).ToList();
        if (Staleness(columns, query.Columns) is { } reason)
        {
            throw new SqlException("VIEW_IS_STALE", $"View '{FullName(view)}' is stale or in invalid state: {reason}", position);
        }

        var alias = context.NewAlias("r");
        var relation = new RelationName(view.Catalog, view.Schema, view.Name);
        var fields = columns.Select((column, i) =>
        {
            var value = new BoundExpression(query.Columns[i].Type, $"{alias}.c{i}") { Origin = query.Columns[i].Origin };
            var coerced = context.Coerce(value, column.Type);
            return new Field(column.Name, relation, column.Type, coerced.Sql, coerced.Origin);
        });
        return new BoundRelation($"({query.Sql}) AS {alias}", new Scope([.. fields]));
    }

    private static Query Parse(string sql) => StatementParser.Parse(sql) as Query ?? throw new SqlException("INVALID_VIEW", "not a query");

    /// <summary>How a view's query differs by now from the columns that were stored with it; null when it does not.</summary>
    private static string? Staleness(List<CatalogColumn> stored, IReadOnlyList<OutputColumn> actual)
    {
        if (stored.Count != actual.Count)
        {
            return $"stored view column count ({stored.Count}) does not match column count derived from the view query analysis ({actual.Count})";
        }

        for (var i = 0; i < stored.Count; i++)
        {
            var (name, type) = (actual[i].Name, actual[i].Type);
            if (name is null)
            {
                return $"a column of type {type} projected from query view at position {i} has no name";
            }

            if (!name.Equals(stored[i].Name, StringComparison.OrdinalIgnoreCase))
            {
                return $"column [{name}] of type {type} projected from query view at position {i} has a different name from column [{stored[i].Name}] of type {stored[i].Type} stored in view definition";
            }

            if (!TypeCoercion.CanCoerce(type, stored[i].Type))
            {
                return $"column [{name}] of type {type} projected from query view at position {i} cannot be coerced to column [{stored[i].Name}] of type {stored[i].Type} stored in view definition";
            }
        }

        return null;
    }

    private static string FullName(CatalogTable table) => $"{table.Catalog}.{table.Schema}.{table.Name}";
}
