using System.Text;
using Tarn.Clients.Producer;
using static Tarn.Clients.Tests.Producer.ProducerWorld;

namespace Tarn.Clients.Tests.Producer;

public sealed class BufferingTests
{
    private static readonly UInt128 Half = UInt128.One << 127;

    [Fact]
    public async Task Records_wait_for_the_deadline_of_the_first_and_share_one_Kinesis_record()
    {
        await using var world = new ProducerWorld(options => options);
        await world.WarmUpAsync();
        var first = world.Put("a", "1");
        await world.Time.PlannedAsync(Ms(100));
        world.Time.TurnTo(Ms(60));
        var second = world.Put("b", "2");
        world.Time.TurnTo(Ms(100));
        var call = await world.Service.NextAsync();
        Assert.Equal(Ms(100), call.At);
        Assert.Equal(["1", "2"], Assert.Single(call.Records).Users);
        call.Succeed();
        Assert.Equal((0, 1), ((await first).SubSequenceNumber, (await second).SubSequenceNumber));
        Assert.Equal((await first).SequenceNumber, (await second).SequenceNumber);
    }

    [Fact]
    public async Task A_deadline_of_one_shard_sends_the_records_of_all()
    {
        await using var world = new ProducerWorld(options => options);
        world.Service.Open[Half] = "shard-1";
        await world.WarmUpAsync();
        var low = world.Put("a", "low", 0);
        world.Time.TurnTo(Ms(90));
        var high = world.Put("a", "high", Half);
        world.Time.TurnTo(Ms(100));
        var call = await world.Service.NextAsync();
        Assert.Equal(["low", "high"], call.Records.Select(record => Assert.Single(record.Users)));
        call.Succeed();
        Assert.Equal(("shard-0", "shard-1"), ((await low).ShardId, (await high).ShardId));
    }

    [Fact]
    public async Task Aggregates_keep_to_their_size_and_requests_to_their_count()
    {
        await using var world = new ProducerWorld(options => options with { AggregationMaxSize = 1000, CollectionMaxCount = 3 });
        await world.WarmUpAsync();
        var puts = Enumerable.Range(0, 20).Select(index => world.Put("key", $"{index:d2}" + new string('x', 298))).ToList();
        world.Time.TurnTo(Ms(100));
        // They are on their way together, so they may come in any order.
        var calls = new[] { await world.Service.NextAsync(), await world.Service.NextAsync(), await world.Service.NextAsync() };
        Assert.Equal([1, 3, 3], calls.Select(call => call.Records.Count).Order());
        Assert.All(calls.SelectMany(call => call.Records), record => Assert.InRange(record.Bytes, 600, 1000));
        foreach (var call in calls)
        {
            call.Succeed();
        }

        await Task.WhenAll(puts);
        Assert.Equal(Enumerable.Range(0, 20).Select(index => $"{index:d2}"), calls.SelectMany(call => call.Users).Order().Select(user => user[..2]));
    }

    [Fact]
    public async Task Without_aggregation_each_record_goes_as_it_is()
    {
        await using var world = new ProducerWorld(options => options with { AggregationEnabled = false });
        await world.WarmUpAsync();
        var puts = new[] { world.Put("a", "1"), world.Put("b", "2") };
        world.Time.TurnTo(Ms(100));
        var call = await world.Service.NextAsync();
        Assert.Equal(2, call.Records.Count);
        call.Succeed();
        Assert.All(await Task.WhenAll(puts), result => Assert.Equal(0, result.SubSequenceNumber));
    }

    [Fact]
    public async Task A_shard_with_256_KiB_does_not_wait()
    {
        await using var world = new ProducerWorld(options => options);
        await world.WarmUpAsync();
        var puts = Enumerable.Range(0, 6).Select(_ => world.Put("key", new string('x', 50_000))).ToList();
        var call = await world.Service.NextAsync();
        Assert.Equal(TimeSpan.Zero, call.At);
        call.Succeed();
        await Task.WhenAll(puts);
    }

    [Fact]
    public async Task A_flush_sends_at_once_and_waits_for_what_was_put_before_it()
    {
        await using var world = new ProducerWorld(options => options);
        await world.WarmUpAsync();
        var before = world.Put("a", "before");
        var flush = world.Producer.FlushAsync(TestContext.Current.CancellationToken);
        var call = await world.Service.NextAsync();
        Assert.Equal(TimeSpan.Zero, call.At);
        var after = world.Put("a", "after");
        Assert.False(flush.IsCompleted);
        call.Succeed();
        await flush;
        Assert.True(before.IsCompletedSuccessfully);
        Assert.False(after.IsCompleted);
    }

    [Fact]
    public async Task Disposal_flushes_and_what_has_no_answer_in_time_fails()
    {
        var world = new ProducerWorld(options => options with { DisposeTimeout = TimeSpan.FromSeconds(5) });
        var answered = world.Put("a", "answered");
        var disposal = world.DisposeAsync();
        (await world.Service.NextAsync()).Succeed();
        await answered;
        await disposal;
        await Assert.ThrowsAsync<ObjectDisposedException>(() => world.Put("a", "late"));

        world = new ProducerWorld(options => options with { DisposeTimeout = TimeSpan.FromSeconds(5) });
        var unanswered = world.Put("a", "unanswered");
        disposal = world.DisposeAsync();
        await world.Service.NextAsync();
        await world.Time.TurnToPlannedAsync(TimeSpan.FromSeconds(5));
        await disposal;
        Assert.Equal(RecordFailedException.StoppedCode, (await Assert.ThrowsAsync<RecordFailedException>(() => unanswered)).Code);
    }

    [Fact]
    public async Task A_full_producer_refuses_TryPut_and_lets_others_in_by_their_order()
    {
        await using var world = new ProducerWorld(options => options with { OutstandingRecordsMax = 3, WaitingPutsMax = 2 });
        await world.WarmUpAsync();
        var puts = new List<Task<PutResult>> { world.Put("a", "1"), world.Put("a", "2"), world.Put("a", "3") };
        Assert.False(world.Producer.TryPut(StreamName, "a", "4"u8.ToArray(), null, out _));
        var fourth = world.Producer.PutAsync(StreamName, "a", "4"u8.ToArray());
        using var cancellation = new CancellationTokenSource();
        var cancelled = world.Producer.PutAsync(StreamName, "a", "5"u8.ToArray(), cancellationToken: cancellation.Token);
        await Assert.ThrowsAsync<ProducerFullException>(() => world.Producer.PutAsync(StreamName, "a", "6"u8.ToArray()));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        var seventh = world.Producer.PutAsync(StreamName, "a", "7"u8.ToArray());

        world.Time.TurnTo(Ms(100));
        var call = await world.Service.NextAsync();
        Assert.Equal(["1", "2", "3"], call.Users);
        call.Succeed();
        await Task.WhenAll(puts);
        await world.Time.TurnToPlannedAsync(Ms(200));
        call = await world.Service.NextAsync();
        Assert.Equal(["4", "7"], call.Users);
        call.Succeed();
        await fourth;
        await seventh;
    }

    [Fact]
    public async Task Outstanding_bytes_are_limited_too_but_one_record_always_fits()
    {
        await using var world = new ProducerWorld(options => options with { OutstandingBytesMax = 1024 * 1024, MaxUserRecordSize = 3 * 1024 * 1024 });
        await world.WarmUpAsync();
        var large = world.Put("a", new string('x', 2 * 1024 * 1024));
        Assert.False(world.Producer.TryPut(StreamName, "a", default, null, out _));
        (await world.Service.NextAsync()).Succeed();
        await large;
        Assert.True(world.Producer.TryPut(StreamName, "a", default, null, out _));
    }

    [Fact]
    public async Task What_could_never_be_put_is_refused_at_once_and_takes_no_room()
    {
        await using var world = new ProducerWorld(options => options with { MaxUserRecordSize = 100 });
        await Assert.ThrowsAsync<ArgumentException>(() => world.Producer.PutAsync(StreamName, "", default));
        await Assert.ThrowsAsync<ArgumentException>(() => world.Producer.PutAsync(StreamName, new string('k', 257), default));
        await Assert.ThrowsAsync<ArgumentException>(() => world.Producer.PutAsync(StreamName, "\ud800", default));
        await Assert.ThrowsAsync<ArgumentException>(() => world.Producer.PutAsync(StreamName, "k", Encoding.UTF8.GetBytes(new string('x', 100))));
        await world.Producer.FlushAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Settings_outside_of_their_range_are_refused_by_name()
    {
        using var service = new FakeKinesis(new VirtualTime());
        using var client = service.Client();
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => new KinesisProducer(client, new ProducerOptions { CollectionMaxCount = 501 }));
        Assert.Equal("CollectionMaxCount", refused.ParamName);
    }
}
