using Tarn.Sql.Functions;
using Tarn.Sql.Tree;
using Tarn.Sql.Types;

namespace Tarn.Sql.Binding.Operators;

/// <summary>
/// Arithmetic of decimals, exact, with the precision and scale that Trino gives the result. Division is done on the unscaled integers
/// (HUGEINT), because DuckDB's own gives a double.
/// </summary>
internal static class DecimalArithmetic
{
    private const int PrecisionMax = 38;

    public static BoundExpression Bind(BindingContext context, ArithmeticOperator @operator, BoundExpression left, BoundExpression right)
    {
        var a = (DecimalType)left.Type;
        var b = (DecimalType)right.Type;
        return @operator switch
        {
            ArithmeticOperator.Add => Sum(left, right, a, b, "+"),
            ArithmeticOperator.Subtract => Sum(left, right, a, b, "-"),
            ArithmeticOperator.Multiply => Product(left, right, a, b),
            ArithmeticOperator.Divide => Quotient(context, left, right, a, b),
            _ => Remainder(context, left, right, a, b),
        };
    }

    private static BoundExpression Sum(BoundExpression left, BoundExpression right, DecimalType a, DecimalType b, string symbol)
    {
        var scale = Math.Max(a.Scale, b.Scale);
        var type = new DecimalType(Math.Min(PrecisionMax, Math.Max(a.Precision - a.Scale, b.Precision - b.Scale) + scale + 1), scale);
        var name = DuckDbTypes.Name(type);
        return new BoundExpression(type, $"CAST(CAST({left.Sql} AS {name}) {symbol} CAST({right.Sql} AS {name}) AS {name})");
    }

    private static BoundExpression Product(BoundExpression left, BoundExpression right, DecimalType a, DecimalType b)
    {
        var scale = a.Scale + b.Scale;
        if (scale > PrecisionMax)
        {
            throw new SqlException("INVALID_FUNCTION_ARGUMENT", $"DECIMAL scale must be in range [0, precision (38)]: {scale}");
        }

        var type = new DecimalType(Math.Min(PrecisionMax, a.Precision + b.Precision), scale);

        // DuckDB multiplies two decimals of up to 18 digits in 64 bits, whatever the product needs.
        var first = a.Precision <= 18 && b.Precision <= 18 && type.Precision > 18 ? $"CAST({left.Sql} AS DECIMAL({type.Precision},{a.Scale}))" : left.Sql;
        return new BoundExpression(type, $"CAST({first} * {right.Sql} AS {DuckDbTypes.Name(type)})");
    }

    private static BoundExpression Quotient(BindingContext context, BoundExpression left, BoundExpression right, DecimalType a, DecimalType b)
    {
        var scale = Math.Max(a.Scale, b.Scale);
        var type = new DecimalType(Math.Min(PrecisionMax, a.Precision + b.Scale + Math.Max(0, b.Scale - a.Scale)), scale);
        var shift = scale + b.Scale - a.Scale;
        if (shift > PrecisionMax)
        {
            throw new SqlException("NOT_SUPPORTED", $"Dividing {a} by {b} is not supported");
        }

        var n = $"({Unscaled(left.Sql, a)} * {PowerOfTen(shift)})";
        var d = Unscaled(right.Sql, b);

        // Half away from zero: one more where the rest is at least half of |d|, with the sign put back.
        var rounded = "(CASE WHEN (x.n < 0) <> (x.d < 0) THEN -1 ELSE 1 END) * (abs(x.n) // abs(x.d) + CASE WHEN abs(x.n) % abs(x.d) >= abs(x.d) - abs(x.n) % abs(x.d) THEN 1 ELSE 0 END)";
        return new BoundExpression(type, Let(context, n, d, type, Scaled(rounded, type)));
    }

    private static BoundExpression Remainder(BindingContext context, BoundExpression left, BoundExpression right, DecimalType a, DecimalType b)
    {
        var scale = Math.Max(a.Scale, b.Scale);
        var type = new DecimalType(Math.Max(1, Math.Min(PrecisionMax, Math.Min(b.Precision - b.Scale, a.Precision - a.Scale) + scale)), scale);
        var n = $"({Unscaled(left.Sql, a)} * {PowerOfTen(scale - a.Scale)})";
        var d = $"({Unscaled(right.Sql, b)} * {PowerOfTen(scale - b.Scale)})";
        return new BoundExpression(type, Let(context, n, d, type, Scaled("(x.n % x.d)", type)));
    }

    /// <summary>
    /// Evaluates both operands once and names them <c>x.n</c> and <c>x.d</c>: written out, each would stand in the text several times, and
    /// a chain of divisions would grow exponentially.
    /// </summary>
    private static string Let(BindingContext context, string n, string d, DecimalType type, string body)
    {
        var zero = context.Dialect.DivisionByZeroIsNull ? DuckDbTypes.Null(type) : Failure.Sql(type, "DIVISION_BY_ZERO", "Division by zero");
        return $"list_extract(list_transform([struct_pack(n := {n}, d := {d})], lambda x: CASE WHEN x.n IS NULL OR x.d IS NULL THEN NULL WHEN x.d = 0 THEN {zero} ELSE {body} END), 1)";
    }

    /// <summary>The value times ten to its scale, as HUGEINT. Through text where the product would not fit a decimal.</summary>
    private static string Unscaled(string sql, DecimalType type) => type.Scale == 0
        ? $"CAST({sql} AS HUGEINT)"
        : type.Precision + type.Scale < PrecisionMax
            ? $"CAST({sql} * CAST({PowerOfTen(type.Scale)} AS DECIMAL({type.Scale + 1},0)) AS HUGEINT)"
            : $"CAST(replace(CAST({sql} AS VARCHAR), '.', '') AS HUGEINT)";

    private static string Scaled(string sql, DecimalType type) => type.Scale == 0
        ? $"CAST({sql} AS {DuckDbTypes.Name(type)})"
        : $"CAST(CAST({sql} AS DECIMAL(38,0)) * CAST('0.{new string('0', type.Scale - 1)}1' AS DECIMAL({type.Scale},{type.Scale})) AS {DuckDbTypes.Name(type)})";

    private static string PowerOfTen(int exponent) => $"CAST('1{new string('0', exponent)}' AS HUGEINT)";
}
