using System.Text.Json;
using Tarn.Api.Athena;
using Tarn.Athena.Execution;
using Tarn.Athena.WorkGroups;
using Tarn.Contracts;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Athena.PreparedStatements;

/// <summary>The operations on prepared statements, and the table that holds them. PREPARE, EXECUTE and DEALLOCATE as SQL use the same table.</summary>
internal sealed class PreparedStatementOperations(IMetadataStore store, WorkGroupStore workGroups, TimeProvider time)
{
    private const int PageSize = 50;
    private const int StatementsPerWorkGroupMax = 1_000;

    public async ValueTask<CreatePreparedStatementOutput> CreatePreparedStatement(CreatePreparedStatementInput request, RequestContext context, CancellationToken cancellationToken)
    {
        await workGroups.GetAsync(context.Scope, request.WorkGroup!, cancellationToken);
        StatementCheck.KindOf(request.QueryStatement!);
        var statement = new PreparedStatementRecord { Name = request.StatementName!, WorkGroup = request.WorkGroup!, QueryStatement = request.QueryStatement!, Description = request.Description, LastModified = time.GetUtcNow() };
        await SaveAsync(context.Scope, statement, mayReplace: false, cancellationToken);
        return new CreatePreparedStatementOutput();
    }

    public async ValueTask<UpdatePreparedStatementOutput> UpdatePreparedStatement(UpdatePreparedStatementInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var old = await GetAsync(context.Scope, request.WorkGroup!, request.StatementName!, cancellationToken);
        StatementCheck.KindOf(request.QueryStatement!);
        await SaveAsync(context.Scope, old with { QueryStatement = request.QueryStatement!, Description = request.Description ?? old.Description, LastModified = time.GetUtcNow() }, mayReplace: true, cancellationToken);
        return new UpdatePreparedStatementOutput();
    }

    public async ValueTask<GetPreparedStatementOutput> GetPreparedStatement(GetPreparedStatementInput request, RequestContext context, CancellationToken cancellationToken) =>
        new() { PreparedStatement = ToShape(await GetAsync(context.Scope, request.WorkGroup!, request.StatementName!, cancellationToken)) };

    public async ValueTask<BatchGetPreparedStatementOutput> BatchGetPreparedStatement(BatchGetPreparedStatementInput request, RequestContext context, CancellationToken cancellationToken)
    {
        await workGroups.GetAsync(context.Scope, request.WorkGroup!, cancellationToken);
        var found = await store.ReadAsync(reader => request.PreparedStatementNames!.Select(name => (Name: name, Statement: Find(reader, context.Scope, request.WorkGroup!, name))).ToList(), cancellationToken);
        return new BatchGetPreparedStatementOutput
        {
            PreparedStatements = [.. found.Where(pair => pair.Statement is not null).Select(pair => ToShape(pair.Statement!))],
            UnprocessedPreparedStatementNames = [.. found.Where(pair => pair.Statement is null).Select(pair => new UnprocessedPreparedStatementName { StatementName = pair.Name, ErrorCode = "STATEMENT_NOT_FOUND", ErrorMessage = AthenaErrors.PreparedStatementNotFound(pair.Name, request.WorkGroup!).Message })],
        };
    }

    public async ValueTask<ListPreparedStatementsOutput> ListPreparedStatements(ListPreparedStatementsInput request, RequestContext context, CancellationToken cancellationToken)
    {
        await workGroups.GetAsync(context.Scope, request.WorkGroup!, cancellationToken);
        var size = request.MaxResults ?? PageSize;
        var list = $"ListPreparedStatements/{context.Scope}/{request.WorkGroup}";
        var after = PageToken.DecodeText(list, request.NextToken, AthenaErrors.InvalidToken) ?? "";
        var rows = await store.ReadAsync(
            reader => reader.Query(
                "SELECT body FROM athena_prepared WHERE account = @p0 AND region = @p1 AND work_group = @p2 AND name > @p3 ORDER BY name LIMIT @p4",
                row => Parse(row.Text(0)),
                context.Scope.AccountId, context.Scope.Region, request.WorkGroup, after, size + 1L),
            cancellationToken);
        var (page, next) = PageToken.Cut(rows, size, list, row => row.Name);
        return new ListPreparedStatementsOutput { PreparedStatements = [.. page.Select(row => new PreparedStatementSummary { StatementName = row.Name, LastModifiedTime = row.LastModified })], NextToken = next };
    }

    public async ValueTask<DeletePreparedStatementOutput> DeletePreparedStatement(DeletePreparedStatementInput request, RequestContext context, CancellationToken cancellationToken)
    {
        await DeleteAsync(context.Scope, request.WorkGroup!, request.StatementName!, cancellationToken);
        return new DeletePreparedStatementOutput();
    }

    /// <summary>The statement; <c>ResourceNotFoundException</c> when there is none.</summary>
    public async ValueTask<PreparedStatementRecord> GetAsync(AwsScope scope, string workGroup, string name, CancellationToken cancellationToken)
    {
        await workGroups.GetAsync(scope, workGroup, cancellationToken);
        return await store.ReadAsync(reader => Find(reader, scope, workGroup, name), cancellationToken) ?? throw AthenaErrors.PreparedStatementNotFound(name, workGroup);
    }

    public ValueTask<bool> SaveAsync(AwsScope scope, PreparedStatementRecord statement, bool mayReplace, CancellationToken cancellationToken) =>
        store.WriteAsync(
            writer =>
            {
                var isThere = Find(writer, scope, statement.WorkGroup, statement.Name) is not null;
                if (isThere && !mayReplace)
                {
                    throw AthenaErrors.InvalidRequest($"PreparedStatement {statement.Name} already exists in workGroup {statement.WorkGroup}");
                }

                var count = writer.QueryFirst("SELECT count(*) FROM athena_prepared WHERE account = @p0 AND region = @p1 AND work_group = @p2", row => row.Long(0), scope.AccountId, scope.Region, statement.WorkGroup);
                if (!isThere && count >= StatementsPerWorkGroupMax)
                {
                    throw AthenaErrors.InvalidRequest($"WorkGroup {statement.WorkGroup} has reached its limit of {StatementsPerWorkGroupMax} prepared statements.");
                }

                return writer.Execute(
                    "INSERT INTO athena_prepared (account, region, work_group, name, body) VALUES (@p0, @p1, @p2, @p3, @p4) ON CONFLICT (account, region, work_group, name) DO UPDATE SET body = excluded.body",
                    scope.AccountId, scope.Region, statement.WorkGroup, statement.Name, JsonSerializer.Serialize(statement, AthenaJson.Default.PreparedStatementRecord)) > 0;
            },
            cancellationToken);

    public async ValueTask DeleteAsync(AwsScope scope, string workGroup, string name, CancellationToken cancellationToken)
    {
        await GetAsync(scope, workGroup, name, cancellationToken);
        await store.WriteAsync(writer => writer.Execute("DELETE FROM athena_prepared WHERE account = @p0 AND region = @p1 AND work_group = @p2 AND name = @p3", scope.AccountId, scope.Region, workGroup, name), cancellationToken);
    }

    private static PreparedStatementRecord? Find(IStoreReader reader, AwsScope scope, string workGroup, string name) =>
        reader.QueryFirst("SELECT body FROM athena_prepared WHERE account = @p0 AND region = @p1 AND work_group = @p2 AND name = @p3", row => Parse(row.Text(0)), scope.AccountId, scope.Region, workGroup, name);

    private static PreparedStatementRecord Parse(string body) => JsonSerializer.Deserialize(body, AthenaJson.Default.PreparedStatementRecord)!;

    private static PreparedStatement ToShape(PreparedStatementRecord statement) => new()
    {
        StatementName = statement.Name,
        QueryStatement = statement.QueryStatement,
        WorkGroupName = statement.WorkGroup,
        Description = statement.Description,
        LastModifiedTime = statement.LastModified,
    };
}
