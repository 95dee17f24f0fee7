using Tarn.Api.Glue;
using Tarn.Contracts;
using Tarn.Glue.Catalog.Partitions;
using Tarn.Glue.Catalog.Tables;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Glue.Catalog.Statistics;

/// <summary>The operations on column statistics, which engines write and read.</summary>
internal sealed class ColumnStatisticsOperations(IMetadataStore store)
{
    public async ValueTask<UpdateColumnStatisticsForTableResponse> UpdateColumnStatisticsForTable(
        UpdateColumnStatisticsForTableRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "UpdateColumnStatisticsForTable");
        var errors = await store.WriteAsync(
            writer => ColumnStatisticsRows.Update(writer, TableRows.Get(writer, scope, request.DatabaseName!, request.TableName!), ColumnStatisticsRows.WholeTable, request.ColumnStatisticsList!),
            cancellationToken);
        return new UpdateColumnStatisticsForTableResponse { Errors = errors };
    }

    public async ValueTask<GetColumnStatisticsForTableResponse> GetColumnStatisticsForTable(
        GetColumnStatisticsForTableRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "GetColumnStatisticsForTable");
        var (found, errors) = await store.ReadAsync(
            reader => ColumnStatisticsRows.Get(reader, TableRows.Get(reader, scope, request.DatabaseName!, request.TableName!), ColumnStatisticsRows.WholeTable, request.ColumnNames!),
            cancellationToken);
        return new GetColumnStatisticsForTableResponse { ColumnStatisticsList = found, Errors = errors };
    }

    public async ValueTask<DeleteColumnStatisticsForTableResponse> DeleteColumnStatisticsForTable(
        DeleteColumnStatisticsForTableRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "DeleteColumnStatisticsForTable");
        await store.WriteAsync(
            writer =>
            {
                ColumnStatisticsRows.Delete(writer, TableRows.Get(writer, scope, request.DatabaseName!, request.TableName!), ColumnStatisticsRows.WholeTable, request.ColumnName!);
                return 0;
            },
            cancellationToken);
        return new DeleteColumnStatisticsForTableResponse();
    }

    public async ValueTask<UpdateColumnStatisticsForPartitionResponse> UpdateColumnStatisticsForPartition(
        UpdateColumnStatisticsForPartitionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "UpdateColumnStatisticsForPartition");
        var errors = await store.WriteAsync(
            writer =>
            {
                var (table, key) = Partition(writer, scope, request.DatabaseName!, request.TableName!, request.PartitionValues!);
                return ColumnStatisticsRows.Update(writer, table, key, request.ColumnStatisticsList!);
            },
            cancellationToken);
        return new UpdateColumnStatisticsForPartitionResponse { Errors = errors };
    }

    public async ValueTask<GetColumnStatisticsForPartitionResponse> GetColumnStatisticsForPartition(
        GetColumnStatisticsForPartitionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "GetColumnStatisticsForPartition");
        var (found, errors) = await store.ReadAsync(
            reader =>
            {
                var (table, key) = Partition(reader, scope, request.DatabaseName!, request.TableName!, request.PartitionValues!);
                return ColumnStatisticsRows.Get(reader, table, key, request.ColumnNames!);
            },
            cancellationToken);
        return new GetColumnStatisticsForPartitionResponse { ColumnStatisticsList = found, Errors = errors };
    }

    public async ValueTask<DeleteColumnStatisticsForPartitionResponse> DeleteColumnStatisticsForPartition(
        DeleteColumnStatisticsForPartitionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "DeleteColumnStatisticsForPartition");
        await store.WriteAsync(
            writer =>
            {
                var (table, key) = Partition(writer, scope, request.DatabaseName!, request.TableName!, request.PartitionValues!);
                ColumnStatisticsRows.Delete(writer, table, key, request.ColumnName!);
                return 0;
            },
            cancellationToken);
        return new DeleteColumnStatisticsForPartitionResponse();
    }

    private static (TableRow Table, byte[] Key) Partition(IStoreReader reader, AwsScope scope, string database, string name, IReadOnlyList<string> values)
    {
        var table = TableRows.Get(reader, scope, database, name);
        var codec = table.KeyCodec();
        return PartitionRows.Find(reader, table, codec, values) is null ? throw GlueErrors.PartitionNotFound() : (table, PartitionRows.Key(codec, values));
    }
}
