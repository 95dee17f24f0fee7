using System.Text;
using Tarn.Kinesis.Log;
using static Tarn.Kinesis.Tests.Log.LogHarness;

namespace Tarn.Kinesis.Tests.Log;

/// <summary>Random appends, reads, trims, retention, deletions, clean restarts and power cuts, against lists in memory. A failing seed is in the message.</summary>
public class StreamLogModelTests
{
    private const int Seeds = 2000;

    [Fact]
    public async Task Every_seed_agrees_with_a_model_of_lists()
    {
        // TARN_LOG_SEED replays one.
        var one = Environment.GetEnvironmentVariable("TARN_LOG_SEED");
        foreach (var seed in one is null ? Enumerable.Range(0, Seeds) : [int.Parse(one)])
        {
            try
            {
                await new Simulation(seed).RunAsync();
            }
            catch (Exception e) when (one is null)
            {
                throw new InvalidOperationException($"Seed {seed}: {e.Message}", e);
            }
        }
    }

    private sealed class Shard
    {
        /// <summary>All that was ever acknowledged, also what is gone.</summary>
        public List<(string Key, byte[] Data, UInt128? Hash, long Ms)> Records { get; } = [];

        public long Horizon { get; set; }

        public long RetentionMs { get; set; } = long.MaxValue;
    }

    private sealed class Simulation(int seed)
    {
        private readonly Random random = new(seed);
        private readonly MemoryDisk disk = new();
        private readonly Dictionary<long, Shard> shards = [];
        private LogHarness harness = null!;
        private long nowMs = 1_700_000_000_000;
        private long nextShard = 1;

        public async Task RunAsync()
        {
            Open();
            for (var step = 0; step < 60; step++)
            {
                nowMs += random.Next(200);
                harness.Clock.NowMs = nowMs;
                switch (random.Next(20))
                {
                    case < 11:
                        await AppendAsync(count: random.Next(1, 5), acknowledged: true);
                        break;
                    case 11:
                        await TrimAsync();
                        break;
                    case 12:
                        await SetRetentionAsync();
                        break;
                    case 13:
                        await DeleteAsync();
                        break;
                    case 14:
                        await harness.Log.MaintainAsync();
                        break;
                    case 15:
                        await harness.Log.DisposeAsync();
                        Open();
                        break;
                    case 16:
                        await CrashAsync();
                        break;
                    default:
                        Check();
                        break;
                }
            }

            Check();
        }

        private void Open()
        {
            harness = new LogHarness(disk, random.Next(), options =>
            {
                options.RingBytesMax = random.Next(3) * 4096;
                options.SegmentBytes = 4096 << random.Next(2);
                options.IndexCacheBytesMax = random.Next(2) * 256;
                options.DataKey = id => [.. Enumerable.Repeat((byte)id, 32)];
            });
            harness.Clock.NowMs = nowMs;
            while (shards.Count < 3)
            {
                shards.Add(nextShard++, new Shard());
            }

            foreach (var (id, shard) in shards)
            {
                harness.Log.OpenShard(id, shard.RetentionMs == long.MaxValue ? TimeSpan.MaxValue : TimeSpan.FromMilliseconds(shard.RetentionMs));
            }
        }

        private async Task AppendAsync(int count, bool acknowledged)
        {
            var batches = new List<(AppendBatch Batch, Dictionary<long, Shard> Added, ValueTask Append)>();
            for (var number = 0; number < count; number++)
            {
                var batch = harness.Log.Rent();
                var added = new Dictionary<long, Shard>();
                for (var record = random.Next(1, 6); record > 0; record--)
                {
                    var id = shards.Keys.ElementAt(random.Next(shards.Count));
                    var key = "key" + random.Next(1000);
                    var data = new byte[random.Next(4) == 0 ? random.Next(150) : random.Next(20)];
                    random.NextBytes(data);
                    UInt128? hash = random.Next(3) == 0 ? new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64()) : null;
                    var frame = batch.FrameFor(id, keyId: random.Next(3));
                    data.CopyTo(frame.Add(Encoding.UTF8.GetBytes(key), hash, data.Length));
                    if (!added.TryGetValue(id, out var own))
                    {
                        added.Add(id, own = new Shard());
                    }

                    own.Records.Add((key, data, hash, 0));
                }

                batches.Add((batch, added, batch.AppendAsync(CancellationToken.None)));
            }

            if (!acknowledged)
            {
                disk.Fault = (_, _) => random.Next(4) == 0 ? new IOException("cut") : null;
            }

            harness.Log.Pump();
            foreach (var (batch, added, append) in batches)
            {
                try
                {
                    await append;
                }
                catch (StreamLogException) when (!acknowledged)
                {
                    // Frames that say so are on disk all the same: those before the failure.
                }

                foreach (var frame in batch.Frames)
                {
                    if (frame.Outcome == FrameOutcome.Appended)
                    {
                        Acknowledge(frame, added[frame.ShardId]);
                    }
                    else
                    {
                        Assert.False(acknowledged);
                    }
                }

                batch.Dispose();
            }
        }

        private void Acknowledge(FrameBuilder frame, Shard added)
        {
            var shard = shards[frame.ShardId];
            Assert.Equal(shard.Records.Count, frame.FirstIndex);
            Assert.Equal(shard.Records.Count == 0 ? nowMs : Math.Max(nowMs, shard.Records[^1].Ms), frame.ArrivalMs);
            shard.Records.AddRange(added.Records.Select(record => record with { Ms = frame.ArrivalMs }));
        }

        private async Task TrimAsync()
        {
            var (id, shard) = shards.ElementAt(random.Next(shards.Count));
            var before = random.Next(shard.Records.Count + 3);
            await harness.Log.TrimAsync(id, before);
            shard.Horizon = Math.Max(shard.Horizon, Math.Min(before, shard.Records.Count));
        }

        private async Task SetRetentionAsync()
        {
            var (id, shard) = shards.ElementAt(random.Next(shards.Count));
            shard.Horizon = HorizonOf(shard);
            shard.RetentionMs = random.Next(50, 5000);
            await harness.Log.SetRetentionAsync(id, TimeSpan.FromMilliseconds(shard.RetentionMs));
        }

        private async Task DeleteAsync()
        {
            var id = shards.Keys.ElementAt(random.Next(shards.Count));
            await harness.Log.DeleteShardsAsync([id]);
            shards.Remove(id);
            shards.Add(nextShard, new Shard());
            harness.Log.OpenShard(nextShard++, TimeSpan.MaxValue);
        }

        /// <summary>The power goes while appends are under way: what was acknowledged before stays; of the rest each shard has some whole frames, in order.</summary>
        private async Task CrashAsync()
        {
            await AppendAsync(count: random.Next(1, 4), acknowledged: false);
            if (random.Next(2) == 0)
            {
                disk.Fault = (_, _) => random.Next(3) == 0 ? new IOException("cut") : null;
                try
                {
                    await harness.Log.MaintainAsync();
                }
                catch (IOException)
                {
                    // A maintenance cut off anywhere.
                }
            }

            foreach (var shard in shards.Values)
            {
                // What expired by the clock may show again only if the clock were turned back; it is not.
                shard.Horizon = HorizonOf(shard);
            }

            if (random.Next(3) > 0)
            {
                disk.Crash(random);
            }
            else
            {
                // Only the process is killed: the next one sees all that was written, and must make it last.
                disk.Fault = null;
            }

            Open();
            foreach (var (id, shard) in shards)
            {
                var tip = harness.Log.TipIndex(id);
                Assert.True(tip >= shard.Records.Count, $"shard {id} has {tip} records of {shard.Records.Count}");
                foreach (var record in harness.ReadAll(id, shard.Records.Count))
                {
                    while (shard.Records.Count < record.Index)
                    {
                        shard.Records.Add(("", [], null, record.Ms));
                    }

                    using var read = harness.Log.Read(id, record.Index, 1, 1);
                    var entry = read.GetEnumerator();
                    Assert.True(entry.MoveNext());
                    shard.Records.Add((record.Key, record.Data, entry.Current.ExplicitHashKey, record.Ms));
                }

                Assert.Equal(tip, shard.Records.Count);
            }
        }

        private long HorizonOf(Shard shard)
        {
            var horizon = shard.Horizon;
            while (shard.RetentionMs < long.MaxValue && horizon < shard.Records.Count && shard.Records[(int)horizon].Ms < nowMs - shard.RetentionMs)
            {
                horizon++;
            }

            return horizon;
        }

        private void Check()
        {
            foreach (var (id, shard) in shards)
            {
                var horizon = HorizonOf(shard);
                Assert.Equal(shard.Records.Count, harness.Log.TipIndex(id));
                Assert.Equal(horizon, harness.Log.HorizonIndex(id));
                var from = random.Next(shard.Records.Count + 1);
                var expected = Math.Max(from, horizon);
                var maxRecords = random.Next(1, 40);
                var maxBytes = random.Next(1, 2000);
                using var read = harness.Log.Read(id, from, maxRecords, maxBytes);
                Assert.Equal(expected, read.FromIndex);
                long bytes = 0;
                var count = 0;
                foreach (var record in read)
                {
                    var (key, data, hash, ms) = shard.Records[(int)expected];
                    Assert.Equal((expected, ms, hash, key), (record.Index, record.ArrivalMs, record.ExplicitHashKey, Encoding.UTF8.GetString(record.PartitionKey.Span)));
                    Assert.True(record.Data.Span.SequenceEqual(data));
                    bytes += key.Length + data.Length;
                    expected++;
                    count++;
                }

                Assert.Equal((expected, bytes, count), (read.NextIndex, read.Bytes, read.Count));
                Assert.True(count <= maxRecords && (count <= 1 || bytes <= maxBytes));
                // It is complete: another record would have been too much.
                Assert.True(expected == shard.Records.Count || count == maxRecords ||
                    (count > 0 && bytes + shard.Records[(int)expected].Key.Length + shard.Records[(int)expected].Data.Length > maxBytes), $"{count} of {maxRecords} records, {bytes} of {maxBytes} bytes");
                var time = nowMs - random.Next(3000);
                var found = shard.Records.FindIndex(record => record.Ms >= time);
                Assert.Equal(Math.Max(horizon, found < 0 ? shard.Records.Count : found), harness.Log.FirstIndexAtOrAfter(id, time));
            }
        }
    }
}
