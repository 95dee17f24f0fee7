using Tarn.DuckDb.Types;
using Tarn.Worker.Columns;
using Tarn.Worker.Plans;

namespace Tarn.Worker.Transforms;

/// <summary>Nodes that change columns: each gives the SELECT of its relation.</summary>
internal static class FieldTransforms
{
    /// <summary>
    /// ApplyMapping: only what is listed, in order. A source that is not there gives no column, as in Glue, with a warning; a value that is not of
    /// its <c>FromType</c> becomes NULL, with a warning when that is all of them.
    /// </summary>
    public static string Map(ApplyMapping node, Relation input, Action<string> warn)
    {
        var tree = new ColumnTree();
        foreach (var mapping in node.Mappings)
        {
            Add(mapping, []);
        }

        return tree.IsEmpty ? throw new PlanException(node.Id, "no field of the mapping is in the data") : $"SELECT {tree.Select()} FROM {input.View} AS t";

        void Add(FieldMapping mapping, IReadOnlyList<string> parent)
        {
            if (mapping.IsDropped)
            {
                return;
            }

            // Inside a struct the name of a child is a plain name; at the top dots nest.
            var key = mapping.ToKey ?? mapping.FromPath[^1];
            IReadOnlyList<string> target = parent.Count == 0 ? FieldPath.Split(key) : [.. parent, .. FieldPath.Split(key)];
            if (mapping.Children.Count > 0)
            {
                foreach (var child in mapping.Children)
                {
                    Add(child, target);
                }

                return;
            }

            if (input.Find(mapping.FromPath, "t") is not { } source)
            {
                warn($"{node.Name}: there is no field {FieldPath.Show(mapping.FromPath)}; it is left out");
                return;
            }

            var sql = source.Sql;
            if (mapping.FromType is { } fromType && !GlueTypes.IsOfKind(source.Type, fromType))
            {
                warn($"{node.Name}: {FieldPath.Show(mapping.FromPath)} is {GlueTypes.HiveName(source.Type)} and not {fromType}, so all its values become null");
                sql = "NULL";
            }

            if (mapping.ToType is { } toType && !IsWhole(toType))
            {
                sql = GlueTypes.Convert(sql, sql == "NULL" ? DuckDbType.SqlNull : source.Type, TypeName(node, toType));
            }
            else if (sql == "NULL")
            {
                sql = $"CAST(NULL AS {source.Type})";
            }

            tree.Put(target, sql, type: null);
        }
    }

    /// <summary>SelectFields: columns only. Those that are not there are left out.</summary>
    public static string Select(SelectFields node, Relation input, Action<string> warn)
    {
        var selected = new List<string>();
        foreach (var path in node.Paths)
        {
            if (Column(input, path) is { } column)
            {
                selected.Add(DuckDbText.Identifier(column.Name));
            }
            else
            {
                warn($"{node.Name}: there is no field {FieldPath.Show(path)}; it is left out");
            }
        }

        return selected.Count == 0
            ? throw new PlanException(node.Id, $"none of the fields {string.Join(", ", node.Paths.Select(FieldPath.Show))} is in the data")
            : $"SELECT {string.Join(", ", selected.Distinct())} FROM {input.View}";
    }

    /// <summary>DropFields: paths may lead into structs and into the structs of lists.</summary>
    public static string Drop(DropFields node, Relation input, Action<string> warn)
    {
        var tree = ColumnTree.Of(input.Columns, "t");
        foreach (var path in node.Paths)
        {
            if (!FieldPath.Readings(path).Any(reading => tree.Remove(reading)))
            {
                warn($"{node.Name}: there is no field {FieldPath.Show(path)} to drop");
            }
        }

        return tree.IsEmpty ? throw new PlanException(node.Id, "no field is left") : $"SELECT {tree.Select()} FROM {input.View} AS t";
    }

    /// <summary>RenameField: at its place when the new name is in the same struct, else moved.</summary>
    public static string Rename(RenameField node, Relation input, Action<string> warn)
    {
        var target = FieldPath.Nested(node.TargetPath);
        if (input.Find(node.SourcePath, "t") is not { } source)
        {
            warn($"{node.Name}: there is no field {FieldPath.Show(node.SourcePath)} to rename");
            return $"SELECT * FROM {input.View}";
        }

        var tree = ColumnTree.Of(input.Columns, "t");
        if (target.Count == source.Path.Count && target.SkipLast(1).SequenceEqual(source.Path.SkipLast(1), StringComparer.OrdinalIgnoreCase))
        {
            tree.Rename(source.Path, target[^1]);
        }
        else
        {
            tree.Remove(source.Path);
            tree.Put(target, source.Sql, source.Type);
        }

        return $"SELECT {tree.Select()} FROM {input.View} AS t";
    }

    /// <summary>SplitFields: the columns of the paths, then the rest.</summary>
    public static (string Selected, string Others) Split(SplitFields node, Relation input)
    {
        var selected = node.Paths.Select(path => Column(input, path) ?? throw Missing(node, path)).Distinct().ToList();
        var rest = input.Columns.Except(selected).ToList();
        if (rest.Count == 0)
        {
            throw new PlanException(node.Id, "every field is selected: the second frame would have none");
        }

        return (List(selected), List(rest));

        string List(IEnumerable<DuckDbField> columns) => $"SELECT {string.Join(", ", columns.Select(column => DuckDbText.Identifier(column.Name)))} FROM {input.View}";
    }

    public static PlanException Missing(PlanNode node, IReadOnlyList<string> path) =>
        new(node.Id, $"there is no field {FieldPath.Show(path)} in what it reads");

    private static DuckDbField? Column(Relation input, IReadOnlyList<string> path) =>
        path.Count == 1 ? FieldPath.Readings(path).Where(reading => reading.Count == 1).Select(reading => input.Find(reading[0])).FirstOrDefault() : null;

    /// <summary>Types of nested values without what is in them: the value is taken as it is.</summary>
    private static bool IsWhole(string type) => type.Trim().ToLowerInvariant() is "struct" or "array" or "map" or "object" or "set";

    private static string TypeName(PlanNode node, string type)
    {
        try
        {
            return GlueTypes.DuckDbName(type);
        }
        catch (PlanTypeException failure)
        {
            throw new PlanException(node.Id, failure.Message);
        }
    }
}
