using Tarn.Api.Glue;
using Tarn.Contracts;
using Tarn.Glue.Catalog.Expressions;
using Tarn.Glue.Catalog.Mapping;
using Tarn.Glue.Catalog.Tables;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Glue.Catalog.Partitions;

/// <summary>The operations on one partition, and the list of them.</summary>
internal sealed class PartitionOperations(IMetadataStore store, TimeProvider time)
{
    public async ValueTask<CreatePartitionResponse> CreatePartition(CreatePartitionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "CreatePartition");
        await store.WriteAsync(
            writer =>
            {
                var table = TableRows.Get(writer, scope, request.DatabaseName!, request.TableName!);
                return PartitionRows.Add(writer, table, table.KeyCodec(), request.PartitionInput!.Values, request.PartitionInput.ToRecord(time.GetUtcNow()))
                    ? 0
                    : throw GlueErrors.PartitionExists();
            },
            cancellationToken);
        return new CreatePartitionResponse();
    }

    public async ValueTask<GetPartitionResponse> GetPartition(GetPartitionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "GetPartition");
        return await store.ReadAsync(
            reader =>
            {
                var table = TableRows.Get(reader, scope, request.DatabaseName!, request.TableName!);
                var row = PartitionRows.Find(reader, table, table.KeyCodec(), request.PartitionValues!) ?? throw GlueErrors.PartitionNotFound();
                return new GetPartitionResponse { Partition = row.ToApi(scope, table.Table, excludeColumns: false) };
            },
            cancellationToken);
    }

    public async ValueTask<GetPartitionsResponse> GetPartitions(GetPartitionsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "GetPartitions");
        if (request.TransactionId is { } transaction)
        {
            throw GlueErrors.EntityNotFound($"Transaction {transaction} not found.");
        }

        var segment = Segment(request.Segment);
        var countMax = request.MaxResults ?? CatalogLimits.WidePageDefault;
        return await store.ReadAsync(
            reader =>
            {
                var table = TableRows.Get(reader, scope, request.DatabaseName!, request.TableName!);
                var codec = table.KeyCodec();
                var filter = PartitionExpressionParser.Parse(request.Expression, codec);

                // The types of the keys are part of it: when they change, the order does, and an old token would skip some.
                var list = $"GetPartitions/{table.Id}/{string.Join(',', table.Table.PartitionKeys.Select(key => key.Type))}/{segment}/{request.Expression}";
                var page = PartitionScan.Run(reader, table.Id, codec, filter, segment, PageToken.Decode(list, request.NextToken, GlueErrors.InvalidToken), countMax);
                var rows = PartitionRows.FindMany(reader, table.Id, codec, page.Keys);
                return new GetPartitionsResponse
                {
                    Partitions = [.. rows.Select(row => row.ToApi(scope, table.Table, request.ExcludeColumnSchema == true))],
                    NextToken = page.Next is { } next ? PageToken.Encode(list, next) : null,
                };
            },
            cancellationToken);
    }

    /// <summary>Replaces a partition's definition, and its values when they differ.</summary>
    public async ValueTask<UpdatePartitionResponse> UpdatePartition(UpdatePartitionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "UpdatePartition");
        await store.WriteAsync(
            writer =>
            {
                Update(writer, TableRows.Get(writer, scope, request.DatabaseName!, request.TableName!), request.PartitionValueList!, request.PartitionInput!);
                return 0;
            },
            cancellationToken);
        return new UpdatePartitionResponse();
    }

    public async ValueTask<DeletePartitionResponse> DeletePartition(DeletePartitionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "DeletePartition");
        await store.WriteAsync(
            writer =>
            {
                var table = TableRows.Get(writer, scope, request.DatabaseName!, request.TableName!);
                return PartitionRows.Delete(writer, table, table.KeyCodec(), request.PartitionValues!) ? 0 : throw GlueErrors.PartitionNotFound();
            },
            cancellationToken);
        return new DeletePartitionResponse();
    }

    /// <summary>One update, for UpdatePartition and its batch. Throws EntityNotFoundException, or AlreadyExistsException when the new values are taken.</summary>
    public static void Update(IStoreWriter writer, TableRow table, IReadOnlyList<string> values, PartitionInput input)
    {
        var codec = table.KeyCodec();
        var old = PartitionRows.Find(writer, table, codec, values) ?? throw GlueErrors.PartitionNotFound();
        var definition = input.ToRecord(old.Definition.CreationTime);
        if (input.Values is null || input.Values.SequenceEqual(values))
        {
            PartitionRows.Update(writer, table, codec, values, definition);
            return;
        }

        if (!PartitionRows.Add(writer, table, codec, input.Values, definition))
        {
            throw GlueErrors.PartitionExists();
        }

        PartitionRows.Delete(writer, table, codec, values);
    }

    private static PartitionSegment Segment(Segment? segment)
    {
        if (segment is null)
        {
            return PartitionSegment.Whole;
        }

        return segment.SegmentNumber < segment.TotalSegments
            ? new PartitionSegment(segment.SegmentNumber!.Value, segment.TotalSegments!.Value)
            : throw GlueErrors.InvalidInput("SegmentNumber must be less than TotalSegments");
    }
}
