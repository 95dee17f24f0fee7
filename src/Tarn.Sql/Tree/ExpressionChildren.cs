namespace Tarn.Sql.Tree;

/// <summary>Walks expressions without entering subqueries, which have names and aggregates of their own.</summary>
public static class ExpressionChildren
{
    /// <summary>The expressions directly inside, in order of the text.</summary>
    public static IEnumerable<Expression> Of(Expression expression) => expression switch
    {
        ArithmeticBinary e => [e.Left, e.Right],
        ArithmeticUnary e => [e.Value],
        Concatenation e => [e.Left, e.Right],
        Comparison e => [e.Left, e.Right],
        Logical e => e.Terms,
        Not e => [e.Value],
        Between e => [e.Value, e.Min, e.Max],
        InList e => e.Items.Prepend(e.Value),
        InSubquery e => [e.Value],
        Like e => e.Escape is null ? [e.Value, e.Pattern] : [e.Value, e.Pattern, e.Escape],
        IsNull e => [e.Value],
        QuantifiedComparison e => [e.Value],
        Case e => CaseParts(e),
        Cast e => [e.Value],
        Dereference e => [e.Base],
        Subscript e => [e.Base, e.Index],
        RowConstructor e => e.Items.Select(item => item.Value),
        ArrayConstructor e => e.Items,
        AtTimeZone e => [e.Value, e.Zone],
        Extract e => [e.Value],
        Trim e => e.Characters is null ? [e.Value] : [e.Characters, e.Value],
        Lambda e => [e.Body],
        GroupingOperation e => e.Columns,
        FunctionCall e => CallParts(e),
        Listagg e => e.OrderBy.Select(item => item.Key).Prepend(e.Value).Concat(e.Filter is null ? [] : [e.Filter]),
        _ => [],
    };

    /// <summary>Whether <paramref name="matches"/> is true of the expression or of anything inside.</summary>
    public static bool Any(Expression expression, Func<Expression, bool> matches)
    {
        var open = new Stack<Expression>();
        open.Push(expression);
        while (open.TryPop(out var next))
        {
            if (matches(next))
            {
                return true;
            }

            foreach (var child in Of(next))
            {
                open.Push(child);
            }
        }

        return false;
    }

    private static IEnumerable<Expression> CaseParts(Case @case)
    {
        if (@case.Operand is { } operand)
        {
            yield return operand;
        }

        foreach (var when in @case.Whens)
        {
            yield return when.Condition;
            yield return when.Result;
        }

        if (@case.Else is { } otherwise)
        {
            yield return otherwise;
        }
    }

    private static IEnumerable<Expression> CallParts(FunctionCall call)
    {
        IEnumerable<Expression> parts = call.Arguments.Concat(call.OrderBy.Select(item => item.Key));
        if (call.Filter is { } filter)
        {
            parts = parts.Append(filter);
        }

        return call.Window is WindowSpecification window ? parts.Concat(window.PartitionBy).Concat(window.OrderBy.Select(item => item.Key)) : parts;
    }
}
