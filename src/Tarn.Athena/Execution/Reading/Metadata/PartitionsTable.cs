using Tarn.Contracts;
using Tarn.Contracts.Catalog;
using Tarn.Sql;
using Tarn.Sql.Binding;
using CatalogTable = Tarn.Contracts.Catalog.CatalogTable;
using PartitionTexts = Tarn.Sql.Scans.PartitionTexts;

namespace Tarn.Athena.Execution.Reading.Metadata;

/// <summary><c>"db"."t$partitions"</c>: a row a partition of the catalog, a column a partition key.</summary>
internal sealed class PartitionsTable(ICatalog catalog, CatalogTable table, AthenaOptions options) : IMetadataTable
{
    public const string Suffix = "$partitions";

    public async ValueTask<string> ReadAsync(AwsScope scope, TableScan scan, CancellationToken cancellationToken)
    {
        var wanted = scan.Columns;
        var places = wanted.Select(column => table.PartitionKeys.ToList().FindIndex(key => key.Name.Equals(column.Name, StringComparison.OrdinalIgnoreCase))).ToList();
        var rows = new List<string?[]>();
        await foreach (var partition in catalog.ListPartitionsAsync(scope, table.DatabaseName, table.Name, PartitionFilter.Expression(scan), cancellationToken))
        {
            if (rows.Count == options.MetadataRowsMax)
            {
                throw new SqlException("HIVE_EXCEEDED_PARTITION_LIMIT", $"Query over table '{table.DatabaseName}.{table.Name}' can potentially read more than {options.MetadataRowsMax} partitions");
            }

            rows.Add([.. wanted.Select((column, i) => PartitionTexts.ToText(partition.Values[places[i]], column.Type, column.Name))]);
        }

        return MetadataRows.ToSql(wanted, rows);
    }
}
