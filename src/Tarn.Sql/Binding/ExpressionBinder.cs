using Tarn.Sql.Binding.Operators;
using Tarn.Sql.Formatting;
using Tarn.Sql.Functions;
using Tarn.Sql.Translating;
using Tarn.Sql.Tree;
using Tarn.Sql.Types;

namespace Tarn.Sql.Binding;

/// <summary>
/// Gives every expression its type and its DuckDB text. Where names come from: a lambda's parameters, then the columns of FROM (through the
/// GROUP BY when there is one), then the query around this one.
/// </summary>
internal sealed class ExpressionBinder
{
    private readonly Stack<(string Name, BoundExpression Value)> lambdaParameters = new();
    private readonly CallBinder calls;
    private readonly FormBinder forms;

    public ExpressionBinder(BindingContext context, Scope scope, ExpressionBinder? outer, CommonTableScope tables)
    {
        Context = context;
        Scope = scope;
        Tables = tables;
        Outer = outer;
        calls = new CallBinder(this);
        forms = new FormBinder(this);
    }

    public BindingContext Context { get; }

    /// <summary>The place of the subquery that this binder belongs to; null at the top.</summary>
    public ExpressionBinder? Outer { get; }

    public Scope Scope { get; }

    public CommonTableScope Tables { get; }

    /// <summary>What errors call the place when aggregates, windows and grouping() may not stand there; null when they may.</summary>
    public string? ScalarClause { get; init; }

    /// <summary>Set behind a GROUP BY: columns must then be keys or stand inside an aggregate.</summary>
    public Aggregation? Aggregation { get; init; }

    /// <summary>Named windows of the WINDOW clause.</summary>
    public IReadOnlyList<WindowDefinition> Windows { get; init; } = [];

    /// <summary>In ORDER BY: the select list, whose names come before the columns of FROM.</summary>
    public IReadOnlyList<(string? Name, BoundExpression Value)> Outputs { get; init; } = [];

    public BoundExpression Bind(Expression expression)
    {
        BindingContext.CheckStack();
        if (Aggregation?.Key(expression) is { } key)
        {
            return key;
        }

        return LiteralBinder.Bind(Context, expression) ?? forms.Bind(expression) ?? calls.Bind(expression) ?? expression switch
        {
            Identifier e => Column([], e.Value, e),
            Dereference e => BindDereference(e),
            Parameter e => BindParameter(e),
            ArithmeticBinary e => Arithmetic.Bind(Context, e.Operator, Bind(e.Left), Bind(e.Right), e.Position),
            ArithmeticUnary e => Unary(e),
            Comparison e => Comparisons.Bind(Context, e.Operator, Bind(e.Left), Bind(e.Right), e.Position),
            Subscript e => Subscripts.Bind(Context, Bind(e.Base), Bind(e.Index), e.Index, e.Position),
            SubqueryExpression or Exists or InSubquery or QuantifiedComparison => SubqueryBinder.Bind(this, expression),
            Lambda e => throw new SqlException("TYPE_MISMATCH", "Lambda expression should always be used inside a function", e.Position),
            _ => throw new SqlException("NOT_SUPPORTED", $"{expression.GetType().Name} is not supported", expression.Position),
        };
    }

    /// <summary>Binds an expression that must be boolean.</summary>
    /// <param name="message">Trino's words in front of the actual type, such as <c>WHERE clause must evaluate to a boolean: actual type</c>.</param>
    public BoundExpression BindBoolean(Expression expression, string message)
    {
        var bound = Bind(expression);
        if (!TypeCoercion.CanCoerce(bound.Type, SqlType.Boolean))
        {
            throw new SqlException("TYPE_MISMATCH", message.Contains("{0}", StringComparison.Ordinal) ? message.Replace("{0}", bound.Type.ToString(), StringComparison.Ordinal) : $"{message} {bound.Type}", expression.Position);
        }

        return Context.Coerce(bound, SqlType.Boolean);
    }

    /// <summary>A binder for a query inside this place.</summary>
    public QueryBinder Subqueries() => new(Context, this, Tables);

    /// <summary>Binds the body of a lambda with its parameters as names.</summary>
    public BoundArgument BindLambda(Lambda lambda, IReadOnlyList<SqlType> types)
    {
        var names = new List<string>();
        for (var i = 0; i < lambda.Parameters.Count; i++)
        {
            var name = Context.NewAlias("p");
            names.Add(name);
            lambdaParameters.Push((lambda.Parameters[i].Value, new BoundExpression(types[i], name)));
        }

        try
        {
            var body = Bind(lambda.Body);
            return new BoundArgument(new FunctionType(types, body.Type), body.Sql) { LambdaParameters = names };
        }
        finally
        {
            names.ForEach(_ => lambdaParameters.Pop());
        }
    }

    private BoundExpression BindParameter(Parameter parameter)
    {
        if (parameter.Index >= Context.Parameters.Count)
        {
            throw new SqlException("INVALID_PARAMETER_USAGE", $"Incorrect number of parameters: expected {parameter.Index + 1} but found {Context.Parameters.Count}", parameter.Position);
        }

        return Bind(Context.Parameters[parameter.Index]);
    }

    private BoundExpression Unary(ArithmeticUnary unary)
    {
        var value = Bind(unary.Value);
        return unary.Negative ? Arithmetic.Negate(value, unary.Position) : TypeCoercion.IsNumeric(value.Type) ? value : throw OperatorError.CannotApply(unary.Position, "+", value.Type);
    }

    /// <summary><c>a.b.c</c>: the longest reading as a column first, then a field of the row that the shorter name is.</summary>
    private BoundExpression BindDereference(Dereference dereference)
    {
        var parts = NameParts(dereference);
        if (parts is not null && TryColumn(parts.AsSpan(0, parts.Length - 1), parts[^1], dereference) is { } column)
        {
            return column;
        }

        BoundExpression value;
        try
        {
            value = Bind(dereference.Base);
        }
        catch (SqlException e) when (e.Code == "COLUMN_NOT_FOUND" && parts is not null)
        {
            throw NotFound(dereference);
        }

        if (value.Type is not RowType row)
        {
            throw new SqlException("TYPE_MISMATCH", $"Expression {SqlFormatter.Format(dereference.Base)} is not of type ROW", dereference.Position);
        }

        var found = Enumerable.Range(0, row.Fields.Count).Where(i => string.Equals(row.Fields[i].Name, dereference.Field.Value, StringComparison.OrdinalIgnoreCase)).ToArray();
        return found.Length switch
        {
            1 => new BoundExpression(row.Fields[found[0]].Type, DuckDbTypes.Field(row, value.Sql, found[0])),
            0 => throw NotFound(dereference),
            _ => throw new SqlException("AMBIGUOUS_NAME", $"Ambiguous row field reference: {dereference.Field.Value}", dereference.Position),
        };
    }

    private static SqlException NotFound(Expression name) => new("COLUMN_NOT_FOUND", $"Column '{string.Join('.', NameParts(name) ?? [SqlFormatter.Format(name)])}' cannot be resolved", name.Position);

    /// <summary>The names of <c>a.b.c</c>; null when something else stands in front.</summary>
    public static string[]? NameParts(Expression expression) => expression switch
    {
        Identifier e => [e.Value],
        Dereference e => NameParts(e.Base) is { } parts ? [.. parts, e.Field.Value] : null,
        _ => null,
    };

    private BoundExpression Column(ReadOnlySpan<string> prefix, string name, Expression tree) => TryColumn(prefix, name, tree) ?? throw NotFound(tree);

    private BoundExpression? TryColumn(ReadOnlySpan<string> prefix, string name, Expression tree)
    {
        if (prefix.Length == 0)
        {
            foreach (var parameter in lambdaParameters)
            {
                if (string.Equals(parameter.Name, name, StringComparison.OrdinalIgnoreCase))
                {
                    return parameter.Value;
                }
            }

            if (Output(name, tree) is { } output)
            {
                return output;
            }
        }

        var fields = prefix.Length == 0 ? Scope.Named(name) : Scope.Named(prefix, name);
        if (fields.Count > 1)
        {
            throw new SqlException("AMBIGUOUS_NAME", $"Column '{string.Join('.', NameParts(tree)!)}' is ambiguous", tree.Position);
        }

        if (fields.Count == 0)
        {
            return Outer?.TryColumn(prefix, name, tree);
        }

        var column = fields[0].Read();
        return Aggregation is null ? column : Aggregation.Key(column) ?? throw new SqlException("EXPRESSION_NOT_AGGREGATE", $"'{SqlFormatter.Format(tree)}' must be an aggregate expression or appear in GROUP BY clause", tree.Position);
    }

    private BoundExpression? Output(string name, Expression tree)
    {
        var found = Outputs.Where(output => string.Equals(output.Name, name, StringComparison.OrdinalIgnoreCase)).Select(output => output.Value).DistinctBy(value => value.Sql).ToArray();
        return found.Length <= 1 ? found.FirstOrDefault() : throw new SqlException("AMBIGUOUS_NAME", $"Column '{name}' is ambiguous", tree.Position);
    }
}
