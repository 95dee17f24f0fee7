using Tarn.Sql.Binding.Operators;
using Tarn.Sql.Translating;
using Tarn.Sql.Tree;
using Tarn.Sql.Types;

namespace Tarn.Sql.Binding;

/// <summary>Subqueries as values: scalar, EXISTS, IN, and comparison with ANY or ALL.</summary>
internal static class SubqueryBinder
{
    public static BoundExpression Bind(ExpressionBinder binder, Expression expression) => expression switch
    {
        SubqueryExpression e => Scalar(binder.Subqueries().Bind(e.Query)),
        Exists e => new BoundExpression(SqlType.Boolean, $"(EXISTS ({binder.Subqueries().Bind(e.Query).Sql}))"),
        InSubquery e => In(binder, e),
        QuantifiedComparison e => Quantified(binder, e.Position, e.Operator, e.All, binder.Bind(e.Value), binder.Subqueries().Bind(e.Query)),
        _ => throw new InvalidOperationException(expression.GetType().Name),
    };

    /// <summary>A subquery of several columns is one row value.</summary>
    private static BoundExpression Scalar(BoundQuery query)
    {
        var single = Single(query, "s", SqlType.Unknown);
        if (single.Type is not RowType row || query.Columns.Count == 1)
        {
            return new BoundExpression(single.Type, $"({query.Sql})");
        }

        // No row is a row of NULLs.
        var nulls = DuckDbTypes.Row(row, [.. row.Fields.Select(field => DuckDbTypes.Null(field.Type))]);
        return new BoundExpression(row, $"coalesce((SELECT {single.Sql} FROM ({query.Sql}) AS s), {nulls})");
    }

    /// <param name="other">What it is compared with: against a row of one field even one column is a row.</param>
    private static BoundExpression Single(BoundQuery query, string alias, SqlType other)
    {
        if (query.Columns.Count == 1 && (other is not RowType { Fields.Count: 1 } || query.Columns[0].Type is RowType))
        {
            return new BoundExpression(query.Columns[0].Type, $"{alias}.c0");
        }

        var row = new RowType([.. query.Columns.Select(column => new RowField(column.Name, column.Type))]);
        return new BoundExpression(row, DuckDbTypes.Row(row, [.. query.Columns.Select((_, i) => $"{alias}.c{i}")]));
    }

    private static BoundExpression In(ExpressionBinder binder, InSubquery expression)
    {
        var value = binder.Bind(expression.Value);
        var query = binder.Subqueries().Bind(expression.Query);
        var context = binder.Context;
        var alias = context.NewAlias("s");
        var item = Single(query, alias, value.Type);
        if (TypeCoercion.CommonSuperType(value.Type, item.Type) is not { } common)
        {
            throw new SqlException("TYPE_MISMATCH", $"Value expression and result of subquery must be of the same type: {value.Type} vs {item.Type}", expression.Position);
        }

        if (common is RowType or ArrayType or MapType or SimpleType { Kind: SimpleKind.Double or SimpleKind.Real })
        {
            return Quantified(binder, expression.Position, ComparisonOperator.Equal, all: false, value, query);
        }

        var left = Equality.Key(common, context.Coerce(value, common).Sql);
        var right = Equality.Key(common, context.Coerce(item, common).Sql);
        return new BoundExpression(SqlType.Boolean, $"({left} IN (SELECT {right} FROM ({query.Sql}) AS {alias}))");
    }

    /// <summary>
    /// Counted out in three-valued logic, which holds for every type: ANY is true if one comparison is, else unknown if one is unknown, else
    /// false, also over no row; ALL the other way round.
    /// </summary>
    private static BoundExpression Quantified(ExpressionBinder binder, SourcePosition position, ComparisonOperator @operator, bool all, BoundExpression value, BoundQuery query)
    {
        var alias = binder.Context.NewAlias("s");
        var item = Single(query, alias, value.Type);
        var compare = Comparisons.Bind(binder.Context, @operator, value, item, position).Sql;
        var (decisive, otherwise) = all ? ("NOT r", "true") : ("r", "false");
        var decided = all ? "false" : "true";
        return new BoundExpression(SqlType.Boolean, $"(SELECT CASE WHEN coalesce(bool_or({decisive}), false) THEN {decided} WHEN coalesce(bool_or(r IS NULL), false) THEN NULL ELSE {otherwise} END FROM (SELECT {compare} AS r FROM ({query.Sql}) AS {alias}) AS q)");
    }
}
