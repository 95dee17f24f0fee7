using Tarn.DuckDb.Types;
using Tarn.Worker.Columns;
using Tarn.Worker.Plans;

namespace Tarn.Worker.Transforms;

/// <summary>Aggregate, with Spark's functions, result types and column names: <c>sum(price)</c>, <c>count(DISTINCT id)</c>.</summary>
internal static class AggregateTransform
{
    public static string Compile(Aggregate node, Relation input)
    {
        var groups = node.Groups.Select(path => input.Find(path, "t") ?? throw FieldTransforms.Missing(node, path)).ToList();
        var columns = groups.Select(field => $"{field.Sql} AS {DuckDbText.Identifier(field.Path[^1])}").ToList();
        var names = groups.Select(field => field.Path[^1]).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var aggregate in node.Aggregates)
        {
            var field = input.Find(aggregate.Path, "t") ?? throw FieldTransforms.Missing(node, aggregate.Path);
            var shown = FieldPath.Show(field.Path);
            var name = aggregate.Function switch
            {
                "countDistinct" => $"count(DISTINCT {shown})",
                "sumDistinct" => $"sum(DISTINCT {shown})",
                var function => $"{function}({shown})",
            };
            if (names.Add(name))
            {
                columns.Add($"{Call(node, aggregate.Function, field)} AS {DuckDbText.Identifier(name)}");
            }
        }

        var by = groups.Count == 0 ? "" : $" GROUP BY {string.Join(", ", groups.Select(field => field.Sql))}";
        return $"SELECT {string.Join(", ", columns)} FROM {input.View} AS t{by}";
    }

    private static string Call(Aggregate node, string function, FieldReference field)
    {
        var x = field.Sql;
        if (function is not ("count" or "countDistinct" or "min" or "max" or "first" or "last") && !GlueTypes.IsNumber(field.Type))
        {
            // Spark reads texts as doubles here.
            x = field.Type.Kind == DuckDbKind.Varchar
                ? $"TRY_CAST(trim({x}) AS DOUBLE)"
                : throw new PlanException(node.Id, $"{function} needs a number, and {FieldPath.Show(field.Path)} is {GlueTypes.HiveName(field.Type)}");
        }

        var asDouble = $"({x})::DOUBLE";
        return function switch
        {
            "count" => $"count({x})",
            "countDistinct" => $"count(DISTINCT {x})",
            "min" or "max" => $"{function}({x})",
            "first" or "last" => $"{function}({x})",
            "sum" => Sum($"sum({x})", field.Type),
            "sumDistinct" => Sum($"sum(DISTINCT {x})", field.Type),
            "avg" => field.Type is { Kind: DuckDbKind.Decimal } type ? $"CAST(avg({x}) AS {AverageType(type)})" : $"avg({x})",
            "stddev_samp" or "stddev_pop" or "var_samp" or "var_pop" => $"{function}({asDouble})",

            // Spark's are those of the whole population, and NULL where all values are one (since Spark 3.1); DuckDB's skewness is the sample's.
            "skewness" =>
                $"CASE count({x}) WHEN 0 THEN NULL ELSE CASE WHEN var_pop({asDouble}) = 0 THEN NULL WHEN count({x}) = 2 THEN 0.0::DOUBLE " +
                $"ELSE skewness({asDouble}) * (count({x}) - 2) / sqrt(count({x})::DOUBLE * (count({x}) - 1)) END END",
            "kurtosis" => $"CASE WHEN count({x}) = 0 OR var_pop({asDouble}) = 0 THEN NULL ELSE kurtosis_pop({asDouble}) END",
            _ => throw new PlanException(node.Id, $"the function {function} is not known"),
        };
    }

    /// <summary>Spark sums integers to bigint and decimals to ten digits more; an overflow fails here, where Spark would wrap around in silence.</summary>
    private static string Sum(string sum, DuckDbType type) =>
        GlueTypes.IsInteger(type) ? $"CAST({sum} AS BIGINT)"
        : type.Kind == DuckDbKind.Decimal ? $"CAST({sum} AS DECIMAL({Math.Min(38, type.Precision + 10)},{type.Scale}))"
        : sum;

    private static string AverageType(DuckDbType type)
    {
        var precision = Math.Min(38, type.Precision + 4);
        return $"DECIMAL({precision},{Math.Min(type.Scale + 4, precision)})";
    }
}
