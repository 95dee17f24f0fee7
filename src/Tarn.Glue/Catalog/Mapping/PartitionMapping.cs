using Tarn.Contracts;
using Tarn.Contracts.Catalog;
using Tarn.Glue.Catalog.Partitions;
using Tarn.Glue.Catalog.Records;
using Shapes = Tarn.Api.Glue;

namespace Tarn.Glue.Catalog.Mapping;

/// <summary>Partitions between the wire, the records and the contract.</summary>
internal static class PartitionMapping
{
    private static readonly IReadOnlyDictionary<string, string> NoParameters = new Dictionary<string, string>();

    public static StoredPartition ToRecord(this Shapes.PartitionInput input, DateTimeOffset creationTime) => new()
    {
        CreationTime = creationTime,
        LastAccessTime = input.LastAccessTime,
        LastAnalyzedTime = input.LastAnalyzedTime,
        StorageDescriptor = input.StorageDescriptor?.ToRecord(),
        Parameters = input.Parameters,
    };

    public static StoredPartition ToRecord(this CatalogPartition partition, DateTimeOffset creationTime) => new()
    {
        CreationTime = creationTime,
        LastAccessTime = partition.LastAccessTime,
        LastAnalyzedTime = partition.LastAnalyzedTime,
        StorageDescriptor = partition.StorageDescriptor,
        Parameters = partition.Parameters.Count == 0 ? null : partition.Parameters,
    };

    public static Shapes.Partition ToApi(this PartitionRow row, AwsScope scope, CatalogTable table, bool excludeColumns) => new()
    {
        Values = row.Values,
        DatabaseName = table.DatabaseName,
        TableName = table.Name,
        CreationTime = row.Definition.CreationTime,
        LastAccessTime = row.Definition.LastAccessTime,
        StorageDescriptor = row.Definition.StorageDescriptor?.ToApi(excludeColumns),
        Parameters = row.Definition.Parameters,
        LastAnalyzedTime = row.Definition.LastAnalyzedTime,
        CatalogId = scope.AccountId,
    };

    public static CatalogPartition ToContract(this PartitionRow row, CatalogTable table) => new()
    {
        DatabaseName = table.DatabaseName,
        TableName = table.Name,
        Values = row.Values,
        CreationTime = row.Definition.CreationTime,
        LastAccessTime = row.Definition.LastAccessTime,
        LastAnalyzedTime = row.Definition.LastAnalyzedTime,
        StorageDescriptor = row.Definition.StorageDescriptor,
        Parameters = row.Definition.Parameters ?? NoParameters,
    };
}
