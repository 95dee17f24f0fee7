using Tarn.Api.Glue;
using Tarn.Glue.Catalog.Mapping;
using Tarn.Glue.Catalog.Records;
using Tarn.Glue.Catalog.Tables;
using Tarn.Glue.Tags;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Glue.Catalog.Databases;

/// <summary>The operations on databases.</summary>
internal sealed class DatabaseOperations(IMetadataStore store, TimeProvider time)
{
    public async ValueTask<CreateDatabaseResponse> CreateDatabase(CreateDatabaseRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "CreateDatabase");
        var database = request.DatabaseInput!.ToRecord(time.GetUtcNow());
        await store.WriteAsync(
            writer =>
            {
                DatabaseRows.Create(writer, scope, database);
                GlueTags.Add(writer, scope, DatabaseRows.Arn(scope, database.Database.Name), request.Tags);
                return 0;
            },
            cancellationToken);
        return new CreateDatabaseResponse();
    }

    public async ValueTask<GetDatabaseResponse> GetDatabase(GetDatabaseRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "GetDatabase");
        var database = await store.ReadAsync(reader => DatabaseRows.Get(reader, scope, request.Name!), cancellationToken);
        return new GetDatabaseResponse { Database = database.ToApi(scope) };
    }

    public async ValueTask<GetDatabasesResponse> GetDatabases(GetDatabasesRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "GetDatabases");
        var list = $"GetDatabases/{scope}/{request.ResourceShareType}";
        var after = PageToken.DecodeText(list, request.NextToken, GlueErrors.InvalidToken) ?? "";
        var countMax = request.MaxResults ?? CatalogLimits.PageDefault;
        if (request.ResourceShareType == ResourceShareType.FOREIGN)
        {
            // No account shares anything with another.
            return new GetDatabasesResponse { DatabaseList = [] };
        }

        var found = await store.ReadAsync(reader => DatabaseRows.List(reader, scope, after, countMax + 1), cancellationToken);
        var page = found.Take(countMax).ToList();
        return new GetDatabasesResponse
        {
            DatabaseList = [.. page.Where(database => request.ResourceShareType != ResourceShareType.FEDERATED || database.Federation is not null).Select(ToApi)],
            NextToken = found.Count > countMax ? PageToken.Encode(list, page[^1].Database.Name) : null,
        };

        Database ToApi(StoredDatabase database) => request.AttributesToGet is { Count: > 0 } attributes ? database.ToApi(attributes) : database.ToApi(scope);
    }

    public async ValueTask<UpdateDatabaseResponse> UpdateDatabase(UpdateDatabaseRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "UpdateDatabase");
        await store.WriteAsync(
            writer =>
            {
                var old = DatabaseRows.Get(writer, scope, request.Name!);
                var database = request.DatabaseInput!.ToRecord(old.Database.CreateTime);
                if (database.Database.Name != old.Database.Name)
                {
                    throw GlueErrors.InvalidInput("Database cannot be renamed");
                }

                DatabaseRows.Update(writer, scope, database);
                return 0;
            },
            cancellationToken);
        return new UpdateDatabaseResponse();
    }

    public async ValueTask<DeleteDatabaseResponse> DeleteDatabase(DeleteDatabaseRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Catalog(request.CatalogId, "DeleteDatabase");
        await store.WriteAsync(
            writer =>
            {
                DatabaseRows.Delete(writer, scope, request.Name!);
                return 0;
            },
            cancellationToken);
        await DeletedTables.SweepAsync(store, cancellationToken);
        return new DeleteDatabaseResponse();
    }
}
