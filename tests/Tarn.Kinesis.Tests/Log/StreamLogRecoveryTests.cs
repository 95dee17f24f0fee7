using Tarn.Kinesis.Log;
using static Tarn.Kinesis.Tests.Log.LogHarness;

namespace Tarn.Kinesis.Tests.Log;

public class StreamLogRecoveryTests
{
    [Fact]
    public async Task A_log_cut_at_any_byte_of_its_last_frames_keeps_every_whole_frame_and_goes_on()
    {
        var harness = new LogHarness(new MemoryDisk());
        harness.Log.OpenShard(1, Forever);
        for (var index = 0; index < 5; index++)
        {
            await harness.AppendAsync(1, ("k", Data(1, index, 40)));
        }

        var name = harness.Disk.Names.Single(name => name.StartsWith("segment-", StringComparison.Ordinal));
        var bytes = harness.Disk.Bytes(name);
        var frame = FrameHeader.Total(6 + 1 + 40);
        var end = FrameHeader.Bytes + (5 * frame);
        for (var cut = FrameHeader.Bytes; cut <= end; cut++)
        {
            foreach (var fill in new byte?[] { null, 0, 0xFF })
            {
                var disk = new MemoryDisk();
                byte[] cutBytes = fill is { } value ? [.. bytes[..cut], .. Enumerable.Repeat(value, 4096 - cut)] : bytes[..cut];
                disk.Put(name, cutBytes);
                // Padding is not data, and the last byte of a record may be what the rest was filled with.
                var whole = 0;
                while (whole < 5 && (FrameHeader.Bytes + (whole * frame) + frame <= cutBytes.Length) &&
                       bytes.AsSpan(FrameHeader.Bytes + (whole * frame), FrameHeader.Bytes + 47).SequenceEqual(cutBytes.AsSpan(FrameHeader.Bytes + (whole * frame), FrameHeader.Bytes + 47)))
                {
                    whole++;
                }

                Assert.InRange(whole, (cut - FrameHeader.Bytes) / frame, ((cut - FrameHeader.Bytes) / frame) + 1);
                await Expect(disk, whole, length: 40);
            }
        }
    }

    [Fact]
    public async Task A_flipped_bit_in_any_byte_of_a_closed_log_is_refused_or_does_no_harm()
    {
        var harness = new LogHarness(new MemoryDisk(), set: Small);
        harness.Log.OpenShard(1, Forever);
        harness.Log.OpenShard(2, Forever);
        for (var index = 0; index < 40; index++)
        {
            await harness.AppendAsync(1 + (index % 2), ("k", Data(1 + (index % 2), index / 2, 120)));
        }

        await harness.Log.MaintainAsync();
        await harness.Log.DisposeAsync();
        Assert.True(harness.Disk.Names.Count(name => name.StartsWith("segment-", StringComparison.Ordinal)) >= 5);
        int refusedAtOpen = 0, refusedAtRead = 0, harmless = 0;
        var random = new Random(5);
        foreach (var name in harness.Disk.Names.Where(name => name.StartsWith("segment-", StringComparison.Ordinal)))
        {
            var bytes = harness.Disk.Bytes(name);
            for (var at = 0; at < bytes.Length; at++)
            {
                var disk = harness.Disk.Copy();
                var flipped = (byte[])bytes.Clone();
                flipped[at] ^= (byte)(1 << random.Next(8));
                disk.Put(name, flipped);
                LogHarness opened;
                try
                {
                    opened = new LogHarness(disk, set: Small);
                }
                catch (LogDamagedException e)
                {
                    Assert.Equal(name, e.File);
                    Assert.InRange(at, e.Offset, e.Offset + 512);
                    refusedAtOpen++;
                    continue;
                }

                try
                {
                    foreach (var shard in new[] { 1, 2 })
                    {
                        opened.Log.OpenShard(shard, Forever);
                        var records = opened.ReadAll(shard);
                        Assert.Equal(20, records.Count);
                        Assert.All(records, record => Assert.Equal(Data(shard, record.Index, 120), record.Data));
                    }

                    harmless++;
                }
                catch (LogDamagedException e)
                {
                    Assert.Equal(name, e.File);
                    Assert.InRange(at, e.Offset, e.Offset + 512);
                    refusedAtRead++;
                }
            }
        }

        // Most of what can be flipped is data: in the newest segment it is refused when the log is opened, in others when it is read.
        Assert.True(refusedAtOpen > 500, $"{refusedAtOpen} {refusedAtRead} {harmless}");
        Assert.True(refusedAtRead > 3000, $"{refusedAtOpen} {refusedAtRead} {harmless}");

        static void Small(StreamLogOptions options)
        {
            options.SegmentBytes = 2048;
            options.FrameBytesMax = 512;
        }
    }

    [Fact]
    public async Task After_a_crash_and_one_opening_damage_to_the_last_frame_is_refused()
    {
        var harness = new LogHarness(new MemoryDisk());
        harness.Log.OpenShard(1, Forever);
        await harness.AppendAsync(1, ("k", Data(1, 0, 40)));
        var disk = harness.Disk.Copy();
        _ = new LogHarness(disk);
        var name = disk.Names.Single(name => name.StartsWith("segment-", StringComparison.Ordinal));
        var bytes = disk.Bytes(name);
        bytes[FrameHeader.Bytes * 2] ^= 1;
        disk.Put(name, bytes);
        var error = Assert.Throws<LogDamagedException>(() => new LogHarness(disk));
        Assert.Equal((name, FrameHeader.Bytes), (error.File, (int)error.Offset));
    }

    [Fact]
    public async Task A_torn_batch_whose_later_frame_arrived_is_cut_and_never_comes_back()
    {
        var harness = new LogHarness(new MemoryDisk());
        harness.Log.OpenShard(1, Forever);
        harness.Log.OpenShard(2, Forever);
        await harness.AppendAsync(1, ("k", Data(1, 0, 40)));
        using (var batch = harness.Log.Rent())
        {
            Data(1, 1, 40).CopyTo(batch.FrameFor(1, keyId: 0).Add("k"u8, null, 40));
            Data(2, 0, 40).CopyTo(batch.FrameFor(2, keyId: 0).Add("k"u8, null, 40));
            var append = batch.AppendAsync(CancellationToken.None);
            harness.Log.Pump();
            await append;
        }

        // As if the power had gone before the sync of the batch: its first frame did not arrive, its second did.
        var name = harness.Disk.Names.Single(name => name.StartsWith("segment-", StringComparison.Ordinal));
        var bytes = harness.Disk.Bytes(name);
        var frame = FrameHeader.Total(6 + 1 + 40);
        bytes.AsSpan(FrameHeader.Bytes + frame, frame).Clear();
        for (var again = 0; again < 3; again++)
        {
            var disk = new MemoryDisk();
            disk.Put(name, bytes);
            var opened = new LogHarness(disk);
            opened.Log.OpenShard(1, Forever);
            opened.Log.OpenShard(2, Forever);
            Assert.Equal((1, 0), (opened.Log.TipIndex(1), opened.Log.TipIndex(2)));
            Assert.Equal(1, (await opened.AppendAsync(1, ("k", Data(1, 1, 40)))).FirstIndex);
            var crashed = new LogHarness(disk.Copy());
            crashed.Log.OpenShard(1, Forever);
            crashed.Log.OpenShard(2, Forever);
            Assert.Equal((2, 0), (crashed.Log.TipIndex(1), crashed.Log.TipIndex(2)));
        }
    }

    [Fact]
    public async Task Each_opening_has_a_generation_above_all_that_is_left_on_the_disk()
    {
        var harness = new LogHarness(new MemoryDisk());
        harness.Log.OpenShard(1, Forever);
        await harness.AppendAsync(1, ("k", []));
        Assert.Equal(1u, Scan(harness.Disk).Generation);
        var second = new LogHarness(harness.Disk);
        second.Log.OpenShard(1, Forever);
        await second.AppendAsync(1, ("k", []), ("k", []));
        Assert.Equal(2u, Scan(harness.Disk).Generation);

        // Its mark is torn, its frame of records is what is left of the second opening.
        var name = harness.Disk.Names.Single(name => name.StartsWith("segment-", StringComparison.Ordinal));
        var bytes = harness.Disk.Bytes(name);
        var first = FrameHeader.Bytes + FrameHeader.Total(6 + 1);
        bytes.AsSpan(first, FrameHeader.Bytes).Clear();
        bytes.AsSpan(first + FrameHeader.Bytes + 32, 8).Clear();
        FrameHeader.TryRead(harness.Disk.Bytes(name).AsSpan(first + FrameHeader.Bytes), out var left);
        (left with { Durable = 0 }).Write(bytes.AsSpan(first + FrameHeader.Bytes));
        harness.Disk.Put(name, bytes);
        var third = new LogHarness(harness.Disk);
        third.Log.OpenShard(1, Forever);
        Assert.Equal(1, third.Log.TipIndex(1));
        await third.AppendAsync(1, ("k", []));
        Assert.Equal(3u, Scan(harness.Disk).Generation);

        static FrameScanner Scan(MemoryDisk disk)
        {
            var name = disk.Names.Single(name => name.StartsWith("segment-", StringComparison.Ordinal));
            var scanner = new FrameScanner(disk.Folder().Open(name, write: false), name, 1);
            while (scanner.TryNext(out _))
            {
            }

            return scanner;
        }
    }

    [Fact]
    public async Task A_missing_segment_is_refused_and_a_missing_or_broken_index_is_made_again()
    {
        var harness = new LogHarness(new MemoryDisk());
        harness.Log.OpenShard(1, Forever);
        for (var index = 0; index < 60; index++)
        {
            await harness.AppendAsync(1, ("k", Data(1, index, 200)));
        }

        await harness.Log.MaintainAsync();
        await harness.Log.DisposeAsync();
        var indexes = harness.Disk.Names.Where(name => name.EndsWith(".index", StringComparison.Ordinal)).ToArray();
        Assert.True(indexes.Length >= 3);
        var without = new MemoryDisk();
        foreach (var name in harness.Disk.Names.Except(indexes))
        {
            without.Put(name, harness.Disk.Bytes(name));
        }

        var opened = new LogHarness(without);
        opened.Log.OpenShard(1, Forever);
        Assert.Equal(60, opened.ReadAll(1).Count);
        await opened.Log.MaintainAsync();
        foreach (var name in indexes)
        {
            Assert.Equal(harness.Disk.Bytes(name), without.Bytes(name));
        }

        var missing = harness.Disk.Copy();
        missing.Folder().Delete(harness.Disk.Names.Order().First(name => name.EndsWith("2.wal", StringComparison.Ordinal)));
        Assert.Throws<LogDamagedException>(() => new LogHarness(missing));
    }

    internal static async Task Expect(MemoryDisk disk, int records, int length)
    {
        var opened = new LogHarness(disk);
        opened.Log.OpenShard(1, Forever);
        var read = opened.ReadAll(1);
        Assert.Equal(records, read.Count);
        Assert.All(read, record => Assert.Equal(Data(1, record.Index, length), record.Data));
        Assert.Equal(records, (await opened.AppendAsync(1, ("k", []))).FirstIndex);
        Assert.Equal(records + 1, opened.ReadAll(1).Count);
    }
}
