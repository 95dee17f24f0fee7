using System.Diagnostics.Metrics;
using Tarn.Server.Operation;

namespace Tarn.Server.Tests.Operation;

public sealed class PrometheusMetricsTests
{
    [Fact]
    public void Counters_gauges_and_histograms_are_rendered_with_units_and_labels()
    {
        using var metrics = new PrometheusMetrics();
        using var meter = new Meter("Tarn.Test." + Guid.NewGuid());
        var name = "tarn.test" + Guid.NewGuid().ToString("N");
        var counter = meter.CreateCounter<long>(name + ".records", "{record}", "Records written.");
        counter.Add(2, new KeyValuePair<string, object?>("stream", "a\"b"));
        counter.Add(3, new KeyValuePair<string, object?>("stream", "a\"b"));
        meter.CreateObservableGauge(name + ".memory", () => 7.5, "By", "Memory.");
        var histogram = meter.CreateHistogram<double>(name + ".duration", "s", "Duration.");
        histogram.Record(0.02);
        histogram.Record(3);

        var text = metrics.Render();

        var prefix = name.Replace('.', '_');
        Assert.Contains($"# TYPE {prefix}_records_total counter\n{prefix}_records_total{{stream=\"a\\\"b\"}} 5\n", text, StringComparison.Ordinal);
        Assert.Contains($"# TYPE {prefix}_memory_bytes gauge\n{prefix}_memory_bytes 7.5\n", text, StringComparison.Ordinal);
        Assert.Contains($"{prefix}_duration_seconds_bucket{{le=\"0.025\"}} 1\n", text, StringComparison.Ordinal);
        Assert.Contains($"{prefix}_duration_seconds_bucket{{le=\"+Inf\"}} 2\n{prefix}_duration_seconds_sum 3.02\n{prefix}_duration_seconds_count 2\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_series_that_is_no_longer_told_of_and_an_instrument_whose_meter_has_ended_are_gone()
    {
        using var metrics = new PrometheusMetrics();
        using var meter = new Meter("Tarn.Test." + Guid.NewGuid());
        var name = "tarn_test" + Guid.NewGuid().ToString("N");
        List<string> streams = ["a", "b"];
        meter.CreateObservableCounter(name, () => streams.Select(stream => new Measurement<long>(1, new KeyValuePair<string, object?>("stream", stream))));
        Assert.Contains($"{name}_total{{stream=\"b\"}} 1\n", metrics.Render(), StringComparison.Ordinal);
        streams.Remove("b");
        Assert.EndsWith($"{name}_total{{stream=\"a\"}} 1\n", Only(name, metrics.Render()), StringComparison.Ordinal);
        Assert.DoesNotContain("\"b\"", Only(name, metrics.Render()), StringComparison.Ordinal);
        meter.Dispose();
        Assert.Empty(Only(name, metrics.Render()));
    }

    private static string Only(string name, string text) => string.Concat(text.Split('\n').Where(line => line.Contains(name, StringComparison.Ordinal)).Select(line => line + "\n"));

    [Fact]
    public void An_observable_counter_shows_its_value_and_not_the_sum_of_its_readings()
    {
        using var metrics = new PrometheusMetrics();
        using var meter = new Meter("Tarn.Test." + Guid.NewGuid());
        var name = "tarn_test" + Guid.NewGuid().ToString("N");
        meter.CreateObservableCounter(name, () => 41L);
        metrics.Render();
        Assert.Contains($"{name}_total 41\n", metrics.Render(), StringComparison.Ordinal);
    }
}
