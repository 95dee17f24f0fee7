using Tarn.Sql.Functions.Resolution;
using Tarn.Sql.Types;

namespace Tarn.Sql.Functions.Aggregates;

/// <summary>Deviation, correlation, regression, percentiles and bits.</summary>
internal static class StatisticalAggregates
{
    public static void Add(FunctionTable<BoundAggregate> table)
    {
        foreach (var name in new[] { "stddev", "stddev_samp", "stddev_pop", "variance", "var_samp", "var_pop" })
        {
            table.Add($"{name}(double) -> double", call => BasicAggregates.Plain(call, name));
        }

        table.Add("kurtosis(double) -> double", call => BasicAggregates.Plain(call, "kurtosis"));
        table.Add("skewness(double) -> double", Skewness);
        table.Add("geometric_mean(double) -> double", call => BasicAggregates.Plain(call, "geometric_mean"));
        foreach (var name in new[] { "covar_pop", "covar_samp", "regr_slope", "regr_intercept", "regr_r2", "regr_avgx", "regr_avgy", "regr_sxx", "regr_sxy", "regr_syy", "regr_count", "corr" })
        {
            table.Add($"{name}(double, double) -> double", call => new BoundAggregate(call.Result, (distinct, order, behind) =>
                // DuckDB answers NaN where there are too few points; Trino NULL.
                Template.Fill("CASE WHEN isnan({0}) THEN NULL ELSE {0} END", [$"CAST({name}({distinct}{call[0].Sql}, {call[1].Sql}{order}){behind} AS DOUBLE)"])));
        }

        foreach (var (name, duckDb) in new[] { ("bitwise_and_agg", "bit_and"), ("bitwise_or_agg", "bit_or"), ("bitwise_xor_agg", "bit_xor") })
        {
            table.Add($"{name}(bigint) -> bigint", call => BasicAggregates.Plain(call, duckDb));
        }

        // Exact where Trino approximates: every exact answer is within its error.
        table.Add("approx_distinct(T) -> bigint", call => new BoundAggregate(call.Result, (_, _, behind) => $"count(DISTINCT {call[0].Sql}){behind}"));
        table.Add("approx_distinct(T, double) -> bigint", call => new BoundAggregate(call.Result, (_, _, behind) => $"count(DISTINCT {call[0].Sql}){behind}"));
        foreach (var type in new[] { "bigint", "real", "double" })
        {
            table.Add($"approx_percentile({type}, double) -> {type}", call => Percentile(call, 1));
            table.Add($"approx_percentile({type}, array(double)) -> array({type})", call => Percentile(call, 1));
            table.Add($"approx_percentile({type}, double, double) -> {type}", call => Percentile(call, 1));
        }
    }

    private static BoundAggregate Percentile(ResolvedCall call, int fraction) =>
        new(call.Result, (distinct, order, behind) => $"quantile_disc({distinct}{call[0].Sql}, {call[fraction].Sql}{order}){behind}");

    /// <summary>Trino's is the skewness of the population, DuckDB's corrects for a sample.</summary>
    private static BoundAggregate Skewness(ResolvedCall call) => new(call.Result, (distinct, order, behind) =>
    {
        var count = $"count({distinct}{call[0].Sql}){behind}";
        return $"(skewness({distinct}{call[0].Sql}{order}){behind} * ({count} - 2) / sqrt(CAST({count} AS DOUBLE) * ({count} - 1)))";
    });
}
