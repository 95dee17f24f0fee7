using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tarn.Clients.Kinesis;
using Tarn.Clients.Kinesis.Wire;

namespace Tarn.Clients.Consumer.Leases;

/// <summary>
/// Leases in a table of DynamoDB, which has the application's name and the KCL's attributes: an application that stops its KCL workers goes on with these from the same checkpoints, and
/// back. Both at a time do not work: they ask each other for shards in different ways. Attributes that are not known here stay as they are.
/// </summary>
public sealed class DynamoDbLeaseStore : ILeaseStore, IDisposable
{
    private const string LeaseKey = "leaseKey";
    private const int TablePollsMax = 120;

    private static readonly TimeSpan TablePoll = TimeSpan.FromMilliseconds(500);

    private readonly KinesisConnection connection;
    private readonly TimeProvider time;
    private readonly string table;

    /// <param name="options">Endpoint is DynamoDB's; null is AWS's own address of the region.</param>
    /// <param name="application">The table's name, 3 to 255 of <c>a-z A-Z 0-9 _ . -</c>. It is made, billed per request, when it is not there.</param>
    public DynamoDbLeaseStore(KinesisClientOptions options, string application)
    {
        ArgumentNullException.ThrowIfNull(options);
        table = application;
        time = options.TimeProvider;
        connection = new KinesisConnection(
            options with { Endpoint = options.Endpoint ?? new Uri($"https://dynamodb.{options.Region}.amazonaws.com") }, new ServiceAddress("dynamodb", "DynamoDB_20120810.", "1.0"), handler: null);
    }

    public async ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        for (var poll = 0; poll < TablePollsMax; poll++)
        {
            var found = await TryCallAsync("DescribeTable", [], "ResourceNotFoundException", cancellationToken);
            if ((string?)found?["Table"]?["TableStatus"] is "ACTIVE" or "UPDATING")
            {
                return;
            }

            if (found is null)
            {
                var request = new JsonObject
                {
                    ["AttributeDefinitions"] = new JsonArray(new JsonObject { ["AttributeName"] = LeaseKey, ["AttributeType"] = "S" }),
                    ["KeySchema"] = new JsonArray(new JsonObject { ["AttributeName"] = LeaseKey, ["KeyType"] = "HASH" }),
                    ["BillingMode"] = "PAY_PER_REQUEST",
                };
                await TryCallAsync("CreateTable", request, "ResourceInUseException", cancellationToken);
            }

            await Task.Delay(TablePoll, time, cancellationToken);
        }

        throw new LeaseStoreException($"Table {table} is not ACTIVE after {TablePollsMax * TablePoll}.", inner: null);
    }

    public async ValueTask<IReadOnlyList<Lease>> ListAsync(CancellationToken cancellationToken)
    {
        var leases = new List<Lease>();
        JsonNode? next = null;
        do
        {
            var page = await CallAsync("Scan", new JsonObject { ["ConsistentRead"] = true, ["ExclusiveStartKey"] = next?.DeepClone() }, cancellationToken);

            // Later versions of the KCL keep rows of other kinds in the same table; those have no checkpoint.
            leases.AddRange(page["Items"]!.AsArray().Where(item => item!["checkpoint"] is not null).Select(item => Read(item!)));
            next = page["LastEvaluatedKey"];
        }
        while (next is not null);
        return leases;
    }

    public async ValueTask<Lease?> FindAsync(string key, CancellationToken cancellationToken) =>
        (await CallAsync("GetItem", new JsonObject { ["Key"] = Key(key), ["ConsistentRead"] = true }, cancellationToken))["Item"] is { } item ? Read(item) : null;

    public async ValueTask<bool> CreateAsync(Lease lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        var item = Attributes(lease, counter: 0);
        item[LeaseKey] = Text(lease.Key);
        return await TryCallAsync("PutItem", new JsonObject { ["Item"] = item, ["ConditionExpression"] = "attribute_not_exists(leaseKey)" }, "ConditionalCheckFailedException", cancellationToken) is not null;
    }

    public async ValueTask<Lease?> UpdateAsync(Lease lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        var attributes = Attributes(lease, lease.Counter + 1);
        var names = new JsonObject();
        var values = new JsonObject { [":expected"] = Number(lease.Counter) };
        var sets = new List<string>();
        foreach (var (name, value) in attributes)
        {
            names["#" + name] = name;
            values[":" + name] = value!.DeepClone();
            sets.Add($"#{name} = :{name}");
        }

        // What has no value is no attribute: DynamoDB keeps no nulls here, and no empty sets at all.
        var removed = new[] { "leaseOwner", "tarnRequestedBy" }.Where(name => !attributes.ContainsKey(name)).ToList();
        removed.ForEach(name => names["#" + name] = name);
        var request = new JsonObject
        {
            ["Key"] = Key(lease.Key),
            ["UpdateExpression"] = $"SET {string.Join(", ", sets)}" + (removed.Count > 0 ? $" REMOVE {string.Join(", ", removed.Select(name => "#" + name))}" : ""),
            ["ConditionExpression"] = "#leaseCounter = :expected",
            ["ExpressionAttributeNames"] = names,
            ["ExpressionAttributeValues"] = values,
            ["ReturnValues"] = "ALL_NEW",
        };
        return await TryCallAsync("UpdateItem", request, "ConditionalCheckFailedException", cancellationToken) is { } updated ? Read(updated["Attributes"]!) : null;
    }

    public async ValueTask<bool> DeleteAsync(Lease lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        var request = new JsonObject
        {
            ["Key"] = Key(lease.Key),
            ["ConditionExpression"] = "attribute_not_exists(leaseKey) OR leaseCounter = :expected",
            ["ExpressionAttributeValues"] = new JsonObject { [":expected"] = Number(lease.Counter) },
        };
        return await TryCallAsync("DeleteItem", request, "ConditionalCheckFailedException", cancellationToken) is not null;
    }

    public void Dispose() => connection.Dispose();

    private static JsonObject Key(string key) => new() { [LeaseKey] = Text(key) };

    private static JsonObject Text(string value) => new() { ["S"] = value };

    private static JsonObject Number(long value) => new() { ["N"] = value.ToString(CultureInfo.InvariantCulture) };

    /// <summary>All but the key. Those that have no value are left out.</summary>
    private static JsonObject Attributes(Lease lease, long counter)
    {
        var attributes = new JsonObject
        {
            ["leaseCounter"] = Number(counter),
            ["checkpoint"] = Text(lease.Checkpoint.Position),
            ["checkpointSubSequenceNumber"] = Number(lease.Checkpoint.SubSequence),
            ["ownerSwitchesSinceCheckpoint"] = Number(lease.OwnerSwitches),
        };
        if (lease.Owner is { } owner)
        {
            attributes["leaseOwner"] = Text(owner);
        }

        if (lease.RequestedBy is { } requestedBy)
        {
            attributes["tarnRequestedBy"] = Text(requestedBy);
        }

        if (lease.Parents.Count > 0)
        {
            attributes["parentShardId"] = new JsonObject { ["SS"] = new JsonArray([.. lease.Parents.Select(parent => JsonValue.Create(parent))]) };
        }

        if (lease.HashKeyRange is { } range)
        {
            attributes["startingHashKey"] = Text(range.Starting.ToString());
            attributes["endingHashKey"] = Text(range.Ending.ToString());
        }

        return attributes;
    }

    private static Lease Read(JsonNode item) => new()
    {
        Key = TextOf(item, LeaseKey)!,
        Owner = TextOf(item, "leaseOwner"),
        Counter = NumberOf(item, "leaseCounter"),
        Checkpoint = Checkpoint.Parse(TextOf(item, "checkpoint")!, NumberOf(item, "checkpointSubSequenceNumber")),
        Parents = [.. item["parentShardId"]?["SS"]?.AsArray().Select(parent => (string)parent!) ?? []],
        HashKeyRange = HashKey.TryParse(TextOf(item, "startingHashKey"), out var starting) && HashKey.TryParse(TextOf(item, "endingHashKey"), out var ending) ? new HashKeyRange(starting, ending) : null,
        OwnerSwitches = NumberOf(item, "ownerSwitchesSinceCheckpoint"),
        RequestedBy = TextOf(item, "tarnRequestedBy"),
    };

    private static string? TextOf(JsonNode item, string name) => (string?)item[name]?["S"];

    private static long NumberOf(JsonNode item, string name) => (string?)item[name]?["N"] is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : 0;

    /// <summary>Null when the call failed with this code.</summary>
    private async Task<JsonNode?> TryCallAsync(string operation, JsonObject input, string code, CancellationToken cancellationToken)
    {
        try
        {
            return await CallAsync(operation, input, cancellationToken);
        }
        catch (LeaseStoreException e) when (e.InnerException is KinesisException failure && failure.Code == code)
        {
            return null;
        }
    }

    private Task<JsonNode> CallAsync(string operation, JsonObject input, CancellationToken cancellationToken)
    {
        input["TableName"] = table;
        return LeaseCalls.CallAsync(connection, operation, input, cancellationToken);
    }
}
