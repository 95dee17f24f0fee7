using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Tarn.Clients.Consumer.Processing;

namespace Tarn.Clients.Consumer;

/// <summary>
/// What a worker measures, under the meter <c>Tarn.Consumer</c> and with the tag <c>application</c>. The gauges are of this worker alone; there is none per shard, because shards come and
/// go.
/// </summary>
public sealed class ConsumerMetrics : IDisposable
{
    public const string MeterName = "Tarn.Consumer";

    private readonly Meter meter = new(MeterName);
    private readonly KeyValuePair<string, object?> application;
    private readonly ConcurrentDictionary<string, long> millisBehind = new();
    private readonly Counter<long> records;
    private readonly Counter<long> bytes;
    private readonly Counter<long> retries;
    private readonly Counter<long> parked;
    private readonly Counter<long> leasesLost;
    private readonly Counter<long> renewalsFailed;

    internal ConsumerMetrics(string applicationName)
    {
        application = new("application", applicationName);
        records = meter.CreateCounter<long>("tarn.consumer.records", "{record}", "Records that were processed.");
        bytes = meter.CreateCounter<long>("tarn.consumer.bytes", "By", "Bytes of data of records that were processed.");
        retries = meter.CreateCounter<long>("tarn.consumer.retries", "{call}", "Calls that are made again, by what failed.");
        parked = meter.CreateCounter<long>("tarn.consumer.parked", "{record}", "Records that were parked.");
        leasesLost = meter.CreateCounter<long>("tarn.consumer.leases.lost", "{lease}", "Leases that ended before the worker gave them up.");
        renewalsFailed = meter.CreateCounter<long>("tarn.consumer.renewals.failed", "{call}", "Renewals that got no answer; the next one may.");
        meter.CreateObservableGauge("tarn.consumer.leases", () => new Measurement<long>(millisBehind.Count, application), "{lease}", "Shards that the worker reads.");
        meter.CreateObservableGauge("tarn.consumer.behind", () => new Measurement<long>(millisBehind.Values.DefaultIfEmpty(0).Max(), application), "ms", "How far the worker's last shard is behind.");
    }

    public void Dispose() => meter.Dispose();

    internal void Began(string shardId) => millisBehind[shardId] = 0;

    internal void Ended(string shardId) => millisBehind.TryRemove(shardId, out _);

    internal void Behind(string shardId, long millis) => millisBehind[shardId] = millis;

    internal void Processed(IReadOnlyList<ConsumerRecord> processed)
    {
        records.Add(processed.Count, application);
        bytes.Add(processed.Sum(record => (long)record.Data.Length), application);
    }

    internal void Retry(string what) => retries.Add(1, application, new("call", what));

    internal void Parked() => parked.Add(1, application);

    internal void LeaseLost() => leasesLost.Add(1, application);

    internal void RenewalFailed() => renewalsFailed.Add(1, application);
}
