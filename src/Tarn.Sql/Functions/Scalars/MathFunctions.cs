using Tarn.Sql.Functions.Resolution;
using Tarn.Sql.Types;

namespace Tarn.Sql.Functions.Scalars;

/// <summary>Arithmetic functions. Overloads for whole numbers keep their type, as Trino's do.</summary>
internal static class MathFunctions
{
    private static readonly string[] Integers = ["tinyint", "smallint", "integer", "bigint"];

    public static void Add(ScalarFunctions functions)
    {
        Signs(functions);
        Rounding(functions);
        Transcendental(functions);
        Divisions(functions);
        Numbers(functions);
        Distributions(functions);
    }

    private static void Signs(ScalarFunctions functions)
    {
        foreach (var type in Integers)
        {
            var lowest = type switch { "tinyint" => "-128", "smallint" => "-32768", "integer" => "-2147483648", _ => "-9223372036854775808" };
            var fail = Failure.Sql(TypeParser.Parse(type), "NUMERIC_VALUE_OUT_OF_RANGE", $"Value {lowest} is out of range for abs({type})");
            functions.Add($"abs({type}) -> {type}", $"CASE WHEN {{0}} = {lowest} THEN {fail} ELSE abs({{0}}) END");
        }

        functions.Add("abs(decimal(p)) -> decimal(p)", "abs({0})");
        functions.Add("abs(double) -> double", "abs({0})");
        functions.Add("abs(real) -> real", "abs({0})");
        foreach (var type in Integers)
        {
            functions.Add($"sign({type}) -> {type}", $"CAST(sign({{0}}) AS {DuckDbTypes.Name(TypeParser.Parse(type))})");
        }

        functions.AddTyped("sign(decimal(p)) -> decimal(p)", call => new BoundCall(new DecimalType(1, 0), $"CAST(sign({call[0].Sql}) AS DECIMAL(1,0))"));
        functions.Add("sign(double) -> double", "CASE WHEN isnan({0}) THEN {0} ELSE CAST(sign({0}) AS DOUBLE) END");
        functions.Add("sign(real) -> real", "CASE WHEN isnan({0}) THEN {0} ELSE CAST(sign({0}) AS FLOAT) END");
    }

    private static void Rounding(ScalarFunctions functions)
    {
        foreach (var name in new[] { "ceil", "floor" })
        {
            foreach (var type in Integers)
            {
                functions.Add($"{name}({type}) -> {type}", "{0}");
            }

            functions.AddTyped($"{name}(decimal(p)) -> decimal(p)", call => WholeDecimal(call, name));
            functions.Add($"{name}(double) -> double", $"{name}({{0}})");
            functions.Add($"{name}(real) -> real", $"{name}({{0}})");
        }

        functions.Alias("ceiling", "ceil");
        foreach (var type in Integers)
        {
            functions.Add($"round({type}) -> {type}", "{0}");
            functions.Add($"round({type}, integer) -> {type}", $"trino_round_integer({{0}}, {{1}}, '{type}')");
        }

        functions.AddTyped("round(decimal(p)) -> decimal(p)", call => WholeDecimal(call, "round"));
        functions.AddTyped("round(decimal(p), integer) -> decimal(p)", RoundDecimal);
        functions.Add("round(double) -> double", "trino_round({0}, 0)");
        functions.Add("round(double, integer) -> double", "trino_round({0}, {1})");
        functions.Add("round(real) -> real", "CAST(trino_round(CAST({0} AS DOUBLE), 0) AS FLOAT)");
        functions.Add("round(real, integer) -> real", "trino_round_real({0}, {1})");
        functions.AddTyped("truncate(decimal(p)) -> decimal(p)", call => WholeDecimal(call, "trunc"));
        functions.Add("truncate(decimal(p), integer) -> decimal(p)", call =>
            $"CAST(trino_truncate_decimal(CAST({call[0].Sql} AS VARCHAR), {call[1].Sql}) AS {DuckDbTypes.Name(call.Result)})");
        functions.Add("truncate(double) -> double", "trunc({0})");
        functions.Add("truncate(real) -> real", "trunc({0})");
        foreach (var type in Integers)
        {
            functions.Add($"truncate({type}, integer) -> {type}", $"CAST(trino_truncate_integer(CAST({{0}} AS BIGINT), {{1}}) AS {DuckDbTypes.Name(TypeParser.Parse(type))})");
        }
    }

    private static void Transcendental(ScalarFunctions functions)
    {
        foreach (var name in new[] { "exp", "cbrt", "sin", "cos", "tan", "atan", "sinh", "cosh", "tanh", "degrees", "radians" })
        {
            functions.Add($"{name}(double) -> double", $"trino_{name}({{0}})");
        }

        foreach (var name in new[] { "sqrt", "ln", "log2", "log10", "asin", "acos" })
        {
            functions.Add($"{name}(double) -> double", $"trino_{name}({{0}})");
        }

        functions.Add("atan2(double, double) -> double", "trino_atan2({0}, {1})");
        functions.Add("log(double, double) -> double", "trino_log({0}, {1})");
        functions.Add("power(double, double) -> double", "trino_power({0}, {1})");
        functions.Alias("pow", "power");
        functions.Add("e() -> double", LiteralSql.Double(Math.E));
        functions.Add("pi() -> double", LiteralSql.Double(Math.PI));
        functions.Add("nan() -> double", LiteralSql.Double(double.NaN));
        functions.Add("infinity() -> double", LiteralSql.Double(double.PositiveInfinity));
        foreach (var type in new[] { "double", "real" })
        {
            functions.Add($"is_nan({type}) -> boolean", "isnan({0})");
            functions.Add($"is_finite({type}) -> boolean", "isfinite({0})");
            functions.Add($"is_infinite({type}) -> boolean", "isinf({0})");
        }
    }

    private static void Divisions(ScalarFunctions functions)
    {
        foreach (var type in Integers)
        {
            var sql = DuckDbTypes.Name(TypeParser.Parse(type));
            functions.Add($"mod({type}, {type}) -> {type}", $"CASE WHEN {{1}} = 0 THEN {Failure.Sql(TypeParser.Parse(type), "DIVISION_BY_ZERO", "Division by zero")} WHEN {{1}} = -1 AND {{0}} IS NOT NULL THEN CAST(0 AS {sql}) ELSE {{0}} % {{1}} END");
        }

        functions.AddTyped("mod(decimal(p), decimal(q)) -> decimal(p)", call =>
        {
            var (a, b) = ((DecimalType)call[0].Type, (DecimalType)call[1].Type);
            var scale = Math.Max(a.Scale, b.Scale);
            var type = new DecimalType(Math.Min(38, Math.Min(b.Precision - b.Scale, a.Precision - a.Scale) + scale), scale);
            return new BoundCall(type, $"CAST(trino_decimal_modulo(CAST({call[0].Sql} AS VARCHAR), CAST({call[1].Sql} AS VARCHAR), {scale}) AS {DuckDbTypes.Name(type)})");
        });
        functions.Add("mod(double, double) -> double", "fmod({0}, {1})");
        functions.Add("mod(real, real) -> real", "CAST(fmod({0}, {1}) AS FLOAT)");
    }

    private static void Numbers(ScalarFunctions functions)
    {
        functions.Add("from_base(varchar, bigint) -> bigint", "trino_from_base({0}, {1})");
        functions.Add("to_base(bigint, bigint) -> varchar(x)", "trino_to_base({0}, {1})");
        functions.Add("width_bucket(double, double, double, bigint) -> bigint", "trino_width_bucket({0}, {1}, {2}, {3})");
        functions.Add("width_bucket(double, array(double)) -> bigint", "trino_width_bucket_bins({0}, {1})");
        functions.Add("random() -> double", _ => Template.Random());
        foreach (var type in Integers)
        {
            var sql = DuckDbTypes.Name(TypeParser.Parse(type));
            var bound = Failure.Sql(TypeParser.Parse(type), "INVALID_FUNCTION_ARGUMENT", "bound must be positive");
            var range = Failure.Sql(TypeParser.Parse(type), "INVALID_FUNCTION_ARGUMENT", "start value must be less than stop value");
            functions.Add($"random({type}) -> {type}", call => Template.Fill($"CASE WHEN {{0}} <= 0 THEN {bound} ELSE CAST(floor({Template.Random()} * {{0}}) AS {sql}) END", call.Texts));
            functions.Add($"random({type}, {type}) -> {type}", call => Template.Fill($"CASE WHEN {{0}} >= {{1}} THEN {range} ELSE CAST({{0}} + floor({Template.Random()} * ({{1}} - {{0}})) AS {sql}) END", call.Texts));
        }

        functions.Add("random(double) -> double", call => $"{Template.Random()} * {call[0].Sql}");
        functions.Add("random(double, double) -> double", call => Template.Fill($"{{0}} + {Template.Random()} * ({{1}} - {{0}})", call.Texts));
        functions.Alias("rand", "random");
        functions.Add("cosine_similarity(array(double), array(double)) -> double", "trino_cosine_similarity({0}, {1})");
        functions.Add("cosine_distance(array(double), array(double)) -> double", "1 - trino_cosine_similarity({0}, {1})");
        functions.Add("dot_product(array(double), array(double)) -> double", "trino_dot_product({0}, {1})");
        functions.Add("euclidean_distance(array(double), array(double)) -> double", "trino_euclidean_distance({0}, {1})");
        functions.Add("format_number(double) -> varchar", "trino_format_number({0})");
        functions.Add("format_number(bigint) -> varchar", "trino_format_number_integer({0})");
        functions.Add("parse_data_size(varchar) -> decimal(38,0)", "CAST(trino_parse_data_size({0}) AS DECIMAL(38,0))");
    }

    private static void Distributions(ScalarFunctions functions)
    {
        functions.Add("normal_cdf(double, double, double) -> double", "trino_normal_cdf({0}, {1}, {2})");
        functions.Add("inverse_normal_cdf(double, double, double) -> double", "trino_inverse_normal_cdf({0}, {1}, {2})");
        functions.Add("wilson_interval_lower(bigint, bigint, double) -> double", "trino_wilson({0}, {1}, {2}, -1)");
        functions.Add("wilson_interval_upper(bigint, bigint, double) -> double", "trino_wilson({0}, {1}, {2}, 1)");
    }

    /// <summary>ceil, floor, round and trunc of a decimal lose the scale and, all but trunc, may gain a digit.</summary>
    private static BoundCall WholeDecimal(ResolvedCall call, string function)
    {
        var type = (DecimalType)call[0].Type;
        var extra = function == "trunc" || type.Scale == 0 ? 0 : 1;
        var result = new DecimalType(Math.Min(38, Math.Max(1, type.Precision - type.Scale + extra)), 0);
        return new BoundCall(result, $"CAST({function}(CAST({call[0].Sql} AS DECIMAL({Math.Min(38, type.Precision + 1)},{type.Scale}))) AS {DuckDbTypes.Name(result)})");
    }

    private static BoundCall RoundDecimal(ResolvedCall call)
    {
        var type = (DecimalType)call[0].Type;
        var result = new DecimalType(Math.Min(38, type.Precision + 1), type.Scale);
        return new BoundCall(result, $"CAST(trino_round_decimal(CAST({call[0].Sql} AS VARCHAR), {call[1].Sql}) AS {DuckDbTypes.Name(result)})");
    }
}
