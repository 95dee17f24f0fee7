using Tarn.Api.Glue;
using Tarn.Contracts.Catalog;
using Tarn.Glue.Catalog.Databases;
using Tarn.Glue.Catalog.Functions;
using Tarn.Glue.Catalog.Partitions;
using Tarn.Glue.Catalog.Policies;
using Tarn.Glue.Catalog.Statistics;
using Tarn.Glue.Catalog.Tables;
using Tarn.Glue.Tags;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Glue.Catalog;

/// <summary>The Data Catalog's operations, as a table of contents.</summary>
internal sealed class CatalogOperations(IMetadataStore store, TimeProvider time, TagOperations tags)
{
    /// <summary>Adds the operations to the service's table; answers the catalog as other services see it.</summary>
    public ICatalog AddTo(OperationTable operations)
    {
        tags.Resource("database", DatabaseRows.Exists).Resource("table", TableRows.Exists);

        var databases = new DatabaseOperations(store, time);
        operations
            .On(GlueModel.CreateDatabase, databases.CreateDatabase)
            .On(GlueModel.GetDatabase, databases.GetDatabase)
            .On(GlueModel.GetDatabases, databases.GetDatabases)
            .On(GlueModel.UpdateDatabase, databases.UpdateDatabase)
            .On(GlueModel.DeleteDatabase, databases.DeleteDatabase);

        var tables = new TableOperations(store, time);
        var search = new TableSearchOperations(store);
        operations
            .On(GlueModel.CreateTable, tables.CreateTable, partly: "no OpenTableFormatInput")
            .On(GlueModel.GetTable, tables.GetTable)
            .On(GlueModel.GetTables, tables.GetTables)
            .On(GlueModel.SearchTables, search.SearchTables)
            .On(GlueModel.UpdateTable, tables.UpdateTable, partly: "no UpdateOpenTableFormatInput, no ViewUpdateAction")
            .On(GlueModel.DeleteTable, tables.DeleteTable)
            .On(GlueModel.BatchDeleteTable, tables.BatchDeleteTable);

        var versions = new TableVersionOperations(store);
        operations
            .On(GlueModel.GetTableVersion, versions.GetTableVersion)
            .On(GlueModel.GetTableVersions, versions.GetTableVersions)
            .On(GlueModel.DeleteTableVersion, versions.DeleteTableVersion)
            .On(GlueModel.BatchDeleteTableVersion, versions.BatchDeleteTableVersion);

        var partitions = new PartitionOperations(store, time);
        var batches = new PartitionBatchOperations(store, time);
        var indexes = new PartitionIndexOperations(store);
        operations
            .On(GlueModel.CreatePartition, partitions.CreatePartition)
            .On(GlueModel.GetPartition, partitions.GetPartition)
            .On(GlueModel.GetPartitions, partitions.GetPartitions)
            .On(GlueModel.UpdatePartition, partitions.UpdatePartition)
            .On(GlueModel.DeletePartition, partitions.DeletePartition)
            .On(GlueModel.BatchCreatePartition, batches.BatchCreatePartition)
            .On(GlueModel.BatchGetPartition, batches.BatchGetPartition)
            .On(GlueModel.BatchUpdatePartition, batches.BatchUpdatePartition)
            .On(GlueModel.BatchDeletePartition, batches.BatchDeletePartition)
            .On(GlueModel.CreatePartitionIndex, indexes.CreatePartitionIndex)
            .On(GlueModel.GetPartitionIndexes, indexes.GetPartitionIndexes)
            .On(GlueModel.DeletePartitionIndex, indexes.DeletePartitionIndex);

        var statistics = new ColumnStatisticsOperations(store);
        operations
            .On(GlueModel.UpdateColumnStatisticsForTable, statistics.UpdateColumnStatisticsForTable)
            .On(GlueModel.GetColumnStatisticsForTable, statistics.GetColumnStatisticsForTable)
            .On(GlueModel.DeleteColumnStatisticsForTable, statistics.DeleteColumnStatisticsForTable)
            .On(GlueModel.UpdateColumnStatisticsForPartition, statistics.UpdateColumnStatisticsForPartition)
            .On(GlueModel.GetColumnStatisticsForPartition, statistics.GetColumnStatisticsForPartition)
            .On(GlueModel.DeleteColumnStatisticsForPartition, statistics.DeleteColumnStatisticsForPartition);

        var functions = new FunctionOperations(store, time);
        operations
            .On(GlueModel.CreateUserDefinedFunction, functions.CreateUserDefinedFunction)
            .On(GlueModel.GetUserDefinedFunction, functions.GetUserDefinedFunction)
            .On(GlueModel.GetUserDefinedFunctions, functions.GetUserDefinedFunctions)
            .On(GlueModel.UpdateUserDefinedFunction, functions.UpdateUserDefinedFunction)
            .On(GlueModel.DeleteUserDefinedFunction, functions.DeleteUserDefinedFunction);

        var policies = new ResourcePolicyOperations(store, time);
        var settings = new CatalogSettingOperations(store);
        operations
            .On(GlueModel.GetResourcePolicy, policies.GetResourcePolicy)
            .On(GlueModel.GetResourcePolicies, policies.GetResourcePolicies)
            .On(GlueModel.PutResourcePolicy, policies.PutResourcePolicy, partly: "kept, but grants nothing")
            .On(GlueModel.DeleteResourcePolicy, policies.DeleteResourcePolicy)
            .On(GlueModel.GetCatalogImportStatus, settings.GetCatalogImportStatus)
            .On(GlueModel.GetDataCatalogEncryptionSettings, settings.GetDataCatalogEncryptionSettings)
            .On(GlueModel.PutDataCatalogEncryptionSettings, settings.PutDataCatalogEncryptionSettings, partly: "only what leaves encryption off");

        return new GlueCatalog(store, time);
    }
}
