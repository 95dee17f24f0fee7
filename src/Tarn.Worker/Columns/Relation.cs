using System.Collections.Immutable;
using Tarn.DuckDb.Types;

namespace Tarn.Worker.Columns;

/// <summary>The output of a node: a view of DuckDB whose columns are known.</summary>
/// <param name="View">The view's name, quoted.</param>
public sealed record Relation(string View, ImmutableArray<DuckDbField> Columns)
{
    /// <summary>The column of a name, matched without regard to case as Spark does; null when there is none.</summary>
    public DuckDbField? Find(string name) => Columns.FirstOrDefault(column => string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// The field that a path leads to, through structs; null when there is none. A path of one name with dots is first looked up as a column of that
    /// name, then taken apart; backticks keep a name with dots whole.
    /// </summary>
    public FieldReference? Find(IReadOnlyList<string> path, string alias)
    {
        foreach (var names in FieldPath.Readings(path))
        {
            if (Walk(names, alias) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private FieldReference? Walk(IReadOnlyList<string> names, string alias)
    {
        if (Find(names[0]) is not { } column)
        {
            return null;
        }

        var resolved = new List<string> { column.Name };
        var sql = $"{alias}.{DuckDbText.Identifier(column.Name)}";
        var type = column.Type;
        foreach (var name in names.Skip(1))
        {
            if (type.Kind != DuckDbKind.Struct || type.Fields.FirstOrDefault(field => string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase)) is not { } field)
            {
                return null;
            }

            resolved.Add(field.Name);
            sql = $"struct_extract({sql}, {DuckDbText.Literal(field.Name)})";
            type = field.Type;
        }

        return new FieldReference(resolved, sql, type);
    }
}

/// <param name="Path">The names as the relation spells them.</param>
/// <param name="Sql">An expression that gives the value.</param>
public sealed record FieldReference(IReadOnlyList<string> Path, string Sql, DuckDbType Type);
