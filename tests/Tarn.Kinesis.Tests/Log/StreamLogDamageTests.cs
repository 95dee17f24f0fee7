using Tarn.Kinesis.Log;
using static Tarn.Kinesis.Tests.Log.LogHarness;

namespace Tarn.Kinesis.Tests.Log;

/// <summary>Damage and failures that come together, and those of reading.</summary>
public class StreamLogDamageTests
{
    private const int Records = 30;

    [Fact]
    public async Task A_flipped_bit_in_any_byte_of_a_log_that_was_not_closed_never_shows_other_records()
    {
        var harness = new LogHarness(new MemoryDisk());
        harness.Log.OpenShard(1, Forever);
        for (var index = 0; index < 6; index++)
        {
            await harness.AppendAsync(1, ("k", Data(1, index, 60)));
        }

        var name = harness.Disk.Names.Single(name => name.StartsWith("segment-", StringComparison.Ordinal));
        var bytes = harness.Disk.Bytes(name);
        var frame = FrameHeader.Total(6 + 1 + 60);
        var end = FrameHeader.Bytes + (6 * frame);
        var refused = 0;
        for (var at = 0; at < end; at++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var disk = new MemoryDisk();
                var flipped = (byte[])bytes.Clone();
                flipped[at] ^= (byte)(1 << bit);
                disk.Put(name, flipped);
                try
                {
                    var opened = new LogHarness(disk);
                    opened.Log.OpenShard(1, Forever);
                    var records = opened.ReadAll(1);

                    // Only the last frame may be missing: nothing after it proves that it was synced.
                    Assert.True(records.Count == 6 || (records.Count == 5 && at >= end - frame), $"bit {bit} of byte {at}: {records.Count} records");
                    Assert.All(records, record => Assert.Equal(Data(1, record.Index, 60), record.Data));
                }
                catch (LogDamagedException e)
                {
                    Assert.Equal(name, e.File);
                    refused++;
                }
            }
        }

        Assert.True(refused > 2_000, $"{refused} refused");
    }

    [Fact]
    public async Task A_flipped_bit_in_any_byte_of_an_index_does_no_harm()
    {
        var harness = await ManySegmentsAsync();
        var indexes = harness.Disk.Names.Where(name => name.EndsWith(".index", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(indexes);
        foreach (var name in indexes)
        {
            var bytes = harness.Disk.Bytes(name);
            for (var at = 0; at < bytes.Length; at++)
            {
                var disk = harness.Disk.Copy();
                var flipped = (byte[])bytes.Clone();
                flipped[at] ^= (byte)(1 << (at % 8));
                disk.Put(name, flipped);
                var opened = new LogHarness(disk);
                opened.Log.OpenShard(1, Forever);
                var records = opened.ReadAll(1);
                Assert.Equal(Records, records.Count);
                Assert.All(records, record => Assert.Equal(Data(1, record.Index, 300), record.Data));
            }
        }
    }

    [Fact]
    public async Task A_disk_that_is_full_in_the_middle_of_a_write_loses_nothing_acknowledged()
    {
        for (var failing = 1; ; failing++)
        {
            var disk = new MemoryDisk { WriteBytesMax = 100 };
            var isFull = false;
            disk.Fault = (number, kind) =>
            {
                isFull |= number >= failing && kind == DiskCall.Write;
                return isFull && kind is DiskCall.Write or DiskCall.Create ? new IOException("No space left on device") : null;
            };
            var harness = new LogHarness(disk);
            harness.Log.OpenShard(1, Forever);
            var acknowledged = 0;
            try
            {
                for (; acknowledged < Records; acknowledged++)
                {
                    await harness.AppendAsync(1, ("k", Data(1, acknowledged, 300)));
                }
            }
            catch (StreamLogException)
            {
                // The disk is full.
            }

            var wasFull = isFull;
            disk.Fault = null;
            disk.Crash(new Random(failing));
            var again = new LogHarness(disk);
            again.Log.OpenShard(1, Forever);
            var records = again.ReadAll(1);
            Assert.InRange(records.Count, acknowledged, acknowledged + 1);
            Assert.All(records, record => Assert.Equal(Data(1, record.Index, 300), record.Data));
            Assert.Equal(records.Count, (await again.AppendAsync(1, ("k", []))).FirstIndex);
            if (!wasFull)
            {
                Assert.True(failing > 100, $"{failing} calls");
                break;
            }
        }
    }

    [Fact]
    public async Task An_error_of_any_read_while_opening_is_told_or_does_no_harm()
    {
        var harness = await ManySegmentsAsync();
        var told = 0;
        for (var failing = 0; ; failing++)
        {
            var disk = harness.Disk.Copy();
            var reads = 0;
            disk.ReadFault = () => reads++ == failing ? new IOException("Input/output error") : null;
            try
            {
                // What cannot be read of an index is read from the records.
                var opened = new LogHarness(disk);
                var made = reads;
                disk.ReadFault = null;
                opened.Log.OpenShard(1, Forever);
                Assert.Equal(Records, opened.ReadAll(1).Count);
                if (made <= failing)
                {
                    break;
                }
            }
            catch (Exception e) when (e is IOException or LogFailedException)
            {
                Assert.Contains("Input/output error", e.Message, StringComparison.Ordinal);
                told++;
            }

            disk.ReadFault = null;
            var again = new LogHarness(disk);
            again.Log.OpenShard(1, Forever);
            Assert.Equal(Records, again.ReadAll(1).Count);
        }

        Assert.True(told > 2, $"{told} told");
    }

    [Fact]
    public async Task An_error_of_a_read_is_told_to_the_reader_and_to_nobody_else()
    {
        var closed = await ManySegmentsAsync();
        var harness = new LogHarness(closed.Disk, set: options => options.RingBytesMax = 0);
        harness.Log.OpenShard(1, Forever);
        var failing = true;
        harness.Disk.ReadFault = () => failing ? new IOException("Input/output error") : null;
        Assert.Throws<IOException>(() => harness.ReadAll(1));
        Assert.Equal(Records, (await harness.AppendAsync(1, ("k", Data(1, Records, 300)))).FirstIndex);
        failing = false;
        Assert.Equal(Records + 1, harness.ReadAll(1).Count);
    }

    private static async Task<LogHarness> ManySegmentsAsync()
    {
        var harness = new LogHarness(new MemoryDisk());
        harness.Log.OpenShard(1, Forever);
        for (var index = 0; index < Records; index++)
        {
            await harness.AppendAsync(1, ("k", Data(1, index, 300)));
        }

        await harness.Log.MaintainAsync();
        await harness.Log.DisposeAsync();
        return harness;
    }
}
