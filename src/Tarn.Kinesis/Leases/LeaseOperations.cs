using Tarn.Api.Leases;
using Tarn.Wire.Dispatch;

namespace Tarn.Kinesis.Leases;

/// <summary>Creating, reading, listing, updating and deleting leases.</summary>
internal sealed class LeaseOperations(LeaseStore leases)
{
    private const int ListedLeasesMax = 1_000;

    public async ValueTask<CreateLeaseOutput> CreateLease(CreateLeaseInput request, RequestContext context, CancellationToken cancellationToken) => new()
    {
        Lease = ToShape(await leases.CreateAsync(context.Scope, request.ApplicationName!, request.Lease!.LeaseKey!, ToRecord(request.Lease), cancellationToken)),
    };

    public async ValueTask<GetLeaseOutput> GetLease(GetLeaseInput request, RequestContext context, CancellationToken cancellationToken) => new()
    {
        Lease = ToShape(await leases.GetAsync(context.Scope, request.ApplicationName!, request.LeaseKey!, cancellationToken)),
    };

    public async ValueTask<ListLeasesOutput> ListLeases(ListLeasesInput request, RequestContext context, CancellationToken cancellationToken)
    {
        var list = $"ListLeases/{context.Scope}/{request.ApplicationName}";
        var size = request.MaxResults ?? ListedLeasesMax;
        var after = PageToken.DecodeText(list, request.NextToken, LeaseErrors.InvalidNextToken) ?? "";
        var rows = await leases.ListAsync(context.Scope, request.ApplicationName!, after, size + 1, cancellationToken);
        var (page, next) = PageToken.Cut(rows, size, list, last => last.Key);
        return new ListLeasesOutput { Leases = [.. page.Select(ToShape)], NextToken = next };
    }

    public async ValueTask<UpdateLeaseOutput> UpdateLease(UpdateLeaseInput request, RequestContext context, CancellationToken cancellationToken) => new()
    {
        Lease = ToShape(await leases.UpdateAsync(context.Scope, request.ApplicationName!, request.Lease!.LeaseKey!, request.ExpectedCounter!.Value, ToRecord(request.Lease), cancellationToken)),
    };

    public async ValueTask<DeleteLeaseOutput> DeleteLease(DeleteLeaseInput request, RequestContext context, CancellationToken cancellationToken)
    {
        await leases.DeleteAsync(context.Scope, request.ApplicationName!, request.LeaseKey!, request.ExpectedCounter!.Value, cancellationToken);
        return new DeleteLeaseOutput();
    }

    private static LeaseRecord ToRecord(Lease lease) => new()
    {
        Owner = lease.Owner,
        Checkpoint = lease.Checkpoint!,
        SubSequenceNumber = lease.SubSequenceNumber ?? 0,
        ParentShardIds = lease.ParentShardIds,
        StartingHashKey = lease.StartingHashKey,
        EndingHashKey = lease.EndingHashKey,
        OwnerSwitches = lease.OwnerSwitches ?? 0,
        RequestedBy = lease.RequestedBy,
    };

    private static Lease ToShape(StoredLease lease) => new()
    {
        LeaseKey = lease.Key,
        Counter = lease.Counter,
        Owner = lease.Record.Owner,
        Checkpoint = lease.Record.Checkpoint,
        SubSequenceNumber = lease.Record.SubSequenceNumber,
        ParentShardIds = lease.Record.ParentShardIds ?? [],
        StartingHashKey = lease.Record.StartingHashKey,
        EndingHashKey = lease.Record.EndingHashKey,
        OwnerSwitches = lease.Record.OwnerSwitches,
        RequestedBy = lease.Record.RequestedBy,
    };
}
