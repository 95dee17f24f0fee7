using Tarn.Kinesis.Log;

namespace Tarn.Kinesis.Tests.Log;

/// <summary>Where the files of segments come from.</summary>
public sealed class SegmentFilesTests
{
    [Fact]
    public async Task A_log_that_grows_fast_reserves_its_segments_and_a_slow_one_writes_them_before()
    {
        var disk = new MemoryDisk();
        var harness = new LogHarness(disk, set: options => options.SparesMax = 1);
        harness.Log.OpenShard(1, LogHarness.Forever);
        await harness.Log.MaintainAsync();
        Assert.Equal(0, disk.Reservations);

        await FillAsync(harness, TimeSpan.Zero);
        var fast = disk.Reservations;
        Assert.InRange(fast, 5, Segments(disk));

        await FillAsync(harness, TimeSpan.FromSeconds(3));
        Assert.Equal(fast, disk.Reservations);
        Assert.Equal(120, harness.ReadAll(1).Count);
        await harness.Log.DisposeAsync();
    }

    [Fact]
    public async Task Where_space_cannot_be_reserved_segments_are_always_written_before()
    {
        var disk = new MemoryDisk { CanReserve = false };
        var harness = new LogHarness(disk);
        harness.Log.OpenShard(1, LogHarness.Forever);
        await FillAsync(harness, TimeSpan.Zero);
        Assert.Equal(0, disk.Reservations);
        Assert.Equal(60, harness.ReadAll(1).Count);
        await harness.Log.DisposeAsync();
    }

    /// <summary>Sixty records of half a kilobyte, which fill a segment of 4 KiB by six or seven, and a turn of the maintenance after each.</summary>
    private static async Task FillAsync(LogHarness harness, TimeSpan pause)
    {
        for (var record = 0; record < 60; record++)
        {
            harness.Clock.NowMs += (long)pause.TotalMilliseconds;
            await harness.AppendAsync(1, ("k", new byte[500]));
            await harness.Log.MaintainAsync();
        }
    }

    private static int Segments(MemoryDisk disk) => disk.Names.Count(name => SegmentNames.IsSegment(name, out _) || SegmentNames.IsSpare(name, out _));
}
