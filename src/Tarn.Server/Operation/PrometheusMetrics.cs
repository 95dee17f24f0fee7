using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Tarn.Server.Operation;

/// <summary>
/// What the process measures, as Prometheus text. Instruments keep their OpenTelemetry names and units; the text form follows
/// OpenTelemetry's rules for Prometheus: dots become underscores, the unit is appended, counters end in <c>_total</c>. Thread-safe.
/// No reachable package exports Prometheus text, and the format is this small.
/// </summary>
internal sealed class PrometheusMetrics : IDisposable
{
    /// <summary>At most this many series are kept per instrument, so that a careless tag cannot fill the memory.</summary>
    private const int SeriesPerInstrumentMax = 2_000;

    /// <summary>As above for instruments that are read when somebody asks. Nothing is kept of them in between, and who makes one bounds it himself: this is beyond every such bound.</summary>
    private const int ObservedSeriesMax = 25_000;

    /// <summary>Upper bounds of histogram buckets in seconds, OpenTelemetry's advice for request durations.</summary>
    private static readonly double[] Bounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    /// <summary>Held while a text is made: what observable instruments are read into is emptied first.</summary>
    private readonly Lock rendering = new();
    private readonly MeterListener listener = new();
    private readonly ConcurrentDictionary<Instrument, InstrumentSeries> instruments = new();

    public PrometheusMetrics()
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (IsWanted(instrument.Meter.Name))
            {
                instruments.TryAdd(instrument, new InstrumentSeries(instrument));
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.MeasurementsCompleted = (instrument, state) => instruments.TryRemove(instrument, out var gone);
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.Start();
    }

    public void Dispose() => listener.Dispose();

    /// <summary>The text exposition, version 0.0.4. Observable instruments are read now.</summary>
    public string Render()
    {
        lock (rendering)
        {
            // What an observable instrument no longer tells of is gone.
            foreach (var (_, series) in instruments.Where(pair => pair.Key.IsObservable))
            {
                series.All.Clear();
            }

            listener.RecordObservableInstruments();
            return Text();
        }
    }

    private string Text()
    {
        var text = new StringBuilder(16 * 1024);
        foreach (var (instrument, series) in instruments.OrderBy(pair => pair.Key.Name, StringComparer.Ordinal))
        {
            var kind = series.Kind;
            var name = PrometheusName(instrument, kind);
            text.Append("# HELP ").Append(name).Append(' ').Append((instrument.Description ?? instrument.Name).ReplaceLineEndings(" ")).Append('\n');
            text.Append("# TYPE ").Append(name).Append(' ').Append(kind).Append('\n');
            foreach (var (labels, values) in series.All.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                values.Render(text, name, labels, kind);
            }
        }

        return text.ToString();
    }

    private static bool IsWanted(string meter) =>
        meter.StartsWith("Tarn", StringComparison.Ordinal) || meter is "Microsoft.AspNetCore.Hosting" or "Microsoft.AspNetCore.Server.Kestrel" or "System.Runtime";

    private static string KindOf(Instrument instrument)
    {
        var type = instrument.GetType().Name;
        return type.StartsWith("Histogram", StringComparison.Ordinal) ? "histogram"
            : type.StartsWith("Counter", StringComparison.Ordinal) || type.StartsWith("ObservableCounter", StringComparison.Ordinal) ? "counter"
            : "gauge";
    }

    private static string PrometheusName(Instrument instrument, string kind)
    {
        var name = new StringBuilder(instrument.Name.Length + 16);
        foreach (var c in instrument.Name)
        {
            name.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        }

        var unit = instrument.Unit switch { "s" => "seconds", "ms" => "milliseconds", "By" => "bytes", "1" or null or "" => "", { } other when other[0] == '{' => "", { } other => other };
        if (unit.Length > 0 && !instrument.Name.EndsWith(unit, StringComparison.Ordinal))
        {
            name.Append('_').Append(unit);
        }

        return name.Append(kind == "counter" ? "_total" : "").ToString();
    }

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (!instruments.TryGetValue(instrument, out var series))
        {
            return;
        }

        series.Find(tags)?.Record(value, series.Adds);
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        var text = new StringBuilder();
        foreach (var (key, value) in tags)
        {
            text.Append(text.Length == 0 ? "" : ",");
            foreach (var c in key)
            {
                text.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
            }

            var escaped = Convert.ToString(value, CultureInfo.InvariantCulture)?.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            text.Append("=\"").Append(escaped).Append('"');
        }

        return text.ToString();
    }

    /// <summary>The series of an instrument. A request measures several times with the same few sets of tags: those are found without making their text again.</summary>
    private sealed class InstrumentSeries(Instrument instrument)
    {
        private readonly ConcurrentDictionary<int, (KeyValuePair<string, object?>[] Tags, Series Series)> byHash = new();

        /// <summary>By their labels.</summary>
        public ConcurrentDictionary<string, Series> All { get; } = new();

        public string Kind { get; } = KindOf(instrument);

        /// <summary>Whether a measurement is added to what there was, or takes its place.</summary>
        public bool Adds { get; } = (!instrument.IsObservable && KindOf(instrument) != "gauge") || instrument.GetType().Name.StartsWith("UpDownCounter", StringComparison.Ordinal);

        /// <summary>The series of a set of tags; null when there are too many.</summary>
        public Series? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (instrument.IsObservable)
            {
                return FindByLabels(tags);
            }

            var hash = HashOf(tags);
            if (byHash.TryGetValue(hash, out var known) && AreEqual(known.Tags, tags))
            {
                return known.Series;
            }

            var series = FindByLabels(tags);
            if (series is not null && byHash.Count < SeriesPerInstrumentMax)
            {
                // Of two sets with one hash the later is found the slow way.
                byHash.TryAdd(hash, (tags.ToArray(), series));
            }

            return series;
        }

        private Series? FindByLabels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var labels = Labels(tags);
            return All.TryGetValue(labels, out var one) ? one
                : All.Count >= (instrument.IsObservable ? ObservedSeriesMax : SeriesPerInstrumentMax) ? null
                : All.GetOrAdd(labels, _ => new Series());
        }

        private static int HashOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var hash = new HashCode();
            foreach (var (key, value) in tags)
            {
                hash.Add(key);
                hash.Add(value);
            }

            return hash.ToHashCode();
        }

        private static bool AreEqual(KeyValuePair<string, object?>[] known, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (known.Length != tags.Length)
            {
                return false;
            }

            for (var i = 0; i < known.Length; i++)
            {
                if (known[i].Key != tags[i].Key || !Equals(known[i].Value, tags[i].Value))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>One series: a value, or for a histogram a count, a sum and buckets.</summary>
    private sealed class Series
    {
        private readonly Lock gate = new();
        private readonly long[] buckets = new long[Bounds.Length];
        private double sum;
        private long count;

        public void Record(double value, bool adds)
        {
            lock (gate)
            {
                sum = adds ? sum + value : value;
                count++;
                for (var i = 0; i < Bounds.Length; i++)
                {
                    if (value <= Bounds[i])
                    {
                        buckets[i]++;
                    }
                }
            }
        }

        public void Render(StringBuilder text, string name, string labels, string kind)
        {
            lock (gate)
            {
                var braces = labels.Length == 0 ? "" : "{" + labels + "}";
                if (kind != "histogram")
                {
                    text.Append(name).Append(braces).Append(' ').Append(sum.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
                    return;
                }

                var comma = labels.Length == 0 ? "" : labels + ",";
                for (var i = 0; i < Bounds.Length; i++)
                {
                    text.Append(name).Append("_bucket{").Append(comma).Append("le=\"").Append(Bounds[i].ToString("R", CultureInfo.InvariantCulture)).Append("\"} ").Append(buckets[i]).Append('\n');
                }

                text.Append(name).Append("_bucket{").Append(comma).Append("le=\"+Inf\"} ").Append(count).Append('\n');
                text.Append(name).Append("_sum").Append(braces).Append(' ').Append(sum.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
                text.Append(name).Append("_count").Append(braces).Append(' ').Append(count).Append('\n');
            }
        }
    }
}
