using Tarn.DuckDb;
using Tarn.DuckDb.Types;
using Tarn.Worker.Columns;
using Tarn.Worker.Plans;

namespace Tarn.Worker.Transforms;

/// <summary>Joins, unions and what drops or fills by looking at rows.</summary>
internal static class RowTransforms
{
    /// <summary>Join. A name that both sides have gets a dot in front on the right side, as DynamicFrame does; semi and anti joins give the left side alone.</summary>
    public static string Join(Join node, Relation left, Relation right)
    {
        if (node.LeftKeys.Count != node.RightKeys.Count || node.LeftKeys.Count == 0)
        {
            throw new PlanException(node.Id, $"the sides have {node.LeftKeys.Count} and {node.RightKeys.Count} keys");
        }

        var conditions = node.LeftKeys.Zip(node.RightKeys, (leftKey, rightKey) =>
        {
            var (l, r) = Comparison.Of(
                left.Find(leftKey, "l") ?? throw FieldTransforms.Missing(node, leftKey),
                right.Find(rightKey, "r") ?? throw FieldTransforms.Missing(node, rightKey));
            return $"{l} = {r}";
        });
        var on = string.Join(" AND ", conditions);
        if (node.JoinType is "leftsemi" or "leftanti")
        {
            return $"SELECT l.* FROM {left.View} AS l {(node.JoinType == "leftsemi" ? "SEMI" : "ANTI")} JOIN {right.View} AS r ON {on}";
        }

        var names = left.Columns.Select(column => column.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var columns = left.Columns.Select(column => $"l.{DuckDbText.Identifier(column.Name)}").ToList();
        foreach (var column in right.Columns)
        {
            var name = column.Name;
            while (!names.Add(name))
            {
                name = "." + name;
            }

            columns.Add($"r.{DuckDbText.Identifier(column.Name)} AS {DuckDbText.Identifier(name)}");
        }

        var kind = node.JoinType switch
        {
            "equijoin" => "INNER",
            "left" => "LEFT",
            "right" => "RIGHT",
            "outer" => "FULL",
            _ => throw new PlanException(node.Id, $"the join type {node.JoinType} is not one of equijoin left right outer leftsemi leftanti"),
        };
        return $"SELECT {string.Join(", ", columns)} FROM {left.View} AS l {kind} JOIN {right.View} AS r ON {on}";
    }

    /// <summary>Union by position, as the SQL that Glue Studio writes for it.</summary>
    public static string Union(Union node, Relation left, Relation right)
    {
        if (left.Columns.Length != right.Columns.Length)
        {
            throw new PlanException(node.Id, $"a union needs inputs with the same number of columns, but they have {left.Columns.Length} and {right.Columns.Length}");
        }

        return $"SELECT * FROM {left.View} UNION {(node.IsDistinct ? "" : "ALL ")}SELECT * FROM {right.View}";
    }

    public static string DropDuplicates(DropDuplicates node, Relation input)
    {
        if (node.Columns.Count == 0)
        {
            return $"SELECT DISTINCT * FROM {input.View}";
        }

        var keys = node.Columns.Select(path => (input.Find(path, "t") ?? throw FieldTransforms.Missing(node, path)).Sql);
        return $"SELECT DISTINCT ON ({string.Join(", ", keys)}) * FROM {input.View} AS t";
    }

    /// <summary>DropNullFields: drops columns that hold nothing but NULL (or what counts as it). Reads the data to know. Without rows nothing is dropped.</summary>
    public static string DropNullFields(DropNullFields node, Relation input, DuckDbConnection connection, CancellationToken cancellationToken)
    {
        var texts = node.NullTexts.Count == 0 ? null : string.Join(", ", node.NullTexts.Select(DuckDbText.Literal));
        var counts = input.Columns.Select(column =>
        {
            var sql = $"t.{DuckDbText.Identifier(column.Name)}";
            return texts is null || column.Type.Kind is DuckDbKind.Struct or DuckDbKind.List or DuckDbKind.Map
                ? $"count({sql})"
                : $"count(CASE WHEN {sql}::VARCHAR NOT IN ({texts}) THEN 1 END)";
        });
        var row = connection.QueryAll($"SELECT count(*), {string.Join(", ", counts)} FROM {input.View} AS t", 1, cancellationToken)[0];
        var kept = input.Columns.Where((_, index) => (long)row[0]! == 0 || (long)row[index + 1]! > 0).ToList();
        return kept.Count == 0
            ? throw new PlanException(node.Id, "every field is null throughout: none is left")
            : $"SELECT {string.Join(", ", kept.Select(column => DuckDbText.Identifier(column.Name)))} FROM {input.View}";
    }

    /// <summary>
    /// FillMissingValues by rule where AWS trains a model: NULL and empty text are filled with the mean of a number (rounded for integers)
    /// or the most frequent value of anything else.
    /// </summary>
    public static string FillMissing(FillMissingValues node, Relation input)
    {
        var field = input.Find([node.ImputedPath], "t") ?? throw FieldTransforms.Missing(node, [node.ImputedPath]);
        var type = field.Type;
        var value = type.Kind == DuckDbKind.Varchar ? $"nullif({field.Sql}, '')" : field.Sql;
        var fill = GlueTypes.IsInteger(type) ? $"CAST(round(avg({value})) AS {type})"
            : GlueTypes.IsNumber(type) ? $"CAST(avg({value}) AS {type})"
            : $"mode({value})";
        var filled = $"coalesce({value}, (SELECT {fill} FROM {input.View} AS t))";
        var name = DuckDbText.Identifier(node.FilledPath);
        return input.Find(node.FilledPath) is { } replaced
            ? $"SELECT * REPLACE ({filled} AS {DuckDbText.Identifier(replaced.Name)}) FROM {input.View} AS t"
            : $"SELECT *, {filled} AS {name} FROM {input.View} AS t";
    }
}
