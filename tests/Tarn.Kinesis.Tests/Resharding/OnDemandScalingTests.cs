using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Tarn.Contracts;
using Tarn.Kinesis.Encryption;
using Tarn.Kinesis.Resharding;
using Tarn.Kinesis.Streams;
using Tarn.Store;
using Tarn.Testing;

namespace Tarn.Kinesis.Tests.Resharding;

public sealed class OnDemandScalingTests
{
    private const int KiB = 1_024;

    [Fact]
    public async Task A_stream_follows_its_load_up_at_once_and_down_after_a_day()
    {
        await using var world = await World.OpenAsync();
        await world.LookAsync(_ => 450 * KiB);
        Assert.Equal(4, world.Stream.OpenShards.Length);

        // 1,200 KiB a second in the first quarter, evenly: four pieces of 300.
        await world.LookAsync(shard => shard.StartingHash == 0 ? 1_200 * KiB : 10 * KiB);
        Assert.Equal(7, world.Stream.OpenShards.Length);
        Assert.Equal([6, 7, 8, 9, 1, 2, 3], world.Stream.OpenShards.Select(shard => shard.Index));

        // The new shards are warm; the other three have been cold since the first look, one look ago.
        for (var minute = 2; minute < 24 * 60; minute++)
        {
            await world.LookAsync(shard => shard.Index > 4 ? 300 * KiB : 0);
            Assert.Equal(7, world.Stream.OpenShards.Length);
        }

        await world.LookAsync(shard => shard.Index > 4 ? 300 * KiB : 0);
        Assert.Equal(6, world.Stream.OpenShards.Length);
        for (var minute = 0; minute < 3 * 24 * 60; minute++)
        {
            await world.LookAsync(_ => 0);
        }

        Assert.Equal(4, world.Stream.OpenShards.Length);
    }

    [Fact]
    public async Task A_provisioned_stream_is_left_alone()
    {
        await using var world = await World.OpenAsync(new StreamSettings { Mode = StreamMode.Provisioned });
        await world.LookAsync(_ => 5_000 * KiB);
        Assert.Equal(4, world.Stream.OpenShards.Length);
    }

    [Fact]
    public async Task Shards_that_warm_throughput_asked_for_are_not_merged()
    {
        await using var world = await World.OpenAsync(new StreamSettings { Mode = StreamMode.OnDemand, WarmThroughputMiBps = 6 }, shards: 7);
        for (var minute = 0; minute < 3 * 24 * 60; minute++)
        {
            await world.LookAsync(_ => 0);
        }

        Assert.Equal(6, world.Stream.OpenShards.Length);
    }

    [Fact]
    public async Task An_account_without_room_for_shards_holds_up_no_other_stream()
    {
        await using var world = await World.OpenAsync(configure: options => options.ShardsMax = 4);
        await world.LookAsync(_ => 5_000 * KiB);
        Assert.Equal(4, world.Stream.OpenShards.Length);
        await world.LookAsync(_ => 5_000 * KiB);
    }

    [Fact]
    public async Task A_stream_that_is_written_through_the_wire_is_split_and_merged_again()
    {
        await using var kinesis = await WireKinesis.OpenAsync(options =>
        {
            options.OnDemandScalingInterval = TimeSpan.FromSeconds(1);
            options.OnDemandColdTime = TimeSpan.FromSeconds(30);
        });
        await kinesis.CallAsync("CreateStream", new JsonObject { ["StreamName"] = "s", ["StreamModeDetails"] = new JsonObject { ["StreamMode"] = "ON_DEMAND" } });
        var acknowledged = 0;
        for (var second = 0; await kinesis.OpenShardsAsync("s") < 6; second++)
        {
            Assert.True(second < 200, "1,200 KiB a second in one shard, and it is not split");
            for (var i = 0; i < 4; i++)
            {
                Assert.Equal(200, (int)(await kinesis.PutAsync("s", 300 * KiB, hashKey: $"{(UInt128.One << 124) * (UInt128)i}"))["status"]!);
                acknowledged++;
            }

            kinesis.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var read = 0;
        foreach (var shard in (await kinesis.CallAsync("ListShards", new JsonObject { ["StreamName"] = "s" }))["Shards"]!.AsArray())
        {
            read += (await kinesis.CallAsync("GetRecords", new JsonObject { ["ShardIterator"] = await kinesis.IteratorAsync("s", (string)shard!["ShardId"]!) }))["Records"]!.AsArray().Count;
        }

        Assert.Equal(acknowledged, read);
        while (await kinesis.OpenShardsAsync("s") > 4)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            kinesis.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    /// <summary>A stream over a store of its own, whose load the test says, and looks that it takes minute by minute.</summary>
    private sealed class World : IAsyncDisposable
    {
        private readonly string folder = Directory.CreateTempSubdirectory("tarn-kinesis-scaling-").FullName;
        private readonly ManualTime time = new(TestKinesis.Start);
        private IMetadataStore store = null!;
        private StreamStore streams = null!;
        private OnDemandScaling scaling = null!;

        public StreamSnapshot Stream => streams.Directory.All.Single();

        public static async Task<World> OpenAsync(StreamSettings? settings = null, int shards = 4, Action<KinesisOptions>? configure = null)
        {
            var world = new World();
            var options = new KinesisOptions();
            configure?.Invoke(options);
            world.store = await MetadataStore.OpenAsync(StoreOptions.Sqlite(Path.Combine(world.folder, "tarn.db")), [KinesisService.Schema], logging: null, CancellationToken.None);
            var keys = new DataKeys(world.store, new MasterKeySource(options, Path.Combine(world.folder, "master.key")));
            world.streams = new StreamStore(world.store, new MemoryShardLogs(), keys, options, stateDelay: TimeSpan.Zero, world.time);
            await world.streams.StartAsync(CancellationToken.None);
            await world.streams.CreateAsync(
                new AwsScope(WireKinesis.Account, "us-east-1"), "s", settings ?? new StreamSettings { Mode = StreamMode.OnDemand }, shards, new Dictionary<string, string>(), CancellationToken.None);
            world.scaling = new OnDemandScaling(world.streams, options, world.time, NullLogger<OnDemandScaling>.Instance);
            return world;
        }

        /// <summary>Gives each open shard a minute of so many bytes a second, and then looks.</summary>
        public async Task LookAsync(Func<Shard, long> bytesPerSecond)
        {
            foreach (var shard in Stream.OpenShards)
            {
                Stream.Traffic.Of(shard).CountIncoming(records: 60, 60 * bytesPerSecond(shard));
            }

            time.Advance(TimeSpan.FromMinutes(1));
            await scaling.LookAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await scaling.DisposeAsync();
            streams.Dispose();
            await store.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }
}
