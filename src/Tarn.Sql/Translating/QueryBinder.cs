using Tarn.Sql.Binding;
using Tarn.Sql.Binding.Operators;
using Tarn.Sql.Tree;
using Tarn.Sql.Types;

namespace Tarn.Sql.Translating;

/// <summary>Queries: WITH, set operations, VALUES, and ORDER BY, OFFSET and LIMIT around them. SELECT itself is <see cref="SelectBinder"/>'s.</summary>
/// <param name="outer">The expression around a subquery, whose columns it may use; null at the top.</param>
internal sealed class QueryBinder(BindingContext context, ExpressionBinder? outer, CommonTableScope tables)
{
    public BoundQuery Bind(Query query)
    {
        BindingContext.CheckStack();
        if (query.With is not { } with)
        {
            return BindWithoutWith(query);
        }

        var scope = new CommonTableScope(tables);
        var texts = new List<string>();
        foreach (var common in with.Queries)
        {
            if (scope.Defines(common.Name.Value))
            {
                throw new SqlException("DUPLICATE_NAMED_QUERY", $"WITH query name '{common.Name.Value}' specified more than once", common.Name.Position);
            }

            texts.Add(CommonTable(common, scope, with.Recursive));
        }

        var bound = new QueryBinder(context, outer, scope).BindWithoutWith(query);
        return bound with { Sql = $"WITH {(with.Recursive ? "RECURSIVE " : "")}{string.Join(", ", texts)} {bound.Sql}" };
    }

    private string CommonTable(WithQuery common, CommonTableScope scope, bool recursive)
    {
        var alias = context.NewAlias("w");
        if (recursive && common.Columns is not null && common.Query is { With: null, OrderBy.Count: 0, Limit: null, Offset: null, Body: SetOperation { Operator: SetOperator.Union } union })
        {
            return Recursive(common, union, alias, scope);
        }

        var bound = new QueryBinder(context, outer, scope).Bind(common.Query);
        scope.Add(common.Name.Value, alias, Rename(bound.Columns, common.Columns, common.Position));
        return $"{alias} AS ({bound.Sql})";
    }

    /// <summary>The first half gives names and types; the second half sees the query under its own name.</summary>
    private string Recursive(WithQuery common, SetOperation union, string alias, CommonTableScope scope)
    {
        var start = new QueryBinder(context, outer, scope).Body(union.Left);
        var columns = Rename(start.Columns, common.Columns, common.Position).Select(column => column with { Origin = null }).ToList();
        scope.Add(common.Name.Value, alias, columns);
        var step = new QueryBinder(context, outer, scope).Body(union.Right);
        if (step.Columns.Count != columns.Count)
        {
            throw new SqlException("TYPE_MISMATCH", "base and step relations of recursion have different number of fields: " + $"{columns.Count}, {step.Columns.Count}", union.Position);
        }

        for (var i = 0; i < columns.Count; i++)
        {
            if (!TypeCoercion.CanCoerce(step.Columns[i].Type, columns[i].Type))
            {
                throw new SqlException("TYPE_MISMATCH", $"recursion step relation output type ({step.Columns[i].Type}) is not coercible to recursion base relation output type ({columns[i].Type}) at column {i + 1}", union.Position);
            }
        }

        var types = columns.Select(column => column.Type).ToList();
        var names = string.Join(", ", columns.Select((_, i) => $"c{i}"));
        return $"{alias}({names}) AS ({Wrapped(start, types, cast: true)} UNION{(union.All ? " ALL" : "")} {Wrapped(step, types, cast: true)})";
    }

    private static List<OutputColumn> Rename(IReadOnlyList<OutputColumn> columns, NodeList<Identifier>? names, SourcePosition position)
    {
        if (names is not null && names.Count != columns.Count)
        {
            throw new SqlException("MISMATCHED_COLUMN_ALIASES", $"Column alias list has {names.Count} entries but relation has {columns.Count} columns", position);
        }

        return [.. columns.Select((column, i) => names is null ? column : column with { Name = names[i].Folded })];
    }

    private BoundQuery BindWithoutWith(Query query)
    {
        var limit = Rows(query.Limit?.Count);
        var offset = Rows(query.Offset);
        if (query.Limit is { WithTies: true } && query.OrderBy.Count == 0)
        {
            throw new SqlException("MISSING_ORDER_BY", "FETCH FIRST WITH TIES clause requires ORDER BY", query.Limit.Position);
        }

        var ordered = query.Body is QuerySpecification specification
            ? new SelectBinder(context, outer, tables).Bind(specification, query.OrderBy)
            : Ordered(Body(query.Body), query.OrderBy);
        if (limit is null && offset is null)
        {
            return ordered.Finish("");
        }

        // Which rows are left depends on all of them: a condition on the outside must not reach the scan.
        var bound = query.Limit is { WithTies: true } ? ordered.WithTies(limit!, offset ?? "0") : ordered.Finish($"{(limit is null ? "" : " LIMIT " + limit)}{(offset is null ? "" : " OFFSET " + offset)}");
        return bound with { Columns = [.. bound.Columns.Select(column => column with { Origin = null })] };
    }

    private OrderedQuery Ordered(BoundQuery body, NodeList<SortItem> items)
    {
        if (items.Count == 0)
        {
            return new OrderedQuery(body.Sql, body.Columns, []);
        }

        var alias = context.NewAlias("o");
        var outputs = body.Columns.Select((column, i) => (column.Name, Value: new BoundExpression(column.Type, $"{alias}.c{i}"))).ToList();
        var binder = new ExpressionBinder(context, Scope.Empty, outer, tables) { Outputs = outputs, ScalarClause = "ORDER BY clause" };
        var keys = items.Select(item => SelectBinder.SortKey(context, binder, outputs, item)).Where(key => key is not null).Select(key => key!).ToList();
        return new OrderedQuery($"SELECT * FROM ({body.Sql}) AS {alias}", body.Columns, keys);
    }

    /// <summary>A number of rows, as text; null for no limit.</summary>
    private string? Rows(Expression? count)
    {
        if (count is Parameter parameter)
        {
            count = parameter.Index < context.Parameters.Count ? context.Parameters[parameter.Index] : throw new SqlException("INVALID_PARAMETER_USAGE", $"Incorrect number of parameters: expected {parameter.Index + 1} but found {context.Parameters.Count}", parameter.Position);
        }

        return count switch
        {
            null => null,
            LongLiteral { Value: >= 0 } literal => literal.Value.ToString(),
            LongLiteral literal => throw new SqlException("NUMERIC_VALUE_OUT_OF_RANGE", $"LIMIT row count must be greater or equal to 0 (actual value: {literal.Value})", literal.Position),
            _ => throw new SqlException("TYPE_MISMATCH", "Row count must be an integer", count.Position),
        };
    }

    private BoundQuery Body(QueryBody body)
    {
        BindingContext.CheckStack();
        return body switch
        {
            QuerySpecification e => new SelectBinder(context, outer, tables).Bind(e, []).Finish(""),
            SubqueryBody e => Bind(e.Query),
            Values e => Values(e),
            TableBody e => All(new RelationBinder(context, outer, tables).Bind(new Table(e.Position, e.Name, null), Scope.Empty)),
            SetOperation e => SetOperation(e),
            _ => throw new InvalidOperationException(body.GetType().Name),
        };
    }

    private static BoundQuery All(BoundRelation relation)
    {
        var fields = relation.Scope.Visible.Select(field => (Field: field, Value: field.Read())).ToList();
        return new BoundQuery(
            $"SELECT {string.Join(", ", fields.Select((field, i) => $"{field.Value.Sql} AS c{i}"))} FROM {relation.Sql}",
            [.. fields.Select(field => new OutputColumn(field.Field.Name, field.Field.Type, field.Field.Origin))]);
    }

    private BoundQuery Values(Values values)
    {
        var binder = new ExpressionBinder(context, Scope.Empty, outer, tables) { ScalarClause = "VALUES clause" };
        var rows = values.Rows.Select(row => Row(binder, row)).ToList();
        var width = rows[0].Count;
        if (rows.FindIndex(row => row.Count != width) is var odd and >= 0)
        {
            throw new SqlException("TYPE_MISMATCH", $"Values rows have mismatched sizes: {width} vs {rows[odd].Count}", values.Position);
        }

        var types = Enumerable.Range(0, width).Select(i => TypeCoercion.CommonSuperType(rows.Select(row => row[i].Type))
            ?? throw new SqlException("TYPE_MISMATCH", $"Values rows have mismatched types: {string.Join(" vs ", rows.Select(row => row[i].Type).Distinct().Take(2))}", values.Position)).ToList();
        var texts = rows.Select(row => string.Join(", ", row.Select((value, i) => context.Coerce(value, types[i]).Sql))).ToList();
        var names = string.Join(", ", types.Select((_, i) => $"c{i}"));
        var sql = rows.Count == 1
            ? $"SELECT {string.Join(", ", rows[0].Select((value, i) => $"{context.Coerce(value, types[i]).Sql} AS c{i}"))}"
            : $"SELECT {names} FROM (VALUES {string.Join(", ", texts.Select(text => $"({text})"))}) AS {context.NewAlias("v")}({names})";
        return new BoundQuery(sql, [.. types.Select(type => new OutputColumn(null, type, null))]);
    }

    private static List<BoundExpression> Row(ExpressionBinder binder, Expression row)
    {
        if (row is RowConstructor constructor)
        {
            return [.. constructor.Items.Select(item => binder.Bind(item.Value))];
        }

        var value = binder.Bind(row);
        return value.Type is RowType type ? [.. type.Fields.Select((field, i) => new BoundExpression(field.Type, DuckDbTypes.Field(type, value.Sql, i)))] : [value];
    }

    private BoundQuery SetOperation(SetOperation operation)
    {
        var left = Body(operation.Left);
        var right = Body(operation.Right);
        var name = operation.Operator.ToString().ToUpperInvariant();
        if (left.Columns.Count != right.Columns.Count)
        {
            throw new SqlException("TYPE_MISMATCH", $"{name} query has different number of fields: {left.Columns.Count}, {right.Columns.Count}", operation.Position);
        }

        var types = left.Columns.Select((column, i) => TypeCoercion.CommonSuperType(column.Type, right.Columns[i].Type)
            ?? throw new SqlException("TYPE_MISMATCH", $"column {i + 1} in {name} query has incompatible types: {column.Type}, {right.Columns[i].Type}", operation.Position)).ToList();
        if (!operation.All && types.FirstOrDefault(type => !TypeCoercion.IsComparable(type)) is { } incomparable)
        {
            throw new SqlException("TYPE_MISMATCH", $"Type {incomparable} is not comparable and therefore cannot be used in {name}", operation.Position);
        }

        var columns = left.Columns.Select((column, i) => new OutputColumn(column.Name, types[i], null)).ToList();
        var all = $"({Wrapped(left, types)}) {name} ALL ({Wrapped(right, types)})";
        if (types.TrueForAll(type => Equality.Key(type, "x") == "x"))
        {
            return new BoundQuery(operation.All ? all : $"({Wrapped(left, types)}) {name} ({Wrapped(right, types)})", columns);
        }

        // Instants are the same when their moments are: any of the rows may stand for it.
        if (operation.Operator != SetOperator.Union)
        {
            throw new SqlException("NOT_SUPPORTED", $"{name} over {string.Join(", ", types)} is not supported", operation.Position);
        }

        var keys = string.Join(", ", types.Select((type, i) => Equality.Key(type, $"c{i}")));
        return new BoundQuery(operation.All ? all : $"SELECT DISTINCT ON ({keys}) * FROM ({all})", columns);
    }

    /// <summary>The query with its columns as <paramref name="types"/>.</summary>
    private string Wrapped(BoundQuery query, IReadOnlyList<SqlType> types, bool cast = false)
    {
        if (!cast && query.Columns.Select(column => column.Type).SequenceEqual(types))
        {
            return query.Sql;
        }

        var items = types.Select((type, i) => $"{context.Coerce(new BoundExpression(query.Columns[i].Type, $"c{i}"), type).Sql} AS c{i}");
        return $"SELECT {string.Join(", ", items)} FROM ({query.Sql}) AS {context.NewAlias("u")}";
    }
}
