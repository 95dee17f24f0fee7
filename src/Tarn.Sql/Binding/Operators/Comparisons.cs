using Tarn.Sql.Formatting;
using Tarn.Sql.Tree;
using Tarn.Sql.Types;

namespace Tarn.Sql.Binding.Operators;

/// <summary>Comparison of two values of one common type.</summary>
internal static class Comparisons
{
    public static BoundExpression Bind(BindingContext context, ComparisonOperator @operator, BoundExpression left, BoundExpression right, SourcePosition position)
    {
        var common = TypeCoercion.CommonSuperType(left.Type, right.Type);
        var isOrder = @operator is ComparisonOperator.LessThan or ComparisonOperator.LessThanOrEqual or ComparisonOperator.GreaterThan or ComparisonOperator.GreaterThanOrEqual;
        if (common is null || !(isOrder ? TypeCoercion.IsOrderable(common) : TypeCoercion.IsComparable(common)))
        {
            throw OperatorError.CannotApply(position, left.Type, ExpressionFormatter.Symbol(@operator), right.Type);
        }

        return new BoundExpression(SqlType.Boolean, Compare(context, @operator, common, context.Coerce(left, common), context.Coerce(right, common), position));
    }

    /// <summary>DuckDB text of a comparison whose sides both are of <paramref name="type"/>.</summary>
    public static string Compare(BindingContext context, ComparisonOperator @operator, SqlType type, BoundExpression a, BoundExpression b, SourcePosition position) => @operator switch
    {
        ComparisonOperator.Equal => Equal(context, type, a, b),
        ComparisonOperator.NotEqual => NotEqual(context, type, a, b),
        ComparisonOperator.IsDistinctFrom => $"({Equality.Key(type, a.Sql)} IS DISTINCT FROM {Equality.Key(type, b.Sql)})",
        ComparisonOperator.IsNotDistinctFrom => $"({Equality.Key(type, a.Sql)} IS NOT DISTINCT FROM {Equality.Key(type, b.Sql)})",
        _ => Order(context, @operator, type, a, b, position),
    };

    private static string Equal(BindingContext context, SqlType type, BoundExpression a, BoundExpression b) =>
        IsFloat(type) && (a.Constant ?? b.Constant) is double value && !double.IsNaN(value) ? $"({a.Sql} = {b.Sql})" : Equality.Equal(context, type, a.Sql, b.Sql);

    private static string NotEqual(BindingContext context, SqlType type, BoundExpression a, BoundExpression b)
    {
        if (!IsFloat(type))
        {
            return Equality.IsPlain(type) && type is not (ArrayType or RowType) ? $"({a.Sql} <> {b.Sql})" : $"(NOT {Equality.Equal(context, type, a.Sql, b.Sql)})";
        }

        return (a.Constant ?? b.Constant) is double value && !double.IsNaN(value) ? $"({a.Sql} <> {b.Sql})" : $"(NOT {Equality.Equal(context, type, a.Sql, b.Sql)})";
    }

    private static string Order(BindingContext context, ComparisonOperator @operator, SqlType type, BoundExpression a, BoundExpression b, SourcePosition position)
    {
        var symbol = ExpressionFormatter.Symbol(@operator);
        if (type is RowType row)
        {
            return RowOrder(context, @operator, row, a, b, position);
        }

        if (type is CharType { Length: var length })
        {
            // Kept without its blanks, which come behind control characters.
            return $"(rpad({a.Sql}, {length}, ' ') {symbol} rpad({b.Sql}, {length}, ' '))";
        }

        if (!IsFloat(type))
        {
            return $"({Equality.Key(type, a.Sql)} {symbol} {Equality.Key(type, b.Sql)})";
        }

        // DuckDB puts NaN above everything; in Trino a comparison with it is false. A constant that is not NaN needs no guard.
        var guards = new[] { a, b }.Where(side => side.Constant is not double and not long).Select(side => $" AND NOT isnan({side.Sql})");
        return $"({a.Sql} {symbol} {b.Sql}{string.Concat(guards)})";
    }

    /// <summary>Field by field: less when the first field that differs is less.</summary>
    private static string RowOrder(BindingContext context, ComparisonOperator @operator, RowType row, BoundExpression a, BoundExpression b, SourcePosition position)
    {
        var strict = @operator is ComparisonOperator.LessThan or ComparisonOperator.LessThanOrEqual ? ComparisonOperator.LessThan : ComparisonOperator.GreaterThan;
        var text = @operator is ComparisonOperator.LessThan or ComparisonOperator.GreaterThan ? "false" : "true";
        for (var i = row.Fields.Count - 1; i >= 0; i--)
        {
            var x = new BoundExpression(row.Fields[i].Type, DuckDbTypes.Field(row, a.Sql, i));
            var y = new BoundExpression(row.Fields[i].Type, DuckDbTypes.Field(row, b.Sql, i));
            text = $"({Compare(context, strict, x.Type, x, y, position)} OR ({Equality.Equal(context, x.Type, x.Sql, y.Sql)} AND {text}))";
        }

        return text;
    }

    private static bool IsFloat(SqlType type) => type is SimpleType { Kind: SimpleKind.Double or SimpleKind.Real };
}
