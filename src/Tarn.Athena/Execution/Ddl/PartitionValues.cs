using Tarn.Contracts.Catalog;
using Tarn.Contracts.Lake;
using Tarn.Sql.Ddl;

namespace Tarn.Athena.Execution.Ddl;

/// <summary>Partition specifications of statements against a table's keys.</summary>
internal static class PartitionValues
{
    /// <summary>The values of a specification that names every key with <c>=</c>, in the order of the keys.</summary>
    public static IReadOnlyList<string> Of(CatalogTable table, PartitionSpecification specification)
    {
        CheckKeys(table, specification);
        return
        [
            .. table.PartitionKeys.Select(key => specification.Values.SingleOrDefault(value => value.Column == key.Name && value.Operator == "=")?.Value
                ?? throw DdlErrors.Semantic($"[Error 10098]: partition spec {{{Text(specification)}}} doesn't contain all ({table.PartitionKeys.Count}) partition columns")),
        ];
    }

    /// <summary>A filter in the grammar of GetPartitions for a specification that may leave keys out.</summary>
    public static string? Expression(CatalogTable table, PartitionSpecification? specification)
    {
        if (specification is null)
        {
            return null;
        }

        CheckKeys(table, specification);
        return string.Join(" AND ", specification.Values.Select(value => $"{value.Column} {value.Operator} {Literal(table, value)}"));
    }

    /// <summary><c>dt=2020-01-01/hour=3</c>: the folder of a partition below its table, and its name in SHOW PARTITIONS.</summary>
    public static string Name(CatalogTable table, IReadOnlyList<string> values) =>
        PartitionFolders.Name(table.PartitionKeys.Select(key => key.Name), values);

    /// <summary>Where a partition's files are unless the statement says another place.</summary>
    public static string Location(CatalogTable table, IReadOnlyList<string> values) =>
        $"{table.StorageDescriptor?.Location?.TrimEnd('/')}/{Name(table, values)}/";

    private static void CheckKeys(CatalogTable table, PartitionSpecification specification)
    {
        if (table.PartitionKeys.Count == 0)
        {
            throw DdlErrors.Semantic($"[Error 10241]: Table {table.DatabaseName}.{table.Name} is not a partitioned table");
        }

        var stranger = specification.Values.FirstOrDefault(value => table.PartitionKeys.All(key => key.Name != value.Column));
        if (stranger is not null)
        {
            throw DdlErrors.Semantic($"[Error 10098]: Partition column {stranger.Column} is not a partition column of {table.Name}");
        }
    }

    private static string Literal(CatalogTable table, PartitionValue value)
    {
        var type = table.PartitionKeys.Single(key => key.Name == value.Column).Type;
        var isNumber = type is "tinyint" or "smallint" or "int" or "integer" or "bigint" && long.TryParse(value.Value, out _);
        return isNumber ? value.Value : $"'{value.Value.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    private static string Text(PartitionSpecification specification) => string.Join(", ", specification.Values.Select(value => $"{value.Column}={value.Value}"));
}
