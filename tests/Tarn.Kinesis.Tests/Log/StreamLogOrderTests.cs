using Tarn.Kinesis.Log;
using static Tarn.Kinesis.Tests.Log.LogHarness;

namespace Tarn.Kinesis.Tests.Log;

/// <summary>In which order the disk is used, and who waits for whom.</summary>
public class StreamLogOrderTests
{
    [Fact]
    public async Task A_segment_gets_its_name_after_its_start_is_synced_and_is_used_after_the_folder_is_synced()
    {
        var calls = new List<DiskCall>();
        var disk = new MemoryDisk { Fault = Note(calls) };
        var harness = new LogHarness(disk);
        harness.Log.OpenShard(1, Forever);
        await harness.AppendAsync(1, ("k", []));
        Assert.Equal([DiskCall.SyncFolder, DiskCall.Create, DiskCall.Write, DiskCall.Sync, DiskCall.Write, DiskCall.Sync, DiskCall.Rename, DiskCall.SyncFolder, DiskCall.Write, DiskCall.Sync], calls);
    }

    [Fact]
    public async Task A_segment_is_dropped_after_its_horizons_are_synced_and_the_folder_is_synced_after_each()
    {
        var disk = new MemoryDisk();
        var harness = new LogHarness(disk, set: options => options.SparesMax = 1);
        harness.Log.OpenShard(1, TimeSpan.FromSeconds(1));
        for (var index = 0; index < 9; index++)
        {
            await harness.AppendAsync(1, ("k", Data(1, index, 900)));
        }

        // The first turn writes the indexes and a spare; then all records but those in the newest segment expire.
        await harness.Log.MaintainAsync();
        harness.Clock.NowMs += 5000;
        var calls = new List<DiskCall>();
        disk.Fault = Note(calls);
        await harness.Log.MaintainAsync();
        Assert.Equal([DiskCall.Write, DiskCall.Sync, DiskCall.Delete, DiskCall.Delete, DiskCall.SyncFolder, DiskCall.Delete, DiskCall.Delete, DiskCall.SyncFolder], calls);
    }

    [Fact]
    public async Task A_segment_that_somebody_reads_is_dropped_only_when_the_read_has_ended()
    {
        var harness = new LogHarness(new MemoryDisk());
        harness.Log.OpenShard(1, Forever);
        for (var index = 0; index < 9; index++)
        {
            await harness.AppendAsync(1, ("k", Data(1, index, 900)));
        }

        var first = harness.Log.State.Segments[0];
        first.Acquire();
        await harness.Log.TrimAsync(1, 9);
        await harness.Log.MaintainAsync();
        Assert.DoesNotContain(first, harness.Log.State.Segments);
        Assert.Contains(first.Name, harness.Disk.Names);
        first.Release();
        await harness.Log.MaintainAsync();
        Assert.DoesNotContain(first.Name, harness.Disk.Names);
    }

    [Fact]
    public async Task Appends_that_wait_together_share_one_write_and_one_sync()
    {
        var disk = new MemoryDisk();
        var harness = new LogHarness(disk);
        harness.Log.OpenShard(1, Forever);
        await harness.AppendAsync(1, ("k", []));
        var calls = new List<DiskCall>();
        disk.Fault = Note(calls);
        var batches = Enumerable.Range(0, 10).Select(_ => Fill(harness)).ToArray();
        var appends = batches.Select(batch => batch.AppendAsync(CancellationToken.None).AsTask()).ToArray();
        Assert.All(appends, append => Assert.False(append.IsCompleted));
        harness.Log.Pump();
        await Task.WhenAll(appends);
        Assert.Equal([DiskCall.Write, DiskCall.Sync], calls);
        Assert.Equal(Enumerable.Range(1, 10), batches.Select(batch => (int)batch.Frames[0].FirstIndex));
    }

    [Fact]
    public async Task Who_finds_the_queue_full_waits_for_room_and_may_give_up()
    {
        var harness = new LogHarness(new MemoryDisk(), set: options => options.QueueCountMax = 2);
        harness.Log.OpenShard(1, Forever);
        var appends = Enumerable.Range(0, 4).Select(_ => Fill(harness).AppendAsync(CancellationToken.None).AsTask()).ToArray();
        using var cancel = new CancellationTokenSource();
        using var given = Fill(harness);
        var cancelled = given.AppendAsync(cancel.Token).AsTask();
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal(FrameOutcome.Pending, given.Frames[0].Outcome);
        Assert.All(appends, append => Assert.False(append.IsCompleted));
        while (!appends.All(append => append.IsCompleted))
        {
            harness.Log.Pump();
            await Task.Yield();
        }

        await Task.WhenAll(appends);
        Assert.Equal(4, harness.Log.TipIndex(1));
    }

    [Fact]
    public async Task A_closed_log_takes_no_appends_and_has_written_those_that_waited()
    {
        var disk = new MemoryDisk();
        var harness = new LogHarness(disk);
        harness.Log.OpenShard(1, Forever);
        var waiting = Fill(harness).AppendAsync(CancellationToken.None).AsTask();
        await harness.Log.DisposeAsync();
        await waiting;
        await Assert.ThrowsAsync<LogClosedException>(() => Fill(harness).AppendAsync(CancellationToken.None).AsTask());
        var again = new LogHarness(disk);
        again.Log.OpenShard(1, Forever);
        Assert.Single(again.ReadAll(1));
    }

    private static AppendBatch Fill(LogHarness harness)
    {
        var batch = harness.Log.Rent();
        batch.FrameFor(1, keyId: 0).Add("k"u8, null, 0);
        return batch;
    }

    private static Func<int, DiskCall, IOException?> Note(List<DiskCall> calls) => (_, kind) =>
    {
        calls.Add(kind);
        return null;
    };
}
