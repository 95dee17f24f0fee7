using System.Text;
using Tarn.Kinesis.Log;
using static Tarn.Kinesis.Tests.Log.LogHarness;

namespace Tarn.Kinesis.Tests.Log;

public class StreamLogTests
{
    [Fact]
    public async Task Records_are_read_as_they_were_appended_from_memory_and_from_the_file()
    {
        foreach (var ringBytes in new long[] { 0, 4096, 1 << 20 })
        {
            var harness = new LogHarness(new MemoryDisk(), set: options => options.RingBytesMax = ringBytes);
            harness.Log.OpenShard(1, Forever);
            harness.Log.OpenShard(2, Forever);
            for (var index = 0; index < 60; index++)
            {
                harness.Clock.NowMs += 10;
                var result = await harness.AppendAsync(1 + (index % 2), ("key " + index, Data(1, index, index * 7)), ("ключ", Data(2, index, 3)));
                Assert.Equal(new FrameResult(FrameOutcome.Appended, index / 2 * 2, harness.Clock.NowMs), result);
            }

            foreach (var shard in new[] { 1, 2 })
            {
                var records = harness.ReadAll(shard);
                Assert.Equal(Enumerable.Range(0, 60).Select(index => (long)index), records.Select(record => record.Index));
                for (var index = 0; index < 60; index += 2)
                {
                    var appended = index + shard - 1;
                    Assert.Equal("key " + appended, records[index].Key);
                    Assert.Equal(Data(1, appended, appended * 7), records[index].Data);
                    Assert.Equal("ключ", records[index + 1].Key);
                    Assert.Equal(Data(2, appended, 3), records[index + 1].Data);
                }
            }

            await harness.Log.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_read_keeps_to_its_limits_and_always_gives_one_record()
    {
        var harness = new LogHarness(new MemoryDisk());
        harness.Log.OpenShard(1, Forever);
        for (var frame = 0; frame < 5; frame++)
        {
            await harness.AppendAsync(1, [.. Enumerable.Range(0, 4).Select(index => ("k", Data(1, (frame * 4) + index, 99)))]);
        }

        using (var read = harness.Log.Read(1, 2, maxRecords: 5, maxBytes: 1 << 20))
        {
            Assert.Equal((2L, 7L, 5, 500L, 20L), (read.FromIndex, read.NextIndex, read.Count, read.Bytes, read.TipIndex));
        }

        using (var read = harness.Log.Read(1, 3, maxRecords: 100, maxBytes: 399))
        {
            Assert.Equal((3, 6L), (read.Count, read.NextIndex));
        }

        using (var read = harness.Log.Read(1, 3, maxRecords: 100, maxBytes: 1))
        {
            Assert.Equal(1, read.Count);
        }

        using (var read = harness.Log.Read(1, 20, maxRecords: 100, maxBytes: 1000))
        {
            Assert.Equal((0, 20L), (read.Count, read.NextIndex));
        }
    }

    [Fact]
    public async Task An_explicit_hash_key_is_kept_with_its_record_alone()
    {
        var harness = new LogHarness(new MemoryDisk());
        harness.Log.OpenShard(1, Forever);
        using var batch = harness.Log.Rent();
        var frame = batch.FrameFor(1, keyId: 0);
        frame.Add("a"u8, UInt128.MaxValue - 5, 20).Fill(9);
        "next"u8.CopyTo(frame.Add("b"u8, null, 4));
        var append = batch.AppendAsync(CancellationToken.None);
        harness.Log.Pump();
        await append;

        using var read = harness.Log.Read(1, 0, 10, 1000);
        var records = read.GetEnumerator();
        Assert.True(records.MoveNext());
        Assert.Equal(UInt128.MaxValue - 5, records.Current.ExplicitHashKey);
        Assert.Equal(Enumerable.Repeat((byte)9, 20), records.Current.Data.ToArray());
        Assert.True(records.MoveNext());
        Assert.Null(records.Current.ExplicitHashKey);
        Assert.Equal("next", Encoding.UTF8.GetString(records.Current.Data.Span));
        Assert.False(records.MoveNext());
    }

    [Fact]
    public async Task The_time_index_finds_the_first_record_at_or_after_a_time_in_every_segment()
    {
        var harness = new LogHarness(new MemoryDisk());
        harness.Log.OpenShard(1, Forever);
        var times = new List<long>();
        for (var index = 0; index < 100; index++)
        {
            harness.Clock.NowMs += index % 3;
            await harness.AppendAsync(1, ("k", Data(1, index, 100)));
            times.Add(harness.Clock.NowMs);
        }

        Assert.True(harness.Disk.Names.Count(name => name.EndsWith(".wal", StringComparison.Ordinal)) > 3);
        foreach (var maintained in new[] { false, true })
        {
            for (var time = times[0] - 2; time <= times[^1] + 2; time++)
            {
                var expected = times.FindIndex(each => each >= time);
                Assert.Equal(expected < 0 ? 100 : expected, harness.Log.FirstIndexAtOrAfter(1, time));
            }

            await harness.Log.MaintainAsync();
        }
    }

    [Fact]
    public async Task Arrival_times_of_a_shard_never_fall_even_when_the_clock_does()
    {
        var harness = new LogHarness(new MemoryDisk());
        harness.Log.OpenShard(1, Forever);
        var first = await harness.AppendAsync(1, ("k", []));
        harness.Clock.NowMs -= 5000;
        var second = await harness.AppendAsync(1, ("k", []));
        Assert.Equal(first.ArrivalMs, second.ArrivalMs);
    }

    [Fact]
    public async Task Expired_records_are_hidden_to_the_record_and_their_segments_are_dropped_and_used_again()
    {
        var harness = new LogHarness(new MemoryDisk());
        harness.Log.OpenShard(1, TimeSpan.FromSeconds(10));
        harness.Log.OpenShard(2, TimeSpan.FromSeconds(1000));
        for (var index = 0; index < 100; index++)
        {
            harness.Clock.NowMs += 1000;
            await harness.AppendAsync(1, ("k", Data(1, index, 100)));
        }

        Assert.Equal(89, harness.Log.HorizonIndex(1));
        Assert.Equal(89, harness.ReadAll(1)[0].Index);
        Assert.Equal(11, harness.ReadAll(1).Count);
        var before = harness.Disk.Names.Count(name => name.StartsWith("segment-", StringComparison.Ordinal) && name.EndsWith(".wal", StringComparison.Ordinal));
        await harness.Log.MaintainAsync();
        var after = harness.Disk.Names.Count(name => name.StartsWith("segment-", StringComparison.Ordinal) && name.EndsWith(".wal", StringComparison.Ordinal));
        Assert.True(after < before - 3, $"{before} segments, then {after}");
        Assert.Equal(2, harness.Disk.Names.Count(name => name.StartsWith("spare-", StringComparison.Ordinal)));
        Assert.Equal(11, harness.ReadAll(1).Count);

        harness.Clock.NowMs += 100_000;
        Assert.Empty(harness.ReadAll(1));
        Assert.Equal(100, harness.Log.HorizonIndex(1));
        await harness.Log.DisposeAsync();

        // All segments but the newest are gone; the numbering goes on.
        var again = new LogHarness(harness.Disk);
        again.Log.OpenShard(1, TimeSpan.FromSeconds(10));
        Assert.Equal(100, again.Log.TipIndex(1));
        Assert.Equal(100, (await again.AppendAsync(1, ("k", []))).FirstIndex);
    }

    [Fact]
    public async Task What_has_expired_stays_gone_when_retention_grows()
    {
        var harness = new LogHarness(new MemoryDisk());
        harness.Log.OpenShard(1, TimeSpan.FromSeconds(10));
        for (var index = 0; index < 30; index++)
        {
            harness.Clock.NowMs += 1000;
            await harness.AppendAsync(1, ("k", Data(1, index, 10)));
        }

        await harness.Log.SetRetentionAsync(1, TimeSpan.FromSeconds(1000));
        Assert.Equal(19, harness.Log.HorizonIndex(1));
        harness.Clock.NowMs += 5000;
        Assert.Equal(19, harness.Log.HorizonIndex(1));
        await harness.Log.DisposeAsync();
        var again = new LogHarness(harness.Disk);
        again.Log.OpenShard(1, TimeSpan.FromSeconds(1000));
        Assert.Equal(19, again.ReadAll(1)[0].Index);
    }

    [Fact]
    public async Task A_deleted_shard_is_gone_at_once_stays_gone_and_frees_its_segments()
    {
        var harness = new LogHarness(new MemoryDisk());
        harness.Log.OpenShard(1, Forever);
        harness.Log.OpenShard(2, Forever);
        for (var index = 0; index < 100; index++)
        {
            await harness.AppendAsync(1, ("k", Data(1, index, 100)));
        }

        await harness.AppendAsync(2, ("k", []));
        using var held = harness.Log.Rent();
        var late = held.FrameFor(1, keyId: 0);
        late.Add("k"u8, null, 0);
        await harness.Log.DeleteShardsAsync([1]);
        var append = held.AppendAsync(CancellationToken.None);
        harness.Log.Pump();
        await append;
        Assert.Equal(FrameOutcome.ShardDeleted, late.Outcome);
        Assert.Throws<LogShardGoneException>(() => harness.Log.Read(1, 0, 1, 1));
        Assert.Throws<LogShardGoneException>(() => harness.Log.OpenShard(1, Forever));
        await harness.Log.MaintainAsync();
        Assert.Single(harness.Disk.Names, name => name.StartsWith("segment-", StringComparison.Ordinal) && name.EndsWith(".wal", StringComparison.Ordinal));
        await harness.Log.DisposeAsync();

        var again = new LogHarness(harness.Disk);
        again.Log.OpenShard(2, Forever);
        Assert.Single(again.ReadAll(2));
        Assert.Equal([(2L, 1L)], again.Log.Shards);
    }

    [Fact]
    public async Task A_wait_ends_when_the_record_is_on_disk_and_when_the_shard_is_deleted()
    {
        var harness = new LogHarness(new MemoryDisk());
        harness.Log.OpenShard(1, Forever);
        var first = harness.Log.WaitForAsync(1, 0, CancellationToken.None).AsTask();
        var second = harness.Log.WaitForAsync(1, 1, CancellationToken.None).AsTask();
        await harness.AppendAsync(1, ("k", []));
        Assert.True(await first);
        Assert.False(second.IsCompleted);
        await harness.Log.DeleteShardsAsync([1]);
        Assert.False(await second);
    }

    [Fact]
    public async Task A_wait_for_a_record_that_will_never_come_fails_when_the_log_fails()
    {
        var disk = new MemoryDisk();
        var harness = new LogHarness(disk);
        harness.Log.OpenShard(1, Forever);
        var wait = harness.Log.WaitForAsync(1, 1, CancellationToken.None).AsTask();
        await harness.AppendAsync(1, ("k", []));
        Assert.False(wait.IsCompleted);
        disk.Fault = (_, _) => new IOException("Input/output error");
        await Assert.ThrowsAsync<LogFailedException>(() => harness.AppendAsync(1, ("k", [])));
        await Assert.ThrowsAsync<LogFailedException>(() => wait);
        await Assert.ThrowsAsync<LogFailedException>(() => harness.Log.WaitForAsync(1, 1, CancellationToken.None).AsTask());
        Assert.True(await harness.Log.WaitForAsync(1, 0, CancellationToken.None));
    }

    [Fact]
    public async Task A_wait_fails_when_the_log_is_closed()
    {
        var harness = new LogHarness(new MemoryDisk());
        harness.Log.OpenShard(1, Forever);
        var wait = harness.Log.WaitForAsync(1, 0, CancellationToken.None).AsTask();
        await harness.Log.DisposeAsync();
        await Assert.ThrowsAsync<LogClosedException>(() => wait);
    }

    [Fact]
    public async Task Encrypted_records_are_read_with_their_key_and_are_not_on_the_disk_in_clear()
    {
        foreach (var ringBytes in new long[] { 0, 1 << 20 })
        {
            var keys = new Dictionary<int, byte[]> { [7] = [.. Enumerable.Range(0, 32).Select(value => (byte)value)] };
            var harness = new LogHarness(new MemoryDisk(), set: options =>
            {
                options.DataKey = keys.GetValueOrDefault;
                options.RingBytesMax = ringBytes;
            });
            harness.Log.OpenShard(1, Forever);
            using var batch = harness.Log.Rent();
            "a secret that nobody may see"u8.CopyTo(batch.FrameFor(1, keyId: 7).Add("partition"u8, null, 28));
            var append = batch.AppendAsync(CancellationToken.None);
            harness.Log.Pump();
            await append;
            await harness.AppendAsync(1, ("clear", "text"u8.ToArray()));

            var file = harness.Disk.Bytes(harness.Disk.Names.First(name => name.StartsWith("segment-", StringComparison.Ordinal)));
            Assert.Equal(-1, file.AsSpan().IndexOf("secret"u8));
            Assert.Equal(-1, file.AsSpan().IndexOf("partition"u8));
            Assert.NotEqual(-1, file.AsSpan().IndexOf("text"u8));
            var records = harness.ReadAll(1);
            Assert.Equal(("partition", "a secret that nobody may see"), (records[0].Key, Encoding.UTF8.GetString(records[0].Data)));
            Assert.Equal("clear", records[1].Key);
            using (var read = harness.Log.Read(1, 0, maxRecords: 10, maxBytes: 1000))
            {
                var encrypted = new List<bool>();
                foreach (var record in read)
                {
                    encrypted.Add(record.IsEncrypted);
                }

                Assert.Equal([true, false], encrypted);
            }

            keys[7] = new byte[32];
            Assert.Throws<LogDamagedException>(() => harness.ReadAll(1));
            keys.Clear();
            Assert.Throws<LogKeyMissingException>(() => harness.ReadAll(1));
        }
    }

    [Fact]
    public async Task A_key_that_goes_with_its_shard_while_it_is_used_leaves_a_shard_that_is_gone()
    {
        var harness = new LogHarness(new MemoryDisk());
        byte[]? key = new byte[32];
        harness.Options.DataKey = _ => key;
        harness.Log.OpenShard(1, Forever);
        using (var batch = harness.Log.Rent())
        {
            "data"u8.CopyTo(batch.FrameFor(1, keyId: 3).Add("key"u8, null, 4));
            var append = batch.AppendAsync(CancellationToken.None);
            harness.Log.Pump();
            await append;
        }

        using var late = harness.Log.Rent();
        key = null;
        Assert.Throws<LogKeyMissingException>(() => late.FrameFor(1, keyId: 3));
        key = new byte[32];
        var frame = late.FrameFor(1, keyId: 3);
        frame.Add("key"u8, null, 1);
        harness.Options.DataKey = _ =>
        {
            // Deleted between the look at the shard and the look for its key.
            Assert.True(harness.Log.DeleteShardsAsync([1]).IsCompletedSuccessfully);
            return null;
        };
        Assert.Throws<LogShardGoneException>(() => harness.Log.Read(1, 0, maxRecords: 1, maxBytes: 100));

        // A frame has the key with which it was begun.
        var appending = late.AppendAsync(CancellationToken.None);
        harness.Log.Pump();
        await appending;
        Assert.Equal(FrameOutcome.ShardDeleted, frame.Outcome);
    }

    [Fact]
    public async Task Appends_of_many_threads_on_a_real_disk_share_syncs_and_keep_each_shards_order()
    {
        var folder = Directory.CreateTempSubdirectory("tarn-stream-log-").FullName;
        try
        {
            var options = new StreamLogOptions { SegmentBytes = 1 << 20, FrameBytesMax = 64 << 10, RingBytesMax = 64 << 10 };
            await using (var log = StreamLog.Open(folder, options))
            {
                log.OpenShard(1, Forever);
                log.OpenShard(2, Forever);
                var waiting = log.WaitForAsync(2, 4 * 500 - 1, CancellationToken.None).AsTask();
                await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
                {
                    for (var number = 0; number < 500; number++)
                    {
                        using var batch = log.Rent();
                        var frame = batch.FrameFor(1 + (writer % 2), keyId: 0);
                        BitConverter.TryWriteBytes(frame.Add("writer"u8, null, 1000), (writer * 1000L) + number);
                        await batch.AppendAsync(CancellationToken.None);
                    }
                })));
                Assert.True(await waiting);
                Check(log);
            }

            await using (var log = StreamLog.Open(folder, options))
            {
                log.OpenShard(1, Forever);
                log.OpenShard(2, Forever);
                Check(log);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Check(StreamLog log)
    {
        foreach (var shard in new[] { 1, 2 })
        {
            var next = new Dictionary<long, long>();
            var from = 0L;
            while (from < 2000)
            {
                using var read = log.Read(shard, from, 10_000, 1 << 20);
                foreach (var record in read)
                {
                    Assert.Equal(from++, record.Index);
                    var value = BitConverter.ToInt64(record.Data.Span);
                    Assert.Equal(next.GetValueOrDefault(value / 1000), value % 1000);
                    next[value / 1000] = (value % 1000) + 1;
                }
            }

            Assert.All(next.Values, count => Assert.Equal(500, count));
            Assert.Equal(4, next.Count);
        }
    }
}
