using Tarn.Sql.Binding;
using Tarn.Sql.Types;

namespace Tarn.Sql.Translating;

/// <summary>A column of a query's answer.</summary>
/// <param name="Name">Lower case; null where nothing names it, which a client sees as <c>_col0</c>.</param>
internal sealed record OutputColumn(string? Name, SqlType Type, ColumnOrigin? Origin);

/// <summary>A query as a complete DuckDB SELECT, whose columns are called c0, c1, ...</summary>
internal sealed record BoundQuery(string Sql, IReadOnlyList<OutputColumn> Columns);

/// <summary>A FROM item as DuckDB text, and the columns that it gives.</summary>
internal sealed record BoundRelation(string Sql, Scope Scope);

/// <summary>The WITH queries that can be named at a place.</summary>
internal sealed class CommonTableScope(CommonTableScope? parent)
{
    private readonly Dictionary<string, (string Alias, IReadOnlyList<OutputColumn> Columns, CommonTable Table)> tables = new(StringComparer.OrdinalIgnoreCase);

    public void Add(string name, string alias, IReadOnlyList<OutputColumn> columns) => tables[name] = (alias, columns, new CommonTable());

    public bool Defines(string name) => tables.ContainsKey(name);

    public (string Alias, IReadOnlyList<OutputColumn> Columns, CommonTable Table)? Find(string name) => tables.TryGetValue(name, out var table) ? table : parent?.Find(name);
}
