using System.Globalization;
using Tarn.Api.Kinesis;
using Tarn.Contracts;

namespace Tarn.Kinesis.Tests.Streams;

/// <summary>
/// Random changes of one stream on turned time, with a log that fails now and then and with restarts, against a model: the ranges that are open. After each step the stream
/// shows the model's ranges, and the log takes records for exactly these shards.
/// </summary>
public sealed class StreamSimulationTests(ITestOutputHelper output)
{
    private const int Steps = 60;

    [Fact]
    public async Task Whatever_happens_the_open_shards_are_those_of_a_simple_model()
    {
        var first = Environment.TickCount;
        for (var seed = first; seed < first + 12; seed++)
        {
            output.WriteLine($"seed {seed}");
            await SimulateAsync(seed);
        }
    }

    private static async Task SimulateAsync(int seed)
    {
        var random = new Random(seed);
        var delay = TimeSpan.FromSeconds(random.Next(2) * 10);
        await using var kinesis = await TestKinesis.OpenAsync(delay);
        await kinesis.WithStream(shards: random.Next(1, 5));
        kinesis.Time.Advance(delay);
        var open = await OpenAsync(kinesis);
        for (var step = 0; step < Steps; step++)
        {
            kinesis.Memory.FailsAt = random.Next(8) switch { 0 => "close", 1 => "add", _ => null };
            var next = open;
            try
            {
                next = await StepAsync(kinesis, random, open);
                await FinishAsync(kinesis, random, delay);
            }
            catch (IOException)
            {
                // The log failed. Without a delay the change is undone; with one it is still pending, and done by the next request.
                next = delay > TimeSpan.Zero ? next : open;
            }

            kinesis.Memory.FailsAt = null;
            open = await OpenAsync(kinesis);
            Assert.True(next.SequenceEqual(open), $"seed {seed}, step {step}: expected {Text(next)}, found {Text(open)}");
            var id = (await kinesis.Summary()).StreamId!;
            var numbers = await kinesis.Numbers(new ShardFilter { Type = "AT_LATEST" });
            Assert.True(numbers.SequenceEqual(kinesis.Memory.Open(id)), $"seed {seed}, step {step}: the log takes records for other shards");
        }
    }

    /// <summary>One split or merge; answers the ranges that are open when it is done.</summary>
    private static async Task<List<(UInt128 Start, UInt128 End)>> StepAsync(TestKinesis kinesis, Random random, List<(UInt128 Start, UInt128 End)> open)
    {
        var shards = await kinesis.Shards(filter: new ShardFilter { Type = "AT_LATEST" });
        string IdOf((UInt128 Start, UInt128 End) range) => shards.Single(shard => shard.HashKeyRange!.StartingHashKey == range.Start.ToString(CultureInfo.InvariantCulture)).ShardId!;
        var at = random.Next(open.Count);
        if (random.Next(2) == 0 && open.Count < 12)
        {
            var (start, end) = open[at];
            var middle = start + 2 + ((UInt128)random.NextInt64() << 64 | (UInt128)random.NextInt64()) % (end - start - 3);
            await kinesis.Call(KinesisModel.SplitShard, new SplitShardInput { StreamName = "s", ShardToSplit = IdOf(open[at]), NewStartingHashKey = middle.ToString(CultureInfo.InvariantCulture) });
            return [.. open[..at], (start, middle - 1), (middle, end), .. open[(at + 1)..]];
        }

        if (at + 1 < open.Count)
        {
            await kinesis.Call(KinesisModel.MergeShards, new MergeShardsInput { StreamName = "s", ShardToMerge = IdOf(open[at]), AdjacentShardToMerge = IdOf(open[at + 1]) });
            return [.. open[..at], (open[at].Start, open[at + 1].End), .. open[(at + 2)..]];
        }

        await Assert.ThrowsAsync<AwsException>(() => kinesis.Call(KinesisModel.MergeShards, new MergeShardsInput { StreamName = "s", ShardToMerge = IdOf(open[at]), AdjacentShardToMerge = IdOf(open[0]) }));
        return open;
    }

    /// <summary>Lets the change end, sometimes over a restart, and lets time pass so that closed shards expire.</summary>
    private static async Task FinishAsync(TestKinesis kinesis, Random random, TimeSpan delay)
    {
        if (random.Next(5) == 0)
        {
            await kinesis.RestartAsync();
        }

        kinesis.Time.Advance(delay + TimeSpan.FromHours(random.Next(6)));
        await kinesis.Summary();
    }

    private static async Task<List<(UInt128 Start, UInt128 End)>> OpenAsync(TestKinesis kinesis) =>
        [.. (await kinesis.Shards(filter: new ShardFilter { Type = "AT_LATEST" }))
            .Select(shard => (UInt128.Parse(shard.HashKeyRange!.StartingHashKey!, CultureInfo.InvariantCulture), UInt128.Parse(shard.HashKeyRange.EndingHashKey!, CultureInfo.InvariantCulture))).Order()];

    private static string Text(IEnumerable<(UInt128 Start, UInt128 End)> ranges) => string.Join(' ', ranges.Select(range => $"{range.Start}-{range.End}"));
}
