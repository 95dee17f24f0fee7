using Tarn.Api.Leases;
using Tarn.Store;
using Tarn.Wire.Dispatch;

namespace Tarn.Kinesis.Leases;

/// <summary>
/// Tarn Leases: who of an application's workers reads which shard, and how far it came. It is what the consumer library keeps on AWS in a table of DynamoDB, as a
/// service of Tarn's own (models/leases.json): a row per application and shard, changed only by whoever knows its counter. It knows nothing of streams: whether a
/// worker is alive, and who takes what, the workers decide among themselves.
/// </summary>
public sealed class LeaseService
{
    public LeaseService(IMetadataStore store, LeaseOptions options)
    {
        var leases = new LeaseOperations(new LeaseStore(store, options));
        Operations = new OperationTable(LeasesModel.Service)
            .On(LeasesModel.CreateLease, leases.CreateLease)
            .On(LeasesModel.GetLease, leases.GetLease)
            .On(LeasesModel.ListLeases, leases.ListLeases)
            .On(LeasesModel.UpdateLease, leases.UpdateLease)
            .On(LeasesModel.DeleteLease, leases.DeleteLease);
    }

    /// <summary>The leases' table in the metadata store.</summary>
    public static StoreSchema Schema { get; } = new("lease",
    [
        """
        CREATE TABLE lease_row (account {text} NOT NULL, region {text} NOT NULL, application {text} NOT NULL, lease_key {text} NOT NULL, counter BIGINT NOT NULL, body {text} NOT NULL,
            PRIMARY KEY (account, region, application, lease_key));
        """,
    ]);

    public OperationTable Operations { get; }
}
