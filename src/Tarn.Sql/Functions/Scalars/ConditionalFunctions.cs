using Tarn.Sql.Types;

namespace Tarn.Sql.Functions.Scalars;

/// <summary>Functions that choose. The syntax forms (CASE, TRY) are the binder's.</summary>
internal static class ConditionalFunctions
{
    public static void Add(ScalarFunctions functions)
    {
        functions.Add("if(boolean, T) -> T", "CASE WHEN {0} THEN {1} END");
        functions.Add("if(boolean, T, T) -> T", "CASE WHEN {0} THEN {1} ELSE {2} END");
        functions.Add("coalesce(T, T...) -> T", call => $"coalesce({string.Join(", ", call.Texts)})");
        functions.AddTyped("nullif(T, T) -> T", call => new BoundCall(call.Result, $"nullif({call[0].Sql}, {call[1].Sql})"));
        functions.Add("try(T) -> T", "TRY({0})");
        functions.Add("greatest(T...) -> T", call => Extreme(call.Texts, call.Result, "greatest"));
        functions.Add("least(T...) -> T", call => Extreme(call.Texts, call.Result, "least"));
        functions.Add("typeof(T) -> varchar", call => LiteralSql.Text(call[0].Type.ToString()));
        functions.Add("fail(varchar) -> unknown", call => Fail(call[0].Sql));
        functions.Add("fail(integer, varchar) -> unknown", call => Fail(call[1].Sql));
    }

    /// <summary>By DuckDB's volatile error(), which TRY refuses: Trino's TRY does not catch this failure either.</summary>
    private static string Fail(string message) => $"error(concat('GENERIC_USER_ERROR: ', {message}))";

    /// <summary>Trino gives NULL when any argument is NULL; DuckDB passes them over.</summary>
    private static string Extreme(IReadOnlyList<string> arguments, SqlType type, string function)
    {
        if (type is ArrayType or RowType)
        {
            throw new SqlException("NOT_SUPPORTED", $"{function} of {type} is not supported: values with NULL or NaN inside have no place in the order");
        }

        if (arguments.Count == 1)
        {
            return arguments[0];
        }

        return arguments.Skip(1).Aggregate(arguments[0], (left, right) => Resolution.Template.Fill(
            type is SimpleType { Kind: SimpleKind.Double or SimpleKind.Real }
                // NaN is passed over, where DuckDB takes it for the largest.
                ? $"CASE WHEN {{0}} IS NULL OR {{1}} IS NULL THEN NULL WHEN isnan({{0}}) THEN {{1}} WHEN isnan({{1}}) THEN {{0}} ELSE {function}({{0}}, {{1}}) END"
                : $"CASE WHEN {{0}} IS NULL OR {{1}} IS NULL THEN NULL ELSE {function}({{0}}, {{1}}) END",
            [left, right]));
    }
}
