using System.Globalization;
using Tarn.Api.Glue;
using Tarn.Contracts;
using Tarn.Glue.Catalog.Mapping;
using Tarn.Glue.Catalog.Records;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Glue.Catalog.Tables;

/// <summary>The operations on versions of tables.</summary>
internal sealed class TableVersionOperations(IMetadataStore store)
{
    public async ValueTask<GetTableVersionResponse> GetTableVersion(GetTableVersionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "GetTableVersion");
        var version = await store.ReadAsync(
            reader => TableRows.GetVersion(reader, TableRows.Get(reader, scope, request.DatabaseName!, request.TableName!), request.VersionId), cancellationToken);
        return new GetTableVersionResponse { TableVersion = ToApi(version, scope) };
    }

    /// <summary>The newest first.</summary>
    public async ValueTask<GetTableVersionsResponse> GetTableVersions(GetTableVersionsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "GetTableVersions");
        var list = $"GetTableVersions/{scope}/{request.DatabaseName!.ToLowerInvariant()}/{request.TableName!.ToLowerInvariant()}";
        var before = PageToken.DecodeText(list, request.NextToken, GlueErrors.InvalidToken);
        var countMax = request.MaxResults ?? CatalogLimits.PageDefault;
        var found = await store.ReadAsync(
            reader =>
            {
                var table = TableRows.Get(reader, scope, request.DatabaseName, request.TableName);
                return before is null
                    ? [table.Stored, .. TableRows.ListOldVersions(reader, table.Id, long.MaxValue, countMax)]
                    : TableRows.ListOldVersions(reader, table.Id, long.Parse(before, CultureInfo.InvariantCulture), countMax + 1);
            },
            cancellationToken);
        var page = found.Take(countMax).ToList();
        return new GetTableVersionsResponse
        {
            TableVersions = [.. page.Select(version => ToApi(version, scope))],
            NextToken = found.Count > countMax ? PageToken.Encode(list, page[^1].Table.VersionId) : null,
        };
    }

    public async ValueTask<DeleteTableVersionResponse> DeleteTableVersion(DeleteTableVersionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "DeleteTableVersion");
        await store.WriteAsync(
            writer =>
            {
                TableRows.DeleteVersion(writer, TableRows.Get(writer, scope, request.DatabaseName!, request.TableName!), request.VersionId!);
                return 0;
            },
            cancellationToken);
        return new DeleteTableVersionResponse();
    }

    public async ValueTask<BatchDeleteTableVersionResponse> BatchDeleteTableVersion(BatchDeleteTableVersionRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "BatchDeleteTableVersion");
        var errors = await store.WriteAsync(
            writer =>
            {
                var table = TableRows.Get(writer, scope, request.DatabaseName!, request.TableName!);
                return request.VersionIds!
                    .Select(version => (Version: version, Failure: BatchEntry.Try(() => TableRows.DeleteVersion(writer, table, version))))
                    .Where(entry => entry.Failure is not null)
                    .Select(entry => new TableVersionError { TableName = table.Table.Name, VersionId = entry.Version, ErrorDetail = entry.Failure })
                    .ToList();
            },
            cancellationToken);
        return new BatchDeleteTableVersionResponse { Errors = errors };
    }

    private static TableVersion ToApi(StoredTable version, AwsScope scope) => new() { Table = version.ToApi(scope), VersionId = version.Table.VersionId };
}
