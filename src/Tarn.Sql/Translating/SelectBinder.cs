using Tarn.Sql.Binding;
using Tarn.Sql.Binding.Operators;
using Tarn.Sql.Formatting;
using Tarn.Sql.Tree;
using Tarn.Sql.Types;

namespace Tarn.Sql.Translating;

/// <summary>One SELECT: FROM, WHERE, GROUP BY, HAVING, the select list, DISTINCT, and the ORDER BY that can see both its names and its tables.</summary>
internal sealed class SelectBinder(BindingContext context, ExpressionBinder? outer, CommonTableScope tables)
{
    public OrderedQuery Bind(QuerySpecification select, NodeList<SortItem> orderBy)
    {
        var from = select.From is null ? null : new RelationBinder(context, outer, tables).Bind(select.From, Scope.Empty);
        var scope = from?.Scope ?? Scope.Empty;
        var where = Where(select, scope);
        var aggregation = IsAggregated(select, orderBy) ? new Aggregation(context, Source(scope, "GROUP BY clause")) : null;
        if (aggregation is not null && select.GroupBy is not null)
        {
            BindGroupBy(aggregation, select, scope);
        }

        var binder = new ExpressionBinder(context, scope, outer, tables) { Aggregation = aggregation, Windows = select.Windows };
        var columns = new List<OutputColumn>();
        var values = new List<BoundExpression>();
        foreach (var item in select.Items)
        {
            BindItem(item, binder, scope, columns, values);
        }

        var having = select.Having is null ? "" : " WHERE " + new ExpressionBinder(context, scope, outer, tables) { Aggregation = aggregation }.BindBoolean(select.Having, "HAVING clause must evaluate to a boolean: actual type").Sql;
        var outputs = columns.Zip(values).Select(pair => (pair.First.Name, pair.Second)).ToList();
        var orderBinder = new ExpressionBinder(context, scope, outer, tables) { Aggregation = aggregation, Windows = select.Windows, Outputs = outputs };
        var keys = orderBy.Select(item => (Item: item, Key: SortKey(context, orderBinder, outputs, item))).Where(entry => entry.Key is not null).ToList();

        // Only now every aggregate is known.
        var source = from is null ? "" : " FROM " + from.Sql;
        var tail = aggregation is null ? source + where : $" FROM ({aggregation.Sql(source, where)}) AS {aggregation.Alias}{having}";
        var keepsRows = aggregation is null && !select.Items.Any(HasWindow);
        columns = [.. columns.Select(column => keepsRows ? column : column with { Origin = null })];
        var list = "SELECT " + string.Join(", ", values.Select((value, i) => $"{value.Sql} AS c{i}"));
        return select.Distinct
            ? Distinct(list + tail, columns, values, orderBy, orderBinder, outputs)
            : new OrderedQuery(list + tail, columns, [.. keys.Select(entry => entry.Key!)]) { ListEnd = list.Length };
    }

    /// <summary>
    /// The text of a sort key; null for a literal, which sorts nothing. A number is a place in the select list.
    /// </summary>
    public static string? SortKey(BindingContext context, ExpressionBinder binder, IReadOnlyList<(string? Name, BoundExpression Value)> outputs, SortItem item)
    {
        var key = SortValue(binder, outputs, item);
        return key.Constant is not null || key.IsUnknown ? null : CallBinder.SortText(context, key, item);
    }

    private static BoundExpression SortValue(ExpressionBinder binder, IReadOnlyList<(string? Name, BoundExpression Value)> outputs, SortItem item)
    {
        if (item.Key is not LongLiteral ordinal)
        {
            return binder.Bind(item.Key);
        }

        return ordinal.Value >= 1 && ordinal.Value <= outputs.Count
            ? outputs[(int)ordinal.Value - 1].Value
            : throw new SqlException("INVALID_COLUMN_REFERENCE", $"ORDER BY position {ordinal.Value} is not in select list", item.Position);
    }

    private ExpressionBinder Source(Scope scope, string clause) => new(context, scope, outer, tables) { ScalarClause = clause };

    private string Where(QuerySpecification select, Scope scope)
    {
        if (select.Where is null)
        {
            return "";
        }

        var binder = Source(scope, "WHERE clause");
        var condition = binder.BindBoolean(select.Where, "WHERE clause must evaluate to a boolean: actual type");
        PartitionPruning.Note(binder, select.Where);
        return " WHERE " + condition.Sql;
    }

    private bool IsAggregated(QuerySpecification select, NodeList<SortItem> orderBy)
    {
        if (select.GroupBy is not null || select.Having is not null)
        {
            return true;
        }

        var expressions = select.Items.OfType<SingleColumn>().Select(item => item.Value).Concat(orderBy.Select(item => item.Key));
        return expressions.Any(expression => ExpressionChildren.Any(expression, inner =>
            inner is Listagg or GroupingOperation || (inner is FunctionCall { Window: null, Name.Parts.Count: 1 } call && context.IsAggregate(call.Name.Suffix))));
    }

    private static bool HasWindow(SelectItem item) => item is SingleColumn column && ExpressionChildren.Any(column.Value, inner => inner is FunctionCall { Window: not null });

    // GROUP BY.

    private void BindGroupBy(Aggregation aggregation, QuerySpecification select, Scope scope)
    {
        var elements = select.GroupBy!.Elements.Select(element => (element.Kind, Sets: element.Sets.Select(set => set.Select(expression => Key(aggregation, select, scope, expression)).ToArray()).ToList())).ToList();
        if (elements.TrueForAll(element => element.Kind == GroupingKind.Simple && element.Sets[0].Length > 0))
        {
            return;
        }

        // The cross product of what each element stands for.
        var sets = new List<int[]> { Array.Empty<int>() };
        foreach (var (kind, parts) in elements)
        {
            var expanded = Expand(kind, parts, select.GroupBy.Position);
            sets = [.. sets.SelectMany(_ => expanded, (left, right) => left.Concat(right).Distinct().ToArray())];
        }

        if (select.GroupBy.Distinct)
        {
            sets = [.. sets.DistinctBy(set => string.Join(',', set.Order()))];
        }

        if (sets.Count > 1 || sets[0].Length > 0)
        {
            aggregation.SetSets(sets, select.GroupBy.Position);
        }
    }

    private static List<int[]> Expand(GroupingKind kind, List<int[]> parts, SourcePosition position)
    {
        switch (kind)
        {
            case GroupingKind.Rollup:
                return [.. Enumerable.Range(0, parts.Count + 1).Select(left => parts.Take(parts.Count - left).SelectMany(part => part).ToArray())];
            case GroupingKind.Cube when parts.Count > 11:
                throw new SqlException("TOO_MANY_GROUPING_SETS", $"GROUP BY has more than 2048 grouping sets but can contain at most 2048", position);
            case GroupingKind.Cube:
                return [.. Enumerable.Range(0, 1 << parts.Count).Reverse().Select(bits => parts.Where((_, i) => (bits & (1 << (parts.Count - 1 - i))) != 0).SelectMany(part => part).ToArray())];
            default:
                return parts;
        }
    }

    private int Key(Aggregation aggregation, QuerySpecification select, Scope scope, Expression expression)
    {
        if (expression is LongLiteral ordinal)
        {
            if (ordinal.Value < 1 || ordinal.Value > select.Items.Count || select.Items.Any(item => item is AllColumns))
            {
                return OrdinalOfStar(aggregation, select, scope, ordinal);
            }

            expression = ((SingleColumn)select.Items[(int)ordinal.Value - 1]).Value;
        }
        else if (context.Dialect.HasSparkSyntax && expression is Identifier name && scope.Named(name.Value).Count == 0
            && select.Items.OfType<SingleColumn>().FirstOrDefault(item => string.Equals(item.Alias?.Value, name.Value, StringComparison.OrdinalIgnoreCase)) is { } aliased)
        {
            expression = aliased.Value;
        }

        return aggregation.AddKey(expression, aggregation.Source.Bind(expression));
    }

    /// <summary>With a * in the list its columns count too.</summary>
    private int OrdinalOfStar(Aggregation aggregation, QuerySpecification select, Scope scope, LongLiteral ordinal)
    {
        var values = new List<BoundExpression>();
        if (select.Items.Any(item => item is AllColumns))
        {
            foreach (var item in select.Items)
            {
                BindItem(item, aggregation.Source, scope, [], values);
            }
        }

        return ordinal.Value >= 1 && ordinal.Value <= values.Count
            ? aggregation.AddKey(ordinal, values[(int)ordinal.Value - 1])
            : throw new SqlException("INVALID_COLUMN_REFERENCE", $"GROUP BY position {ordinal.Value} is not in select list", ordinal.Position);
    }

    // The select list.

    private static void BindItem(SelectItem item, ExpressionBinder binder, Scope scope, List<OutputColumn> columns, List<BoundExpression> values)
    {
        if (item is SingleColumn single)
        {
            var value = binder.Bind(single.Value);
            columns.Add(new OutputColumn(single.Alias?.Folded ?? NameOf(single.Value), value.Type, value.Origin));
            values.Add(value);
            return;
        }

        var all = (AllColumns)item;
        var expanded = Expand(all, binder, scope);
        if (all.Aliases.Count > 0 && all.Aliases.Count != expanded.Count)
        {
            throw new SqlException("MISMATCHED_COLUMN_ALIASES", $"Column alias list has {all.Aliases.Count} entries but relation has {expanded.Count} columns", all.Position);
        }

        for (var i = 0; i < expanded.Count; i++)
        {
            var (name, value) = expanded[i];
            columns.Add(new OutputColumn(all.Aliases.Count > 0 ? all.Aliases[i].Folded : name, value.Type, value.Origin));
            values.Add(value);
        }
    }

    private static string? NameOf(Expression expression) => expression switch
    {
        Identifier name => name.Folded,
        Dereference dereference => dereference.Field.Folded,
        _ => null,
    };

    private static List<(string? Name, BoundExpression Value)> Expand(AllColumns all, ExpressionBinder binder, Scope scope)
    {
        if (all.Target is null)
        {
            return scope.Fields.Count == 0
                ? throw new SqlException("COLUMN_NOT_FOUND", "SELECT * not allowed in queries without FROM clause", all.Position)
                : [.. scope.Visible.Select(field => (field.Name, Read(field, binder, all)))];
        }

        if (ExpressionBinder.NameParts(all.Target) is { } parts)
        {
            for (var place = binder; place is not null; place = place.Outer)
            {
                var fields = place.Scope.Visible.Where(field => field.Relation?.Matches(parts) == true).ToList();
                if (fields.Count > 0)
                {
                    return [.. fields.Select(field => (field.Name, Read(field, place, all)))];
                }
            }
        }

        BoundExpression value;
        try
        {
            value = binder.Bind(all.Target);
        }
        catch (SqlException e) when (e.Code == "COLUMN_NOT_FOUND")
        {
            throw new SqlException("TABLE_NOT_FOUND", $"Unable to resolve reference {SqlFormatter.Format(all.Target)}", all.Position);
        }

        return value.Type is RowType row
            ? [.. row.Fields.Select((field, i) => (field.Name, new BoundExpression(field.Type, DuckDbTypes.Field(row, value.Sql, i))))]
            : throw new SqlException("TYPE_MISMATCH", $"Expression {SqlFormatter.Format(all.Target)} is not of type ROW", all.Position);
    }

    private static BoundExpression Read(Field field, ExpressionBinder binder, AllColumns all)
    {
        var value = field.Read();
        return binder.Aggregation is null ? value : binder.Aggregation.Key(value) ?? throw new SqlException("EXPRESSION_NOT_AGGREGATE", $"Column '{field.Name}' not in GROUP BY clause", all.Position);
    }

    // DISTINCT.

    private OrderedQuery Distinct(string sql, List<OutputColumn> columns, List<BoundExpression> values, NodeList<SortItem> orderBy, ExpressionBinder binder, IReadOnlyList<(string? Name, BoundExpression Value)> outputs)
    {
        foreach (var column in columns)
        {
            if (!TypeCoercion.IsComparable(column.Type))
            {
                throw new SqlException("TYPE_MISMATCH", $"DISTINCT can only be applied to comparable types (actual: {column.Type})");
            }
        }

        var alias = context.NewAlias("d");
        var keys = new List<string>();
        foreach (var item in orderBy)
        {
            var value = SortValue(binder, outputs, item);
            var index = values.FindIndex(output => output.Sql == value.Sql);
            if (index < 0)
            {
                throw new SqlException("EXPRESSION_NOT_IN_DISTINCT", "For SELECT DISTINCT, ORDER BY expressions must appear in select list", item.Position);
            }

            keys.Add(CallBinder.SortText(context, new BoundExpression(value.Type, $"{alias}.c{index}"), item));
        }

        var isPlain = columns.TrueForAll(column => Equality.Key(column.Type, "x") == "x");
        var distinct = isPlain ? "DISTINCT" : $"DISTINCT ON ({string.Join(", ", columns.Select((column, i) => Equality.Key(column.Type, $"{alias}.c{i}")))})";

        // The DISTINCT stands in a query of its own, so that the keys are sorted by after it.
        var inner = $"SELECT {distinct} * FROM ({sql}) AS {alias}";
        return new OrderedQuery($"SELECT * FROM ({inner}) AS {alias}", columns, keys);
    }
}
