using System.Text.Json;
using System.Text.Json.Nodes;
using Tarn.Clients.Kinesis;
using Tarn.Clients.Kinesis.Wire;

namespace Tarn.Clients.Consumer.Leases;

/// <summary>Calls of lease stores: small documents, whose failures are those of a lease store.</summary>
internal static class LeaseCalls
{
    private const int RequestBytes = 1024;

    /// <exception cref="LeaseStoreException">Whatever went wrong; the inner exception is the <see cref="KinesisException"/> that says it.</exception>
    public static async Task<JsonNode> CallAsync(KinesisConnection connection, string operation, JsonObject input, CancellationToken cancellationToken)
    {
        // A member that is null is one that is not there; DynamoDB refuses the null.
        foreach (var name in input.Where(member => member.Value is null).Select(member => member.Key).ToList())
        {
            input.Remove(name);
        }

        var body = new PooledBuffer(RequestBytes);
        using (var json = new Utf8JsonWriter(body))
        {
            input.WriteTo(json);
        }

        try
        {
            return await connection.CallAsync(operation, body, bytes => JsonSerializer.Deserialize<JsonNode>(bytes)!, cancellationToken);
        }
        catch (KinesisException e)
        {
            throw new LeaseStoreException($"{operation}: {e.Message}", e);
        }
    }
}
