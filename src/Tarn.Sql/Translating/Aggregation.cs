using Tarn.Sql.Binding;
using Tarn.Sql.Binding.Operators;
using Tarn.Sql.Tree;
using Tarn.Sql.Types;

namespace Tarn.Sql.Translating;

/// <summary>
/// The GROUP BY of one SELECT. It becomes an inner query that gives the keys as k0, k1, ... and every aggregate that the select list, HAVING
/// or ORDER BY mentions as a0, a1, ...; the rest of the SELECT works on those columns. Two expressions are the same when their DuckDB texts are.
/// </summary>
internal sealed class Aggregation(BindingContext context, ExpressionBinder source)
{
    private const int SetsMax = 2048;

    private readonly string alias = context.NewAlias("g");
    private readonly List<(BoundExpression Value, Expression Tree)> keys = [];
    private readonly List<string> aggregates = [];
    private List<int[]>? sets;

    /// <summary>Binds what stands inside aggregates and in GROUP BY.</summary>
    public ExpressionBinder Source => source;

    public string Alias => alias;

    public int AddKey(Expression tree, BoundExpression value)
    {
        if (!TypeCoercion.IsComparable(value.Type))
        {
            throw new SqlException("TYPE_MISMATCH", $"{value.Type} is not comparable, and therefore cannot be used in GROUP BY", tree.Position);
        }

        var index = keys.FindIndex(key => key.Value.Sql == value.Sql);
        if (index < 0)
        {
            index = keys.Count;
            keys.Add((value, tree));
        }

        return index;
    }

    /// <summary>GROUPING SETS as lists of key indices; without a call there is one set of all keys.</summary>
    public void SetSets(List<int[]> groupingSets, SourcePosition position)
    {
        if (groupingSets.Count > SetsMax)
        {
            throw new SqlException("TOO_MANY_GROUPING_SETS", $"GROUP BY has {groupingSets.Count} grouping sets but can contain at most {SetsMax}", position);
        }

        sets = groupingSets;
    }

    /// <summary>The key that an expression is; null when it is none, or cannot be seen to be one.</summary>
    public BoundExpression? Key(Expression tree)
    {
        if (tree is Identifier or LongLiteral or StringLiteral || !keys.Any(key => key.Tree.GetType() == tree.GetType()))
        {
            return null;
        }

        if (keys.FindIndex(key => key.Tree.Equals(tree)) is var same and >= 0)
        {
            return new BoundExpression(keys[same].Value.Type, $"{alias}.k{same}");
        }

        try
        {
            return Key(source.Bind(tree));
        }
        catch (SqlException)
        {
            // It has aggregates or unknown names inside: then it is no key, and binding it properly says what is wrong.
            return null;
        }
    }

    public BoundExpression? Key(BoundExpression value)
    {
        var index = keys.FindIndex(key => key.Value.Sql == value.Sql);
        return index < 0 ? null : new BoundExpression(keys[index].Value.Type, $"{alias}.k{index}");
    }

    public BoundExpression Add(BoundExpression aggregate)
    {
        var index = aggregates.IndexOf(aggregate.Sql);
        if (index < 0)
        {
            index = aggregates.Count;
            aggregates.Add(aggregate.Sql);
        }

        return new BoundExpression(aggregate.Type, $"{alias}.a{index}");
    }

    /// <summary>A bit for each column, the first one highest: 1 where the row's grouping set lacks it.</summary>
    public BoundExpression Grouping(GroupingOperation grouping)
    {
        var columns = new List<string>();
        foreach (var column in grouping.Columns)
        {
            var value = source.Bind(column);
            if (Key(value) is null)
            {
                throw new SqlException("INVALID_ARGUMENTS", "The arguments to GROUPING() must be expressions referenced by the GROUP BY at the associated query level. Mismatch due to " + Formatting.SqlFormatter.Format(column), column.Position);
            }

            columns.Add(value.Sql);
        }

        var type = columns.Count < 32 ? SqlType.Integer : SqlType.BigInt;
        return sets is null ? LiteralBinder.Long(0, type) : Add(new BoundExpression(type, $"CAST(grouping({string.Join(", ", columns)}) AS {DuckDbTypes.Name(type)})"));
    }

    /// <summary>The inner query.</summary>
    public string Sql(string from, string where)
    {
        var items = keys.Select((key, i) => $"{KeyValue(key.Value)} AS k{i}").Concat(aggregates.Select((aggregate, i) => $"{aggregate} AS a{i}")).DefaultIfEmpty("count(*) AS a0");
        return $"SELECT {string.Join(", ", items)}{from}{where}{GroupBy()}";
    }

    /// <summary>An instant is grouped by the moment alone, and any of its zones shown.</summary>
    private string KeyValue(BoundExpression key)
    {
        if (Equality.Key(key.Type, key.Sql) == key.Sql)
        {
            return key.Sql;
        }

        return sets is null ? $"any_value({key.Sql})" : throw new SqlException("NOT_SUPPORTED", $"GROUPING SETS over {key.Type} is not supported");
    }

    private string GroupBy()
    {
        if (sets is not null)
        {
            return $" GROUP BY GROUPING SETS ({string.Join(", ", sets.Select(set => $"({string.Join(", ", set.Select(key => keys[key].Value.Sql))})"))})";
        }

        return keys.Count == 0 ? "" : " GROUP BY " + string.Join(", ", keys.Select((key, i) => Equality.Key(key.Value.Type, key.Value.Sql) is var text && text == key.Value.Sql ? $"{i + 1}" : text));
    }
}
