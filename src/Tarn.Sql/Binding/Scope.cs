using Tarn.Sql.Types;

namespace Tarn.Sql.Binding;

/// <summary>The name by which a relation's columns can be qualified.</summary>
/// <param name="Catalog">Null behind an alias.</param>
/// <param name="Schema">Null behind an alias.</param>
internal sealed record RelationName(string? Catalog, string? Schema, string Name)
{
    /// <summary>Whether <c>a</c>, <c>s.a</c> or <c>c.s.a</c> means this relation.</summary>
    public bool Matches(ReadOnlySpan<string> prefix) => prefix.Length switch
    {
        1 => Same(Name, prefix[0]),
        2 => Same(Name, prefix[1]) && Same(Schema, prefix[0]),
        3 => Same(Name, prefix[2]) && Same(Schema, prefix[1]) && Same(Catalog, prefix[0]),
        _ => false,
    };

    private static bool Same(string? a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A column that can be named.</summary>
/// <param name="Name">Null for one without a name, which only * reaches.</param>
/// <param name="Relation">Null when it cannot be qualified, as the joined column of USING.</param>
internal sealed record Field(string? Name, RelationName? Relation, SqlType Type, string Sql, ColumnOrigin? Origin = null, bool IsHidden = false)
{
    public BoundExpression Read()
    {
        Origin?.Scan.Use(Origin.Column.Name);
        return new BoundExpression(Type, Sql) { Origin = Origin };
    }
}

/// <summary>The columns of a FROM clause.</summary>
internal sealed record Scope(IReadOnlyList<Field> Fields)
{
    public static readonly Scope Empty = new([]);

    public IEnumerable<Field> Visible => Fields.Where(column => !column.IsHidden);

    public List<Field> Named(string name) => [.. Fields.Where(field => string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase))];

    public List<Field> Named(ReadOnlySpan<string> prefix, string name)
    {
        var found = new List<Field>();
        foreach (var field in Fields)
        {
            if (string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase) && field.Relation?.Matches(prefix) == true)
            {
                found.Add(field);
            }
        }

        return found;
    }
}
