using Tarn.Api.Glue;
using Tarn.Glue.Catalog.Mapping;
using Tarn.Glue.Catalog.Tables;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Glue.Catalog.Partitions;

/// <summary>The operations on many partitions: each entry succeeds or fails by itself, all of them in one transaction.</summary>
internal sealed class PartitionBatchOperations(IMetadataStore store, TimeProvider time)
{
    public async ValueTask<BatchCreatePartitionResponse> BatchCreatePartition(BatchCreatePartitionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "BatchCreatePartition");
        var errors = await store.WriteAsync(
            writer =>
            {
                var table = TableRows.Get(writer, scope, request.DatabaseName!, request.TableName!);
                var codec = table.KeyCodec();
                var now = time.GetUtcNow();
                return Failures(request.PartitionInputList!, input => input.Values, input =>
                {
                    if (!PartitionRows.Add(writer, table, codec, input.Values, input.ToRecord(now)))
                    {
                        throw GlueErrors.PartitionExists();
                    }
                });
            },
            cancellationToken);
        return new BatchCreatePartitionResponse { Errors = errors };
    }

    /// <summary>Partitions that are not there are left out.</summary>
    public async ValueTask<BatchGetPartitionResponse> BatchGetPartition(BatchGetPartitionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "BatchGetPartition");
        return await store.ReadAsync(
            reader =>
            {
                var table = TableRows.Get(reader, scope, request.DatabaseName!, request.TableName!);
                var codec = table.KeyCodec();
                var keys = request.PartitionsToGet!.Select(entry => PartitionRows.Key(codec, entry.Values)).ToList();
                return new BatchGetPartitionResponse
                {
                    Partitions = [.. PartitionRows.FindMany(reader, table.Id, codec, keys).Select(row => row.ToApi(scope, table.Table, excludeColumns: false))],
                    UnprocessedKeys = [],
                };
            },
            cancellationToken);
    }

    public async ValueTask<BatchUpdatePartitionResponse> BatchUpdatePartition(BatchUpdatePartitionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "BatchUpdatePartition");
        var errors = await store.WriteAsync(
            writer =>
            {
                var table = TableRows.Get(writer, scope, request.DatabaseName!, request.TableName!);
                return request.Entries!
                    .Select(entry => (Entry: entry, Failure: BatchEntry.Try(() => PartitionOperations.Update(writer, table, entry.PartitionValueList!, entry.PartitionInput!))))
                    .Where(result => result.Failure is not null)
                    .Select(result => new BatchUpdatePartitionFailureEntry { PartitionValueList = result.Entry.PartitionValueList, ErrorDetail = result.Failure })
                    .ToList();
            },
            cancellationToken);
        return new BatchUpdatePartitionResponse { Errors = errors };
    }

    public async ValueTask<BatchDeletePartitionResponse> BatchDeletePartition(BatchDeletePartitionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "BatchDeletePartition");
        var errors = await store.WriteAsync(
            writer =>
            {
                var table = TableRows.Get(writer, scope, request.DatabaseName!, request.TableName!);
                var codec = table.KeyCodec();
                return Failures(request.PartitionsToDelete!, entry => entry.Values, entry =>
                {
                    if (!PartitionRows.Delete(writer, table, codec, entry.Values!))
                    {
                        throw GlueErrors.PartitionNotFound();
                    }
                });
            },
            cancellationToken);
        return new BatchDeletePartitionResponse { Errors = errors };
    }

    private static List<PartitionError> Failures<T>(IReadOnlyList<T> entries, Func<T, IReadOnlyList<string>?> values, Action<T> run) =>
        [
            .. entries
                .Select(entry => (Entry: entry, Failure: BatchEntry.Try(() => run(entry))))
                .Where(result => result.Failure is not null)
                .Select(result => new PartitionError { PartitionValues = values(result.Entry), ErrorDetail = result.Failure }),
        ];
}
