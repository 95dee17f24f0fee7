namespace Tarn.Sql.Translating;

/// <summary>A SELECT and the keys by which its rows are sorted, before it is known how many are kept.</summary>
/// <param name="Keys">With direction and place of NULLs; they may use whatever <paramref name="Sql"/> selects from.</param>
internal sealed record OrderedQuery(string Sql, IReadOnlyList<OutputColumn> Columns, IReadOnlyList<string> Keys)
{
    /// <summary>Where in <see cref="Sql"/> a further column of the SELECT list can be put: the place behind the last one.</summary>
    public int? ListEnd { get; init; }

    public BoundQuery Finish(string suffix) => new(Sql + (Keys.Count == 0 ? "" : " ORDER BY " + string.Join(", ", Keys)) + suffix, Columns);

    /// <summary>
    /// FETCH FIRST n ROWS WITH TIES: the rows of rank up to n among those behind the offset. Rank and row number are computed beside the
    /// select list, where the keys can be seen.
    /// </summary>
    public BoundQuery WithTies(string limit, string offset)
    {
        var order = string.Join(", ", Keys);
        var at = ListEnd ?? "SELECT *".Length;
        var numbered = Sql.Insert(at, $", dense_rank() OVER (ORDER BY {order}) AS tie, row_number() OVER (ORDER BY {order}) AS place");
        var names = string.Join(", ", Columns.Select((_, i) => $"c{i}"));
        var last = $"(SELECT max(tie) FROM numbered WHERE place <= {offset} + {limit})";
        return new BoundQuery($"WITH numbered AS ({numbered}) SELECT {names} FROM numbered WHERE place > {offset} AND tie <= {last} ORDER BY place", Columns);
    }
}
