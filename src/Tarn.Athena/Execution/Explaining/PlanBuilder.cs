using Tarn.Sql.Binding;
using Tarn.Sql.Formatting;
using Tarn.Sql.Translating;
using Tarn.Sql.Tree;

namespace Tarn.Athena.Execution.Explaining;

/// <summary>
/// The steps of a statement, from what it says and from what binding it found: which columns and partitions of each table are read. WITH queries
/// stand where they are used; a view is one step.
/// </summary>
internal sealed class PlanBuilder(TranslatedQuery translated, string database)
{
    private readonly Stack<(string Name, Query Query)> withs = new();
    private readonly HashSet<string> open = new(StringComparer.Ordinal);

    /// <summary>The plan of a query, below an <c>Output</c> step with the columns that the client gets.</summary>
    public PlanNode Build(Query query) => PlanNode.Of("Output", [("columnNames", $"[{string.Join(", ", translated.Columns.Select(column => column.Name))}]")], Of(query)) with
    {
        Outputs = [.. translated.Columns.Select(column => (column.Name, column.Type.ToString()))],
    };

    private PlanNode Of(Query query)
    {
        var before = withs.Count;
        foreach (var with in query.With?.Queries ?? [])
        {
            withs.Push((with.Name.Folded, with.Query));
        }

        var node = Of(query.Body);
        while (withs.Count > before)
        {
            withs.Pop();
        }

        var order = string.Join(", ", query.OrderBy.Select(Sorting));
        var limit = query.Limit?.Count is { } count ? Text(count) : "";
        if (order.Length > 0)
        {
            node = limit.Length > 0 && query.Offset is null ? PlanNode.Of("TopN", [("count", limit), ("orderBy", $"[{order}]")], node) : PlanNode.Of("Sort", [("orderBy", $"[{order}]")], node);
        }

        if (query.Offset is not null)
        {
            node = PlanNode.Of("Offset", [("count", Text(query.Offset))], node);
        }

        return limit.Length > 0 && (order.Length == 0 || query.Offset is not null) ? PlanNode.Of("Limit", [("count", limit)], node) : node;
    }

    private PlanNode Of(QueryBody body) => body switch
    {
        QuerySpecification select => Of(select),
        SetOperation set => PlanNode.Of($"{set.Operator}{(set.All ? "All" : "")}", [], Of(set.Left), Of(set.Right)),
        Values values => PlanNode.Of("Values", [("rows", values.Rows.Count.ToString(System.Globalization.CultureInfo.InvariantCulture))]),
        TableBody table => Named(table.Name),
        SubqueryBody inner => Of(inner.Query),
        _ => throw new InvalidOperationException(body.GetType().Name),
    };

    private PlanNode Of(QuerySpecification select)
    {
        var node = select.From is null ? PlanNode.Of("Values", [("rows", "1")]) : Of(select.From);
        if (select.Where is not null)
        {
            node = PlanNode.Of("Filter", [("filterPredicate", Text(select.Where))], node);
        }

        var aggregates = Calls(select, call => call.Window is null && TrinoAggregates.Contains(call.Name.Suffix));
        if (select.GroupBy is not null || aggregates.Count > 0 || select.Having is not null)
        {
            var keys = select.GroupBy is { } groups ? string.Join(", ", groups.Elements.SelectMany(element => element.Sets).SelectMany(set => set).Select(Text).Distinct()) : "";
            node = PlanNode.Of("Aggregate", [("keys", $"[{keys}]"), ("aggregates", $"[{string.Join(", ", aggregates)}]")], node);
        }

        if (select.Having is not null)
        {
            node = PlanNode.Of("Filter", [("filterPredicate", Text(select.Having))], node);
        }

        var windows = Calls(select, call => call.Window is not null);
        if (windows.Count > 0)
        {
            node = PlanNode.Of("Window", [("functions", $"[{string.Join(", ", windows)}]")], node);
        }

        node = PlanNode.Of("Project", [("expressions", $"[{string.Join(", ", select.Items.Select(item => item is SingleColumn single ? Text(single.Value) : "*"))}]")], node);
        return select.Distinct ? PlanNode.Of("Distinct", [], node) : node;
    }

    private PlanNode Of(Relation relation) => relation switch
    {
        Table table => Named(table.Name),
        AliasedRelation aliased => Of(aliased.Relation),
        SubqueryRelation derived => Of(derived.Query),
        Lateral lateral => PlanNode.Of("Lateral", [], Of(lateral.Query)),
        SampledRelation sampled => PlanNode.Of("Sample", [("percentage", Text(sampled.Percentage))], Of(sampled.Relation)),
        Unnest unnest => PlanNode.Of("Unnest", [("unnest", $"[{string.Join(", ", unnest.Values.Select(Text))}]"), ("withOrdinality", unnest.WithOrdinality ? "true" : "")]),
        TableFunctionCall call => PlanNode.Of("TableFunction", [("name", call.Name.ToString())]),
        Join join => PlanNode.Of(
            join.Kind is JoinKind.Cross or JoinKind.Implicit ? "CrossJoin" : $"{join.Kind}Join",
            [("criteria", join.On is not null ? Text(join.On) : join.Using is { } names ? $"USING ({string.Join(", ", names.Select(name => name.Folded))})" : join.Natural ? "NATURAL" : "")],
            Of(join.Left),
            Of(join.Right)),
        _ => throw new InvalidOperationException(relation.GetType().Name),
    };

    private PlanNode Named(QualifiedName name)
    {
        if (name.Parts.Count == 1 && withs.FirstOrDefault(with => with.Name == name.Suffix) is { Query: { } query })
        {
            // A recursive query names itself.
            if (!open.Add(name.Suffix))
            {
                return PlanNode.Of("RecursiveReference", [("name", name.Suffix)]);
            }

            var inlined = Of(query);
            open.Remove(name.Suffix);
            return inlined;
        }

        var schema = name.Parts.Count > 1 ? name.Parts[^2].Folded : database;
        var scan = translated.Scans.FirstOrDefault(candidate => candidate.Table.Schema == schema && candidate.Table.Name == name.Suffix);
        var table = $"awsdatacatalog:{schema}:{name.Suffix}";
        return scan is null
            ? PlanNode.Of("View", [("view", table)])
            : PlanNode.Of("TableScan", [("table", table), ("columns", $"[{string.Join(", ", scan.Columns.Select(column => column.Name))}]"), ("constraint", string.Join(" AND ", scan.PartitionPredicates.Select(Condition)))]) with
            {
                Outputs = [.. scan.Columns.Select(column => (column.Name, column.Type.ToString()))],
            };
    }

    private static string Condition(PartitionPredicate predicate)
    {
        var values = predicate.Values.Select(value => predicate.Type is Sql.Types.VarcharType or Sql.Types.CharType ? $"'{value.Replace("'", "''", StringComparison.Ordinal)}'" : value).ToList();
        return predicate.Comparison switch
        {
            PartitionComparison.In => $"{predicate.Column} IN ({string.Join(", ", values)})",
            PartitionComparison.NotEqual => $"{predicate.Column} <> {values[0]}",
            PartitionComparison.LessThan => $"{predicate.Column} < {values[0]}",
            PartitionComparison.LessThanOrEqual => $"{predicate.Column} <= {values[0]}",
            PartitionComparison.GreaterThan => $"{predicate.Column} > {values[0]}",
            PartitionComparison.GreaterThanOrEqual => $"{predicate.Column} >= {values[0]}",
            _ => $"{predicate.Column} = {values[0]}",
        };
    }

    private static readonly HashSet<string> TrinoAggregates = [.. Sql.Functions.TrinoFunctions.AggregateNames];

    /// <summary>The texts of calls in the select list and HAVING, each once.</summary>
    private static List<string> Calls(QuerySpecification select, Func<FunctionCall, bool> isWanted)
    {
        var found = new List<string>();
        void Visit(Expression expression)
        {
            if (expression is FunctionCall call && isWanted(call))
            {
                found.Add(Text(call));
                return;
            }

            foreach (var child in ExpressionChildren.Of(expression))
            {
                Visit(child);
            }
        }

        foreach (var expression in select.Items.OfType<SingleColumn>().Select(item => item.Value).Concat(select.Having is null ? [] : [select.Having]))
        {
            Visit(expression);
        }

        return [.. found.Distinct()];
    }

    private static string Sorting(SortItem item) => $"{Text(item.Key)} {(item.Descending ? "DESC" : "ASC")} NULLS {(item.Nulls == NullOrder.First ? "FIRST" : "LAST")}";

    private static string Text(Expression expression) => SqlFormatter.Format(expression);
}
