using System.Text.Json;
using Tarn.Contracts;
using Tarn.Kinesis.Streams;
using Tarn.Store;

namespace Tarn.Kinesis.Accounts;

/// <summary>The settings of accounts per region.</summary>
internal sealed class AccountStore(IMetadataStore store, KinesisOptions options, TimeProvider time)
{
    public ValueTask<AccountRecord> GetAsync(AwsScope scope, CancellationToken cancellationToken) => store.ReadAsync(reader => Find(reader, scope), cancellationToken);

    public ValueTask<AccountRecord> ChangeAsync(AwsScope scope, Func<AccountRecord, AccountRecord> change, CancellationToken cancellationToken) =>
        store.WriteAsync(
            writer =>
            {
                var changed = change(Find(writer, scope));
                writer.Execute(
                    "INSERT INTO kinesis_account (account, region, body) VALUES (@p0, @p1, @p2) ON CONFLICT (account, region) DO UPDATE SET body = excluded.body",
                    scope.AccountId, scope.Region, JsonSerializer.Serialize(changed, KinesisJson.Default.AccountRecord));
                return changed;
            },
            cancellationToken);

    /// <summary>Throws unless a stream of this mode may have this warm throughput: AWS gives it to on-demand streams of accounts that commit to a minimum.</summary>
    public async ValueTask CheckWarmThroughputAsync(AwsScope scope, StreamMode mode, int warmThroughputMiBps, CancellationToken cancellationToken)
    {
        if (mode != StreamMode.OnDemand)
        {
            throw NotOnDemand();
        }

        if (!(await GetAsync(scope, cancellationToken)).IsCommitted(time.GetUtcNow()))
        {
            throw KinesisErrors.Validation("Warm throughput needs the minimum throughput billing commitment of the account. Turn it on with UpdateAccountSettings.");
        }

        if (warmThroughputMiBps > Math.Min(options.WarmThroughputMiBpsMax, options.ShardsPerStreamMax))
        {
            throw KinesisErrors.LimitExceeded($"Warm throughput can be {Math.Min(options.WarmThroughputMiBpsMax, options.ShardsPerStreamMax)} MiB/s at most. Requested: {warmThroughputMiBps} MiB/s.");
        }
    }

    public static AwsException NotOnDemand() => KinesisErrors.Validation("Warm throughput can only be set for streams in ON_DEMAND mode.");

    public static AccountRecord Find(IStoreReader reader, AwsScope scope) =>
        reader.QueryFirst("SELECT body FROM kinesis_account WHERE account = @p0 AND region = @p1", row => row.Text(0), scope.AccountId, scope.Region) is { } body
            ? JsonSerializer.Deserialize(body, KinesisJson.Default.AccountRecord)!
            : new AccountRecord();
}
