using Tarn.Api.Glue;
using Tarn.Glue.Catalog.Tables;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Glue.Catalog.Partitions;

/// <summary>The operations on partition indexes.</summary>
internal sealed class PartitionIndexOperations(IMetadataStore store)
{
    public async ValueTask<CreatePartitionIndexResponse> CreatePartitionIndex(CreatePartitionIndexRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "CreatePartitionIndex");
        await store.WriteAsync(
            writer =>
            {
                PartitionIndexRows.Create(writer, TableRows.Get(writer, scope, request.DatabaseName!, request.TableName!), request.PartitionIndex!.IndexName!, request.PartitionIndex.Keys!);
                return 0;
            },
            cancellationToken);
        return new CreatePartitionIndexResponse();
    }

    public async ValueTask<GetPartitionIndexesResponse> GetPartitionIndexes(GetPartitionIndexesRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "GetPartitionIndexes");
        PageToken.Decode("GetPartitionIndexes", request.NextToken, GlueErrors.InvalidToken);
        return await store.ReadAsync(
            reader =>
            {
                var table = TableRows.Get(reader, scope, request.DatabaseName!, request.TableName!);
                return new GetPartitionIndexesResponse
                {
                    PartitionIndexDescriptorList =
                    [
                        .. PartitionIndexRows.List(reader, table.Id).Select(index => new PartitionIndexDescriptor
                        {
                            IndexName = index.Name,
                            IndexStatus = PartitionIndexStatus.ACTIVE,
                            Keys = [.. index.Keys.Select(key => new KeySchemaElement { Name = key, Type = TypeOf(table, key) })],
                        }),
                    ],
                };
            },
            cancellationToken);
    }

    public async ValueTask<DeletePartitionIndexResponse> DeletePartitionIndex(DeletePartitionIndexRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "DeletePartitionIndex");
        await store.WriteAsync(
            writer =>
            {
                PartitionIndexRows.Delete(writer, TableRows.Get(writer, scope, request.DatabaseName!, request.TableName!), request.IndexName!);
                return 0;
            },
            cancellationToken);
        return new DeletePartitionIndexResponse();
    }

    /// <summary>The type of a key; <c>string</c> when the table lost the key since, or never said.</summary>
    private static string TypeOf(TableRow table, string key) =>
        table.Table.PartitionKeys.FirstOrDefault(column => column.Name.Equals(key, StringComparison.OrdinalIgnoreCase))?.Type ?? "string";
}
