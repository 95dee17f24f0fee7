using System.Security.Cryptography;
using System.Text;
using Tarn.Api.Athena;
using Tarn.Athena.Catalogs;
using Tarn.Athena.Execution;
using Tarn.Athena.WorkGroups;
using Tarn.Contracts;
using Tarn.Contracts.Lake;
using Tarn.Wire.Dispatch;

namespace Tarn.Athena.Queries;

/// <summary>The operations on query executions, but for their results (<see cref="Results.ResultOperations"/>).</summary>
internal sealed class QueryOperations(QueryStore queries, QueryRunner runner, WorkGroupStore workGroups, ILake lake, TimeProvider time)
{
    private const int PageSize = 50;
    private const int QueryBytesMax = 262_144;

    public async ValueTask<StartQueryExecutionOutput> StartQueryExecution(StartQueryExecutionInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var scope = context.Scope;
        if (Encoding.UTF8.GetByteCount(request.QueryString!) > QueryBytesMax)
        {
            throw AthenaErrors.InvalidRequest($"Query string is longer than {QueryBytesMax} bytes.");
        }

        if (!CatalogOperations.IsKnown(request.QueryExecutionContext?.Catalog))
        {
            throw AthenaErrors.InvalidRequest($"Data catalog {request.QueryExecutionContext!.Catalog} was not found");
        }

        var workGroup = await workGroups.GetAsync(scope, request.WorkGroup ?? WorkGroupRecord.Primary, cancellationToken);
        if (workGroup.State != "ENABLED")
        {
            throw AthenaErrors.WorkGroupDisabled(workGroup.Name);
        }

        var kind = StatementCheck.KindOf(request.QueryString!);
        var settings = await ResultSettingsAsync(scope, workGroup, request.ResultConfiguration, cancellationToken);
        var query = new QueryRecord
        {
            Id = Guid.NewGuid().ToString(),
            Query = request.QueryString!,
            WorkGroup = workGroup.Name,
            State = QueryState.Queued,
            Database = request.QueryExecutionContext?.Database?.ToLowerInvariant(),
            Catalog = request.QueryExecutionContext?.Catalog?.ToLowerInvariant(),
            Result = settings,
            ExecutionParameters = request.ExecutionParameters,
            ReuseResults = request.ResultReuseConfiguration?.ResultReuseByAgeConfiguration?.Enabled ?? false,
            ReuseMaxAgeMinutes = request.ResultReuseConfiguration?.ResultReuseByAgeConfiguration?.MaxAgeInMinutes,
            StatementType = kind.Type,
            SubstatementType = kind.Substatement,
            Submitted = time.GetUtcNow(),
            RequestHash = RequestHash(request),
        };
        using var place = runner.Reserve();
        var adding = queries.AddAsync(scope, query, request.ClientRequestToken, cancellationToken).AsTask();
        place.Enqueue(scope, query, adding);
        return new StartQueryExecutionOutput { QueryExecutionId = (await adding).Id };
    }

    public async ValueTask<GetQueryExecutionOutput> GetQueryExecution(GetQueryExecutionInput request, RequestContext context, CancellationToken cancellationToken) =>
        new() { QueryExecution = QueryMapping.ToShape(await queries.GetAsync(context.Scope, request.QueryExecutionId!, cancellationToken)) };

    public async ValueTask<BatchGetQueryExecutionOutput> BatchGetQueryExecution(BatchGetQueryExecutionInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var found = new List<QueryExecution>();
        var missing = new List<UnprocessedQueryExecutionId>();
        foreach (var id in request.QueryExecutionIds!)
        {
            if (await queries.FindAsync(context.Scope, id, cancellationToken) is { } query)
            {
                found.Add(QueryMapping.ToShape(query));
            }
            else
            {
                missing.Add(new UnprocessedQueryExecutionId { QueryExecutionId = id, ErrorCode = "INVALID_INPUT", ErrorMessage = AthenaErrors.QueryNotFound(id).Message });
            }
        }

        return new BatchGetQueryExecutionOutput { QueryExecutions = found, UnprocessedQueryExecutionIds = missing };
    }

    public async ValueTask<ListQueryExecutionsOutput> ListQueryExecutions(ListQueryExecutionsInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var size = request.MaxResults is null or 0 ? PageSize : request.MaxResults.Value;
        var workGroup = await workGroups.GetAsync(context.Scope, request.WorkGroup ?? WorkGroupRecord.Primary, cancellationToken);
        var list = $"ListQueryExecutions/{context.Scope}/{workGroup.Name}";
        var place = PageToken.DecodeText(list, request.NextToken, AthenaErrors.InvalidToken)?.Split(' ');
        var before = place switch
        {
            null => ((long, string)?)null,
            [var submitted, var id] when long.TryParse(submitted, out var microseconds) => (microseconds, id),
            _ => throw AthenaErrors.InvalidToken(),
        };
        var rows = await queries.ListAsync(context.Scope, workGroup.Name, before, size + 1, cancellationToken);
        var (page, next) = PageToken.Cut(rows, size, list, row => $"{row.Submitted} {row.Id}");
        return new ListQueryExecutionsOutput { QueryExecutionIds = [.. page.Select(row => row.Id)], NextToken = next };
    }

    /// <summary>Stops a query that waits or runs; for one that has ended it does nothing, as AWS does.</summary>
    public async ValueTask<StopQueryExecutionOutput> StopQueryExecution(StopQueryExecutionInput request, RequestContext context, CancellationToken cancellationToken)
    {
        await queries.GetAsync(context.Scope, request.QueryExecutionId!, cancellationToken);
        await runner.CancelAsync(context.Scope, request.QueryExecutionId!, cancellationToken);
        return new StopQueryExecutionOutput();
    }

    public async ValueTask<GetQueryRuntimeStatisticsOutput> GetQueryRuntimeStatistics(GetQueryRuntimeStatisticsInput request, RequestContext context, CancellationToken cancellationToken) =>
        new() { QueryRuntimeStatistics = QueryMapping.ToRuntimeStatistics(await queries.GetAsync(context.Scope, request.QueryExecutionId!, cancellationToken)) };

    private async ValueTask<ResultSettings> ResultSettingsAsync(AwsScope scope, WorkGroupRecord workGroup, ResultConfiguration? asked, CancellationToken cancellationToken)
    {
        var client = WorkGroupMapping.ToRecord(asked);
        var settings = workGroup.Enforce && workGroup.Result.OutputLocation is not null ? workGroup.Result
            : client.OutputLocation is not null ? client
            : client with { OutputLocation = workGroup.Result.OutputLocation, EncryptionOption = client.EncryptionOption ?? workGroup.Result.EncryptionOption };
        if (settings.OutputLocation is null)
        {
            throw AthenaErrors.InvalidRequest("No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input.");
        }

        WorkGroupOperations.CheckLocation(settings.OutputLocation);
        S3Location.TryParse(settings.OutputLocation, out var location);
        if (!await lake.BucketExistsAsync(scope, location.Bucket, cancellationToken))
        {
            throw AthenaErrors.InvalidRequest($"Unable to verify/create output bucket {location.Bucket}");
        }

        return settings;
    }

    /// <summary>What must be the same when a client request token comes again.</summary>
    private static string RequestHash(StartQueryExecutionInput request)
    {
        string?[] parts =
        [
            request.QueryString, request.WorkGroup, request.QueryExecutionContext?.Database, request.QueryExecutionContext?.Catalog,
            request.ResultConfiguration?.OutputLocation, .. request.ExecutionParameters ?? [],
        ];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts))));
    }
}
