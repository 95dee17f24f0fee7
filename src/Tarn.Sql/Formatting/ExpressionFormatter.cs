using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Tarn.Sql.Tree;

namespace Tarn.Sql.Formatting;

internal static class ExpressionFormatter
{
    public static void Append(StringBuilder text, Expression expression)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw new SqlException("SYNTAX_ERROR", "statement is too large (stack overflow while formatting)");
        }

        if (!AppendLiteral(text, expression) && !AppendOperator(text, expression) && !AppendForm(text, expression))
        {
            throw new InvalidOperationException($"no format for {expression.GetType().Name}");
        }
    }

    private static bool AppendLiteral(StringBuilder text, Expression expression)
    {
        switch (expression)
        {
            case NullLiteral:
                text.Append("NULL");
                return true;
            case BooleanLiteral literal:
                text.Append(literal.Value ? "true" : "false");
                return true;
            case StringLiteral literal:
                text.AppendString(literal.Value);
                return true;
            case BinaryLiteral literal:
                text.Append("X'").Append(literal.Hex).Append('\'');
                return true;
            case LongLiteral literal:
                text.Append(literal.Value);
                return true;
            case DecimalLiteral literal:
                text.Append(literal.Value);
                return true;
            case DoubleLiteral literal:
                AppendDouble(text, literal.Value);
                return true;
            case GenericLiteral literal:
                text.Append(literal.Type == "double" ? "double" : literal.Type).Append(' ').AppendString(literal.Value);
                return true;
            case IntervalLiteral literal:
                text.Append("INTERVAL ").Append(literal.Negative ? "-" : "").AppendString(literal.Value).Append(' ').Append(Upper(literal.From)).Append(literal.To is { } to ? " TO " + Upper(to) : "");
                return true;
            case Parameter:
                text.Append('?');
                return true;
            case Identifier name:
                text.AppendName(name);
                return true;
            default:
                return false;
        }
    }

    private static void AppendDouble(StringBuilder text, double value)
    {
        var digits = value.ToString("R", CultureInfo.InvariantCulture);
        text.Append(digits switch
        {
            "∞" or "Infinity" => "1E999",
            "-∞" or "-Infinity" => "-1E999",
            _ => digits.Contains('E', StringComparison.Ordinal) ? digits : digits + "E0",
        });
    }

    private static bool AppendOperator(StringBuilder text, Expression expression)
    {
        switch (expression)
        {
            case ArithmeticBinary binary:
                Infix(text, binary.Left, Symbol(binary.Operator), binary.Right);
                return true;
            case ArithmeticUnary unary:
                text.Append(unary.Negative ? '-' : '+');
                Base(text, unary.Value);
                return true;
            case Concatenation concatenation:
                Infix(text, concatenation.Left, "||", concatenation.Right);
                return true;
            case Comparison comparison:
                Infix(text, comparison.Left, Symbol(comparison.Operator), comparison.Right);
                return true;
            case Logical logical:
                for (var i = 0; i < logical.Terms.Count; i++)
                {
                    text.Append(i == 0 ? "" : logical.Operator == LogicalOperator.And ? " AND " : " OR ");
                    Operand(text, logical.Terms[i]);
                }

                return true;
            case Not not:
                text.Append("NOT ");
                Operand(text, not.Value);
                return true;
            case Between between:
                Operand(text, between.Value);
                text.Append(" BETWEEN ");
                Operand(text, between.Min);
                text.Append(" AND ");
                Operand(text, between.Max);
                return true;
            case InList list:
                Operand(text, list.Value);
                text.Append(" IN (").AppendList(list.Items, Append).Append(')');
                return true;
            case InSubquery subquery:
                Operand(text, subquery.Value);
                text.Append(" IN (");
                QueryFormatter.Append(text, subquery.Query);
                text.Append(')');
                return true;
            case Like like:
                Infix(text, like.Value, "LIKE", like.Pattern);
                if (like.Escape is { } escape)
                {
                    text.Append(" ESCAPE ");
                    Operand(text, escape);
                }

                return true;
            case IsNull isNull:
                Operand(text, isNull.Value);
                text.Append(" IS NULL");
                return true;
            case QuantifiedComparison quantified:
                Operand(text, quantified.Value);
                text.Append(' ').Append(Symbol(quantified.Operator)).Append(quantified.All ? " ALL (" : " ANY (");
                QueryFormatter.Append(text, quantified.Query);
                text.Append(')');
                return true;
            case AtTimeZone atTimeZone:
                Infix(text, atTimeZone.Value, "AT TIME ZONE", atTimeZone.Zone);
                return true;
            default:
                return false;
        }
    }

    private static void Infix(StringBuilder text, Expression left, string symbol, Expression right)
    {
        Operand(text, left);
        text.Append(' ').Append(symbol).Append(' ');
        Operand(text, right);
    }

    /// <summary>Parentheses around anything that is not one piece. A negative number is one only after an operator, not before a subscript.</summary>
    public static void Operand(StringBuilder text, Expression expression)
    {
        var isOnePiece = expression is NullLiteral or BooleanLiteral or StringLiteral or BinaryLiteral or GenericLiteral or Parameter or Identifier or FunctionCall { Filter: null, Window: null }
            or Dereference or Subscript or Cast or Extract or Trim or CurrentValue or SubqueryExpression or Exists or RowConstructor or ArrayConstructor or GroupingOperation
            or LongLiteral { Value: >= 0 } or DoubleLiteral { Value: >= 0 } || (expression is DecimalLiteral number && !number.Value.StartsWith('-'));
        if (isOnePiece)
        {
            Append(text, expression);
            return;
        }

        text.Append('(');
        Append(text, expression);
        text.Append(')');
    }

    /// <summary>What stands before a dot or a bracket, or behind a sign: a number there would run into it.</summary>
    private static void Base(StringBuilder text, Expression expression)
    {
        if (expression is LongLiteral or DecimalLiteral or DoubleLiteral)
        {
            text.Append('(');
            Append(text, expression);
            text.Append(')');
        }
        else
        {
            Operand(text, expression);
        }
    }

    private static bool AppendForm(StringBuilder text, Expression expression)
    {
        switch (expression)
        {
            case Case @case:
                AppendCase(text, @case);
                return true;
            case Cast cast:
                text.Append(cast.Try ? "TRY_CAST(" : "CAST(");
                Append(text, cast.Value);
                text.Append(" AS ");
                TypeNameFormatter.Append(text, cast.Type);
                text.Append(')');
                return true;
            case Dereference dereference:
                Base(text, dereference.Base);
                text.Append('.').AppendName(dereference.Field);
                return true;
            case Subscript subscript:
                Base(text, subscript.Base);
                text.Append('[');
                Operand(text, subscript.Index);
                text.Append(']');
                return true;
            case RowConstructor row:
                text.Append("ROW(").AppendList(row.Items, AppendRowItem).Append(')');
                return true;
            case ArrayConstructor array:
                text.Append("ARRAY[").AppendList(array.Items, Append).Append(']');
                return true;
            case SubqueryExpression subquery:
                AppendQuery(text, "", subquery.Query);
                return true;
            case Exists exists:
                AppendQuery(text, "EXISTS ", exists.Query);
                return true;
            case Lambda lambda:
                text.AppendNames(lambda.Parameters).Append(" -> ");
                Append(text, lambda.Body);
                return true;
            default:
                return AppendFunction(text, expression);
        }
    }

    private static void AppendQuery(StringBuilder text, string prefix, Query query)
    {
        text.Append(prefix).Append('(');
        QueryFormatter.Append(text, query);
        text.Append(')');
    }

    private static void AppendRowItem(StringBuilder text, RowItem item)
    {
        Append(text, item.Value);
        if (item.Name is { } name)
        {
            text.Append(" AS ").AppendName(name);
        }
    }

    private static void AppendCase(StringBuilder text, Case @case)
    {
        text.Append("CASE ");
        if (@case.Operand is { } operand)
        {
            Append(text, operand);
            text.Append(' ');
        }

        foreach (var when in @case.Whens)
        {
            text.Append("WHEN ");
            Append(text, when.Condition);
            text.Append(" THEN ");
            Append(text, when.Result);
            text.Append(' ');
        }

        if (@case.Else is { } otherwise)
        {
            text.Append("ELSE ");
            Append(text, otherwise);
            text.Append(' ');
        }

        text.Append("END");
    }

    private static bool AppendFunction(StringBuilder text, Expression expression)
    {
        switch (expression)
        {
            case FunctionCall call:
                AppendCall(text, call);
                return true;
            case Extract extract:
                text.Append("EXTRACT(").Append(extract.Field).Append(" FROM ");
                Operand(text, extract.Value);
                text.Append(')');
                return true;
            case Trim trim:
                text.Append("TRIM(").Append(trim.Side.ToString().ToUpperInvariant()).Append(' ');
                if (trim.Characters is { } characters)
                {
                    Operand(text, characters);
                    text.Append(' ');
                }

                text.Append("FROM ");
                Operand(text, trim.Value);
                text.Append(')');
                return true;
            case CurrentValue current:
                text.Append(current.Name).Append(current.Precision is { } precision ? $"({precision})" : "");
                return true;
            case GroupingOperation grouping:
                text.Append("GROUPING(").AppendList(grouping.Columns, Operand).Append(')');
                return true;
            case Listagg listagg:
                AppendListagg(text, listagg);
                return true;
            default:
                return false;
        }
    }

    private static void AppendCall(StringBuilder text, FunctionCall call)
    {
        text.AppendName(call.Name).Append('(').Append(call.Star ? "*" : call.Distinct ? "DISTINCT " : "").AppendList(call.Arguments, Append);
        if (call.OrderBy.Count > 0)
        {
            text.Append(call.Arguments.Count > 0 ? " " : "");
            QueryFormatter.AppendOrderBy(text, call.OrderBy);
        }

        text.Append(')');
        AppendFilter(text, call.Filter);
        text.Append(call.Nulls switch { NullTreatment.Ignore => " IGNORE NULLS", NullTreatment.Respect => " RESPECT NULLS", _ => "" });
        if (call.Window is { } window)
        {
            text.Append(" OVER ");
            QueryFormatter.AppendWindow(text, window);
        }
    }

    private static void AppendFilter(StringBuilder text, Expression? filter)
    {
        if (filter is not null)
        {
            text.Append(" FILTER (WHERE ");
            Append(text, filter);
            text.Append(')');
        }
    }

    private static void AppendListagg(StringBuilder text, Listagg listagg)
    {
        text.Append("LISTAGG(").Append(listagg.Distinct ? "DISTINCT " : "");
        Append(text, listagg.Value);
        text.Append(", ").AppendString(listagg.Separator);
        if (listagg.OverflowFiller is { } filler)
        {
            text.Append(" ON OVERFLOW TRUNCATE ").AppendString(filler).Append(listagg.WithCount ? " WITH COUNT" : " WITHOUT COUNT");
        }

        text.Append(')');
        if (listagg.OrderBy.Count > 0)
        {
            text.Append(" WITHIN GROUP (");
            QueryFormatter.AppendOrderBy(text, listagg.OrderBy);
            text.Append(')');
        }

        AppendFilter(text, listagg.Filter);
    }

    private static string Upper(IntervalField field) => field.ToString().ToUpperInvariant();

    internal static string Symbol(ArithmeticOperator @operator) => @operator switch
    {
        ArithmeticOperator.Add => "+",
        ArithmeticOperator.Subtract => "-",
        ArithmeticOperator.Multiply => "*",
        ArithmeticOperator.Divide => "/",
        ArithmeticOperator.Modulus => "%",
        _ => "DIV",
    };

    internal static string Symbol(ComparisonOperator @operator) => @operator switch
    {
        ComparisonOperator.Equal => "=",
        ComparisonOperator.NotEqual => "<>",
        ComparisonOperator.LessThan => "<",
        ComparisonOperator.LessThanOrEqual => "<=",
        ComparisonOperator.GreaterThan => ">",
        ComparisonOperator.GreaterThanOrEqual => ">=",
        ComparisonOperator.IsDistinctFrom => "IS DISTINCT FROM",
        _ => "IS NOT DISTINCT FROM",
    };
}
