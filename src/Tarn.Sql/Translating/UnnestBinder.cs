using Tarn.Sql.Binding;
using Tarn.Sql.Tree;
using Tarn.Sql.Types;

namespace Tarn.Sql.Translating;

/// <summary>UNNEST: arrays side by side, the shorter ones filled up with NULL; maps as two columns; arrays of rows as one column a field.</summary>
internal sealed class UnnestBinder(BindingContext context, ExpressionBinder binder)
{
    public BoundRelation Bind(Unnest unnest)
    {
        var inner = context.NewAlias("e");
        var alias = context.NewAlias("r");
        var lists = new List<string>();
        var columns = new List<(string? Name, SqlType Type, string Sql)>();
        foreach (var tree in unnest.Values)
        {
            var value = binder.Bind(tree);
            var element = $"{inner}.e{lists.Count}";
            switch (value.Type)
            {
                case ArrayType { Element: RowType row }:
                    lists.Add(value.Sql);
                    columns.AddRange(row.Fields.Select((field, i) => (field.Name, field.Type, DuckDbTypes.Field(row, element, i))));
                    break;
                case ArrayType array:
                    lists.Add(value.Sql);
                    columns.Add((null, array.Element, element));
                    break;
                case MapType map:
                    lists.Add($"map_entries({value.Sql})");
                    columns.Add((null, map.Key, $"({element}).\"key\""));
                    columns.Add((null, map.Value, $"({element}).\"value\""));
                    break;
                default:
                    throw new SqlException("INVALID_FUNCTION_ARGUMENT", "Cannot unnest type: " + value.Type, tree.Position);
            }
        }

        var items = lists.Select((list, i) => $"unnest({list}) AS e{i}").ToList();
        if (unnest.WithOrdinality)
        {
            items.Add($"unnest(range(1, greatest({string.Join(", ", lists.Select(list => $"coalesce(len({list}), 0)"))}) + 1)) AS n");
            columns.Add((null, SqlType.BigInt, $"{inner}.n"));
        }

        var list0 = string.Join(", ", columns.Select((column, i) => $"{column.Sql} AS c{i}"));
        var fields = columns.Select((column, i) => new Field(column.Name, null, column.Type, $"{alias}.c{i}"));
        return new BoundRelation($"LATERAL (SELECT {list0} FROM (SELECT {string.Join(", ", items)}) AS {inner}) AS {alias}", new Scope([.. fields]));
    }
}
