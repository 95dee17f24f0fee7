using Tarn.Sql.Types;

namespace Tarn.Sql.Functions;

/// <summary>
/// Functions and conversions of a dialect on DuckDB: what the binder asks when it meets a call, a cast or a coercion. Adding a function
/// is adding an entry to one of the files of this folder, never a change of the binder.
/// </summary>
public interface IFunctionLibrary
{
    /// <summary>
    /// Binds a scalar function by Trino's name (lower case). Null when no function of that name exists. Throws <see cref="SqlException"/>
    /// <c>FUNCTION_NOT_FOUND</c> with Trino's <c>Unexpected parameters (...) for function f. Expected: ...</c> when no overload fits.
    /// Arguments are coerced inside.
    /// </summary>
    BoundCall? BindScalar(string name, IReadOnlyList<CallArgument> arguments, SourcePosition position);

    /// <summary>
    /// Binds an aggregate function. Null when no aggregate of that name exists. The result of <see cref="BoundAggregate.Emit"/> takes the
    /// texts of DISTINCT, ORDER BY and FILTER.
    /// </summary>
    BoundAggregate? BindAggregate(string name, IReadOnlyList<CallArgument> arguments, SourcePosition position);

    /// <summary>Binds a window-only function (rank, lag, ...). Null when none of that name exists; aggregates are windowed through <see cref="BindAggregate"/>.</summary>
    BoundWindowFunction? BindWindow(string name, IReadOnlyList<CallArgument> arguments, SourcePosition position);

    /// <summary>CAST or TRY_CAST with Trino's rules; throws <c>TYPE_MISMATCH</c> <c>Cannot cast a to b</c> when there is no such cast.</summary>
    string Cast(BoundArgument value, SqlType target, bool tryCast, SourcePosition position);

    /// <summary>The same functions for a view whose session had another catalog and schema.</summary>
    IFunctionLibrary InSchema(string? catalog, string? schema) => this;

    /// <summary>An implicit conversion between types of which <see cref="TypeCoercion.CanCoerce"/> is true.</summary>
    string Coerce(BoundArgument value, SqlType target);
}

/// <param name="Emit">DuckDB text from: <c>DISTINCT </c> or empty; <c> ORDER BY ...</c> or empty, to stand inside the parentheses; <c> FILTER (WHERE ...)</c> and <c> OVER (...)</c> or empty, to stand behind them.</param>
public sealed record BoundAggregate(SqlType Type, Func<string, string, string, string> Emit);

/// <param name="Emit">DuckDB text from the text of <c>OVER (...)</c> and whether IGNORE NULLS was written.</param>
public sealed record BoundWindowFunction(SqlType Type, Func<string, bool, string> Emit);
