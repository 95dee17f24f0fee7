using Tarn.Api.Athena;
using Tarn.Athena.Tags;
using Tarn.Contracts;
using Tarn.Contracts.Lake;
using Tarn.Wire.Dispatch;

namespace Tarn.Athena.WorkGroups;

/// <summary>The operations on workgroups.</summary>
internal sealed class WorkGroupOperations(WorkGroupStore workGroups, AthenaOptions options, TimeProvider time)
{
    private const int PageSize = 50;
    private const long BytesScannedCutoffMin = 10_000_000;

    public async ValueTask<CreateWorkGroupOutput> CreateWorkGroup(CreateWorkGroupInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var configuration = request.Configuration;
        WorkGroupMapping.RefuseUnbuilt(configuration);
        var workGroup = new WorkGroupRecord
        {
            Name = request.Name!,
            Description = request.Description,
            CreationTime = time.GetUtcNow(),
            Result = WorkGroupMapping.ToRecord(configuration?.ResultConfiguration),
            Enforce = configuration?.EnforceWorkGroupConfiguration ?? true,
            PublishMetrics = configuration?.PublishCloudWatchMetricsEnabled ?? false,
            RequesterPays = configuration?.RequesterPaysEnabled ?? false,
            BytesScannedCutoff = configuration?.BytesScannedCutoffPerQuery,
            SelectedEngineVersion = EngineVersions.Check(configuration?.EngineVersion?.SelectedEngineVersion),
            ExecutionRole = configuration?.ExecutionRole,
            AdditionalConfiguration = configuration?.AdditionalConfiguration,
            MinimumEncryption = configuration?.EnableMinimumEncryptionConfiguration,
        };
        Check(workGroup);
        await workGroups.CreateAsync(context.Scope, workGroup, options.WorkGroupsMax, TagOperations.Pairs(request.Tags), cancellationToken);
        return new CreateWorkGroupOutput();
    }

    public async ValueTask<GetWorkGroupOutput> GetWorkGroup(GetWorkGroupInput request, RequestContext context, CancellationToken cancellationToken) =>
        new() { WorkGroup = WorkGroupMapping.ToShape(await workGroups.GetAsync(context.Scope, request.WorkGroup!, cancellationToken)) };

    public async ValueTask<ListWorkGroupsOutput> ListWorkGroups(ListWorkGroupsInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var size = request.MaxResults ?? PageSize;
        var list = $"ListWorkGroups/{context.Scope}";
        var rows = await workGroups.ListAsync(context.Scope, PageToken.DecodeText(list, request.NextToken, AthenaErrors.InvalidToken), size + 1, cancellationToken);
        var (page, next) = PageToken.Cut(rows, size, list, row => row.Name);
        return new ListWorkGroupsOutput { WorkGroups = [.. page.Select(WorkGroupMapping.ToSummary)], NextToken = next };
    }

    public async ValueTask<UpdateWorkGroupOutput> UpdateWorkGroup(UpdateWorkGroupInput request, RequestContext context, CancellationToken cancellationToken)
    {
        WorkGroupMapping.RefuseUnbuilt(request.ConfigurationUpdates);
        await workGroups.UpdateAsync(
            context.Scope,
            request.WorkGroup!,
            old =>
            {
                var updated = WorkGroupMapping.Apply(old, request);
                Check(updated);
                return updated;
            },
            cancellationToken);
        return new UpdateWorkGroupOutput();
    }

    public async ValueTask<DeleteWorkGroupOutput> DeleteWorkGroup(DeleteWorkGroupInput request, RequestContext context, CancellationToken cancellationToken)
    {
        if (request.WorkGroup == WorkGroupRecord.Primary)
        {
            throw AthenaErrors.InvalidRequest("The primary workgroup cannot be deleted.");
        }

        await workGroups.DeleteAsync(context.Scope, request.WorkGroup!, request.RecursiveDeleteOption ?? false, cancellationToken);
        return new DeleteWorkGroupOutput();
    }

    private static void Check(WorkGroupRecord workGroup)
    {
        CheckLocation(workGroup.Result.OutputLocation);
        if (workGroup.BytesScannedCutoff < BytesScannedCutoffMin)
        {
            throw AthenaErrors.InvalidRequest($"BytesScannedCutoffPerQuery must be at least {BytesScannedCutoffMin}.");
        }
    }

    /// <summary>Refuses an output location that is no S3 folder.</summary>
    public static void CheckLocation(string? location)
    {
        if (location is not null && (!S3Location.TryParse(location, out _) || !location.StartsWith("s3://", StringComparison.Ordinal)))
        {
            throw AthenaErrors.InvalidRequest("outputLocation is not a valid S3 path.");
        }
    }
}
