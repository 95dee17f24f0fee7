using Tarn.Sql.Functions.Resolution;

namespace Tarn.Sql.Functions.Aggregates;

/// <summary>Functions that only make sense over a window.</summary>
internal static class WindowFunctions
{
    public static void Add(FunctionTable<BoundWindowFunction> table)
    {
        foreach (var name in new[] { "row_number", "rank", "dense_rank" })
        {
            table.Add($"{name}() -> bigint", call => Ranking(call, name));
        }

        foreach (var name in new[] { "percent_rank", "cume_dist" })
        {
            table.Add($"{name}() -> double", call => Ranking(call, name));
        }

        table.Add("ntile(bigint) -> bigint", call => Ranking(call, "ntile"));
        foreach (var name in new[] { "lag", "lead" })
        {
            table.Add($"{name}(T) -> T", call => Value(call, name));
            table.Add($"{name}(T, bigint) -> T", call => Value(call, name));
            table.Add($"{name}(T, bigint, T) -> T", call => Value(call, name));
        }

        table.Add("first_value(T) -> T", call => Value(call, "first_value"));
        table.Add("last_value(T) -> T", call => Value(call, "last_value"));
        table.Add("nth_value(T, bigint) -> T", call => Value(call, "nth_value"));
    }

    private static BoundWindowFunction Ranking(ResolvedCall call, string name) => new(call.Result, (over, ignoreNulls) => ignoreNulls
        ? throw new SqlException("INVALID_WINDOW_FRAME", $"Cannot specify null treatment clause for {name} function", call.Position)
        : $"{name}({string.Join(", ", call.Texts)}){over}");

    private static BoundWindowFunction Value(ResolvedCall call, string name) =>
        new(call.Result, (over, ignoreNulls) => $"{name}({string.Join(", ", call.Texts)}{(ignoreNulls ? " IGNORE NULLS" : "")}){over}");
}
