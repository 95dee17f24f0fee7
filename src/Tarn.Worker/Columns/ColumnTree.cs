using Tarn.DuckDb.Types;

namespace Tarn.Worker.Columns;

/// <summary>Columns that are being made, with structs open so that fields can be put in and taken out. Names keep their order and their case.</summary>
public sealed class ColumnTree
{
    private readonly List<(string Name, object Value)> fields = [];

    public bool IsEmpty => fields.Count == 0;

    /// <summary>All columns of a relation; structs stay closed until something is changed inside them.</summary>
    public static ColumnTree Of(IEnumerable<DuckDbField> columns, string alias)
    {
        var tree = new ColumnTree();
        foreach (var column in columns)
        {
            tree.fields.Add((column.Name, new Leaf($"{alias}.{DuckDbText.Identifier(column.Name)}", column.Type)));
        }

        return tree;
    }

    /// <summary>Puts a value at a path, replacing what is there; structs on the way are made.</summary>
    public void Put(IReadOnlyList<string> path, string sql, DuckDbType? type)
    {
        var index = IndexOf(path[0]);
        if (path.Count == 1)
        {
            var leaf = (path[0], (object)new Leaf(sql, type));
            if (index < 0)
            {
                fields.Add(leaf);
            }
            else
            {
                fields[index] = leaf;
            }

            return;
        }

        if (index < 0)
        {
            fields.Add((path[0], new ColumnTree()));
            index = fields.Count - 1;
        }

        Open(index)?.Put([.. path.Skip(1)], sql, type);
    }

    /// <summary>Takes a field out, also inside lists of structs; false when there is none.</summary>
    public bool Remove(IReadOnlyList<string> path)
    {
        var index = IndexOf(path[0]);
        if (index < 0)
        {
            return false;
        }

        if (path.Count == 1)
        {
            fields.RemoveAt(index);
            return true;
        }

        var rest = path.Skip(1).ToList();
        if (fields[index].Value is Leaf { Type: { Kind: DuckDbKind.List, Element.Kind: DuckDbKind.Struct } list } leaf)
        {
            var element = Of(list.Element!.Fields, "x", isStruct: true);
            if (!element.Remove(rest))
            {
                return false;
            }

            fields[index] = (fields[index].Name, new Leaf($"list_transform({leaf.Sql}, lambda x: {element.Struct("x")})", Type: null));
            return true;
        }

        return Open(index) is { } inner && inner.Remove(rest);
    }

    /// <summary>Gives a field another name, at its place; false when there is none.</summary>
    public bool Rename(IReadOnlyList<string> path, string name)
    {
        var index = IndexOf(path[0]);
        if (index < 0)
        {
            return false;
        }

        if (path.Count > 1)
        {
            return Open(index) is { } inner && inner.Rename([.. path.Skip(1)], name);
        }

        var clash = IndexOf(name);
        fields[index] = (name, fields[index].Value);
        if (clash >= 0 && clash != index)
        {
            fields.RemoveAt(clash);
        }

        return true;
    }

    /// <summary>The select list.</summary>
    public string Select() => string.Join(", ", fields.Select(field => $"{Sql(field.Value)} AS {DuckDbText.Identifier(field.Name)}"));

    private static ColumnTree Of(IEnumerable<DuckDbField> fields, string parent, bool isStruct)
    {
        var tree = new ColumnTree { parent = parent };
        foreach (var field in fields)
        {
            tree.fields.Add((field.Name, new Leaf(isStruct ? $"struct_extract({parent}, {DuckDbText.Literal(field.Name)})" : field.Name, field.Type)));
        }

        return tree;
    }

    /// <summary>The struct that this tree was opened from: where it is NULL, the changed struct is NULL too. Null for one that is made anew.</summary>
    private string? parent;

    private static string Sql(object value) => value is Leaf leaf ? leaf.Sql : ((ColumnTree)value).Struct(((ColumnTree)value).parent);

    private string Struct(string? nullWith)
    {
        if (fields.Count == 0)
        {
            return "NULL::VARCHAR";
        }

        var packed = $"struct_pack({string.Join(", ", fields.Select(field => $"{DuckDbText.Identifier(field.Name)} := {Sql(field.Value)}"))})";
        return nullWith is null ? packed : $"CASE WHEN {nullWith} IS NULL THEN NULL ELSE {packed} END";
    }

    private ColumnTree? Open(int index)
    {
        if (fields[index].Value is ColumnTree open)
        {
            return open;
        }

        var leaf = (Leaf)fields[index].Value;
        if (leaf.Type?.Kind != DuckDbKind.Struct)
        {
            return null;
        }

        var inner = Of(leaf.Type.Fields, leaf.Sql, isStruct: true);
        fields[index] = (fields[index].Name, inner);
        return inner;
    }

    private int IndexOf(string name) => fields.FindIndex(field => string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase));

    private sealed record Leaf(string Sql, DuckDbType? Type);
}
