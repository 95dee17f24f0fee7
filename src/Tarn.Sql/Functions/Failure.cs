using Tarn.Sql.Types;

namespace Tarn.Sql.Functions;

/// <summary>Failures of single rows, as expressions: they fail the statement with a Trino error when they are evaluated, and only then.</summary>
public static class Failure
{
    /// <summary>
    /// The function that fails. Not DuckDB's own <c>error()</c>: that one counts as volatile, which TRY refuses.
    /// </summary>
    internal const string Function = "trino_fail";

    /// <summary>An expression of <paramref name="type"/> that fails. Fit for a branch of CASE.</summary>
    /// <param name="code">Trino's error name, such as <c>DIVISION_BY_ZERO</c>.</param>
    public static string Sql(SqlType type, string code, string message) => Raw(DuckDbTypes.Name(type), code, LiteralSql.Text(message));

    /// <param name="duckDbType">The DuckDB type of the expression.</param>
    /// <param name="messageSql">DuckDB text of the message.</param>
    internal static string Raw(string duckDbType, string code, string messageSql) =>
        $"CAST({Function}(concat({LiteralSql.Text(code + ": ")}, {messageSql})) AS {duckDbType})";
}
