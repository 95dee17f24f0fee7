using Tarn.Api.Kinesis;
using Tarn.Wire.Dispatch;

namespace Tarn.Kinesis.Tests.Fanout;

/// <summary>Many consumers of one shard: what they share, and what a slow one costs.</summary>
public sealed class SharedEventTests
{
    private const int Consumers = 20;

    [Fact]
    public async Task Twenty_consumers_at_the_tip_share_each_event()
    {
        await using var kinesis = await FanoutHarness.OpenAsync();
        var clients = await SubscribeAsync(kinesis, Consumers);
        for (var i = 1; i <= 50; i++)
        {
            await kinesis.PutAsync($"record {i}");
            foreach (var client in clients)
            {
                Assert.Equal([$"record {i}"], (await client.NextAsync()).Data);
            }

            Assert.Equal(i, kinesis.Fanout.Events.Made);
        }
    }

    [Fact]
    public async Task Each_encoding_is_encoded_once()
    {
        await using var kinesis = await FanoutHarness.OpenAsync();
        var clients = await SubscribeAsync(kinesis, Consumers, i => i % 2 == 0 ? BodyEncoding.Json : BodyEncoding.SmithyCbor);
        await kinesis.PutAsync("a");
        foreach (var client in clients)
        {
            await client.NextAsync();
        }

        Assert.Equal(2, kinesis.Fanout.Events.Made);
    }

    [Fact]
    public async Task Events_are_not_shared_for_longer_than_a_second_nor_beyond_their_memory()
    {
        await using var kinesis = await FanoutHarness.OpenAsync(configure: options => options.SharedEventBytesMax = 300_000);
        var clients = await SubscribeAsync(kinesis, 3);
        for (var i = 0; i < 10; i++)
        {
            await kinesis.PutAsync(new string((char)('a' + i), 100_000));
            foreach (var client in clients)
            {
                Assert.Equal((char)('a' + i), Assert.Single((await client.NextAsync()).Data)[0]);
            }

            Assert.InRange(kinesis.Fanout.Events.SharedBytes, 100_000, 300_000);
        }

        kinesis.Time.Advance(TimeSpan.FromSeconds(1));
        await kinesis.PutAsync("new");
        foreach (var client in clients)
        {
            await client.NextAsync();
        }

        Assert.InRange(kinesis.Fanout.Events.SharedBytes, 1, 5_000);
    }

    [Fact]
    public async Task A_client_that_does_not_read_holds_one_event_and_slows_nobody()
    {
        await using var kinesis = await FanoutHarness.OpenAsync(configure: options => options.SharedEventBytesMax = 0);
        var clients = await SubscribeAsync(kinesis, Consumers);
        var slow = clients[0];
        slow.StopReading();
        for (var i = 0; i < 30; i++)
        {
            await kinesis.PutAsync($"{i}");
            foreach (var client in clients[1..])
            {
                Assert.Equal([$"{i}"], (await client.NextAsync()).Data);
            }
        }

        await slow.Blocked.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((1, 0), (slow.UnreadMax, slow.Blocked.CurrentCount));
        slow.GoOnReading();
        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"{i}"), await slow.DataAsync(30));
        Assert.Equal(1, slow.UnreadMax);
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_cut_off_some_seconds_after_its_subscription_has_ended()
    {
        await using var kinesis = await FanoutHarness.OpenAsync();
        var consumer = await kinesis.ConsumerAsync();
        var stuck = await kinesis.SubscribeAsync(consumer);
        stuck.StopReading();
        await kinesis.PutAsync("a");
        await stuck.Blocked.WaitAsync(TestContext.Current.CancellationToken);
        kinesis.Time.Advance(TimeSpan.FromSeconds(5));
        var next = await kinesis.SubscribeAsync(consumer, new StartingPosition { Type = "TRIM_HORIZON" });
        Assert.Equal(["a"], (await next.NextAsync()).Data);
        Assert.False(stuck.IsAborted);
        await kinesis.TurnAsync(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stuck.Operation);
        Assert.True(stuck.IsAborted);
    }

    [Fact]
    public async Task A_client_that_reads_again_in_time_gets_its_event_and_then_why_it_ended()
    {
        await using var kinesis = await FanoutHarness.OpenAsync();
        var consumer = await kinesis.ConsumerAsync();
        var client = await kinesis.SubscribeAsync(consumer);
        client.StopReading();
        await kinesis.PutAsync("a");
        await client.Blocked.WaitAsync(TestContext.Current.CancellationToken);
        await kinesis.Call(KinesisModel.DeregisterStreamConsumer, new DeregisterStreamConsumerInput { ConsumerARN = consumer });
        await kinesis.Time.WaiterAsync(kinesis.Time.GetUtcNow() + TimeSpan.FromSeconds(10));
        client.GoOnReading();
        Assert.Equal(["a"], (await client.NextAsync()).Data);
        await client.EndsAsync("ResourceNotFoundException");
    }

    /// <summary>Subscribes consumers, and waits until all of them are at the tip.</summary>
    private static async Task<TestSubscriber[]> SubscribeAsync(FanoutHarness kinesis, int count, Func<int, BodyEncoding>? encoding = null)
    {
        var clients = new List<TestSubscriber>();
        for (var i = 0; i < count; i++)
        {
            clients.Add(await kinesis.SubscribeAsync(await kinesis.ConsumerAsync($"c{i}"), encoding: encoding?.Invoke(i) ?? BodyEncoding.Json));
        }

        return [.. clients];
    }
}
