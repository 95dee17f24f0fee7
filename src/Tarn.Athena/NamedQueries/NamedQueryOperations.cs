using System.Text.Json;
using Tarn.Api.Athena;
using Tarn.Athena.WorkGroups;
using Tarn.Contracts;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Athena.NamedQueries;

/// <summary>The operations on saved queries, and the table that holds them.</summary>
internal sealed class NamedQueryOperations(IMetadataStore store, WorkGroupStore workGroups)
{
    private const int PageSize = 50;

    public async ValueTask<CreateNamedQueryOutput> CreateNamedQuery(CreateNamedQueryInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var workGroup = request.WorkGroup ?? WorkGroupRecord.Primary;
        await workGroups.GetAsync(context.Scope, workGroup, cancellationToken);
        var query = new NamedQueryRecord
        {
            Id = Guid.NewGuid().ToString(),
            Name = request.Name!,
            Description = request.Description,
            Database = request.Database!,
            QueryString = request.QueryString!,
            WorkGroup = workGroup,
        };
        return new CreateNamedQueryOutput { NamedQueryId = await store.WriteAsync(writer => Add(writer, context.Scope, query, request.ClientRequestToken), cancellationToken) };
    }

    public async ValueTask<GetNamedQueryOutput> GetNamedQuery(GetNamedQueryInput request, RequestContext context, CancellationToken cancellationToken) =>
        new() { NamedQuery = ToShape(await store.ReadAsync(reader => Find(reader, context.Scope, request.NamedQueryId!), cancellationToken) ?? throw AthenaErrors.NamedQueryNotFound(request.NamedQueryId!)) };

    public async ValueTask<BatchGetNamedQueryOutput> BatchGetNamedQuery(BatchGetNamedQueryInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var found = await store.ReadAsync(reader => request.NamedQueryIds!.Select(id => (Id: id, Query: Find(reader, context.Scope, id))).ToList(), cancellationToken);
        return new BatchGetNamedQueryOutput
        {
            NamedQueries = [.. found.Where(pair => pair.Query is not null).Select(pair => ToShape(pair.Query!))],
            UnprocessedNamedQueryIds = [.. found.Where(pair => pair.Query is null).Select(pair => new UnprocessedNamedQueryId { NamedQueryId = pair.Id, ErrorCode = "INVALID_INPUT", ErrorMessage = AthenaErrors.NamedQueryNotFound(pair.Id).Message })],
        };
    }

    public async ValueTask<ListNamedQueriesOutput> ListNamedQueries(ListNamedQueriesInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var size = request.MaxResults is null or 0 ? PageSize : request.MaxResults.Value;
        var workGroup = request.WorkGroup ?? WorkGroupRecord.Primary;
        await workGroups.GetAsync(context.Scope, workGroup, cancellationToken);
        var list = $"ListNamedQueries/{context.Scope}/{workGroup}";
        var after = PageToken.DecodeText(list, request.NextToken, AthenaErrors.InvalidToken) ?? "";
        var rows = await store.ReadAsync(
            reader => reader.Query(
                "SELECT id FROM athena_named_query WHERE account = @p0 AND region = @p1 AND work_group = @p2 AND id > @p3 ORDER BY id LIMIT @p4",
                row => row.Text(0),
                context.Scope.AccountId, context.Scope.Region, workGroup, after, size + 1L),
            cancellationToken);
        var (page, next) = PageToken.Cut(rows, size, list, id => id);
        return new ListNamedQueriesOutput { NamedQueryIds = page, NextToken = next };
    }

    public async ValueTask<UpdateNamedQueryOutput> UpdateNamedQuery(UpdateNamedQueryInput request, RequestContext context, CancellationToken cancellationToken)
    {
        await store.WriteAsync(
            writer =>
            {
                var old = Find(writer, context.Scope, request.NamedQueryId!) ?? throw AthenaErrors.NamedQueryNotFound(request.NamedQueryId!);
                var query = old with { Name = request.Name!, QueryString = request.QueryString!, Description = request.Description ?? old.Description };
                return writer.Execute("UPDATE athena_named_query SET body = @p3 WHERE account = @p0 AND region = @p1 AND id = @p2", context.Scope.AccountId, context.Scope.Region, query.Id, Text(query));
            },
            cancellationToken);
        return new UpdateNamedQueryOutput();
    }

    public async ValueTask<DeleteNamedQueryOutput> DeleteNamedQuery(DeleteNamedQueryInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var deleted = await store.WriteAsync(
            writer => writer.Execute("DELETE FROM athena_named_query WHERE account = @p0 AND region = @p1 AND id = @p2", context.Scope.AccountId, context.Scope.Region, request.NamedQueryId),
            cancellationToken);
        return deleted > 0 ? new DeleteNamedQueryOutput() : throw AthenaErrors.NamedQueryNotFound(request.NamedQueryId!);
    }

    private static string Add(IStoreWriter writer, AwsScope scope, NamedQueryRecord query, string? token)
    {
        var earlier = token is null ? null : writer.QueryFirst("SELECT body FROM athena_named_query WHERE account = @p0 AND region = @p1 AND token = @p2", row => Parse(row.Text(0)), scope.AccountId, scope.Region, token);
        if (earlier is not null)
        {
            return earlier == query with { Id = earlier.Id } ? earlier.Id : throw AthenaErrors.InvalidRequest("Idempotent parameters do not match");
        }

        writer.Execute(
            "INSERT INTO athena_named_query (account, region, id, work_group, token, body) VALUES (@p0, @p1, @p2, @p3, @p4, @p5)",
            scope.AccountId, scope.Region, query.Id, query.WorkGroup, token, Text(query));
        return query.Id;
    }

    private static NamedQueryRecord? Find(IStoreReader reader, AwsScope scope, string id) =>
        reader.QueryFirst("SELECT body FROM athena_named_query WHERE account = @p0 AND region = @p1 AND id = @p2", row => Parse(row.Text(0)), scope.AccountId, scope.Region, id);

    private static NamedQueryRecord Parse(string body) => JsonSerializer.Deserialize(body, AthenaJson.Default.NamedQueryRecord)!;

    private static string Text(NamedQueryRecord query) => JsonSerializer.Serialize(query, AthenaJson.Default.NamedQueryRecord);

    private static NamedQuery ToShape(NamedQueryRecord query) => new()
    {
        NamedQueryId = query.Id,
        Name = query.Name,
        Description = query.Description,
        Database = query.Database,
        QueryString = query.QueryString,
        WorkGroup = query.WorkGroup,
    };
}
