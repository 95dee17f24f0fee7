using Tarn.Sql.Formatting;
using Tarn.Sql.Functions;
using Tarn.Sql.Tree;
using Tarn.Sql.Types;

namespace Tarn.Sql.Binding.Operators;

/// <summary>+ - * / % on numbers, with Trino's result types: integers stay integers, decimals stay decimals, and zero divides nothing.</summary>
internal static class Arithmetic
{
    public static BoundExpression Bind(BindingContext context, ArithmeticOperator @operator, BoundExpression left, BoundExpression right, SourcePosition position)
    {
        if (left.IsUnknown && right.IsUnknown)
        {
            throw OperatorError.CannotApply(position, left.Type, ExpressionFormatter.Symbol(@operator), right.Type);
        }

        if (TemporalArithmetic.Bind(context, @operator, left, right, position) is { } temporal)
        {
            return temporal;
        }

        if (TypeCoercion.CommonSuperType(left.Type, right.Type) is not { } common || !TypeCoercion.IsNumeric(common))
        {
            throw OperatorError.CannotApply(position, left.Type, ExpressionFormatter.Symbol(@operator), right.Type);
        }

        if (context.Dialect.SlashDividesAsDouble && @operator == ArithmeticOperator.Divide && common is not DecimalType)
        {
            common = SqlType.Double;
        }

        if (@operator == ArithmeticOperator.IntegerDivide)
        {
            (common, @operator) = (SqlType.BigInt, ArithmeticOperator.Divide);
        }

        if (common is DecimalType)
        {
            return DecimalArithmetic.Bind(context, @operator, AsDecimal(context, left, right), AsDecimal(context, right, left));
        }

        var a = context.Coerce(left, common);
        var b = context.Coerce(right, common);
        return TypeCoercion.IsInteger(common) ? OfIntegers(context, @operator, a, b) : OfFloats(context, @operator, a, b);
    }

    public static BoundExpression Negate(BoundExpression value, SourcePosition position)
    {
        if (TypeCoercion.IsNumeric(value.Type) || value.Type is SimpleType { Kind: SimpleKind.IntervalDayToSecond or SimpleKind.IntervalYearToMonth })
        {
            return new BoundExpression(value.Type, $"(-{value.Sql})");
        }

        throw OperatorError.CannotApply(position, "-", value.Type);
    }

    /// <summary>An operand as the decimal that it is by itself: the result's digits depend on both operands' own, not on a common type.</summary>
    private static BoundExpression AsDecimal(BindingContext context, BoundExpression value, BoundExpression other) =>
        context.Coerce(value, value.Type as DecimalType ?? TypeCoercion.IntegerAsDecimal(value.Type) ?? (value.IsUnknown ? other.Type as DecimalType : null) ?? throw new InvalidOperationException(value.Type.ToString()));

    private static BoundExpression OfIntegers(BindingContext context, ArithmeticOperator @operator, BoundExpression a, BoundExpression b)
    {
        var sql = @operator switch
        {
            ArithmeticOperator.Add => $"({a.Sql} + {b.Sql})",
            ArithmeticOperator.Subtract => $"({a.Sql} - {b.Sql})",
            ArithmeticOperator.Multiply => $"({a.Sql} * {b.Sql})",
            ArithmeticOperator.Divide => Guarded(context, a, b, $"({a.Sql} // {b.Sql})"),
            _ => Guarded(context, a, b, $"({a.Sql} % {b.Sql})"),
        };
        return new BoundExpression(a.Type, sql);
    }

    /// <summary>Division that fails, or in Spark is NULL, where the divisor is zero. A constant divisor is judged now.</summary>
    private static string Guarded(BindingContext context, BoundExpression a, BoundExpression b, string division)
    {
        var zero = context.Dialect.DivisionByZeroIsNull ? DuckDbTypes.Null(a.Type) : Failure.Sql(a.Type, "DIVISION_BY_ZERO", "Division by zero");
        return b.Constant is long and not 0 ? division : $"(CASE WHEN {b.Sql} = 0 THEN CASE WHEN {a.Sql} IS NULL THEN NULL ELSE {zero} END ELSE {division} END)";
    }

    private static BoundExpression OfFloats(BindingContext context, ArithmeticOperator @operator, BoundExpression a, BoundExpression b)
    {
        var symbol = ExpressionFormatter.Symbol(@operator);
        var sql = $"({a.Sql} {symbol} {b.Sql})";
        if (context.Dialect.DivisionByZeroIsNull && @operator is ArithmeticOperator.Divide or ArithmeticOperator.Modulus)
        {
            sql = $"(CASE WHEN {b.Sql} = 0 THEN NULL ELSE {sql} END)";
        }

        return new BoundExpression(a.Type, sql);
    }
}
