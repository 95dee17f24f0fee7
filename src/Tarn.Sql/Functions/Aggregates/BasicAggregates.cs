using Tarn.Sql.Functions.Resolution;
using Tarn.Sql.Types;

namespace Tarn.Sql.Functions.Aggregates;

/// <summary>Counting, summing, extremes, and the logical aggregates.</summary>
internal static class BasicAggregates
{
    public static void Add(FunctionTable<BoundAggregate> table)
    {
        table.Add("count() -> bigint", call => new BoundAggregate(call.Result, (_, _, behind) => $"count(*){behind}"));
        table.Add("count(T) -> bigint", call => Plain(call, "count"));
        table.Add("count_if(boolean) -> bigint", call => new BoundAggregate(call.Result, (distinct, _, behind) => $"count({distinct}CASE WHEN {call[0].Sql} THEN true END){behind}"));
        foreach (var name in new[] { "bool_and", "bool_or" })
        {
            table.Add($"{name}(boolean) -> boolean", call => Plain(call, name));
        }

        table.Alias("every", "bool_and");
        table.Add("sum(bigint) -> bigint", call => Cast(call, "sum", "BIGINT"));
        table.Add("sum(double) -> double", call => Plain(call, "sum"));
        table.Add("sum(real) -> real", call => Cast(call, "sum", "FLOAT"));
        table.Add("sum(decimal(p)) -> decimal(p)", SumDecimal);
        table.Add("sum(interval day to second) -> interval day to second", call => Cast(call, "sum", "BIGINT"));
        table.Add("sum(interval year to month) -> interval year to month", call => Cast(call, "sum", "INTEGER"));
        table.Add("avg(bigint) -> double", call => Plain(call, "avg"));
        table.Add("avg(double) -> double", call => Plain(call, "avg"));
        table.Add("avg(real) -> real", call => Cast(call, "avg", "FLOAT"));
        table.Add("avg(decimal(p)) -> decimal(p)", AverageDecimal);
        table.Add("avg(interval day to second) -> interval day to second", call => new BoundAggregate(call.Result, (distinct, order, behind) => $"CAST(round(avg({distinct}{call[0].Sql}{order}){behind}) AS BIGINT)"));
        foreach (var name in new[] { "min", "max" })
        {
            table.Add($"{name}(T) -> T", call => name == "max" && call.Result is SimpleType { Kind: SimpleKind.Double or SimpleKind.Real } ? MaxOfNumbers(call) : Plain(Ordered(call, 0), name));
            table.Add($"{name}(T, bigint) -> array(T)", call => Plain(Ordered(call, 0), name));
            var argument = name == "min" ? "arg_min" : "arg_max";
            table.Add($"{name}_by(T, U) -> T", call => Plain(Ordered(call, 1), argument + "_null"));
            table.Add($"{name}_by(T, U, bigint) -> array(T)", call => Plain(Ordered(call, 1), argument));
        }

        table.Add("arbitrary(T) -> T", call => Plain(call, "any_value"));
        table.Add("any_value(T) -> T", call => Plain(call, "any_value"));
    }

    /// <summary>A DuckDB aggregate of the same meaning.</summary>
    public static BoundAggregate Plain(ResolvedCall call, string name) =>
        new(call.Result, (distinct, order, behind) => $"{name}({distinct}{string.Join(", ", call.Texts)}{order}){behind}");

    /// <summary>A DuckDB aggregate of the same meaning whose result is wider than Trino's: out of range fails.</summary>
    public static BoundAggregate Cast(ResolvedCall call, string name, string duckDbType) =>
        new(call.Result, (distinct, order, behind) => $"CAST({name}({distinct}{string.Join(", ", call.Texts)}{order}){behind} AS {duckDbType})");

    /// <summary>NaN is the answer only where nothing else is; DuckDB takes it for the largest.</summary>
    private static BoundAggregate MaxOfNumbers(ResolvedCall call) => new(call.Result, (distinct, order, behind) =>
        $"coalesce(max({distinct}CASE WHEN isnan({call[0].Sql}) THEN NULL ELSE {call[0].Sql} END{order}){behind}, max({distinct}{call[0].Sql}{order}){behind})");

    private static ResolvedCall Ordered(ResolvedCall call, int argument) => TypeCoercion.IsOrderable(call[argument].Type)
        ? call
        : throw new SqlException("FUNCTION_NOT_FOUND", $"Type {call[argument].Type} is not orderable", call.Position);

    private static BoundAggregate SumDecimal(ResolvedCall call)
    {
        var type = new DecimalType(38, ((DecimalType)call[0].Type).Scale);
        return Cast(call, "sum", DuckDbTypes.Name(type)) with { Type = type };
    }

    /// <summary>The exact sum divided by the count, rounded half up in the last digit of the argument's scale: DuckDB's avg is a double.</summary>
    private static BoundAggregate AverageDecimal(ResolvedCall call)
    {
        var type = (DecimalType)call[0].Type;
        return new BoundAggregate(type, (distinct, order, behind) =>
            $"CAST(trino_decimal_divide(CAST(sum({distinct}{call[0].Sql}{order}){behind} AS VARCHAR), count({distinct}{call[0].Sql}){behind}, {type.Scale}) AS {DuckDbTypes.Name(type)})");
    }
}
