using Tarn.Sql.Types;

namespace Tarn.Sql.Binding;

/// <summary>
/// One occurrence of a table in a statement: which of its columns are read, and what of the WHERE clauses is known about its partition keys.
/// </summary>
public sealed class TableScan
{
    private readonly HashSet<string> used = new(StringComparer.Ordinal);
    private readonly List<(PartitionPredicate Predicate, IReadOnlyList<CommonTable> Through)> predicates = [];

    internal TableScan(CatalogTable table, string placeholder)
    {
        Table = table;
        Placeholder = placeholder;
    }

    public CatalogTable Table { get; }

    /// <summary>The columns that the statement reads, in the table's order. Empty for <c>count(*)</c>.</summary>
    public IReadOnlyList<CatalogColumn> Columns => [.. Table.Columns.Where(column => used.Contains(column.Name))];

    /// <summary>
    /// Conditions on partition keys of which every row of the answer fulfils all: partitions that fail one need not be opened. They are
    /// also still in the statement's text, so that ignoring them is slow but never wrong.
    /// </summary>
    public IReadOnlyList<PartitionPredicate> PartitionPredicates => [.. predicates.Where(entry => entry.Through.All(table => table.ReferenceCount == 1)).Select(entry => entry.Predicate)];

    /// <summary>What stands in the text of <see cref="Translating.TranslatedQuery"/> until the relation is known.</summary>
    internal string Placeholder { get; }

    internal void Use(string column) => used.Add(column);

    /// <param name="through">The WITH queries between the scan and the condition: one that is used twice would be pruned for both uses.</param>
    internal void Add(PartitionPredicate predicate, IReadOnlyList<CommonTable> through) => predicates.Add((predicate, through));
}

/// <summary>A query of a WITH clause while the statement is bound.</summary>
internal sealed class CommonTable
{
    public int ReferenceCount { get; set; }
}

public enum PartitionComparison
{
    Equal,
    NotEqual,
    LessThan,
    LessThanOrEqual,
    GreaterThan,
    GreaterThanOrEqual,

    /// <summary>Equal to one of the values.</summary>
    In,
}

/// <summary>A condition on a partition key whose other side is known before the statement runs.</summary>
/// <param name="Column">The key's name, lower case.</param>
/// <param name="Type">The type in which it is compared: the key's own, or one that it is converted to.</param>
/// <param name="Values">As text that a CAST to <paramref name="Type"/> reads: one, or for IN several.</param>
public sealed record PartitionPredicate(string Column, PartitionComparison Comparison, SqlType Type, IReadOnlyList<string> Values);
