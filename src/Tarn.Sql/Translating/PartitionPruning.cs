using System.Text;
using Tarn.Sql.Binding;
using Tarn.Sql.Tree;
using Tarn.Sql.Types;

namespace Tarn.Sql.Translating;

/// <summary>
/// Finds in a condition what it says about partition keys: comparisons with constants that every kept row fulfils. Whatever has another
/// form says nothing. A comparison is never true of NULL, so it may be noted even where an outer join could put NULLs.
/// </summary>
internal static class PartitionPruning
{
    /// <param name="condition">A condition that <paramref name="binder"/> has bound before without an error.</param>
    public static void Note(ExpressionBinder binder, Expression condition)
    {
        switch (condition)
        {
            case Logical { Operator: LogicalOperator.And } all:
                foreach (var term in all.Terms)
                {
                    Note(binder, term);
                }

                break;
            case Logical { Operator: LogicalOperator.Or } either when OrAsIn(either) is { } alternatives:
                Note(binder, alternatives);
                break;
            case Comparison comparison when Operator(comparison.Operator) is { } @operator:
                Compare(binder, comparison.Left, @operator, [comparison.Right]);
                Compare(binder, comparison.Right, Mirrored(@operator), [comparison.Left]);
                break;
            case Between between:
                Compare(binder, between.Value, PartitionComparison.GreaterThanOrEqual, [between.Min]);
                Compare(binder, between.Value, PartitionComparison.LessThanOrEqual, [between.Max]);
                break;
            case InList list:
                Compare(binder, list.Value, PartitionComparison.In, list.Items);
                break;
        }
    }

    /// <summary><c>a = 1 OR a = 2</c> is <c>a IN (1, 2)</c>.</summary>
    private static InList? OrAsIn(Logical either)
    {
        var items = new List<Expression>();
        Expression? column = null;
        foreach (var term in either.Terms)
        {
            if (term is not Comparison { Operator: ComparisonOperator.Equal, Left: Identifier or Dereference } comparison || (column is not null && !column.Equals(comparison.Left)))
            {
                return null;
            }

            column = comparison.Left;
            items.Add(comparison.Right);
        }

        return new InList(either.Position, column!, new NodeList<Expression>(items));
    }

    private static void Compare(ExpressionBinder binder, Expression column, PartitionComparison comparison, IReadOnlyList<Expression> values)
    {
        var inner = CaseChange(column)?.Argument ?? column;
        if (inner is not (Identifier or Dereference) || binder.Bind(inner) is not { Origin: { Column.IsPartitionKey: true } origin } bound)
        {
            return;
        }

        var isChanged = !ReferenceEquals(inner, column);
        if (isChanged && !(origin.Column.IsLowerCase && comparison is PartitionComparison.Equal or PartitionComparison.In))
        {
            return;
        }

        var constants = values.Select(value => Constant(binder, value)).ToList();
        var type = TypeCoercion.CommonSuperType(constants.Select(constant => constant?.Type ?? SqlType.Unknown).Prepend(bound.Type));
        if (type is not null && constants.TrueForAll(constant => constant is not null))
        {
            origin.Scan.Add(new PartitionPredicate(origin.Column.Name, comparison, type, [.. constants.Select(constant => isChanged ? constant!.Value.Text.ToLowerInvariant() : constant!.Value.Text)]), origin.Through);
        }
    }

    /// <summary>The value of an expression that has one before the statement runs: a literal, or one in lower() or upper().</summary>
    private static (SqlType Type, string Text)? Constant(ExpressionBinder binder, Expression value)
    {
        if (CaseChange(value) is { } change)
        {
            return Constant(binder, change.Argument) is { Type: VarcharType } inner && Ascii.IsValid(inner.Text)
                ? (inner.Type, change.IsLower ? inner.Text.ToLowerInvariant() : inner.Text.ToUpperInvariant())
                : null;
        }

        return IsConstant(value) && binder.Bind(value) is { ConstantText: { } text } bound ? (bound.Type, text) : null;
    }

    /// <summary><c>lower(x)</c> and <c>upper(x)</c>; null for anything else.</summary>
    private static (Expression Argument, bool IsLower)? CaseChange(Expression value) =>
        value is FunctionCall { Window: null, Filter: null, Arguments.Count: 1, Name: { Parts.Count: 1 } name } call && name.Suffix is "lower" or "upper" ? (call.Arguments[0], name.Suffix == "lower") : null;

    private static bool IsConstant(Expression value) => value is StringLiteral or LongLiteral or DecimalLiteral or DoubleLiteral or BooleanLiteral or GenericLiteral or Parameter or Cast { Value: StringLiteral or LongLiteral };

    private static PartitionComparison? Operator(ComparisonOperator @operator) => @operator switch
    {
        ComparisonOperator.Equal => PartitionComparison.Equal,
        ComparisonOperator.NotEqual => PartitionComparison.NotEqual,
        ComparisonOperator.LessThan => PartitionComparison.LessThan,
        ComparisonOperator.LessThanOrEqual => PartitionComparison.LessThanOrEqual,
        ComparisonOperator.GreaterThan => PartitionComparison.GreaterThan,
        ComparisonOperator.GreaterThanOrEqual => PartitionComparison.GreaterThanOrEqual,
        _ => null,
    };

    private static PartitionComparison Mirrored(PartitionComparison comparison) => comparison switch
    {
        PartitionComparison.LessThan => PartitionComparison.GreaterThan,
        PartitionComparison.LessThanOrEqual => PartitionComparison.GreaterThanOrEqual,
        PartitionComparison.GreaterThan => PartitionComparison.LessThan,
        PartitionComparison.GreaterThanOrEqual => PartitionComparison.LessThanOrEqual,
        _ => comparison,
    };
}
