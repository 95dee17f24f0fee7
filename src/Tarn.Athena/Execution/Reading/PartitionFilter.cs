using Tarn.Sql.Binding;
using Tarn.Sql.Types;

namespace Tarn.Athena.Execution.Reading;

/// <summary>
/// What is known of a scan's partition keys, as a filter in the grammar of GetPartitions. It may let too many through, never too few: the
/// conditions are also in the query.
/// </summary>
internal static class PartitionFilter
{
    /// <summary>Null when nothing is known.</summary>
    public static string? Expression(TableScan scan)
    {
        var terms = scan.PartitionPredicates.Select(predicate => Term(scan, predicate)).Where(term => term is not null).ToList();
        return terms.Count == 0 ? null : string.Join(" AND ", terms);
    }

    private static string? Term(TableScan scan, PartitionPredicate predicate)
    {
        // A key that is compared as another type than its own orders otherwise than the catalog does.
        var key = scan.Table.Columns.First(column => column.IsPartitionKey && column.Name == predicate.Column);
        if (!IsSameOrder(key.Type, predicate.Type) || predicate.Values.Any(value => Literal(key.Type, value) is null))
        {
            return null;
        }

        var values = predicate.Values.Select(value => Literal(key.Type, value)).ToList();
        return predicate.Comparison switch
        {
            PartitionComparison.Equal => $"{key.Name} = {values[0]}",
            PartitionComparison.NotEqual => $"{key.Name} <> {values[0]}",
            PartitionComparison.LessThan => $"{key.Name} < {values[0]}",
            PartitionComparison.LessThanOrEqual => $"{key.Name} <= {values[0]}",
            PartitionComparison.GreaterThan => $"{key.Name} > {values[0]}",
            PartitionComparison.GreaterThanOrEqual => $"{key.Name} >= {values[0]}",
            PartitionComparison.In => $"{key.Name} IN ({string.Join(", ", values)})",
            _ => null,
        };
    }

    private static bool IsSameOrder(SqlType key, SqlType compared) =>
        (key is VarcharType && compared is VarcharType) || (IsInteger(key) && IsInteger(compared)) || (key.Equals(compared) && key is SimpleType { Kind: SimpleKind.Date });

    private static bool IsInteger(SqlType type) => type is SimpleType { Kind: SimpleKind.TinyInt or SimpleKind.SmallInt or SimpleKind.Integer or SimpleKind.BigInt };

    /// <summary>The value as the grammar writes it; null when it is none of the key's type.</summary>
    private static string? Literal(SqlType type, string value) =>
        !IsInteger(type) ? $"'{value.Replace("'", "''", StringComparison.Ordinal)}'" : long.TryParse(value, out var number) ? number.ToString() : null;
}
