using System.Text.Json;
using Tarn.Contracts;
using Tarn.Store;

namespace Tarn.Kinesis.Leases;

/// <summary>A lease with its key and its counter, which every change raises by one.</summary>
internal sealed record StoredLease(string Key, long Counter, LeaseRecord Record);

/// <summary>The rows of leases. A change and its condition are one transaction.</summary>
internal sealed class LeaseStore(IMetadataStore store, LeaseOptions options)
{
    private const string Row = "account = @p0 AND region = @p1 AND application = @p2 AND lease_key = @p3";

    /// <summary>Leases in order of their keys, at most <paramref name="limit"/>, after <paramref name="after"/>.</summary>
    public ValueTask<List<StoredLease>> ListAsync(AwsScope scope, string application, string after, int limit, CancellationToken cancellationToken) =>
        store.ReadAsync(
            reader => reader.Query(
                "SELECT lease_key, counter, body FROM lease_row WHERE account = @p0 AND region = @p1 AND application = @p2 AND lease_key > @p3 ORDER BY lease_key LIMIT @p4",
                row => new StoredLease(row.Text(0), row.Long(1), Parse(row.Text(2))),
                scope.AccountId, scope.Region, application, after, limit),
            cancellationToken);

    public async ValueTask<StoredLease> GetAsync(AwsScope scope, string application, string key, CancellationToken cancellationToken) =>
        await store.ReadAsync(
            reader => reader.QueryFirst(
                $"SELECT counter, body FROM lease_row WHERE {Row}",
                row => new StoredLease(key, row.Long(0), Parse(row.Text(1))),
                scope.AccountId, scope.Region, application, key),
            cancellationToken) ?? throw LeaseErrors.NotFound(application, key);

    public ValueTask<StoredLease> CreateAsync(AwsScope scope, string application, string key, LeaseRecord record, CancellationToken cancellationToken) =>
        store.WriteAsync(
            writer =>
            {
                var count = writer.QueryFirst(
                    "SELECT COUNT(*) FROM lease_row WHERE account = @p0 AND region = @p1 AND application = @p2", row => row.Long(0), scope.AccountId, scope.Region, application);
                if (count >= options.LeasesPerApplicationMax)
                {
                    throw LeaseErrors.TooMany(application, options.LeasesPerApplicationMax);
                }

                return writer.Execute(
                    "INSERT INTO lease_row (account, region, application, lease_key, counter, body) VALUES (@p0, @p1, @p2, @p3, 0, @p4) ON CONFLICT (account, region, application, lease_key) DO NOTHING",
                    scope.AccountId, scope.Region, application, key, Write(record)) == 1
                    ? new StoredLease(key, 0, record)
                    : throw LeaseErrors.Exists(key);
            },
            cancellationToken);

    public ValueTask<StoredLease> UpdateAsync(AwsScope scope, string application, string key, long expectedCounter, LeaseRecord record, CancellationToken cancellationToken) =>
        store.WriteAsync(
            writer =>
            {
                CheckCounter(writer, scope, application, key, expectedCounter);
                writer.Execute($"UPDATE lease_row SET counter = @p4, body = @p5 WHERE {Row}", scope.AccountId, scope.Region, application, key, expectedCounter + 1, Write(record));
                return new StoredLease(key, expectedCounter + 1, record);
            },
            cancellationToken);

    public async ValueTask DeleteAsync(AwsScope scope, string application, string key, long expectedCounter, CancellationToken cancellationToken) =>
        await store.WriteAsync(
            writer =>
            {
                CheckCounter(writer, scope, application, key, expectedCounter);
                return writer.Execute($"DELETE FROM lease_row WHERE {Row}", scope.AccountId, scope.Region, application, key);
            },
            cancellationToken);

    private static void CheckCounter(IStoreReader reader, AwsScope scope, string application, string key, long expected)
    {
        var found = reader.QueryFirst($"SELECT counter FROM lease_row WHERE {Row}", row => (long?)row.Long(0), scope.AccountId, scope.Region, application, key)
            ?? throw LeaseErrors.NotFound(application, key);
        if (found != expected)
        {
            throw LeaseErrors.CounterDiffers(key, expected, found);
        }
    }

    private static LeaseRecord Parse(string body) => JsonSerializer.Deserialize(body, LeaseJson.Default.LeaseRecord)!;

    private static string Write(LeaseRecord record) => JsonSerializer.Serialize(record, LeaseJson.Default.LeaseRecord);
}
