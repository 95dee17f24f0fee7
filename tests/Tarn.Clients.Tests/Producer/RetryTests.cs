using System.Net;
using Tarn.Clients.Kinesis;
using Tarn.Clients.Producer;
using static Tarn.Clients.Tests.Producer.ProducerWorld;

namespace Tarn.Clients.Tests.Producer;

public sealed class RetryTests
{
    private const string Throttled = "ProvisionedThroughputExceededException";
    private static readonly UInt128 Half = UInt128.One << 127;

    /// <summary>Every wait is 1 ms, whatever chance says: tests know when it ends.</summary>
    private static readonly Backoff Short = new(TimeSpan.FromTicks(1), TimeSpan.FromTicks(1));

    [Fact]
    public async Task Only_what_failed_is_sent_again_and_its_history_says_why()
    {
        await using var world = new ProducerWorld(options => options with { RetryBackoff = Short });
        world.Service.Open[Half] = "shard-1";
        await world.WarmUpAsync();
        var good = world.Put("a", "good", 0);
        var bad = world.Put("a", "bad", Half);
        world.Time.TurnTo(Ms(100));
        (await world.Service.NextAsync()).FailSome(record => record.Hash == Half ? Throttled : null);
        await good;
        await world.Time.TurnToPlannedAsync(Ms(101));
        var call = await world.Service.NextAsync();
        Assert.Equal(["bad"], call.Users);
        call.Succeed();
        var attempts = (await bad).Attempts;
        Assert.Equal([Throttled, null], attempts.Select(attempt => attempt.ErrorCode));
        Assert.Equal([Ms(100), Ms(101)], attempts.Select(attempt => attempt.StartedAt - new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)));
    }

    [Fact]
    public async Task A_request_without_an_answer_is_sent_again_whole()
    {
        await using var world = new ProducerWorld(options => options with { RetryBackoff = Short });
        await world.WarmUpAsync();
        var put = world.Put("a", "1");
        world.Time.TurnTo(Ms(100));
        (await world.Service.NextAsync()).Break();
        await world.Time.TurnToPlannedAsync(Ms(101));
        (await world.Service.NextAsync()).FailAll(HttpStatusCode.InternalServerError, "InternalFailure");
        await world.Time.TurnToPlannedAsync(Ms(102));
        (await world.Service.NextAsync()).Succeed();
        Assert.Equal([KinesisException.ConnectionCode, "InternalFailure", null], (await put).Attempts.Select(attempt => attempt.ErrorCode));
    }

    [Fact]
    public async Task A_refusal_that_no_retry_changes_fails_the_records_at_once()
    {
        await using var world = new ProducerWorld(options => options);
        await world.WarmUpAsync();
        var put = world.Put("a", "1");
        world.Time.TurnTo(Ms(100));
        (await world.Service.NextAsync()).FailAll(HttpStatusCode.BadRequest, "AccessDeniedException");
        var failure = await Assert.ThrowsAsync<RecordFailedException>(() => put);
        Assert.Equal("AccessDeniedException", failure.Code);
        Assert.Single(failure.Attempts);
        Assert.IsType<KinesisException>(failure.InnerException);
    }

    [Fact]
    public async Task FailIfThrottled_fails_throttled_records_and_tries_others_again()
    {
        await using var world = new ProducerWorld(options => options with { FailIfThrottled = true, AggregationEnabled = false, RetryBackoff = Short });
        await world.WarmUpAsync();
        var throttled = world.Put("a", "throttled", 1);
        var internalFailure = world.Put("a", "other", 2);
        world.Time.TurnTo(Ms(100));
        (await world.Service.NextAsync()).FailSome(record => record.Hash == 1 ? Throttled : "InternalFailure");
        Assert.Equal(Throttled, (await Assert.ThrowsAsync<RecordFailedException>(() => throttled)).Code);
        await world.Time.TurnToPlannedAsync(Ms(101));
        (await world.Service.NextAsync()).Succeed();
        await internalFailure;
    }

    [Fact]
    public async Task A_record_fails_at_its_time_to_live_with_its_history()
    {
        // 700 ms between attempts: there is time for one, and not for a second.
        await using var world = new ProducerWorld(options => options with { RecordTtl = Ms(500), RetryBackoff = new Backoff(TimeSpan.FromDays(1), TimeSpan.FromDays(1)) });
        await world.WarmUpAsync();
        var put = world.Put("a", "1");
        world.Time.TurnTo(Ms(100));
        (await world.Service.NextAsync()).FailSome(_ => Throttled);
        await world.Time.TurnToPlannedAsync(Ms(500));
        var failure = await Assert.ThrowsAsync<RecordFailedException>(() => put);
        Assert.Equal(RecordFailedException.ExpiredCode, failure.Code);
        Assert.Equal([Throttled], failure.Attempts.Select(attempt => attempt.ErrorCode));
        Assert.False(world.Service.HasMore);
    }

    [Fact]
    public async Task Records_wait_for_the_list_of_shards_and_expire_without_it()
    {
        await using var world = new ProducerWorld(options => options with { RecordTtl = Ms(500), RetryBackoff = new Backoff(TimeSpan.FromDays(1), TimeSpan.FromDays(1)) });
        world.Service.ListFailure = () => FakeKinesis.Error(HttpStatusCode.BadRequest, "LimitExceededException");
        var put = world.Put("a", "1");
        await world.Time.TurnToPlannedAsync(Ms(500));
        var failure = await Assert.ThrowsAsync<RecordFailedException>(() => put);
        Assert.Equal(RecordFailedException.ExpiredCode, failure.Code);
        Assert.Empty(failure.Attempts);
    }

    [Fact]
    public async Task A_stream_that_is_not_there_fails_its_records_until_it_is()
    {
        await using var world = new ProducerWorld(options => options with { RetryBackoff = Short });
        world.Service.ListFailure = () => FakeKinesis.Error(HttpStatusCode.BadRequest, "ResourceNotFoundException");
        Assert.Equal("ResourceNotFoundException", (await Assert.ThrowsAsync<RecordFailedException>(() => world.Put("a", "1"))).Code);
        world.Service.ListFailure = null;
        world.Time.TurnTo(Ms(10));
        var put = world.Put("a", "2");
        await world.Time.TurnToPlannedAsync(Ms(110));
        (await world.Service.NextAsync()).Succeed();
        await put;
    }

    [Fact]
    public async Task A_shard_is_sent_no_more_than_its_limit_of_records()
    {
        // 10 % of 1,000 records a second, of which the warm-up has taken one.
        await using var world = new ProducerWorld(options => options with { RateLimit = 10, AggregationEnabled = false });
        await world.WarmUpAsync();
        var puts = Enumerable.Range(0, 120).Select(index => world.Put("a", $"{index}")).ToList();
        world.Time.TurnTo(Ms(100));
        var call = await world.Service.NextAsync();
        // The bucket is full again: 100 at once.
        Assert.Equal(100, call.Records.Count);
        call.Succeed();
        // A token in 10 ms, and a tick for the rounding.
        await world.Time.TurnToPlannedAsync(Ms(110) + TimeSpan.FromTicks(1));
        call = await world.Service.NextAsync();
        Assert.Equal(["100"], call.Users);
        call.Succeed();
        world.Time.TurnTo(Ms(1000));
        call = await world.Service.NextAsync();
        Assert.Equal(19, call.Records.Count);
        call.Succeed();
        await Task.WhenAll(puts);
    }

    [Fact]
    public async Task A_shard_is_sent_no_more_than_its_limit_of_bytes()
    {
        await using var world = new ProducerWorld(options => options with { RateLimit = 100, MaxUserRecordSize = 4 * 1024 * 1024 });
        await world.WarmUpAsync();
        world.Time.TurnTo(Ms(1000));
        // Three seconds' worth goes at once, because there is a token, and is then to be paid back.
        var large = world.Put("a", new string('x', (3 * 1024 * 1024) - 1));
        (await world.Service.NextAsync()).Succeed();
        await large;
        var next = world.Put("a", "next");
        var payed = Ms(3000) + TimeSpan.FromSeconds(1.0 / (1024 * 1024)) + TimeSpan.FromTicks(1);
        await world.Time.TurnToPlannedAsync(payed);
        var call = await world.Service.NextAsync();
        Assert.Equal(payed, call.At);
        call.Succeed();
        await next;
    }

    [Fact]
    public async Task No_more_requests_are_on_their_way_than_MaxConnections()
    {
        await using var world = new ProducerWorld(options => options with { MaxConnections = 2, AggregationEnabled = false, CollectionMaxCount = 1 });
        await world.WarmUpAsync();
        var puts = Enumerable.Range(0, 3).Select(index => world.Put("a", $"{index}")).ToList();
        world.Time.TurnTo(Ms(100));
        var first = await world.Service.NextAsync();
        var second = await world.Service.NextAsync();
        Assert.False(world.Service.HasMore);
        first.Succeed();
        (await world.Service.NextAsync()).Succeed();
        second.Succeed();
        await Task.WhenAll(puts);
    }
}
