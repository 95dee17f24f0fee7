using Tarn.Kinesis.Limits;
using Tarn.Testing;

namespace Tarn.Kinesis.Tests.Limits;

public sealed class ShardBucketsTests
{
    private const int MiB = 1 << 20;

    private static readonly DateTimeOffset Start = TestKinesis.Start;

    [Fact]
    public void A_token_comes_back_at_its_tick_and_not_one_before()
    {
        var bucket = new TokenBucket(perSecond: 3, burst: 2);
        bucket.Refill(Start);
        bucket.Take(2);

        // A third of a second is 3,333,333 1/3 ticks.
        bucket.Refill(Start.AddTicks(3_333_333));
        Assert.False(bucket.Has(1));
        Assert.Equal(1, bucket.Until(1).Ticks);
        bucket.Refill(Start.AddTicks(3_333_334));
        Assert.True(bucket.Has(1));
        bucket.Refill(Start.AddTicks(6_666_667));
        Assert.True(bucket.IsFull);
    }

    [Fact]
    public void Many_small_steps_bring_what_one_large_step_brings()
    {
        var small = new TokenBucket(perSecond: 7, burst: 70);
        var large = new TokenBucket(perSecond: 7, burst: 70);
        small.Refill(Start);
        small.Take(70);
        large.Refill(Start);
        large.Take(70);
        var now = Start;
        for (var i = 0; i < 1_000; i++)
        {
            now = now.AddTicks(1_234);
            small.Refill(now);
        }

        large.Refill(now);
        Assert.Equal(large.Until(70), small.Until(70));
        Assert.Equal(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1_234_000), small.Until(70));
    }

    [Fact]
    public void A_clock_that_is_set_back_brings_nothing_and_takes_nothing()
    {
        var bucket = new TokenBucket(perSecond: 1, burst: 10);
        bucket.Refill(Start);
        bucket.Take(10);
        bucket.Refill(Start.AddHours(-1));
        Assert.Equal(TimeSpan.FromSeconds(10), bucket.Until(10));
        bucket.Refill(Start.AddHours(-1).AddSeconds(4));
        Assert.Equal(TimeSpan.FromSeconds(6), bucket.Until(10));
    }

    [Fact]
    public void A_bucket_that_was_left_alone_for_a_hundred_years_is_full()
    {
        var bucket = new TokenBucket(perSecond: MiB, burst: 10 * MiB);
        bucket.Refill(Start);
        bucket.Take(30 * MiB);
        bucket.Refill(Start.AddYears(100));
        Assert.True(bucket.IsFull);
    }

    [Fact]
    public void A_shard_takes_a_thousand_records_and_then_one_each_millisecond()
    {
        var buckets = new ShardBuckets();
        Assert.Equal(1_000, Enumerable.Range(0, 2_000).Count(_ => buckets.TryTakePut(bytes: 1, Start)));
        Assert.False(buckets.TryTakePut(bytes: 1, Start.AddTicks(9_999)));
        Assert.True(buckets.TryTakePut(bytes: 1, Start.AddTicks(10_000)));
        Assert.False(buckets.TryTakePut(bytes: 1, Start.AddTicks(19_999)));
    }

    [Fact]
    public void A_shard_takes_ten_mebibytes_and_then_one_each_second()
    {
        var buckets = new ShardBuckets();
        Assert.True(buckets.TryTakePut(10 * MiB, Start));
        Assert.False(buckets.TryTakePut(bytes: 1, Start));
        Assert.False(buckets.TryTakePut(MiB, Start.AddSeconds(1).AddTicks(-1)));
        Assert.True(buckets.TryTakePut(MiB, Start.AddSeconds(1)));
        Assert.False(buckets.TryTakePut(10 * MiB, Start.AddSeconds(11).AddTicks(-1)));
        Assert.True(buckets.TryTakePut(10 * MiB, Start.AddSeconds(11)));
    }

    [Fact]
    public void What_is_refused_takes_nothing()
    {
        var buckets = new ShardBuckets();
        Assert.True(buckets.TryTakePut(9 * MiB, Start));
        for (var i = 0; i < 5_000; i++)
        {
            Assert.False(buckets.TryTakePut(2 * MiB, Start));
        }

        Assert.True(buckets.TryTakePut(MiB, Start));
    }

    [Fact]
    public void Five_reads_and_five_iterators_each_second()
    {
        var buckets = new ShardBuckets();
        Assert.Equal(5, Enumerable.Range(0, 9).Count(_ => buckets.TryTakeRead(Start)));
        Assert.Equal(5, Enumerable.Range(0, 9).Count(_ => buckets.TryTakeIterator(Start)));
        Assert.False(buckets.TryTakeRead(Start.AddMilliseconds(199)));
        Assert.True(buckets.TryTakeRead(Start.AddMilliseconds(200)));
        Assert.True(buckets.TryTakeIterator(Start.AddMilliseconds(200)));
        Assert.False(buckets.TryTakeIterator(Start.AddMilliseconds(200)));
    }

    [Fact]
    public void An_answer_of_ten_mebibytes_refuses_reads_for_five_seconds()
    {
        var buckets = new ShardBuckets();
        Assert.True(buckets.TryTakeRead(Start));
        buckets.TookRead(10 * MiB, Start);
        Assert.False(buckets.TryTakeRead(Start.AddSeconds(5).AddTicks(-1)));
        Assert.True(buckets.TryTakeRead(Start.AddSeconds(5)));
    }

    [Fact]
    public void Reads_within_two_mebibytes_a_second_are_not_refused_and_one_beyond_waits_for_a_second()
    {
        var buckets = new ShardBuckets();
        Assert.True(buckets.TryTakeRead(Start));
        buckets.TookRead(2 * MiB, Start);
        Assert.True(buckets.TryTakeRead(Start));
        buckets.TookRead(1, Start);

        // 2^21 bytes and one more are missing; the one takes 5 ticks.
        Assert.False(buckets.TryTakeRead(Start.AddSeconds(1).AddTicks(4)));
        Assert.True(buckets.TryTakeRead(Start.AddSeconds(1).AddTicks(5)));
    }

    [Fact]
    public void Threads_together_take_no_more_than_there_is()
    {
        var buckets = new ShardBuckets();
        var taken = 0;
        Parallel.For(0, 4_000, _ =>
        {
            if (buckets.TryTakePut(bytes: 1, Start))
            {
                Interlocked.Increment(ref taken);
            }
        });
        Assert.Equal(1_000, taken);
    }

    [Fact]
    public void A_consumer_with_fan_out_is_pushed_two_mebibytes_a_second()
    {
        var time = new ManualTime(Start);
        var throughput = new FanOutThroughput(time);
        Assert.Equal(TimeSpan.Zero, throughput.Took(2 * MiB));
        Assert.Equal(TimeSpan.FromMilliseconds(500), throughput.Took(MiB));
        time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Equal(TimeSpan.FromSeconds(5), throughput.Took(10 * MiB));
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.Zero, throughput.Took(2 * MiB));
        Assert.Equal(TimeSpan.FromSeconds(1), new FanOutThroughput(time).Took(4 * MiB));
    }
}
