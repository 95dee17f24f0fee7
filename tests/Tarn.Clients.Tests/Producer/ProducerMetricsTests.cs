using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Tarn.Clients.Kinesis;
using static Tarn.Clients.Tests.Producer.ProducerWorld;

namespace Tarn.Clients.Tests.Producer;

public sealed class ProducerMetricsTests
{
    [Fact]
    public async Task What_was_put_failed_retried_and_waited_is_measured()
    {
        using var factory = new OwnMeters();
        var measured = new ConcurrentQueue<string>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, self) => { if (ReferenceEquals(instrument.Meter, factory.Made)) { self.EnableMeasurementEvents(instrument); } } };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured.Enqueue($"{instrument.Name} {value} {Text(tags)}"));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => measured.Enqueue($"{instrument.Name} {value} {Text(tags)}"));
        listener.Start();
        await using var world = new ProducerWorld(options => options with { MeterFactory = factory, RetryBackoff = new Backoff(TimeSpan.FromTicks(1), TimeSpan.FromTicks(1)) });
        await world.WarmUpAsync();
        measured.Clear();

        var puts = new[] { world.Put("a", "1"), world.Put("b", "2") };
        world.Time.TurnTo(Ms(100));
        var call = await world.Service.NextAsync();
        world.Time.TurnTo(Ms(107));
        call.FailSome(_ => "InternalFailure");
        await world.Time.TurnToPlannedAsync(Ms(108));
        (await world.Service.NextAsync()).Succeed();
        await Task.WhenAll(puts);
        var failed = world.Put("c", "3");
        await world.Time.TurnToPlannedAsync(Ms(208));
        (await world.Service.NextAsync()).FailAll(System.Net.HttpStatusCode.BadRequest, "AccessDeniedException");
        await Assert.ThrowsAnyAsync<Exception>(() => failed);

        // Two records in an aggregate: magic 4, two keys 3 each, two records 7 each, digest 16, and the outer key 1.
        Assert.Equal(
        [
            "tarn.producer.buffering.time 100 stream=events",
            "tarn.producer.buffering.time 100 stream=events",
            "tarn.producer.request.time 7 stream=events",
            "tarn.producer.retries 2 stream=events error=InternalFailure",
            "tarn.producer.request.time 0 stream=events",
            "tarn.producer.user_records.put 2 stream=events",
            "tarn.producer.kinesis_records.put 1 stream=events",
            "tarn.producer.bytes.put 41 stream=events",
            "tarn.producer.buffering.time 100 stream=events",
            "tarn.producer.request.time 0 stream=events error=AccessDeniedException",
            "tarn.producer.user_records.failed 1 stream=events error=AccessDeniedException",
        ], measured);
    }

    private static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) => string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));

    private sealed class OwnMeters : IMeterFactory
    {
        public Meter? Made { get; private set; }

        public Meter Create(MeterOptions options) => Made = new Meter(options);

        public void Dispose() => Made?.Dispose();
    }
}
