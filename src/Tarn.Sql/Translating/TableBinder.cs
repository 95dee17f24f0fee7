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
        return found.ViewSql is null ? Scan(found) : View(found, table.Position);
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
        var schema = parts.Length > 1 ? parts[^2] : context.Catalog.DefaultSchema ?? throw new SqlException("MISSING_SCHEMA_NAME", "Schema must be specified when session schema is not set", table.Position);
        var catalog = parts.Length > 2 ? parts[0] : context.Catalog.DefaultCatalog;
        if (context.Catalog.ResolveTable(catalog, schema, name) is { } found)
        {
            return found;
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

    private BoundRelation View(CatalogTable view, SourcePosition position)
    {
        if (++context.ViewDepth > BindingContext.ViewDepthMax)
        {
            throw new SqlException("VIEW_IS_RECURSIVE", $"View '{view.Catalog}.{view.Schema}.{view.Name}' is recursive", position);
        }

        BoundQuery query;
        try
        {
            var statement = StatementParser.Parse(view.ViewSql!) as Query ?? throw new SqlException("INVALID_VIEW", "not a query");
            query = new QueryBinder(context, null, new CommonTableScope(null)).Bind(statement);
        }
        catch (SqlException e) when (e.Code != "VIEW_IS_RECURSIVE")
        {
            throw new SqlException("INVALID_VIEW", $"Failed analyzing stored view '{view.Catalog}.{view.Schema}.{view.Name}': {e.Message}", position);
        }

        context.ViewDepth--;
        var columns = view.Columns.Where(column => !column.IsHidden).ToList();
        if (columns.Count != query.Columns.Count || query.Columns.Zip(columns).Any(pair => !TypeCoercion.CanCoerce(pair.First.Type, pair.Second.Type)))
        {
            throw new SqlException("VIEW_IS_STALE", $"View '{view.Catalog}.{view.Schema}.{view.Name}' is stale or in invalid state: its columns have changed", position);
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
}
