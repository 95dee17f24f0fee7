using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Tarn.Clients.Kinesis;
using Tarn.Clients.Producer;

namespace Tarn.Clients.Tests.Producer;

/// <summary>The producer against a real server, on real time.</summary>
public sealed class ProducerServerTests : IAsyncLifetime
{
    private TestServer server = null!;
    private KinesisClient client = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await TestServer.StartAsync();
        client = new KinesisClient(server.ClientOptions);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await server.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_record_is_read_once_and_where_its_result_says(bool isAggregating)
    {
        const int count = 3000;
        await server.CreateStreamAsync("events", 4);
        var results = new Dictionary<string, PutResult>();
        await using (var producer = new KinesisProducer(client, new ProducerOptions { AggregationEnabled = isAggregating }))
        {
            var puts = new List<Task<PutResult>>();
            for (var index = 0; index < count; index++)
            {
                puts.Add(await producer.EnqueueAsync("events", $"key-{index % 100}", Encoding.UTF8.GetBytes($"{index}"), index % 7 == 0 ? new UInt128((ulong)index << 50, 0) : null, Token));
            }

            for (var index = 0; index < count; index++)
            {
                results.Add($"{index}", await puts[index]);
            }
        }

        var shards = await ShardReading.ReadAllAsync(client, "events", Token);
        var read = shards.SelectMany(shard => shard.Records.Select(record => (shard.ShardId, Record: record))).ToList();
        Assert.Equal(count, read.Count);
        Assert.All(read, one =>
        {
            var result = results[Encoding.UTF8.GetString(one.Record.Data.Span)];
            Assert.Equal((one.ShardId, one.Record.SequenceNumber, one.Record.SubSequenceNumber), (result.ShardId, result.SequenceNumber, result.SubSequenceNumber));
            Assert.Null(result.Attempts[^1].ErrorCode);
        });
        Assert.Equal(isAggregating, read.Any(one => one.Record.IsAggregated));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Splits_and_merges_while_producing_lose_and_double_nothing(bool preservesOrder)
    {
        const int keys = 40;
        await server.CreateStreamAsync("events", 2);
        var put = new ConcurrentDictionary<string, int>();
        var wrongShards = 0;
        // Enough for what comes at once: limits are tested on virtual time.
        var options = new ProducerOptions { PreserveOrder = preservesOrder, RecordMaxBufferedTime = TimeSpan.FromMilliseconds(5), RateLimit = 100_000, AggregationMaxSize = 2000 };
        await using (var producer = new KinesisProducer(client, options))
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
            var writing = Task.Run(async () =>
            {
                var results = new List<Task<PutResult>>();
                for (var index = 0; !stop.IsCancellationRequested; index++)
                {
                    var key = $"key-{index % keys}";
                    var number = put.AddOrUpdate(key, 1, (_, last) => last + 1);
                    results.Add(await producer.EnqueueAsync("events", key, Encoding.UTF8.GetBytes($"{number}"), null, Token));
                    if (index % 500 == 499)
                    {
                        await results[^1];
                    }
                }

                foreach (var result in await Task.WhenAll(results))
                {
                    wrongShards += result.Attempts.Count(attempt => attempt.ErrorCode == PutAttempt.WrongShardCode);
                    Assert.All(result.Attempts.SkipLast(1), attempt => Assert.Equal(PutAttempt.WrongShardCode, attempt.ErrorCode));
                }
            }, Token);
            for (var round = 0; round < 3; round++)
            {
                var open = await OpenShardsAsync();
                await WaitForPutsAsync(put, 2000);
                await server.SplitAsync("events", open[round % open.Count]);
                await WaitForPutsAsync(put, 2000);
                open = await OpenShardsAsync();
                await server.MergeAsync("events", open[0], open[1]);
                await WaitForPutsAsync(put, 2000);
            }

            await stop.CancelAsync();
            await writing;
        }

        Assert.True(wrongShards > 0, "no aggregate met a split: the test shows nothing");
        var shards = await ShardReading.ReadAllAsync(client, "events", Token);
        foreach (var (key, count) in put)
        {
            // Parents come before their children in the list of shards.
            var numbers = shards.SelectMany(shard => shard.Records).Where(record => record.PartitionKey == key).Select(record => int.Parse(Encoding.UTF8.GetString(record.Data.Span))).ToList();
            Assert.Equal(Enumerable.Range(1, count), preservesOrder ? numbers : numbers.Order());
        }
    }

    [Fact]
    public async Task A_shard_that_is_throttled_gets_every_record_in_the_end_and_each_once()
    {
        const int count = 2500;
        await server.CallAsync("CreateStream", new JsonObject
        {
            ["StreamName"] = "events", ["ShardCount"] = 1, ["Tags"] = new JsonObject { ["tarn:enforceShardLimits"] = "true" },
        });
        await using var producer = new KinesisProducer(client, new ProducerOptions { AggregationEnabled = false, RateLimit = 1000 });
        var puts = Enumerable.Range(0, count).Select(index => producer.PutAsync("events", $"{index}", Encoding.UTF8.GetBytes($"{index}"), cancellationToken: Token)).ToList();
        var results = await Task.WhenAll(puts);
        Assert.Contains(results, result => result.Attempts.Any(attempt => attempt.ErrorCode == "ProvisionedThroughputExceededException"));
        var iterator = await client.GetShardIteratorAsync("events", results[0].ShardId, StartingPosition.TrimHorizon, Token);
        var read = await client.GetRecordsAsync(iterator, KinesisClient.GetRecordsCountMax, Token);
        Assert.Equal(Enumerable.Range(0, count), read.Records.Select(record => int.Parse(Encoding.UTF8.GetString(record.Data.Span))).Order());
    }

    private async Task<List<Shard>> OpenShardsAsync() =>
        [.. (await client.ListAllShardsAsync("events", new ShardFilter("AT_LATEST"), Token)).OrderBy(shard => shard.HashKeyRange.Starting)];

    private static async Task WaitForPutsAsync(ConcurrentDictionary<string, int> put, int more)
    {
        var before = put.Values.Sum();
        while (put.Values.Sum() < before + more)
        {
            await Task.Delay(1, Token);
        }
    }
}
