using Tarn.Sql.Functions;
using Tarn.Sql.Tree;
using Tarn.Sql.Types;

namespace Tarn.Sql.Binding.Operators;

/// <summary>
/// Dates, times and intervals. An interval of days is milliseconds and one of months is months, both plain integers in DuckDB; dates stay
/// dates, where DuckDB would make timestamps of them.
/// </summary>
internal static class TemporalArithmetic
{
    private const string MillisecondsPerDay = "86400000";

    /// <summary>Null when neither operand has to do with time.</summary>
    public static BoundExpression? Bind(BindingContext context, ArithmeticOperator @operator, BoundExpression left, BoundExpression right, SourcePosition position)
    {
        var (leftIsInterval, rightIsInterval) = (IsInterval(left.Type), IsInterval(right.Type));
        switch (@operator)
        {
            case ArithmeticOperator.Add or ArithmeticOperator.Subtract when leftIsInterval && rightIsInterval && left.Type.Equals(right.Type):
                return new BoundExpression(left.Type, $"({left.Sql} {(@operator == ArithmeticOperator.Add ? "+" : "-")} {right.Sql})");
            case ArithmeticOperator.Add when leftIsInterval && IsTemporal(right.Type):
                return Shift(context, right, left, negative: false, position);
            case ArithmeticOperator.Add or ArithmeticOperator.Subtract when rightIsInterval && IsTemporal(left.Type):
                return Shift(context, left, right, @operator == ArithmeticOperator.Subtract, position);
            case ArithmeticOperator.Subtract when IsTemporal(left.Type) && IsTemporal(right.Type):
                return Difference(context, left, right);
            case ArithmeticOperator.Multiply when leftIsInterval && TypeCoercion.IsNumeric(right.Type):
                return Scale(context, left, right, "*");
            case ArithmeticOperator.Multiply when rightIsInterval && TypeCoercion.IsNumeric(left.Type):
                return Scale(context, right, left, "*");
            case ArithmeticOperator.Divide when leftIsInterval && TypeCoercion.IsNumeric(right.Type):
                return Scale(context, left, right, "/");
            default:
                return null;
        }
    }

    private static bool IsInterval(SqlType type) => type is SimpleType { Kind: SimpleKind.IntervalDayToSecond or SimpleKind.IntervalYearToMonth };

    private static bool IsMonths(SqlType type) => type is SimpleType { Kind: SimpleKind.IntervalYearToMonth };

    private static bool IsTemporal(SqlType type) => type is TimestampType or TimeType or SimpleType { Kind: SimpleKind.Date };

    private static BoundExpression? Shift(BindingContext context, BoundExpression value, BoundExpression interval, bool negative, SourcePosition position)
    {
        var amount = negative ? $"(-{interval.Sql})" : interval.Sql;
        var months = IsMonths(interval.Type);
        switch (value.Type)
        {
            case SimpleType when months:
                return new BoundExpression(value.Type, $"CAST({value.Sql} + to_months({amount}) AS DATE)");
            case SimpleType:
                return ShiftDate(value, interval, amount);
            case TimestampType { WithTimeZone: false, Precision: <= 6 } timestamp:
                var step = months ? $"to_months({amount})" : $"to_microseconds({amount} * 1000)";
                return new BoundExpression(months ? timestamp : new TimestampType(Math.Max(3, timestamp.Precision), false), $"({value.Sql} + {step})");
            case TimestampType { WithTimeZone: true } zoned when !months:
                return new BoundExpression(new TimestampType(Math.Max(3, zoned.Precision), true), $"struct_pack(instant := {value.Sql}.instant + to_microseconds({amount} * 1000), zone := {value.Sql}.zone)");
            case TimestampType { WithTimeZone: true }:
                var shifted = context.Library.BindScalar("date_add", [new BoundExpression(SqlType.Varchar, "'month'") { Constant = "month" }.ToCallArgument(), new BoundExpression(SqlType.BigInt, $"CAST({amount} AS BIGINT)").ToCallArgument(), value.ToCallArgument()], position);
                return shifted is null ? null : new BoundExpression(shifted.Type, shifted.Sql);
            case TimeType { WithTimeZone: false } time when !months:
                return new BoundExpression(new TimeType(Math.Max(3, time.Precision), false), $"({value.Sql} + to_microseconds({amount} * 1000))");
            case TimeType { WithTimeZone: true } time when !months:
                return new BoundExpression(new TimeType(Math.Max(3, time.Precision), true), $"struct_pack(\"local\" := {value.Sql}.\"local\" + to_microseconds({amount} * 1000), minutes := {value.Sql}.minutes)");
            case TimeType:
                return null;
            default:
                throw new SqlException("NOT_SUPPORTED", $"Adding {interval.Type} to {value.Type} is not supported", position);
        }
    }

    private static BoundExpression ShiftDate(BoundExpression date, BoundExpression interval, string amount)
    {
        var sum = $"({date.Sql} + CAST({amount} // {MillisecondsPerDay} AS INTEGER))";
        var failure = Failure.Sql(date.Type, "INVALID_FUNCTION_ARGUMENT", "Cannot add hour, minutes or seconds to a date");
        return new BoundExpression(date.Type, interval.Constant is long milliseconds && milliseconds % 86_400_000 == 0 ? sum : $"(CASE WHEN {interval.Sql} % {MillisecondsPerDay} <> 0 THEN {failure} ELSE {sum} END)");
    }

    private static BoundExpression? Difference(BindingContext context, BoundExpression left, BoundExpression right)
    {
        if (TypeCoercion.CommonSuperType(left.Type, right.Type) is not { } common)
        {
            return null;
        }

        var a = context.Coerce(left, common).Sql;
        var b = context.Coerce(right, common).Sql;
        var sql = common switch
        {
            SimpleType => $"(({a} - {b}) * {MillisecondsPerDay})",
            _ => Milliseconds(Equality.Key(common, a), Equality.Key(common, b)),
        };
        return new BoundExpression(SqlType.IntervalDayToSecond, sql);
    }

    /// <summary>The difference in whole milliseconds, half away from zero.</summary>
    private static string Milliseconds(string a, string b) => $"((epoch_us({a}) - epoch_us({b}) + CASE WHEN {a} < {b} THEN -500 ELSE 500 END) // 1000)";

    private static BoundExpression Scale(BindingContext context, BoundExpression interval, BoundExpression factor, string symbol)
    {
        var name = DuckDbTypes.Name(interval.Type);
        if (TypeCoercion.IsInteger(factor.Type) && symbol == "*")
        {
            return new BoundExpression(interval.Type, $"CAST({interval.Sql} * {factor.Sql} AS {name})");
        }

        var number = context.Coerce(factor, SqlType.Double);
        return new BoundExpression(interval.Type, $"CAST(trunc(CAST({interval.Sql} AS DOUBLE) {symbol} {number.Sql}) AS {name})");
    }
}
