using System.Text.Json.Nodes;
using Tarn.Clients.Kinesis;
using Tarn.Clients.Kinesis.Wire;

namespace Tarn.Clients.Consumer.Leases;

/// <summary>Leases in Tarn: its own service beside Kinesis, at the same endpoint and with the same keys. AWS has no such service: there, <see cref="DynamoDbLeaseStore"/>.</summary>
public sealed class TarnLeaseStore : ILeaseStore, IDisposable
{
    private readonly KinesisConnection connection;
    private readonly string application;

    /// <param name="application">Consumers of the same name share the work; 1 to 255 of <c>a-z A-Z 0-9 _ . -</c>.</param>
    public TarnLeaseStore(KinesisClientOptions options, string application)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.application = application;
        connection = new KinesisConnection(options, new ServiceAddress("tarn-leases", "TarnLeases_20260301.", "1.1"), handler: null);
    }

    public ValueTask PrepareAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public async ValueTask<IReadOnlyList<Lease>> ListAsync(CancellationToken cancellationToken)
    {
        var leases = new List<Lease>();
        string? next = null;
        do
        {
            var page = await CallAsync("ListLeases", new JsonObject { ["NextToken"] = next }, cancellationToken);
            leases.AddRange(page["Leases"]!.AsArray().Select(lease => Read(lease!)));
            next = (string?)page["NextToken"];
        }
        while (next is not null);
        return leases;
    }

    public async ValueTask<Lease?> FindAsync(string key, CancellationToken cancellationToken) =>
        await TryCallAsync("GetLease", new JsonObject { ["LeaseKey"] = key }, cancellationToken) is { } found ? Read(found["Lease"]!) : null;

    public async ValueTask<bool> CreateAsync(Lease lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return await TryCallAsync("CreateLease", new JsonObject { ["Lease"] = Write(lease) }, cancellationToken) is not null;
    }

    public async ValueTask<Lease?> UpdateAsync(Lease lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return await TryCallAsync("UpdateLease", new JsonObject { ["Lease"] = Write(lease), ["ExpectedCounter"] = lease.Counter }, cancellationToken) is { } updated ? Read(updated["Lease"]!) : null;
    }

    public async ValueTask<bool> DeleteAsync(Lease lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return await TryCallAsync("DeleteLease", new JsonObject { ["LeaseKey"] = lease.Key, ["ExpectedCounter"] = lease.Counter }, cancellationToken) is not null
            || await FindAsync(lease.Key, cancellationToken) is null;
    }

    public void Dispose() => connection.Dispose();

    private static JsonObject Write(Lease lease)
    {
        var json = new JsonObject
        {
            ["LeaseKey"] = lease.Key,
            ["Owner"] = lease.Owner,
            ["Checkpoint"] = lease.Checkpoint.Position,
            ["SubSequenceNumber"] = lease.Checkpoint.SubSequence,
            ["ParentShardIds"] = new JsonArray([.. lease.Parents.Select(parent => JsonValue.Create(parent))]),
            ["OwnerSwitches"] = lease.OwnerSwitches,
            ["RequestedBy"] = lease.RequestedBy,
        };
        if (lease.HashKeyRange is { } range)
        {
            json["StartingHashKey"] = range.Starting.ToString();
            json["EndingHashKey"] = range.Ending.ToString();
        }

        return json;
    }

    private static Lease Read(JsonNode json) => new()
    {
        Key = (string)json["LeaseKey"]!,
        Owner = (string?)json["Owner"],
        Counter = (long)json["Counter"]!,
        Checkpoint = Checkpoint.Parse((string)json["Checkpoint"]!, (long?)json["SubSequenceNumber"] ?? 0),
        Parents = [.. json["ParentShardIds"]?.AsArray().Select(parent => (string)parent!) ?? []],
        HashKeyRange = HashKey.TryParse((string?)json["StartingHashKey"], out var starting) && HashKey.TryParse((string?)json["EndingHashKey"], out var ending) ? new HashKeyRange(starting, ending) : null,
        OwnerSwitches = (long?)json["OwnerSwitches"] ?? 0,
        RequestedBy = (string?)json["RequestedBy"],
    };

    /// <summary>Null when the condition did not hold, or the row is not there.</summary>
    private async Task<JsonNode?> TryCallAsync(string operation, JsonObject input, CancellationToken cancellationToken)
    {
        try
        {
            return await CallAsync(operation, input, cancellationToken);
        }
        catch (LeaseStoreException e) when (e.InnerException is KinesisException { Code: "ConditionalCheckFailedException" or "ResourceNotFoundException" })
        {
            return null;
        }
    }

    private Task<JsonNode> CallAsync(string operation, JsonObject input, CancellationToken cancellationToken)
    {
        input["ApplicationName"] = application;
        return LeaseCalls.CallAsync(connection, operation, input, cancellationToken);
    }
}
