using System.Text;
using Tarn.Sql.Tree;

namespace Tarn.Sql.Formatting;

internal static class QueryFormatter
{
    public static void Append(StringBuilder text, Query query)
    {
        if (query.With is { } with)
        {
            text.Append("WITH ").Append(with.Recursive ? "RECURSIVE " : "").AppendList(with.Queries, AppendWithQuery).Append(' ');
        }

        AppendBody(text, query.Body);
        if (query.OrderBy.Count > 0)
        {
            text.Append(' ');
            AppendOrderBy(text, query.OrderBy);
        }

        if (query.Offset is { } offset)
        {
            text.Append(" OFFSET ");
            ExpressionFormatter.Append(text, offset);
            text.Append(" ROWS");
        }

        if (query.Limit is { } limit)
        {
            AppendLimit(text, limit);
        }
    }

    private static void AppendLimit(StringBuilder text, RowLimit limit)
    {
        if (limit.Count is null)
        {
            text.Append(" LIMIT ALL");
            return;
        }

        text.Append(limit.WithTies ? " FETCH FIRST " : " LIMIT ");
        ExpressionFormatter.Append(text, limit.Count);
        text.Append(limit.WithTies ? " ROWS WITH TIES" : "");
    }

    private static void AppendWithQuery(StringBuilder text, WithQuery query)
    {
        text.AppendName(query.Name);
        if (query.Columns is { } columns)
        {
            text.Append(' ').AppendNames(columns);
        }

        text.Append(" AS (");
        Append(text, query.Query);
        text.Append(')');
    }

    private static void AppendBody(StringBuilder text, QueryBody body)
    {
        switch (body)
        {
            case QuerySpecification specification:
                AppendSpecification(text, specification);
                break;
            case SetOperation operation:
                AppendSetOperand(text, operation.Left, isLeft: true, operation.Operator);
                text.Append(' ').Append(operation.Operator.ToString().ToUpperInvariant()).Append(operation.All ? " ALL " : " ");
                AppendSetOperand(text, operation.Right, isLeft: false, operation.Operator);
                break;
            case Values values:
                text.Append("VALUES ").AppendList(values.Rows, ExpressionFormatter.Append);
                break;
            case TableBody table:
                text.Append("TABLE ").AppendName(table.Name);
                break;
            case SubqueryBody subquery:
                text.Append('(');
                Append(text, subquery.Query);
                text.Append(')');
                break;
            default:
                throw new InvalidOperationException($"no format for {body.GetType().Name}");
        }
    }

    /// <summary>The grammar makes chains lean left and INTERSECT bind tighter; only a parsed tree is written, so no parentheses are ever missing.</summary>
    private static void AppendSetOperand(StringBuilder text, QueryBody operand, bool isLeft, SetOperator parent)
    {
        if (operand is SetOperation nested && ((!isLeft && nested.Operator != SetOperator.Intersect) || (parent == SetOperator.Intersect && nested.Operator != SetOperator.Intersect) || (!isLeft && parent == SetOperator.Intersect)))
        {
            throw new InvalidOperationException("a set operation that no text parses to");
        }

        AppendBody(text, operand);
    }

    private static void AppendSpecification(StringBuilder text, QuerySpecification query)
    {
        text.Append("SELECT ").Append(query.Distinct ? "DISTINCT " : "").AppendList(query.Items, AppendItem);
        if (query.From is { } from)
        {
            text.Append(" FROM ");
            RelationFormatter.Append(text, from, isTop: true);
        }

        AppendClause(text, " WHERE ", query.Where);
        if (query.GroupBy is { } groupBy)
        {
            text.Append(" GROUP BY ").Append(groupBy.Distinct ? "DISTINCT " : "").AppendList(groupBy.Elements, AppendElement);
        }

        AppendClause(text, " HAVING ", query.Having);
        if (query.Windows.Count > 0)
        {
            text.Append(" WINDOW ").AppendList(query.Windows, (to, window) =>
            {
                to.AppendName(window.Name).Append(" AS ");
                AppendWindow(to, window.Window);
            });
        }
    }

    private static void AppendClause(StringBuilder text, string keyword, Expression? expression)
    {
        if (expression is not null)
        {
            text.Append(keyword);
            ExpressionFormatter.Append(text, expression);
        }
    }

    private static void AppendItem(StringBuilder text, SelectItem item)
    {
        if (item is SingleColumn column)
        {
            ExpressionFormatter.Append(text, column.Value);
            if (column.Alias is { } alias)
            {
                text.Append(" AS ").AppendName(alias);
            }

            return;
        }

        var all = (AllColumns)item;
        if (all.Target is Identifier or Dereference)
        {
            ExpressionFormatter.Append(text, all.Target);
            text.Append('.');
        }
        else if (all.Target is { } target)
        {
            text.Append('(');
            ExpressionFormatter.Append(text, target);
            text.Append(").");
        }

        text.Append('*');
        if (all.Aliases.Count > 0)
        {
            text.Append(" AS ").AppendNames(all.Aliases);
        }
    }

    private static void AppendElement(StringBuilder text, GroupingElement element)
    {
        if (element.Kind == GroupingKind.Simple)
        {
            AppendSet(text, element.Sets[0]);
            return;
        }

        text.Append(element.Kind == GroupingKind.Sets ? "GROUPING SETS" : element.Kind.ToString().ToUpperInvariant()).Append(" (").AppendList(element.Sets, AppendSet).Append(')');
    }

    /// <summary>A subquery has its parentheses already; with a second pair it would be another tree.</summary>
    private static void AppendSet(StringBuilder text, NodeList<Expression> set)
    {
        if (set is [SubqueryExpression subquery])
        {
            ExpressionFormatter.Append(text, subquery);
        }
        else
        {
            text.Append('(').AppendList(set, ExpressionFormatter.Append).Append(')');
        }
    }

    internal static void AppendOrderBy(StringBuilder text, NodeList<SortItem> items) => text.Append("ORDER BY ").AppendList(items, AppendSortItem);

    private static void AppendSortItem(StringBuilder text, SortItem item)
    {
        ExpressionFormatter.Append(text, item.Key);
        text.Append(item.Descending ? " DESC" : " ASC").Append(item.Nulls switch { NullOrder.First => " NULLS FIRST", NullOrder.Last => " NULLS LAST", _ => "" });
    }

    internal static void AppendWindow(StringBuilder text, Window window)
    {
        if (window is WindowReference reference)
        {
            text.AppendName(reference.Name);
            return;
        }

        var specification = (WindowSpecification)window;
        var separator = "";
        text.Append('(');
        if (specification.Base is { } name)
        {
            text.AppendName(name);
            separator = " ";
        }

        if (specification.PartitionBy.Count > 0)
        {
            text.Append(separator).Append("PARTITION BY ").AppendList(specification.PartitionBy, ExpressionFormatter.Append);
            separator = " ";
        }

        if (specification.OrderBy.Count > 0)
        {
            text.Append(separator);
            AppendOrderBy(text, specification.OrderBy);
            separator = " ";
        }

        if (specification.Frame is { } frame)
        {
            text.Append(separator).Append(frame.Unit.ToString().ToUpperInvariant()).Append(' ').Append(frame.End is null ? "" : "BETWEEN ");
            AppendBound(text, frame.Start);
            if (frame.End is { } end)
            {
                text.Append(" AND ");
                AppendBound(text, end);
            }
        }

        text.Append(')');
    }

    private static void AppendBound(StringBuilder text, FrameBound bound)
    {
        if (bound.Distance is { } distance)
        {
            ExpressionFormatter.Append(text, distance);
            text.Append(' ');
        }

        text.Append(bound.Kind switch
        {
            FrameBoundKind.UnboundedPreceding => "UNBOUNDED PRECEDING",
            FrameBoundKind.Preceding => "PRECEDING",
            FrameBoundKind.CurrentRow => "CURRENT ROW",
            FrameBoundKind.Following => "FOLLOWING",
            _ => "UNBOUNDED FOLLOWING",
        });
    }
}
