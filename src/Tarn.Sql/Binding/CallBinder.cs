using System.Text.RegularExpressions;
using Tarn.Sql.Binding.Operators;
using Tarn.Sql.Functions;
using Tarn.Sql.Tree;
using Tarn.Sql.Types;

namespace Tarn.Sql.Binding;

/// <summary>Calls: special forms that look like functions, scalar functions, aggregates, windows.</summary>
internal sealed partial class CallBinder(ExpressionBinder binder)
{
    private readonly FormBinder forms = new(binder);
    private readonly WindowBinder windows = new(binder);

    private BindingContext Context => binder.Context;

    /// <summary>Null for what is no call.</summary>
    public BoundExpression? Bind(Expression expression) => expression switch
    {
        FunctionCall e => Call(e),
        Listagg e => Aggregate(e.Position, "listagg", () => Listagg(e)),
        GroupingOperation e => Grouping(e),
        _ => null,
    };

    private BoundExpression Call(FunctionCall call)
    {
        var name = call.Name.Suffix;
        if (call.Name.Parts.Count > 1)
        {
            throw NotRegistered(call);
        }

        if (call.Window is not null)
        {
            return Windowed(call, name);
        }

        if (Context.IsAggregate(name))
        {
            return Aggregate(call.Position, name, () => AggregateSql(call, name));
        }

        if (call.Star || call.Distinct || call.OrderBy.Count > 0 || call.Filter is not null)
        {
            throw Context.Library.BindScalar(name, [], call.Position) is null ? NotRegistered(call) : new SqlException("FUNCTION_NOT_AGGREGATE", $"{(call.Distinct ? "DISTINCT" : call.Filter is not null ? "Filter" : "ORDER BY")} is not supported for non-aggregation functions", call.Position);
        }

        return name switch
        {
            "coalesce" => Coalesce(call),
            "nullif" => NullIf(call),
            "if" => If(call),
            "try" => Try(call),
            _ => Scalar(call, name),
        };
    }

    private BoundExpression Scalar(FunctionCall call, string name) =>
        Context.Library.BindScalar(name, Arguments(call.Arguments), call.Position) is { } bound
            ? new BoundExpression(bound.Type, bound.Sql)
            : throw (IsWindowFunction(name) ? new SqlException("MISSING_OVER", $"Window function {name} requires an OVER clause", call.Position) : NotRegistered(call));

    private bool IsWindowFunction(string name)
    {
        try
        {
            return Context.Library.BindWindow(name, [], default) is not null;
        }
        catch (SqlException)
        {
            return true;
        }
    }

    private static SqlException NotRegistered(FunctionCall call) => new("FUNCTION_NOT_FOUND", $"Function '{string.Join('.', call.Name.Parts.Select(part => part.Value))}' not registered", call.Position);

    private CallArgument[] Arguments(IReadOnlyList<Expression> arguments) => [.. arguments.Select(Argument)];

    private CallArgument Argument(Expression argument) => argument is Lambda lambda
        ? new CallArgument(null, types => binder.BindLambda(lambda, types), lambda.Parameters.Count)
        : binder.Bind(argument).ToCallArgument();

    // Special forms.

    private BoundExpression Coalesce(FunctionCall call)
    {
        if (call.Arguments.Count < 2)
        {
            throw new SqlException("INVALID_FUNCTION_ARGUMENT", "The 'coalesce' function must have at least two arguments", call.Position);
        }

        var values = forms.Unify([.. call.Arguments.Select(binder.Bind)], call.Arguments, (a, b) => $"All COALESCE operands must be the same type or coercible to a common type. Cannot find common type between {a} and {b}, all types (without duplicates): [{a}, {b}]");
        return new BoundExpression(values[0].Type, $"coalesce({string.Join(", ", values.Select(value => value.Sql))})");
    }

    private BoundExpression NullIf(FunctionCall call)
    {
        Expect(call, call.Arguments.Count == 2, "Invalid number of arguments for 'nullif' function");
        var first = binder.Bind(call.Arguments[0]);
        var second = binder.Bind(call.Arguments[1]);
        if (TypeCoercion.CommonSuperType(first.Type, second.Type) is null)
        {
            throw new SqlException("TYPE_MISMATCH", $"Types are not comparable with NULLIF: {first.Type} vs {second.Type}", call.Position);
        }

        var equal = Comparisons.Bind(Context, ComparisonOperator.Equal, first, second, call.Position);
        return new BoundExpression(first.Type, $"(CASE WHEN {equal.Sql} THEN NULL ELSE {first.Sql} END)");
    }

    private BoundExpression If(FunctionCall call)
    {
        Expect(call, call.Arguments.Count is 2 or 3, "Invalid number of arguments for 'if' function");
        var condition = binder.BindBoolean(call.Arguments[0], "IF condition must evaluate to a boolean (actual: {0})");
        var results = call.Arguments.Skip(1).ToList();
        var values = forms.Unify([.. results.Select(binder.Bind)], results, (a, b) => $"Result types for IF must be the same: {a} vs {b}");
        return new BoundExpression(values[0].Type, $"(CASE WHEN {condition.Sql} THEN {values[0].Sql} ELSE {(values.Length > 1 ? values[1].Sql : "NULL")} END)");
    }

    private BoundExpression Try(FunctionCall call)
    {
        Expect(call, call.Arguments.Count == 1, "The 'try' function must have exactly one argument");
        var value = binder.Bind(call.Arguments[0]);
        return new BoundExpression(value.Type, $"TRY({Guarded(value.Sql)})");
    }

    /// <summary>
    /// DuckDB computes an expression that occurs twice once and beforehand, also when it stands in TRY, where its failure would have been caught. What
    /// stands in a branch of CASE it leaves there; the condition is a function of a column, so that it is not folded away.
    /// </summary>
    private static string Guarded(string sql)
    {
        var column = sql.Contains("SELECT ", StringComparison.Ordinal) ? null : ColumnName().Matches(sql).Select(match => match.Groups["column"]).FirstOrDefault(group => group.Success);
        return column is null ? sql : $"CASE WHEN {DuckDbFunctions.Always}({column.Value}) THEN {sql} END";
    }

    /// <summary>A column by the alias of its relation; strings are passed over. Lambda parameters, which begin with p or _t, are none.</summary>
    [GeneratedRegex("""'(?:[^']|'')*'|(?<![\w."])(?<column>[a-oq-z][0-9]+\.(?:[a-z][0-9]+|"[^"]+"))(?![\w.("])""")]
    private static partial Regex ColumnName();

    private static void Expect(FunctionCall call, bool condition, string message)
    {
        if (!condition)
        {
            throw new SqlException("INVALID_FUNCTION_ARGUMENT", message, call.Position);
        }
    }

    // Aggregates.

    private BoundExpression Aggregate(SourcePosition position, string name, Func<BoundExpression> bind)
    {
        if (binder.Aggregation is { } aggregation)
        {
            return aggregation.Add(bind());
        }

        throw new SqlException("EXPRESSION_NOT_SCALAR", $"{binder.ScalarClause ?? "Clause"} cannot contain aggregations, window functions or grouping operations: [{name}]", position);
    }

    private BoundExpression AggregateSql(FunctionCall call, string name)
    {
        var source = binder.Aggregation!.Source;
        var arguments = new CallBinder(source).Arguments(call.Arguments);
        var bound = Context.Library.BindAggregate(name, arguments, call.Position) ?? throw NotRegistered(call);
        var order = call.OrderBy.Count > 0 ? " ORDER BY " + SortText(source, call.OrderBy) : "";
        return new BoundExpression(bound.Type, bound.Emit(call.Distinct ? "DISTINCT " : "", order, Filter(source, call.Filter)));
    }

    private static string Filter(ExpressionBinder source, Expression? filter) =>
        filter is null ? "" : $" FILTER (WHERE {source.BindBoolean(filter, "Filter expression must evaluate to a boolean (actual: {0})").Sql})";

    /// <summary>Keys with direction and place of NULLs.</summary>
    public static string SortText(ExpressionBinder source, IReadOnlyList<SortItem> items) =>
        string.Join(", ", items.Select(item => SortText(source.Context, source.Bind(item.Key), item)));

    public static string SortText(BindingContext context, BoundExpression key, SortItem item)
    {
        if (!TypeCoercion.IsOrderable(key.Type))
        {
            throw new SqlException("TYPE_MISMATCH", $"Type {key.Type} is not orderable, and therefore cannot be used in ORDER BY: {Formatting.SqlFormatter.Format(item.Key)}", item.Position);
        }

        var nulls = item.Nulls ?? (context.Dialect.NullsAreSmallest && !item.Descending ? NullOrder.First : NullOrder.Last);
        return $"{Equality.Key(key.Type, key.Sql)} {(item.Descending ? "DESC" : "ASC")} NULLS {(nulls == NullOrder.First ? "FIRST" : "LAST")}";
    }

    private BoundExpression Listagg(Listagg listagg)
    {
        var source = binder.Aggregation!.Source;
        var value = source.Bind(listagg.Value);
        if (value.Type is not VarcharType && !value.IsUnknown)
        {
            throw new SqlException("TYPE_MISMATCH", $"Expected expression of varchar, but '{Formatting.SqlFormatter.Format(listagg.Value)}' has {value.Type} type", listagg.Position);
        }

        var order = listagg.OrderBy.Count > 0 ? " ORDER BY " + SortText(source, listagg.OrderBy) : "";
        return new BoundExpression(SqlType.Varchar, $"string_agg({(listagg.Distinct ? "DISTINCT " : "")}CAST({value.Sql} AS VARCHAR), {LiteralSql.Text(listagg.Separator)}{order}){Filter(source, listagg.Filter)}");
    }

    private BoundExpression Grouping(GroupingOperation grouping) => binder.Aggregation is { } aggregation
        ? aggregation.Grouping(grouping)
        : throw new SqlException("MISSING_GROUP_BY", "A GROUPING() operation can only be used with a corresponding GROUPING SET/CUBE/ROLLUP/GROUP BY clause", grouping.Position);

    // Windows.

    private BoundExpression Windowed(FunctionCall call, string name)
    {
        if (binder.ScalarClause is { } clause)
        {
            throw new SqlException("EXPRESSION_NOT_SCALAR", $"{clause} cannot contain aggregations, window functions or grouping operations: [{name}]", call.Position);
        }

        if (call.Arguments.Any(argument => ExpressionChildren.Any(argument, inner => inner is FunctionCall { Window: not null })))
        {
            throw new SqlException("NESTED_WINDOW", "Cannot nest window functions or row pattern measures inside window function arguments", call.Position);
        }

        var arguments = Arguments(call.Arguments);
        var over = " OVER " + windows.Text(call.Window!);
        if (Context.IsAggregate(name))
        {
            var aggregate = Context.Library.BindAggregate(name, arguments, call.Position)!;
            return new BoundExpression(aggregate.Type, aggregate.Emit(call.Distinct ? "DISTINCT " : "", call.OrderBy.Count > 0 ? " ORDER BY " + SortText(binder, call.OrderBy) : "", Filter(binder, call.Filter) + over));
        }

        if (Context.Library.BindWindow(name, arguments, call.Position) is { } window)
        {
            return new BoundExpression(window.Type, window.Emit(over, call.Nulls == NullTreatment.Ignore));
        }

        throw Context.Library.BindScalar(name, arguments, call.Position) is null ? NotRegistered(call) : new SqlException("FUNCTION_NOT_WINDOW", $"Not a window function: {name}", call.Position);
    }
}
