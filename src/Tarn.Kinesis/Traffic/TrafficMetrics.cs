using System.Diagnostics.Metrics;
using Tarn.Kinesis.Streams;

namespace Tarn.Kinesis.Traffic;

/// <summary>
/// What goes through the shards, as instruments of the meter <c>Tarn.Kinesis</c>. They are read when somebody asks, so a shard has a series once something has gone through it and
/// until it is freed. Series are bounded: shards beyond <see cref="KinesisOptions.MetricShardsMax"/>, the oldest streams first, are summed as shard <c>other</c> of their stream, and
/// those of as many streams more as stream <c>other</c>.
/// </summary>
internal sealed class TrafficMetrics : IDisposable
{
    private const string Other = "other";

    private readonly Meter meter = new("Tarn.Kinesis");
    private readonly StreamDirectory streams;
    private readonly int shardsMax;

    public TrafficMetrics(StreamDirectory streams, KinesisOptions options)
    {
        this.streams = streams;
        shardsMax = options.MetricShardsMax;
        Count("incoming.records", totals => totals.IncomingRecords, "{record}", "Records that were put and acknowledged.");
        Count("incoming.bytes", totals => totals.IncomingBytes, "By", "Data and partition keys of records that were put and acknowledged.");
        Count("outgoing.records", totals => totals.OutgoingRecords, "{record}", "Records that were read.");
        Count("outgoing.bytes", totals => totals.OutgoingBytes, "By", "Data and partition keys of records that were read.");
        Count("write.throttles", totals => totals.WriteThrottles, "{record}", "Records that were throttled.");
        Count("read.throttles", totals => totals.ReadThrottles, "{call}", "Calls of GetRecords and GetShardIterator that were throttled.");
        Count("put.failures", totals => totals.PutFailures, "{record}", "Records that the log did not take.");
        meter.CreateObservableGauge("tarn.kinesis.iterator.age", () => Measure(totals => totals.IteratorAgeMs / 1_000.0), "s", "MillisBehindLatest of the last GetRecords; the greatest, of several shards.");
    }

    public void Dispose() => meter.Dispose();

    private void Count(string name, Func<TrafficTotals, long> value, string unit, string description) =>
        meter.CreateObservableCounter("tarn.kinesis." + name, () => Measure(value), unit, description);

    private IEnumerable<Measurement<T>> Measure<T>(Func<TrafficTotals, T> value)
        where T : struct => Series().Select(series => new Measurement<T>(value(series.Totals), Tags(series.Stream, series.Shard)));

    private IEnumerable<(StreamSnapshot? Stream, string Shard, TrafficTotals Totals)> Series()
    {
        var shardsLeft = shardsMax;
        var othersLeft = shardsMax;
        TrafficTotals? rest = null;
        foreach (var stream in streams.All.OrderBy(stream => stream.Record.Number))
        {
            TrafficTotals? other = null;
            foreach (var shard in stream.Shards)
            {
                if (!stream.Traffic.TryFind(shard, out var traffic))
                {
                    continue;
                }

                if (shardsLeft-- > 0)
                {
                    yield return (stream, shard.Id, traffic.Totals);
                }
                else
                {
                    other = other.GetValueOrDefault() + traffic.Totals;
                }
            }

            if (other is { } own && othersLeft-- > 0)
            {
                yield return (stream, Other, own);
            }
            else if (other is { } beyond)
            {
                rest = rest.GetValueOrDefault() + beyond;
            }
        }

        if (rest is { } last)
        {
            yield return (null, Other, last);
        }
    }

    private static KeyValuePair<string, object?>[] Tags(StreamSnapshot? stream, string shard) =>
    [
        new("account", stream?.Scope.AccountId ?? Other),
        new("region", stream?.Scope.Region ?? Other),
        new("stream", stream?.Name ?? Other),
        new("shard", shard),
    ];
}
